"""Words that have inks, in lines that fit; on their way each is made safe for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.cli.output import Ink

_WORD = re.compile(r"\S+\s*|\s+")


def wrapped(
    pieces: Iterable[tuple[Ink, str]], width: int, hanging: int, first: int
) -> Iterator[list[tuple[Ink, str]]]:
    """Yield words in lines of so many cells at most; one that is longer is broken.

    Args:
        pieces: The words, with their inks.
        width: The cells of a line.
        hanging: How far the lines behind the first are indented.
        first: How far the first is.
    """
    line: list[tuple[Ink, str]] = [("", " " * first)] if first else []
    used = first
    for ink, text in pieces:
        for word in _words(text, width - hanging):
            if used + len(word.rstrip()) > width and used > hanging:
                yield line
                line, used = [("", " " * hanging)], hanging
            line.append((ink, word))
            used += len(word)
    yield line


def _words(text: str, most: int) -> Iterator[str]:
    """The words of a text, each with the blanks behind it; line ends are signs."""
    safe = clean_line(text.replace("\n", "⏎ "), limit=2 * len(text) + 1)
    for word in _WORD.findall(safe):
        yield from (word,) if len(word.rstrip()) <= most else _pieces(word, most)


def _pieces(word: str, most: int) -> Iterator[str]:
    """A word that fits no line, broken behind a sign where it has one."""
    sign = rf".{{1,{most}}}(?:(?<=[^\w\s])|\s*\Z)"
    yield from re.findall(rf"{sign}|.{{1,{most}}}", word)


def shortened(name: str, most: int) -> str:
    """Return a path that fits: its end says more than its beginning."""
    return name if len(name) <= most else f"…{name[1 - most :]}"
