"""The end of a very long text, shown as it came, whose lines are made when they are looked at.

What is set out (Markdown, JSON, every line of a text) takes ten times the memory of its text, and
more. A stretch keeps its text and how many lines that makes, so that 50 MB take little more than
50 MB; and counting lines is fifty times as quick as drawing them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from codex_tui.documents.block import Block
from codex_tui.documents.intake import cleaned
from codex_tui.documents.lines import Line, Run, breaks, expand_tabs, wrap
from codex_tui.documents.styles import Role
from codex_tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZE = 8 * 1024
"""Characters of one stretch."""

NOTICE = "⋯ long: what follows stands as it came"

_KEPT = 32
"""Stretches whose lines are kept: a window shows two or three of them."""


class Stretch(Block):
    """Some lines of plain text. It is never changed: another one takes its place."""

    __slots__ = ("_count", "text")

    def __init__(self, source: int, text: str) -> None:
        super().__init__(source)
        self.text = text
        self._count = 0

    def draw(self, width: int, carry: Sequence[Run]) -> None:
        """Count the lines."""
        del carry
        self._count = _height(self.text, width)

    @property
    def count(self) -> int:
        """Lines at the width that it was drawn for."""
        return self._count

    @property
    def lines(self) -> list[Line]:
        """The lines, made again unless they were looked at lately."""
        return _lines(self, self.drawn) if self.drawn else []

    @lines.setter
    def lines(self, lines: list[Line]) -> None:
        """Keep none."""

    @property
    def drawing(self) -> object:
        """The width: the text stays."""
        return self.drawn

    @property
    def links(self) -> list[tuple[str, str]]:
        """None: what stands in plain text is text."""
        return []


class Notice(Block):
    """A line of ours, where the text goes on as it came."""

    __slots__ = ()

    def draw(self, width: int, carry: Sequence[Run]) -> None:
        """Draw it."""
        del carry
        self.lines = wrap([Run(NOTICE, Role.MUTED)], width)


def cut(text: str) -> Iterator[str]:
    """Yield a text in stretches, cut behind a line's end where there is one, else at a blank."""
    start = 0
    while len(text) - start > SIZE:
        end = text.rfind("\n", start, start + SIZE) + 1
        if end <= start + SIZE // 2:
            end = max(end, text.rfind(" ", start + SIZE // 2, start + SIZE) + 1)
        end = end if end > start else start + SIZE
        if text[end] in " \r\n" and text[end - 1] != "\n":
            # The last letter goes on, since a line's end that begins a stretch is an empty line.
            letters = len(text[start:end].rstrip(" \r"))
            end = start + letters - 1 if letters > 1 else end
        yield text[start:end]
        start = end
    yield text[start:]


def _height(text: str, width: int) -> int:
    """How many lines a stretch makes, without making them where that can be."""
    if not _is_simple(text):
        return sum(len(wrap(row, width)) for row in _rows(text, 0))
    rows = text.removesuffix("\n").split("\n")
    long = [row for row in rows if len(row) > width]
    return len(rows) + sum(len(breaks([row], width, width)) - 1 for row in long)


def _is_simple(text: str) -> bool:
    """Whether each character is drawn as it is, on one cell."""
    return text.isascii() and "\t" not in text and clean(text) == text


@lru_cache(maxsize=_KEPT)
def _lines(stretch: Stretch, width: int) -> list[Line]:
    rows = _rows(stretch.text, stretch.source)
    return [line for row in rows for line in wrap(row, width)]


def _rows(text: str, source: int) -> Iterator[list[Run]]:
    """The lines of the source as runs: a line's end at the end of a stretch begins none."""
    for row in text.removesuffix("\n").split("\n"):
        passage = cleaned(row.removesuffix("\r"), source)
        runs = passage.runs(0, len(passage.text), Role.TEXT) if passage.text else []
        yield expand_tabs(runs) if "\t" in passage.text else runs
        source += len(row) + 1
