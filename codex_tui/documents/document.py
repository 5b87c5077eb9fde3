"""What all documents share: text comes in, blocks of drawn lines come out, in small slices.

A document is no widget and knows no colour. Blocks are only added or changed at the end, or drawn
again where they stand; so what arrives costs as much as it is long, whatever came before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import deque
from itertools import takewhile
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.documents.intake import Waiting
from codex_tui.documents.lines import source_of
from codex_tui.documents.stretches import SIZE, Notice, Stretch, cut

if TYPE_CHECKING:
    from codex_tui.documents.block import Block
    from codex_tui.documents.lines import Line

PORTION = 1024
"""Characters that are taken in between two looks at the clock."""

LINES = 100
"""Lines that are at most, since each may be a block of its own."""

MOST = 1_000_000
"""Characters of a text that are set out, which takes up to 100 bytes for each: ten answers of the
longest kind. What comes after them stands as it came, in stretches that draw themselves when they
are looked at."""

MOST_BLOCKS = 50_000
"""The same for blocks, of texts that have one every few characters."""


class Document(ABC):
    """Text that grows, and its lines at one width."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.width = 0
        self.height = 0
        """Lines in all."""
        self.finished = False
        self._pieces: list[str] = []
        self._waiting = Waiting()
        self.taken = 0
        """Characters that are drawn, or have been."""
        self._stale: deque[Block] = deque()
        self._changed: int | None = None
        self._latest: tuple[int, list[Line]] = (0, [])
        """What was drawn last, and the line that it begins at."""

    # -- text

    @property
    def source(self) -> str:
        """The whole text as it came, for copies and searches in the source."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def append(self, text: str) -> None:
        """Add text at the end; `advance` draws it."""
        if text:
            self._pieces.append(text)
            self._waiting.add(text)
            self._reopen()

    def replace(self, text: str) -> None:
        """Put another text in the place of all that came so far."""
        if text == self.source or (self.source.startswith(text) and self._rewind(len(text))):
            return
        self._pieces = []
        self._waiting.clear()
        self._stale.clear()
        self.taken = 0
        self.blocks = []
        self.height = 0
        self._changed = 0
        self._latest = 0, []
        self._reset()
        self.append(text)

    def stop(self) -> None:
        """Draw nothing of what waits."""
        self._waiting.clear()

    def finish(self) -> None:
        """Say that no more text will come: what was kept as it stood is put right."""
        self.finished = True

    def _reopen(self) -> None:
        self.finished = False

    def _rewind(self, length: int) -> bool:
        """Go back to what stood after so many characters, keeping what is drawn of that; or don't.

        Stepping back through a long text would draw all of it again at every step.
        """
        return False

    @abstractmethod
    def _reset(self) -> None:
        """Forget all text."""

    @abstractmethod
    def _feed(self, text: str) -> int:
        """Take text and update `blocks`; return the index of the first that is new or changed."""

    # -- work

    def layout(self, width: int, around: int = 0) -> None:
        """Set the width in cells; the lines around `around` are wrapped again first."""
        if width == self.width or width < 1:
            return
        self.width = width
        middle = self._block_at(around) if self.blocks else 0
        nearest = sorted(range(len(self.blocks)), key=lambda index: abs(index - middle))
        self._stale = deque(self.blocks[index] for index in nearest)

    def advance(self, deadline: float) -> bool:
        """Work until the `perf_counter` deadline, one step at least; True if more is to do."""
        if not self.width:
            return False
        working = True
        while working and self._waiting:
            self._take()
            working = perf_counter() < deadline
        marked = self._mark(deadline)
        if working and marked and self._stale:
            self._redraw(deadline)
        return bool(self._waiting or self._stale or not marked)

    def _mark(self, deadline: float) -> bool:
        """Find more blocks that are out of date, until the deadline; True if all are found."""
        del deadline
        return True

    def _take(self) -> None:
        """Draw one portion of what waits."""
        if self.is_full and not self._is_in_word():
            self._draw_from(self._stretch(self._waiting.take(SIZE)))
            return
        wait = self._waiting
        portion = (
            wait.take_word(min(PORTION, MOST + SIZE - self.taken))
            if self.is_full
            else wait.take(PORTION, LINES)
        )
        self.taken += len(portion)
        changed, latest = self._changed, self._latest
        self._draw_from(first := self._feed(portion))
        self._changed = self._first_other(first, latest)
        if changed is not None:
            self._changed = min(changed, self._changed)

    def _first_other(self, first: int, latest: tuple[int, list[Line]]) -> int:
        """Return the first line, of the blocks from one on, that was another one before.

        A paragraph that grows is drawn anew, and mostly has one other line.
        """
        top = self.blocks[first].top if first < len(self.blocks) else self.height
        lines = [
            line
            for block in self.blocks[first:]
            for line in (*(() if block.gap is None else (block.gap,)), *block.lines)
        ]
        self._latest = top, lines
        before = latest[1][top - latest[0] :] if top >= latest[0] else []
        same = takewhile(lambda pair: pair[0] == pair[1], zip(lines, before, strict=False))
        return top + sum(1 for _ in same)

    # -- what is too long to be set out

    @property
    def is_full(self) -> bool:
        """Whether what comes next stands as it came."""
        return self.taken >= MOST or len(self.blocks) >= MOST_BLOCKS

    def _is_in_word(self) -> bool:
        """Whether what is set out ends within a word: half an address would lead elsewhere."""
        if self.taken >= MOST + SIZE or (self.blocks and isinstance(self.blocks[-1], Stretch)):
            return False
        return not self.source[self.taken - 1].isspace()

    def _stretch(self, text: str) -> int:
        """Show text as it came; return the first block that is new or changed."""
        first = len(self.blocks)
        last = self.blocks[-1] if self.blocks else None
        source, self.taken = self.taken, self.taken + len(text)
        if isinstance(last, Stretch):  # it may end anywhere
            first -= 1
            source, text = last.source, last.text + text
            self.blocks.pop()
        elif self.is_set_out:
            self.blocks.append(Notice(source))
        for part in cut(text):
            self.blocks.append(Stretch(source, part))
            source += len(part)
        return first

    @property
    def is_set_out(self) -> bool:
        """Whether the text is not shown as it came, but by what it means."""
        return True

    def _draw_from(self, index: int) -> None:
        """Draw the blocks from one on, which may be new or changed."""
        for number in range(index, len(self.blocks)):
            self._draw(number)
        self._place(index)

    def _redraw(self, deadline: float) -> None:
        first, last = len(self.blocks), 0
        while self._stale:
            block = self._stale.popleft()
            if block.drawn != self.width and self._holds(block):
                first = min(first, self._draw_chain(block.index))
                last = max(last, block.index)
            if perf_counter() >= deadline:
                break
        if first < len(self.blocks):
            self._place(first, last)

    def settle(self, top: int, bottom: int) -> None:
        """Bring the lines between two positions up to date at once, for they are to be seen."""
        index = self._block_at(top) if self.blocks else 0
        while index < len(self.blocks) and self.blocks[index].top < bottom:
            if self.blocks[index].drawn != self.width:
                self._place(self._draw_chain(index), index)
            index += 1

    def _draw_chain(self, index: int) -> int:
        """Draw a block, and those before it whose lines it goes on with; return the first drawn."""
        first = index
        while self.blocks[first].joined and self.blocks[first - 1].drawn != self.width:
            first -= 1
        for number in range(first, index + 1):
            self._draw(number)
        return first

    def _draw(self, index: int) -> None:
        block = self.blocks[index]
        if block.drawn == self.width:
            return
        carry = self.blocks[index - 1].carry if block.joined and index else ()
        block.draw(self.width, carry)
        block.drawn = self.width
        if block.continued and index + 1 < len(self.blocks):
            self._spoil(self.blocks[index + 1])

    def _spoil(self, block: Block) -> None:
        """Have a block drawn again where it stands."""
        block.drawn = 0
        self._stale.append(block)

    def _holds(self, block: Block) -> bool:
        return block.index < len(self.blocks) and self.blocks[block.index] is block

    def _place(self, index: int, drawn: int | None = None) -> None:
        """Give the blocks from one on their places; none behind `drawn` is another one."""
        self._latest = 0, []
        last = self.blocks[index - 1] if index else None
        top = changed = last.top + last.height if last else 0
        self._changed = changed if self._changed is None else min(changed, self._changed)
        before = _shown_before(self.blocks, index)
        for number in range(index, len(self.blocks)):
            block = self.blocks[number]
            gap, stays = block.gap_after(before), block.top == top
            if drawn is not None and number > drawn and stays and gap == block.gap:
                return
            block.index, block.top, block.gap = number, top, gap
            top += block.height
            before = block if block.count else before
        self.height = top

    def take_changed(self) -> int | None:
        """Return the first line that changed since the last call, or None."""
        changed, self._changed = self._changed, None
        return changed

    # -- lines and places

    def _block_at(self, y: int) -> int:
        return max(bisect_right(self.blocks, y, key=_top) - 1, 0)

    def line(self, y: int) -> Line:
        """Return a line, with at most `width` cells."""
        block, index = self.block_at(y)
        if index < 0:
            return block.gap or ()
        return block.lines[index] if index < block.count else ()

    def block_at(self, y: int) -> tuple[Block, int]:
        """Return the block of a line, and which of its lines it is; -1 is the gap above it."""
        block = self.blocks[self._block_at(y)]
        return block, y - block.top - (block.gap is not None)

    def source_at(self, y: int, x: int) -> int | None:
        """Return the place in the source of character `x` of a line, or None if it has none."""
        for run in self.line(y):
            if x < len(run.text):
                source = source_of(run, x)
                return source if source >= 0 else None
            x -= len(run.text)
        return None

    def position_of(self, offset: int) -> tuple[int, int] | None:
        """Return line and character that show a place of the source, or the next shown one."""
        index = max(bisect_right(self.blocks, offset, key=_source) - 1, 0)
        for block in self.blocks[index:]:
            if (found := _find(block, offset)) is not None:
                return found
        return None


def _top(block: Block) -> int:
    return block.top


def _source(block: Block) -> int:
    return block.source


def _find(block: Block, offset: int) -> tuple[int, int] | None:
    first = block.top + (block.gap is not None)
    for y, line in enumerate(block.lines, first):
        x = 0
        for run in line:
            if run.source >= 0 and source_of(run, len(run.text) - 1) >= offset:
                return y, x + max(min(offset - run.source, len(run.text) - 1), 0)
            x += len(run.text)
    return None


def _shown_before(blocks: list[Block], index: int) -> Block | None:
    """Return the last block before one that has lines."""
    while index and not blocks[index - 1].count:
        index -= 1
    return blocks[index - 1] if index else None
