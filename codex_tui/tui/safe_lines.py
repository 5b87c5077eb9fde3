"""The last boundary before the terminal: no line that any widget draws carries a control character.

Foreign text is cleaned where it becomes content, and shown there as what it is. What gets past
that (a paste in a widget of Textual's own, a mistake of ours) ends here, for all widgets alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

from codex_tui.safe_text import is_safe, masked

if TYPE_CHECKING:
    from textual.color import Color


class SafeLines(LineFilter):
    """Replaces what must not reach a terminal, cell by cell: a line keeps its width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments as they may be drawn."""
        if all(is_safe(segment.text) for segment in segments):
            return segments
        return [Segment(_kept_in_width(text), style) for text, style, _ in segments]


def _kept_in_width(text: str) -> str:
    return masked(text, lambda character: "�" * cell_len(character))
