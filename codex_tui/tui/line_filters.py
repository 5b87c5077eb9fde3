"""The last boundary before the terminal: what no line may carry, whatever widget draws it.

Foreign text is cleaned where it becomes content, and shown there as what it is. What gets past
that (a paste in a widget of Textual's own, a mistake of ours) ends here, for all widgets alike. For
a locale that is not UTF-8 all is drawn as ASCII: each glyph becomes as many characters as it takes
cells, so that nothing moves. It is for the eye alone: copies and exports keep what came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App, ReturnType
from textual.filter import LineFilter

from codex_tui.safe_text import as_ascii, is_safe, masked

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class AsciiFilter(LineFilter):
    """Draws ASCII in the place of all else."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with each glyph as ASCII of the same width."""
        return [
            each if each.text.isascii() else Segment(as_ascii(each.text), each.style, each.control)
            for each in segments
        ]


_SAFE_LINES = SafeLines()


class SafeLinesApp(App[ReturnType]):
    """An app that lets nothing that a terminal would obey into any line."""

    _ascii: tuple[AsciiFilter, ...] = ()

    def draw_ascii(self) -> None:
        """Draw nothing but ASCII: the locale is not one of UTF-8."""
        self._ascii = (AsciiFilter(),)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's own and, behind them, ours."""
        return [*super().get_line_filters(), _SAFE_LINES, *self._ascii]
