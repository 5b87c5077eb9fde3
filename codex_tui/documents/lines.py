"""Drawn lines: runs of text with a style and their place in the source, wrapped to a width.

Widths are counted in cells as Rich counts them, grapheme by grapheme, so that what is measured
here is what the terminal is sent. A run never holds a line feed or a tab.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len, split_graphemes

from codex_tui.documents.styles import BLOCK, STILL

TAB = 4
"""Columns between tab stops; what code in answers is written for."""

_NARROW = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x300))))
_PLAIN = r"\x20-\x7e\xa0-\xac\xae-\u02ff"  # the same
_JOINED = f"[{_PLAIN}]?(?:[^{_PLAIN}]+[{_PLAIN}]?)+"
"""What may join into graphemes: others than those, and one of them before and behind."""

_WIDEST = 2  # cells of a character
_JOINER = "\u200d"
_NO_LINE_START = frozenset("、。，．：；！？）」』】》〉〕｝,.!?:;)]}%’”")


class Run(Struct, frozen=True, gc=False):
    """A piece of a line in one style.

    Long texts hold several 100,000 of them, so they are kept from the garbage collector, which
    would go through them all in one stall; they refer to nothing that could refer back.

    `source` is the offset of its first character in the source text, or -1 for what the view adds
    by itself (bars, bullets, borders, padding). Character i comes from `source + i`, or all come
    from `source` where the style has the flag `STILL`.
    """

    text: str
    style: int
    source: int = -1
    link: str = ""


Line = tuple[Run, ...]

Rows = list[list[Run]]
"""Runs, a row for each line that the source breaks."""


@lru_cache(maxsize=512)
def padding(cells: int, style: int) -> Run:
    """Return a run of blanks that belongs to no source."""
    return Run(" " * cells, style)


def width_of(runs: Line | list[Run]) -> int:
    """Return how many cells the runs take."""
    return sum(cell_len(run.text) for run in runs)


def index_at(line: Line, cell: int) -> int | None:
    """Return which character of the line is drawn on a cell, or None beyond its end."""
    index = 0
    for run in line:
        cells = cell_len(run.text)
        if cell < cells:
            return index + _index_in(run.text, cell)
        cell -= cells
        index += len(run.text)
    return None


def run_at(line: Line, index: int) -> Run | None:
    """Return the run that a character of the line belongs to."""
    for run in line:
        if index < len(run.text):
            return run
        index -= len(run.text)
    return None


def links_in(lines: list[Line]) -> list[tuple[str, str]]:
    """Return the links of some lines: text and target, a link that was wrapped once."""
    found: list[tuple[str, str]] = []
    open_link = ""
    for line in lines:
        for run in line:
            if run.link and run.link == open_link:
                found[-1] = (found[-1][0] + run.text, run.link)
            elif run.link:
                found.append((run.text, run.link))
            if run.source >= 0:
                open_link = run.link
    return found


def _index_in(text: str, cell: int) -> int:
    if _NARROW.issuperset(text):
        return cell
    for start, cells in _graphemes(text):
        if cell < cells:
            return start
        cell -= cells
    return len(text) - 1


def text_of(runs: Line | list[Run]) -> str:
    """Return the text of the runs."""
    return "".join([run.text for run in runs])


def searchable(line: Line) -> str:
    """Return the text of a line with blanks where the view added something."""
    return "".join([run.text if run.source >= 0 else " " * len(run.text) for run in line])


def source_of(run: Run, index: int) -> int:
    """Return the source offset of a character of the run, or -1."""
    return run.source if run.source < 0 or run.style & STILL else run.source + index


def cut(runs: list[Run] | Line, start: int, end: int) -> list[Run]:
    """Return what stands between two character positions."""
    kept: list[Run] = []
    position = 0
    for run in runs:
        after = position + len(run.text)
        if after > start and position < end:
            kept.append(_slice(run, max(start - position, 0), min(end, after) - position))
        position = after
        if position >= end:
            break
    return kept


def _slice(run: Run, start: int, end: int) -> Run:
    if start == 0 and end == len(run.text):
        return run
    return Run(run.text[start:end], run.style, source_of(run, start), run.link)


def mark(line: Line, start: int, end: int, flag: int) -> Line:
    """Return the line with a flag on the characters between two positions."""
    marked: list[Run] = []
    position = 0
    for run in line:
        after = position + len(run.text)
        if after <= start or position >= end:
            marked.append(run)
        else:
            first, last = max(start - position, 0), min(end - position, len(run.text))
            middle = _slice(run, first, last)
            parts = (_slice(run, 0, first), middle, _slice(run, last, len(run.text)))
            marked += [
                replace(part, style=part.style | flag) if part is middle else part
                for part in parts
                if part.text
            ]
        position = after
    return tuple(marked)


def expand_tabs(runs: list[Run], column: int = 0) -> list[Run]:
    """Replace tabs by blanks up to the next tab stop, which keep the tab's place in the source."""
    expanded: list[Run] = []
    for run in runs:
        parts = run.text.split("\t")
        position = 0
        for number, part in enumerate(parts):
            if number:
                blanks = TAB - column % TAB
                source = source_of(run, position - 1)
                expanded.append(Run(" " * blanks, run.style | STILL, source, run.link))
                column += blanks
            if part:
                expanded.append(_slice(run, position, position + len(part)))
                column += cell_len(part)
            position += len(part) + 1
    return expanded


# -- wrapping


def wrap(runs: list[Run], width: int, hanging: int = 0) -> list[Line]:
    """Break the runs into lines of at most `width` cells, between words where there are any.

    The blank at a break ends the line before it and is not drawn. Lines after the first begin
    with `hanging` blanks, or with a few where these would leave them less than a third of the
    width. There is always at least one line.
    """
    return _broken(runs, width, hanging, breaks)


def fold(runs: list[Run], width: int, hanging: int = 0) -> list[Line]:
    """Break the runs into lines of exactly the width, as a terminal would: for code and data."""
    return _broken(runs, width, hanging, folds)


def settled(runs: list[Run], width: int, *, folded: bool = False) -> tuple[list[Line], list[Run]]:
    """Break the runs into the lines that further text can't change, and the rest."""
    room = max(width, 1)
    texts = _texts(runs)
    spans = (folds if folded else breaks)(texts, room, room)
    text = "".join(texts)
    # More blanks than a line holds say no more than one too many.
    end = len(text) if folded else min(len(text), len(text.rstrip(" ")) + room + 1)
    return _split(runs, spans[:-1], 0), cut(runs, spans[-1][0], end)


Breaker = Callable[[list[str], int, int], list[tuple[int, int]]]
"""Gives the spans of texts that stand on each line; the first line has a width of its own.

The texts follow each other, and each is drawn by itself: no grapheme goes from one to the next.
"""


def _broken(runs: list[Run], width: int, hanging: int, breaker: Breaker) -> list[Line]:
    room = max(width, 1)
    if sum(len(run.text) for run in runs) <= room and width_of(runs) <= room:
        return [tuple(runs)]
    fits = hanging * 3 <= room * 2 and hanging + _WIDEST <= room
    hanging = hanging if fits else min(2, room // 4)
    return _split(runs, breaker(_texts(runs), room, room - hanging), hanging)


def _texts(runs: list[Run]) -> list[str]:
    return [run.text for run in runs]


def _split(runs: list[Run], spans: list[tuple[int, int]], hanging: int) -> list[Line]:
    """Cut the runs at the spans, in one walk."""
    lines: list[Line] = []
    index = position = 0
    for start, end in spans:
        line = [padding(hanging, runs[0].style & BLOCK)] if hanging and lines else []
        while index < len(runs):
            run = runs[index]
            after = position + len(run.text)
            if after > start and position < end:
                line.append(_slice(run, max(start - position, 0), min(end, after) - position))
            if after > end:
                break
            position = after
            index += 1
        lines.append(tuple(line))
    return lines


def breaks(texts: list[str], first: int, rest: int) -> list[tuple[int, int]]:
    """Break between words, and between the ideographs of scripts that know no blanks."""
    text = "".join(texts)
    if _NARROW.issuperset(text):
        return _narrow_breaks(text, first, rest)
    return _Graphemes(texts).breaks(first, rest)


def folds(texts: list[str], first: int, rest: int) -> list[tuple[int, int]]:
    """Break where the line is full."""
    text = "".join(texts)
    if not _NARROW.issuperset(text):
        return _Graphemes(texts).folds(first, rest)
    starts = [0, *range(first, max(len(text), 1), rest)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _narrow_breaks(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start, end, room = 0, len(text), first
    while end - start > room:
        word = _after_blanks(text, start)
        blank = text.rfind(" ", word, start + room + 1)
        stop = blank if blank > word else start + room
        spans.append((start, _without_blanks(text, start, stop)))
        start = _after_blanks(text, stop)
        room = rest
    if start < end or not spans:
        spans.append((start, end))
    return spans


def _without_blanks(text: str, start: int, stop: int) -> int:
    while stop > start and text[stop - 1] == " ":
        stop -= 1
    return stop


def _after_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start] == " ":
        start += 1
    return start


def _graphemes(text: str) -> Iterator[tuple[int, int]]:
    """Where each grapheme begins, and its cells: together they take what `cell_len` says.

    To that a joiner takes the character behind it away, at the beginning of a text as well.
    """
    first = 0
    while text.startswith(_JOINER, first):
        yield first, 0
        first += 2
    for start, _, cells in split_graphemes(text[first:])[0]:
        yield first + start, cells


class _Graphemes:
    """Texts with wide, zero-width or joined characters, and the cells that each part takes."""

    def __init__(self, texts: list[str]) -> None:
        self.text = "".join(texts)
        self.starts: list[int] = []
        self.cells: list[int] = []
        position = 0
        for text in texts:
            self._measure(text, position)
            position += len(text)
        self.starts.append(position)

    def _measure(self, text: str, position: int) -> None:
        done = 0
        for joined in re.finditer(_JOINED, text):
            begin, end = joined.span()
            self._add_plain(position + done, position + begin)
            for start, cells in _graphemes(joined[0]):
                self.starts.append(position + begin + start)
                self.cells.append(cells)
            done = end
        self._add_plain(position + done, position + len(text))

    def _add_plain(self, start: int, end: int) -> None:
        self.starts += range(start, end)
        self.cells += [1] * (end - start)

    def folds(self, first: int, rest: int) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        begin, used, room = 0, 0, first
        for index, cells in enumerate(self.cells):
            if used + cells > room and index > begin:
                spans.append((self.starts[begin], self.starts[index]))
                begin, used, room = index, 0, rest
            used += cells
        return [*spans, (self.starts[begin], len(self.text))]

    def breaks(self, first: int, rest: int) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        begin, room = 0, first
        while (stop := self._stop(begin, room)) < len(self.cells):
            start = self.starts[begin]
            spans.append((start, _without_blanks(self.text, start, self.starts[stop])))
            begin = self._after_blanks(stop)
            room = rest
        if begin < len(self.cells) or not spans:
            start = self.starts[begin]
            spans.append((start, _without_blanks(self.text, start, len(self.text))))
        return spans

    def _stop(self, begin: int, room: int) -> int:
        """Return the grapheme that the next line begins with."""
        if (plain := self._plain_stop(begin, room)) is not None:
            return plain
        used, chance, word = 0, begin, False
        for index in range(begin, len(self.cells)):
            grapheme = self._grapheme(index)
            used += self.cells[index]
            if grapheme == " ":
                chance = index + 1 if word else chance
                continue
            if word and self._ideographs_meet(index, grapheme[0]):
                chance = index
            if used > room:
                return chance if chance > begin else max(index, begin + 1)
            word = True
        return len(self.cells)

    def _plain_stop(self, begin: int, room: int) -> int | None:
        """Return the same where each character is a grapheme of one cell, else None."""
        start, last = self.starts[begin], begin + room + 1
        reach = self.text[start : start + room + 1]
        if last >= len(self.starts) or self.starts[last] != start + room + 1:
            return None
        word = room + 1 - len(reach.lstrip(" "))
        if word > room or not _NARROW.issuperset(reach):
            return None
        blank = reach.rfind(" ", word)
        return begin + (room if blank < 0 else blank + 1)

    def _ideographs_meet(self, index: int, character: str) -> bool:
        return 2 in self.cells[index - 1 : index + 1] and character not in _NO_LINE_START

    def _after_blanks(self, index: int) -> int:
        while index < len(self.cells) and self._grapheme(index) == " ":
            index += 1
        return index

    def _grapheme(self, index: int) -> str:
        return self.text[self.starts[index] : self.starts[index + 1]]
