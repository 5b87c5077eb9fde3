"""The last boundary before the terminal: what no line may carry, whatever widget draws it.

Foreign text is cleaned where it becomes content, and shown there as what it is. What gets past
that (a paste in a widget of Textual's own, a mistake of ours) ends here, for all widgets alike. For
a locale that is not UTF-8 all is drawn as ASCII: each glyph becomes as many characters as it takes
cells, so that nothing moves. It is for the eye alone: copies and exports keep what came.
"""

from __future__ import annotations

from functools import lru_cache
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


_GLYPHS = {
    **dict.fromkeys("─━┄┅┈┉╌╍═–—−", "-"),
    **dict.fromkeys("│┃┆┇┊┋╎╏║▌▍▎▏▐▕", "|"),
    **dict.fromkeys("‘’′", "'"),
    **dict.fromkeys("“”″", '"'),
    **dict.fromkeys("→▸▶▹❯⟩›»", ">"),
    **dict.fromkeys("←◂◀❮⟨⏎‹«", "<"),
    **dict.fromkeys("↓▾▼✓✔", "v"),
    **dict.fromkeys("↑▴▲", "^"),
    **dict.fromkeys("×✗✘", "x"),
    **dict.fromkeys("○◌◔◐◯", "o"),
    **dict.fromkeys("●•◉", "*"),
    **dict.fromkeys("·∙▪░", "."),
    **dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True)),
    "…": "~",
    "⚑": "!",
    "‖": "=",
    "\u00a0": " ",
}
_BOXES, _BLOCKS = range(0x2500, 0x2580), range(0x2580, 0x25A0)


class AsciiFilter(LineFilter):
    """Draws ASCII in the place of all else."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with each glyph as ASCII of the same width."""
        return [
            each if each.text.isascii() else Segment(_ascii(each.text), each.style, each.control)
            for each in segments
        ]


def _ascii(text: str) -> str:
    return "".join(map(_glyph, text))


@lru_cache(4096)
def _glyph(character: str) -> str:
    if character.isascii():
        return character
    if (known := _GLYPHS.get(character)) is not None:
        return known
    code = ord(character)
    other = "+" if code in _BOXES else "#" if code in _BLOCKS else "?"
    return other * cell_len(character)
