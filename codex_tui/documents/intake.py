"""Foreign text on its way into a document: cut into lines, cleaned, its places kept.

A segment is a line, or a part of a very long one: no later step ever holds more than one segment
of unfinished text. Where a line is cut depends on its text alone, never on how it arrived.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from itertools import accumulate
from typing import NamedTuple

from msgspec import Struct, field

from codex_tui.documents.lines import Run
from codex_tui.documents.styles import STILL
from codex_tui.safe_text import clean, marks_left_out

SEGMENT = 2048
"""Characters of a line, as they are drawn, that are taken at once; a longer line comes in several
segments."""


class Place(Struct, frozen=True, gc=False):
    """From `at` on, drawn characters stand for the source characters from `source` on.

    With `still`, all of them stand for that one character, as `⟨202E⟩` does for U+202E.
    """

    at: int
    source: int
    still: bool = False


class Passage(Struct):
    """Clean text and where its characters stand in the source."""

    text: str = ""
    places: list[Place] = field(default_factory=list)

    @property
    def source(self) -> int:
        """The source offset of the first character."""
        return self.places[0].source if self.places else 0

    def locate(self, at: int) -> int:
        """Return the source offset of a character."""
        place = self.places[max(bisect_right(self.places, at, key=_at) - 1, 0)]
        return place.source if place.still else place.source + at - place.at

    def part(self, start: int, end: int | None = None) -> Passage:
        """Return a part of the passage."""
        stop = len(self.text) if end is None else end
        return Passage(self.text[start:stop], self._places(start, stop))

    def _places(self, start: int, stop: int) -> list[Place]:
        if not self.places:
            return []
        first = max(bisect_right(self.places, start, key=_at) - 1, 0)
        place = self.places[first]
        source = place.source if place.still else place.source + max(start - place.at, 0)
        kept = [Place(max(place.at - start, 0), source, place.still)]
        for later in self.places[first + 1 :]:
            if later.at >= stop:
                break
            kept.append(Place(later.at - start, later.source, later.still))
        return kept

    def add(self, more: Passage, between: str = "") -> None:
        """Append another passage; `between` stands at the end of what was there."""
        self.text += between
        at = len(self.text)
        self.text += more.text
        self.places += [Place(place.at + at, place.source, place.still) for place in more.places]

    def runs(self, start: int, end: int, style: int, link: str = "") -> list[Run]:
        """Return a part as runs that know their source."""
        index = bisect_right(self.places, start, key=_at) - 1
        if index + 1 >= len(self.places) or self.places[index + 1].at >= end:
            return [self._run(index, start, end, style, link)]
        made: list[Run] = []
        while start < end:
            later = self.places[index + 1].at if index + 1 < len(self.places) else end
            made.append(self._run(index, start, min(later, end), style, link))
            start = min(later, end)
            index += 1
        return made

    def _run(self, index: int, start: int, end: int, style: int, link: str) -> Run:
        place = self.places[max(index, 0)]
        if place.still:
            return Run(self.text[start:end], style | STILL, place.source, link)
        return Run(self.text[start:end], style, place.source + start - place.at, link)


def _at(place: Place) -> int:
    return place.at


class Segment(NamedTuple):
    """A line, or a part of a long one."""

    passage: Passage
    continues: bool
    """It goes on with the line that the segment before it belongs to."""
    ended: bool
    """Its line ends here; otherwise more of it may come."""


class LineIntake:
    """Cuts appended text into segments; what is not final yet stands in `rest`.

    `offset` is where the text begins in the source.
    """

    def __init__(self, offset: int = 0) -> None:
        self._tail = ""
        self._offset = offset
        self._continues = False

    def feed(self, text: str) -> list[Segment]:
        """Take more text and return the segments that are final now."""
        lines = (self._tail + text).split("\n")
        self._tail = lines.pop()
        final: list[Segment] = []
        for line in lines:
            self._line(line, final)
        self._tail = self._cut(self._tail, final)
        return final

    @property
    def rest(self) -> Segment | None:
        """The unfinished last line, as far as it came; None if there is nothing."""
        text = self._tail.removesuffix("\r")
        return self._segment(text, ended=False) if text or self._continues else None

    def _line(self, line: str, final: list[Segment]) -> None:
        rest = self._cut(line, final).removesuffix("\r")
        final.append(self._segment(rest, ended=True))
        self._offset += len(rest) + 1 + line.endswith("\r")
        self._continues = False

    def _cut(self, line: str, final: list[Segment]) -> str:
        """Take whole segments from the front of a long line; return the rest of it."""
        while len(line) - line.endswith("\r") > (limit := _limit(line)):
            stop = line.rfind(" ", limit // 2, limit) + 1 or limit
            final.append(self._segment(line[:stop], ended=False))
            self._offset += stop
            self._continues = True
            line = line[stop:]
        return line

    def _segment(self, text: str, *, ended: bool) -> Segment:
        return Segment(cleaned(text, self._offset), self._continues, ended)


def _limit(line: str) -> int:
    """Return how many characters make a segment: fewer where some are drawn as several."""
    if len(clean(head := line[:SEGMENT])) <= SEGMENT:
        return SEGMENT
    return bisect_right(list(accumulate(len(clean(each)) for each in head)), SEGMENT)


def cleaned(text: str, source: int) -> Passage:
    """Clean a piece of source text that begins at an offset."""
    safe = clean(text)
    if len(safe) == len(text) and "⟨" not in safe:
        return Passage(safe, [Place(0, source)])
    return Passage(safe, _places(text, source, len(safe)))


def _places(text: str, source: int, length: int) -> list[Place]:
    """Find the place of each character that is drawn as several, or counted."""
    places = [Place(0, source)]
    at = 0
    shown = list(map(clean, text))
    for offset, size in enumerate(map(len, shown)):
        if size != 1:
            places += [
                Place(at, source + offset, still=True),
                Place(at + size, source + offset + 1),
            ]
        at += size
    if counts := marks_left_out(drawn := "".join(shown)):
        places = _with_counts(Passage(drawn, places), counts).places
    return [place for place in places if place.at < length or place.at == 0]


def _with_counts(passage: Passage, counts: list[tuple[int, int, str]]) -> Passage:
    """Put the counts of marks that are too many in their place."""
    counted, done = Passage(), 0
    for start, end, count in counts:
        counted.add(passage.part(done, start))
        counted.add(Passage(count, [Place(0, passage.locate(start), still=True)]))
        done = end
    counted.add(passage.part(done))
    return counted


class Waiting:
    """Pieces of text in their order, each from a character on."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[str, int]] = deque()

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, text: str, start: int = 0, *, first: bool = False) -> None:
        """Have a text wait from a character on, behind all others or before them."""
        if start < len(text):
            (self._pieces.appendleft if first else self._pieces.append)((text, start))

    def clear(self) -> None:
        """Drop all."""
        self._pieces.clear()

    def take(self, size: int, lines: int = 0) -> str:
        """Take one portion: of small pieces as many as fit whole, of a large one a part.

        It has at most so many lines, if there is a limit.
        """
        portion: list[str] = []
        room = size
        while self._pieces and self._left() <= room:
            text, start = self._pieces.popleft()
            portion.append(text[start:])
            room -= len(text) - start
        if not portion and self._pieces:
            text, start = self._pieces.popleft()
            portion.append(text[start : start + size])
            self.add(text, start + size, first=True)
        return self._of_lines("".join(portion), lines)

    def _of_lines(self, portion: str, lines: int) -> str:
        if not lines or portion.count("\n") <= lines:
            return portion
        rest = portion.split("\n", lines)[-1]
        self.add(rest, first=True)
        return portion[: -len(rest) or None]

    def take_word(self, size: int) -> str:
        """Take what stands up to the first blank, and the blank; of a longer word a part."""
        portion = self.take(size)
        end = next((at for at, each in enumerate(portion, 1) if each.isspace()), len(portion))
        self.add(portion, end, first=True)
        return portion[:end]

    def _left(self) -> int:
        text, start = self._pieces[0]
        return len(text) - start
