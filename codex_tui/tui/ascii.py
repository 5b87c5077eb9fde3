"""Whatever is drawn as ASCII, for a locale that is not UTF-8: one filter behind all widgets.

Each glyph becomes as many characters as it takes cells, so that nothing moves. It is for the eye
alone: copies and exports keep what came.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

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
