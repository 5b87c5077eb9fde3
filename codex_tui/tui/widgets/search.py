"""Search in what is drawn: blanks match line breaks, case matters only where it is typed."""

from __future__ import annotations

import math
import re
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.tui.widgets.reading import Reading, last_pieces, pieces, pieces_backward

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.documents.block import Block
    from codex_tui.tui.widgets.reading import Part, Piece
    from codex_tui.tui.widgets.sections import Section, Sections

MAX_PATTERN = 500

_KEPT = 64
"""Blocks whose matches are kept: a window shows a few. Of the others their number is enough."""

_LEAST = 0.004
"""Seconds that are looked through what is new, however long going through the rest took."""

_REACH = 1_000
"""Lines that are gone through for the other part of a match, where it isn't known by the count."""


class Place(NamedTuple):
    """A match in a view."""

    section: Section
    block: Block
    """The one that the match ends in."""
    number: int
    """Among the matches of the block."""


class _Count(NamedTuple):
    """How many matches end in a block, as long as it and what stands before it are the same."""

    drawing: object
    before: tuple[Piece, ...]
    """What a match that ends in the block may begin with."""
    found: int
    after: tuple[Piece, ...]
    """The same for the next block."""


class _Found:
    """The matches that end in a block."""

    def __init__(self, reading: Reading, spans: list[tuple[int, int]]) -> None:
        self.reading = reading
        self.spans = spans

    def parts(self, number: int) -> list[Part]:
        """Return what a match covers, line by line."""
        return self.reading.parts(*self.spans[number])

    @cached_property
    def marks(self) -> dict[tuple[Block, int], list[tuple[int, int, int]]]:
        """What is covered of a line: start, end, and the number of the match."""
        marks: dict[tuple[Block, int], list[tuple[int, int, int]]] = {}
        for number in range(len(self.spans)):
            for block, line, start, end in self.parts(number):
                marks.setdefault((block, line), []).append((start, end, number))
        return marks


class Search:
    """Finds a pattern block by block; a block's count stands until it is drawn again.

    A match belongs to the block it ends in: what comes later changes nothing of what was found.
    """

    def __init__(self, pattern: str, sections: Sections) -> None:
        words = pattern[:MAX_PATTERN].split()
        flags = 0 if any(map(str.isupper, pattern)) else re.IGNORECASE
        self._pattern = re.compile(r"\s+".join(map(re.escape, words)) or r"(?!)", flags)
        self._overlap = max(sum(map(len, words)) - 1, 0)
        self._sections = sections
        self._counts: dict[Block, _Count] = {}
        self._found: dict[Block, tuple[_Count, _Found]] = {}
        self.current: Place | None = None
        self.complete = False
        """All blocks were looked through since the last change."""
        self.pending = False
        """The last jump ended before it had come to a match: it is to be tried again."""
        self.count = 0

    def _in_block(self, section: Section, block: Block) -> _Found:
        """Return the matches that end in a block."""
        count = self._count(section, block)
        known = self._found.get(block)
        if known is not None and known[0] is count:
            return known[1]
        self._look(block, count.before)
        return self._found[block][1]

    def _count(self, section: Section, block: Block) -> _Count:
        """Return how many matches end in a block."""
        before = self._before(section, block)
        return self._known(block, before) or self._look(block, before)

    def _known(self, block: Block, before: tuple[Piece, ...]) -> _Count | None:
        known = self._counts.get(block)
        same = known is not None and known.drawing is block.drawing and known.before == before
        return known if same else None

    def _before(self, section: Section, block: Block) -> tuple[Piece, ...]:
        """Return what stands before a block: what the count left of it, else all."""
        if not block.index or section.document is None:
            return ()
        last = section.document.blocks[block.index - 1]
        known = self._counts.get(last)
        if known is not None and known.drawing is last.drawing:
            return known.after
        return last_pieces(_backward(section, block), self._overlap)

    def _look(self, block: Block, before: tuple[Piece, ...]) -> _Count:
        """Find what ends in a block."""
        reading = Reading([*before, *pieces(block)])
        spans = [match.span() for match in self._pattern.finditer(reading.text)]
        after = reading.tail(spans[-1][1] if spans else 0, self._overlap)
        count = self._counts[block] = _Count(block.drawing, before, len(spans), after)
        if len(self._found) >= _KEPT:
            self._found.clear()
        self._found[block] = (count, _Found(reading, spans))
        return count

    def run(self, deadline: float) -> None:
        """Count all matches, as far as the time reaches; what is known already costs little."""
        count, begun = 0, False
        self.complete = True
        of: Section | None = None
        before: tuple[Piece, ...] = ()
        for section, block in self._sections.blocks():
            before = before if section is of else ()
            if (known := self._known(block, before)) is None:
                deadline = deadline if begun else max(deadline, perf_counter() + _LEAST)
                begun = True
                if perf_counter() > deadline:
                    self.complete = False
                    break
                known = self._look(block, before)
            count += known.found
            of, before = section, known.after
        self.count = count
        if self.complete:
            self._forget_gone()

    def _forget_gone(self) -> None:
        """Let go of blocks that a growing text took back."""
        blocks = [block for _, block in self._sections.blocks()]
        if len(self._counts) > 2 * len(blocks):
            self._counts = {block: self._counts[block] for block in blocks}

    # -- jumping

    def next(self, y: int, deadline: float = math.inf) -> Place | None:
        """Go to the next match; the first time, to the first on line `y` of the view or below.

        None is for now only where `pending` says so: the time was over.
        """
        return self._jump(list(self._sections.blocks()), y, 1, deadline)

    def previous(self, y: int, deadline: float = math.inf) -> Place | None:
        """Go to the match before; the first time, to the last above line `y` of the view."""
        return self._jump(list(self._sections.blocks())[::-1], y, -1, deadline)

    def _jump(
        self, blocks: list[tuple[Section, Block]], y: int, step: int, deadline: float
    ) -> Place | None:
        self.pending = False
        if not blocks:
            return None
        start, number = self._start(blocks, y, step)
        for index in range(len(blocks) + 1):
            section, block = blocks[(start + index) % len(blocks)]
            before = self._before(section, block)
            known = self._known(block, before)
            if known is None and perf_counter() > deadline:
                self.pending = True
                return None
            matches = (known or self._look(block, before)).found
            if index:
                number = 0 if step > 0 else matches - 1
            if 0 <= number < matches:
                self.current = Place(section, block, number)
                return self.current
        return None

    def _start(self, blocks: list[tuple[Section, Block]], y: int, step: int) -> tuple[int, int]:
        """Return where to begin: an index into the blocks, and a match of that block."""
        if (current := self.current) is not None:
            for index, (_, block) in enumerate(blocks):
                if block is current.block:
                    return index, current.number + step
        for index, (section, block) in enumerate(blocks):
            top = self._sections.y_of(section, block.top)
            if (step > 0 and top + block.height > y) or (step < 0 and top < y):
                return index, self._number(section, block, y - top, step)
        return 0, 0

    def _number(self, section: Section, block: Block, line: int, step: int) -> int:
        """Return the first match that ends in a block at a line or below, or the last above it."""
        line -= block.gap is not None
        found = self._in_block(section, block)
        above = sum(found.parts(number)[-1].line < line for number in range(len(found.spans)))
        return above if step > 0 else above - 1

    def y_of(self, place: Place) -> int:
        """Return the line of the view that a match begins on."""
        first = self._in_block(place.section, place.block).parts(place.number)[0]
        top = first.block.top + (first.block.gap is not None)
        return self._sections.y_of(place.section, top + first.line)

    @property
    def position(self) -> int:
        """The number of the current match, from 1 on; 0 for none."""
        if (current := self.current) is None:
            return 0
        count = 0
        for section, block in self._sections.blocks():
            if block is current.block:
                return count + current.number + 1
            count += self._count(section, block).found
        return 0

    # -- drawing

    def spans(self, section: Section, block: Block, line: int) -> list[tuple[int, int, bool]]:
        """Return what matches on a line: start, end, and whether it is the current match."""
        return [
            (start, end, self._is_current(last, number))
            for last in self._reaching(section, block, line)
            for start, end, number in self._in_block(section, last).marks.get((block, line), ())
        ]

    def _is_current(self, block: Block, number: int) -> bool:
        current = self.current
        return current is not None and current.block is block and current.number == number

    def _reaching(self, section: Section, block: Block, line: int) -> Iterator[Block]:
        """Yield the blocks that matches on a line may end in."""
        yield block
        blocks = section.document.blocks if section.document is not None else []
        passed = 0
        for index in range(block.index + 1, len(blocks)):
            before = self._before(section, blocks[index])
            if passed > _REACH or not _holds(before, block, line):
                break
            yield blocks[index]
            passed += blocks[index].count


def _holds(before: tuple[Piece, ...], block: Block, line: int) -> bool:
    return any(piece.block is block and piece.line == line for piece in before)


def _backward(section: Section, block: Block) -> Iterator[Piece]:
    """Yield what stands before a block, backward, as far as that takes no long time."""
    blocks = section.document.blocks if section.document is not None else []
    passed = 0
    for index in range(block.index - 1, -1, -1):
        yield from pieces_backward(blocks[index])
        passed += blocks[index].count
        if passed > _REACH:
            break
