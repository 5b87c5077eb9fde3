"""Search in what is drawn: blanks match line breaks, case matters only where it is typed.

`Search` looks for one pattern; `SectionSearch` is what a view has, whatever is searched for.
"""

from __future__ import annotations

import math
import re
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.tui.mends.slices import SLICE
from codex_tui.tui.section_view.reading import Reading, excerpts, excerpts_backward, last_excerpts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.documents.block import Block
    from codex_tui.tui.section_view.ranks import Section
    from codex_tui.tui.section_view.reading import Covered, Excerpt
    from codex_tui.tui.section_view.stack import SectionStack
    from codex_tui.tui.section_view.window import Window

MAX_PATTERN = 500

_KEPT = 64
"""Blocks whose matches are kept: a window shows a few. Of the others their number is enough."""

_LEAST = 0.004
"""Seconds that are looked through what is new, however long going through the rest took."""

_REACH = 1_000
"""Lines that are gone through for the other part of a match, where it isn't known by the count."""


class Match(NamedTuple):
    """A match in a view."""

    section: Section
    block: Block
    """The one that the match ends in."""
    number: int
    """Among the matches of the block."""


class _Count(NamedTuple):
    """How many matches end in a block, as long as it and what stands before it are the same."""

    drawing: object
    before: tuple[Excerpt, ...]
    """What a match that ends in the block may begin with."""
    found: int
    after: tuple[Excerpt, ...]
    """The same for the next block."""


class _Found:
    """The matches that end in a block."""

    def __init__(self, reading: Reading, spans: list[tuple[int, int]]) -> None:
        self.reading = reading
        self.spans = spans

    def parts(self, number: int) -> list[Covered]:
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


class _Pass:
    """A way through all blocks: how far it has come, and what was found on it."""

    def __init__(self, blocks: Iterator[tuple[Section, Block]]) -> None:
        self.blocks = blocks
        self.section: Section | None = None
        self.before: tuple[Excerpt, ...] = ()
        self.found = self.passed = 0

    def take(self, section: Section, count: _Count) -> None:
        """Take in what was found in the next block."""
        self.section, self.before = section, count.after
        self.found += count.found
        self.passed += 1


class Search:
    """Finds a pattern block by block; a block's count stands until it is drawn again.

    A match belongs to the block it ends in: what comes later changes nothing of what was found.
    """

    def __init__(self, pattern: str, stack: SectionStack) -> None:
        words = pattern[:MAX_PATTERN].split()
        flags = 0 if any(map(str.isupper, pattern)) else re.IGNORECASE
        self._pattern = re.compile(r"\s+".join(map(re.escape, words)) or r"(?!)", flags)
        self._overlap = max(sum(map(len, words)) - 1, 0)
        self._stack = stack
        self._counts: dict[Block, _Count] = {}
        self._found: dict[Block, tuple[_Count, _Found]] = {}
        self.current: Match | None = None
        self._pass: _Pass | None = None
        self.complete = False
        """All blocks were looked through since the last change."""
        self.stale = False
        """Something was drawn since it was begun to look through them; whoever draws says so."""
        self.pending = 0
        """The way of a jump that ended before it had come to a match, and is to be tried again."""
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

    def _known(self, block: Block, before: tuple[Excerpt, ...]) -> _Count | None:
        known = self._counts.get(block)
        same = known is not None and known.drawing is block.drawing and known.before == before
        return known if same else None

    def _before(self, section: Section, block: Block) -> tuple[Excerpt, ...]:
        """Return what stands before a block: what the count left of it, else all."""
        if not block.index or section.document is None:
            return ()
        last = section.document.blocks[block.index - 1]
        known = self._counts.get(last)
        if known is not None and known.drawing is last.drawing:
            return known.after
        return last_excerpts(_backward(section, block), self._overlap)

    def _look(self, block: Block, before: tuple[Excerpt, ...]) -> _Count:
        """Find what ends in a block."""
        reading = Reading([*before, *excerpts(block)])
        spans = [match.span() for match in self._pattern.finditer(reading.text)]
        after = reading.tail(spans[-1][1] if spans else 0, self._overlap)
        count = self._counts[block] = _Count(block.drawing, before, len(spans), after)
        if len(self._found) >= _KEPT:
            self._found.clear()
        self._found[block] = (count, _Found(reading, spans))
        return count

    def run(self, deadline: float) -> None:
        """Count all matches, as far as the time reaches; the next call goes on from there."""
        if self._pass is None:
            self._pass = _Pass(self._stack.blocks())
            self.stale = False
        going, begun, self.complete = self._pass, False, False
        for section, block in going.blocks:
            before = going.before if section is going.section else ()
            if (known := self._known(block, before)) is None:
                deadline = deadline if begun else max(deadline, perf_counter() + _LEAST)
                begun, known = True, self._look(block, before)
            going.take(section, known)
            if perf_counter() > deadline:
                self.count = max(self.count, going.found)
                return
        self.count, self.complete, self._pass = going.found, not self.stale, None
        if self.complete and len(self._counts) > 2 * going.passed:
            self._forget_gone()

    def _forget_gone(self) -> None:
        """Let go of blocks that a growing text took back."""
        self._counts = {block: self._counts[block] for _, block in self._stack.blocks()}

    # -- jumping

    def jump(self, step: int, y: int, deadline: float = math.inf) -> Match | None:
        """Go to the next match (1) or to the one before (-1).

        The first time that is the first on line `y` of the stack or below, or the last above it.
        None is for now only where `pending` says so: the time was over.
        """
        self.pending = 0
        blocks = list(self._stack.blocks())[::step]
        if not blocks:
            return None
        start, number = self._start(blocks, y, step)
        for index in range(len(blocks) + 1):
            section, block = blocks[(start + index) % len(blocks)]
            before = self._before(section, block)
            known = self._known(block, before)
            if known is None and perf_counter() > deadline:
                self.pending = step
                return None
            matches = (known or self._look(block, before)).found
            if index:
                number = 0 if step > 0 else matches - 1
            if 0 <= number < matches:
                self.current = Match(section, block, number)
                return self.current
        return None

    def _start(self, blocks: list[tuple[Section, Block]], y: int, step: int) -> tuple[int, int]:
        """Return where to begin: an index into the blocks, and a match of that block."""
        if (current := self.current) is not None:
            for index, (_, block) in enumerate(blocks):
                if block is current.block:
                    return index, current.number + step
        at = self._stack.at_or_above(y)
        near = at is None
        for index, (section, block) in enumerate(blocks):
            near = near or (at is not None and (section.index - at.index) * step >= 0)
            if not near:
                continue
            top = self._stack.y_of(section, block.top)
            if (step > 0 and top + block.height > y) or (step < 0 and top < y):
                return index, self._number(section, block, y - top, step)
        return 0, 0

    def _number(self, section: Section, block: Block, line: int, step: int) -> int:
        """Return the first match that ends in a block at a line or below, or the last above it."""
        line -= block.gap is not None
        found = self._in_block(section, block)
        above = sum(found.parts(number)[-1].line < line for number in range(len(found.spans)))
        return above if step > 0 else above - 1

    @property
    def place(self) -> int:
        """Which of all matches the current one is, from 1; 0 while that is not known."""
        place = 1
        for _, block in self._stack.blocks() if self.current is not None else ():
            if self.current is not None and block is self.current.block:
                return place + self.current.number
            known = self._counts.get(block)
            if known is None:
                return 0
            place += known.found
        return 0

    def y_of(self, place: Match) -> int:
        """Return the line of the stack that a match begins on."""
        first = self._in_block(place.section, place.block).parts(place.number)[0]
        top = first.block.top + (first.block.gap is not None)
        return self._stack.y_of(place.section, top + first.line)

    # -- drawing

    def spans(self, section: Section, block: Block, line: int) -> list[tuple[int, int, bool]]:
        """Return what matches on a line: start, end, and whether it is the current match."""
        if line < 0:  # the blank one above the block
            return []
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


def _holds(before: tuple[Excerpt, ...], block: Block, line: int) -> bool:
    return any(excerpt.block is block and excerpt.line == line for excerpt in before)


def _backward(section: Section, block: Block) -> Iterator[Excerpt]:
    """Yield what stands before a block, backward, as far as that takes no long time."""
    blocks = section.document.blocks if section.document is not None else []
    passed = 0
    for index in range(block.index - 1, -1, -1):
        yield from excerpts_backward(blocks[index])
        passed += blocks[index].count
        if passed > _REACH:
            break


# -- what a view has


class SectionSearch:
    """The search in a view: its marks, how many matches there are, and the way between them.

    Args:
        stack: What is searched.
        window: What it is seen in.
        work: Has `advance` called soon.
        counted: Called when more is known: how many matches there are, and whether that is all.

    Attributes:
        pattern: What is searched for; None for nothing.
    """

    def __init__(
        self,
        stack: SectionStack,
        window: Window,
        work: Callable[[], None],
        counted: Callable[[int, bool], None],
    ) -> None:
        self._stack = stack
        self._window = window
        self._work = work
        self._counted = counted
        self.pattern: Search | None = None

    def seek(self, text: str) -> int:
        """Mark all matches and go to the first from the top of the window on; return how many.

        Blanks match line breaks; case matters if there is a capital; of nothing but blanks there
        are no marks. In a very long text the count goes on growing.
        """
        self.pattern = Search(text, self._stack) if text.strip() else None
        self._window.refresh()
        if self.pattern is None:
            return 0
        self.pattern.run(perf_counter() + SLICE)
        self.go(1)
        self._work()
        return self.pattern.count

    def go(self, step: int) -> bool:
        """Go to the next match (1) or to the one before (-1); False if there is none."""
        if (search := self.pattern) is None:
            return False
        place = search.jump(step, self._window.seen.start, perf_counter() + SLICE)
        if place is not None:
            self._window.show(search.y_of(place))
            self._window.refresh()
        elif search.pending:
            self._work()
        return place is not None

    @property
    def matches(self) -> str:
        """Which match is shown of how many, `3/22`, or how many there are; "" without a search."""
        if (search := self.pattern) is None:
            return ""
        return units.place_among(search.place, search.count, more=not search.complete)

    def advance(self, deadline: float, *, stale: bool) -> bool:
        """Count what is new until the `perf_counter` deadline, and go on with a jump.

        Args:
            deadline: When to stop.
            stale: Whether something was drawn since.

        Returns:
            Whether more is to do.
        """
        if (search := self.pattern) is None:
            return False
        search.stale = search.stale or stale
        before = search.count, search.complete
        search.run(deadline)
        if (search.count, search.complete) != before:
            self._counted(search.count, search.complete)
        if search.pending:
            self.go(search.pending)
        return bool(search.pending) or not search.complete
