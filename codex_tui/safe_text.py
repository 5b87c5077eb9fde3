"""Foreign text made fit for a terminal: the one boundary that every string from outside crosses.

For the eye only: copies, exports and recordings keep the original. Each code point is judged
alone, so cleaning delta by delta gives what cleaning the whole gives; only the cap on runs of
marks looks at neighbours, and a view that draws whole lines may clean them again, for nothing
happens to clean text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_MARKS = 8
"""Combining marks (and joiners) drawn in a row on one cell; the rest are counted, not drawn."""

MAX_LINE = 2_000
"""Characters that `clean_line` keeps: more than any one-line place can show."""

_HEX_RANGES = (
    (0x0080, 0x009F),  # C1 controls: CSI, OSC and DCS in one code point
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200C),  # zero-width space and non-joiner; the joiner (200D) stays, for emoji
    (0x200E, 0x200F),  # left-to-right and right-to-left marks
    (0x2028, 0x202E),  # line and paragraph separators, bidi embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, bidi isolates
    (0xD800, 0xDFFF),  # lone surrogates, which no terminal encoding can carry
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xE0000, 0xE01EF),  # tags and supplementary variation selectors: hidden text
)


@cache
def _shown() -> Mapping[int, int | str]:
    """What is drawn in the place of a character; made for the first that needs it."""
    return (
        {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)}
        | {0x7F: 0x2421}
        | {code: f"⟨{code:04X}⟩" for low, high in _HEX_RANGES for code in range(low, high + 1)}
    )


@cache
def _shown_in_line() -> Mapping[int, int | str]:
    return {**_shown(), 0x09: 0x2409, 0x0A: 0x240A}


_C0 = r"\x00-\x08\x0b-\x1f\x7f"
_UNSAFE_ASCII = re.compile(f"[{_C0}]")
_UNSAFE = re.compile(
    f"[{_C0}" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in _HEX_RANGES) + "]"
)
_UNSAFE_IN_LINE = re.compile(_UNSAFE.pattern.replace("[", r"[\t\n", 1))
_MARK_LIKE = frozenset(  # what adds to the cell before it, though its category does not say so
    (
        *range(0x1160, 0x1200),  # medial and final Hangul letters
        *range(0x1AB0, 0x1B00),  # combining marks extended, some newer than Python's tables
        0x200D,  # the joiner
        *range(0xD7B0, 0xD800),
        *range(0xFFF0, 0xFFFC),  # interlinear annotations
    )
)
_MAYBE_RUN = re.compile(f"[^\\x00-\u02ff]{{{MAX_MARKS + 1}}}")  # there are no marks below U+0300


def clean(text: str) -> str:
    """What to draw for `text`; line feeds and tabs stay.

    Controls become pictures (U+2400…), invisible and reordering characters `⟨hex⟩`, and a run of
    more than `MAX_MARKS` combining marks ends in the count of those left out. Clean text is
    returned as it is. The result can be drawn, but is still no markup: pass it as `Content`.
    """
    if text.isascii():
        return text.translate(_shown()) if _UNSAFE_ASCII.search(text) else text
    if _UNSAFE.search(text):
        text = text.translate(_shown())
    return _cap_marks(text) if _MAYBE_RUN.search(text) else text


def clean_line(text: str, limit: int = MAX_LINE) -> str:
    """`clean` for places of one line: line feeds and tabs become pictures too.

    What is longer than `limit` characters ends in an ellipsis, and costs no more than its head.
    """
    head = text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"
    if _UNSAFE_IN_LINE.search(head):
        head = head.translate(_shown_in_line())
    return clean(head)


def cut_to_width(text: str, cells: int) -> str:
    """As much of a line as takes so many cells; what was cut ends in an ellipsis."""
    if text.isascii() and len(text) <= cells:
        return text
    from rich.cells import cell_len, set_cell_size  # not where all is short and plain

    if cell_len(text) <= cells:
        return text
    return f"{set_cell_size(text, cells - 1)}…" if cells > 0 else ""


def is_safe(text: str) -> bool:
    """Whether a part of one line can be drawn as it is; marks are not counted."""
    if text.isascii():
        return text.isprintable()
    return _UNSAFE_IN_LINE.search(text) is None


def masked(text: str, mask: Callable[[str], str]) -> str:
    """`text` with each character that must not be drawn replaced by what `mask` makes of it."""
    return _UNSAFE_IN_LINE.sub(lambda found: mask(found[0]), text)


def one_for_one(text: str) -> str:
    """`clean_line` for places that are edited: as many characters as in `text`, each in its place.

    Controls become pictures, what is invisible or reorders becomes U+FFFD.
    """
    return masked(text, _stand_in) if not is_safe(text) else text


def escape_json(text: str) -> str:
    """JSON whose strings carry what must not be drawn as escapes; it means the same."""
    return _UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1].replace("\x7f", "\\u007f"), text)


def _stand_in(character: str) -> str:
    shown = _shown_in_line()[ord(character)]
    return chr(shown) if isinstance(shown, int) else "\ufffd"


def _cap_marks(text: str) -> str:
    return _long_run().sub(_shorten, text)


def _shorten(run: re.Match[str]) -> str:
    return f"{run[0][:MAX_MARKS]}⟨+{len(run[0]) - MAX_MARKS}⟩"


def marks_left_out(text: str) -> list[tuple[int, int, str]]:
    """Where `clean` counts marks of a text whose controls are shown: from, to, and the count."""
    if not _MAYBE_RUN.search(text):
        return []
    return [
        (run.start() + MAX_MARKS, run.end(), _shorten(run)[MAX_MARKS:])
        for run in _long_run().finditer(text)
    ]


@cache
def _long_run() -> re.Pattern[str]:
    """More than `MAX_MARKS` marks in a row, as the Unicode tables of this Python know them.

    Built when the first text beyond Latin comes, since the look through the tables takes 30 ms.
    """
    basic, beyond = _mark_ranges(0x300, 0xFFFF), _mark_ranges(0x10000, 0x1EFFF)
    # The guard keeps Chinese or Arabic text out of the second class, which is searched linearly.
    mark = f"(?:[{basic}]|(?=[\U00010000-\U0001efff])[{beyond}])"
    return re.compile(f"{mark}{{{MAX_MARKS + 1},}}")


def _mark_ranges(low: int, high: int) -> str:
    marks = [code for code in range(low, high + 1) if _is_mark(code)]
    runs = (list(run) for _, run in groupby(enumerate(marks), lambda pair: pair[1] - pair[0]))
    return "".join(f"\\U{run[0][1]:08x}-\\U{run[-1][1]:08x}" for run in runs)


def _is_mark(code: int) -> bool:
    return unicodedata.category(chr(code))[0] == "M" or code in _MARK_LIKE


# -- a locale that is not UTF-8

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
    "÷": "/",
    "\u00a0": " ",
}
_BOXES, _BLOCKS = range(0x2500, 0x2580), range(0x2580, 0x25A0)


def as_ascii(text: str) -> str:
    """ASCII in the place of all else: each glyph becomes as many characters as it takes cells."""
    return "".join(map(_glyph, text))


@lru_cache(4096)
def _glyph(character: str) -> str:
    if character.isascii():
        return character
    if (known := _GLYPHS.get(character)) is not None:
        return known
    from rich.cells import cell_len  # not where all is ASCII

    code = ord(character)
    other = "+" if code in _BOXES else "#" if code in _BLOCKS else "?"
    return other * cell_len(character)
