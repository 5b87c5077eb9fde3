"""What a search reads: drawn lines joined to one text, with the way back to their characters.

Where a line ends in the middle of a word, because there was no more room or because a block ends
there, the next one goes on with the word. What tells is the source: nothing of it lies between.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from codex_tui.documents.lines import searchable
from codex_tui.documents.styles import STILL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.documents.block import Block
    from codex_tui.documents.lines import Line, Run


class Excerpt(Struct, frozen=True, gc=False):
    """What is read of one line of a block: from the first to the last character with a source."""

    block: Block
    line: int
    start: int
    """The character of the line that it begins with."""
    text: str
    source: int
    end: int
    """The place in the source behind it."""


class Covered(NamedTuple):
    """Characters of one line of a block."""

    block: Block
    line: int
    start: int
    end: int


class Reading:
    """Excerpts as one text: they follow on each other, or there is a line's end between them."""

    def __init__(self, excerpts: list[Excerpt]) -> None:
        self._excerpts = excerpts
        self._starts: list[int] = []
        texts: list[str] = []
        at, end = 0, -1
        for excerpt in excerpts:
            text = excerpt.text
            if excerpt.source != end and at:
                texts.append("\n")
                at += 1
            self._starts.append(at)
            texts.append(text)
            at, end = at + len(text), excerpt.end
        self.text = "".join(texts)

    def parts(self, start: int, end: int) -> list[Covered]:
        """Return what stands between two characters of the text, line by line."""
        parts: list[Covered] = []
        for index in range(self._index(start), len(self._excerpts)):
            excerpt, at = self._excerpts[index], self._starts[index]
            if at >= end:
                break
            first, last = max(start - at, 0), min(end - at, len(excerpt.text))
            place = excerpt.block, excerpt.line
            parts.append(Covered(*place, excerpt.start + first, excerpt.start + last))
        return parts

    def tail(self, after: int, size: int) -> tuple[Excerpt, ...]:
        """Return the last lines, of no more characters than it takes for `size` ones, no blanks.

        Nothing is returned of what stands before the character `after`.
        """
        first = self._index(after)
        kept = last_excerpts(reversed(self._excerpts[first:]), size)
        if not kept or kept[0] is not self._excerpts[first]:
            return kept
        cut = max(after - self._starts[first], 0)
        head = replace(kept[0], start=kept[0].start + cut, text=kept[0].text[cut:])
        return (head, *kept[1:]) if head.text.strip() else kept[1:]

    def _index(self, at: int) -> int:
        return max(bisect_right(self._starts, at) - 1, 0)


def last_excerpts(backward: Iterable[Excerpt], size: int) -> tuple[Excerpt, ...]:
    """Return the last excerpts, as few as hold `size` characters that are no blanks."""
    kept: list[Excerpt] = []
    for excerpt in backward if size > 0 else ():
        kept.append(excerpt)
        size -= sum(map(len, excerpt.text.split()))
        if size <= 0:
            break
    return tuple(reversed(kept))


def excerpts(block: Block) -> list[Excerpt]:
    """Return what is read of a block."""
    found = [_excerpt(block, number, line) for number, line in enumerate(block.lines)]
    return [excerpt for excerpt in found if excerpt is not None]


def excerpts_backward(block: Block) -> Iterator[Excerpt]:
    """Yield what is read of a block, the last line first."""
    lines = block.lines
    for number in range(len(lines) - 1, -1, -1):
        if (excerpt := _excerpt(block, number, lines[number])) is not None:
            yield excerpt


def _excerpt(block: Block, number: int, line: Line) -> Excerpt | None:
    """Return what is read of a line; None of a blank one."""
    if len(line) != 1:
        return _excerpt_of_runs(block, number, line)
    run = line[0]
    if run.source < 0 or not run.text or run.text.isspace():
        return None
    return Excerpt(block, number, 0, run.text, run.source, _end(run))


def _excerpt_of_runs(block: Block, number: int, line: Line) -> Excerpt | None:
    known = [index for index, run in enumerate(line) if run.source >= 0 and run.text]
    text = searchable(line[known[0] : known[-1] + 1]) if known else ""
    if not text or text.isspace():
        return None
    start = sum(len(run.text) for run in line[: known[0]])
    return Excerpt(block, number, start, text, line[known[0]].source, _end(line[known[-1]]))


def _end(run: Run) -> int:
    return run.source + (1 if run.style & STILL else len(run.text))
