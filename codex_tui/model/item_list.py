"""The items of a turn, in blocks that forks share: a fork costs what was written since the last.

Nobody writes an item but by `take`, which makes it the list's own first where it is shared, and
remembers it. What leads from one item to another (a twin, a call and its outputs) leads within one
list: items that are led to are made its own together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from itertools import chain, count
from typing import TYPE_CHECKING, overload

from codex_tui.model.items import PartedItem, ToolCall, ToolOutput
from codex_tui.model.ledger import Ledger

if TYPE_CHECKING:
    from codex_tui.model.items import Item
    from codex_tui.model.text import Text

_BITS = 6
BLOCK = 1 << _BITS
"""Items of a block."""

_IN_BLOCK = BLOCK - 1
_stamps = count(1)
_NONE: AbstractSet[int] = frozenset()
_NEVER: set[int] = set()
"""Of those that nobody writes, or does any more: sets are large, and turns may be many."""


class ItemList(Sequence["Item"]):
    """Items in the order of their opening.

    Attributes:
        fresh: The numbers of items that were written since the stamps were asked for.
        weight: What it cost, in items and texts, to keep this copy.
    """

    __slots__ = (
        *("_blocks", "_fork_blocks", "_forked", "_is_kept", "_kept", "_length", "_links"),
        *("_shared", "_stamps", "_written", "fresh", "weight"),
    )

    def __init__(self) -> None:
        self._blocks: list[list[Item]] = []
        self._stamps: list[int] = []
        self._length = 0
        self._links: Ledger[int] = Ledger()  # which items show what is written in one
        self.fresh: set[int] = set()
        self._written: AbstractSet[int] = _NONE  # since it was kept, but for what is fresh
        self._kept: ItemList | None = None  # the copy that was kept last
        self._is_kept = False
        self.weight = 0
        # Of a fork: so many items are those of another list, but for some in blocks of its own.
        self._shared = 0
        self._forked: AbstractSet[int] = _NONE
        self._fork_blocks: AbstractSet[int] = _NONE

    # -- reading -------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Item]:
        return chain.from_iterable(self._blocks)

    def __reversed__(self) -> Iterator[Item]:
        return chain.from_iterable(map(reversed, reversed(self._blocks)))

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._length))]
        if index < 0:
            index += self._length
        return self._blocks[index >> _BITS][index & _IN_BLOCK]

    @property
    def blocks(self) -> Sequence[Sequence[Item]]:
        """The items, so many at a time."""
        return self._blocks

    def stamps(self) -> list[int]:
        """Return a number for each block; blocks of any forks with the same number say the same."""
        self._flush()
        return self._stamps.copy()

    def changed(self, stamps: Sequence[int]) -> Iterator[Item]:
        """Yield the items of the blocks that have other stamps than these."""
        for block, stamp in enumerate(self.stamps()):
            if block >= len(stamps) or stamps[block] != stamp:
                yield from self._blocks[block]

    # -- writing -------------------------------------------------------------------------------

    def append(self, item: Item) -> None:
        """Add an item; it gets its number."""
        number = item.number = self._length
        block = number >> _BITS
        if block == len(self._blocks):
            self._blocks.append([])
            self._stamps.append(0)
        elif number == self._shared:
            self._own_block(block)
        self._blocks[block].append(item)
        self._length += 1
        self.fresh.add(number)

    def take(self, number: int) -> Item:
        """Return an item that is going to be written."""
        if number < self._shared and number not in self._forked:
            self._make_own(number)
        self.fresh.add(number)
        return self._blocks[number >> _BITS][number & _IN_BLOCK]

    def link(self, item: Item, other: Item) -> None:
        """Say that where one item is written, the other one shows it."""
        self._links.add(item.number, other.number)

    def _linked(self, numbers: Iterable[int]) -> set[int]:
        """Some items and all that show them."""
        found = set(numbers)
        todo = list(found) if len(self._links) else []
        while todo:
            more = set(self._links.backwards(todo.pop())) - found
            found |= more
            todo += more
        return found

    def _own_block(self, block: int) -> None:
        if block not in self._fork_blocks:
            self._fork_blocks = _with(self._fork_blocks, (block,))
            self._blocks[block] = self._blocks[block].copy()

    def _make_own(self, number: int) -> None:
        linked = self._linked((number,))
        shared = [each for each in linked if each < self._shared and each not in self._forked]
        for each in shared:
            self._own_block(each >> _BITS)
        self._forked = _with(self._forked, shared)
        self._put_forks([self[each] for each in shared])
        self._lead(linked)

    def _put_forks(self, items: Sequence[Item]) -> None:
        """Put forks of some items in their places; a call and its outputs hold one text."""
        outputs: dict[int, Text] = {}
        for item in items:
            fork = self._blocks[item.number >> _BITS][item.number & _IN_BLOCK] = _fork(item)
            if isinstance(item, ToolCall) and isinstance(fork, ToolCall):
                outputs[id(item.output)] = fork.output
        for item in items:
            if isinstance(item, ToolOutput) and isinstance(fork := self[item.number], ToolOutput):
                known = outputs.get(id(item.output))
                fork.output = item.output.fork() if known is None else known

    def _lead(self, numbers: Iterable[int]) -> None:
        """Let some items lead to items of this list, whosesoever they led to."""
        for number in numbers:
            item = self[number]
            if item.twin is not None:
                item.twin = self[item.twin.number]
            if isinstance(item, ToolOutput) and item.call is not None:
                call = self[item.call.number]
                item.call = call if isinstance(call, ToolCall) else None

    def _flush(self) -> None:
        """Give the blocks of what was written another stamp."""
        if self.fresh and self.fresh is not _NEVER:
            fresh, stamp = self._linked(self.fresh), next(_stamps)
            for block in {number >> _BITS for number in fresh}:
                self._stamps[block] = stamp
            self._written = _with(self._written, fresh)
            self.fresh.clear()

    def settle(self) -> None:
        """Say that nothing will be written any more: what was need not be remembered."""
        self._flush()
        self._written, self._kept, self.fresh = _NONE, None, _NEVER

    # -- forks ---------------------------------------------------------------------------------

    def keep(self) -> ItemList:
        """Return a copy that nobody writes; it shares with the last one what was not written."""
        self._flush()
        kept, written = ItemList(), self._written
        kept._is_kept, kept.fresh = True, _NEVER
        kept._stamps, kept._length = self._stamps.copy(), self._length
        kept._links = self._links.fork()
        before = [] if self._kept is None else self._kept._blocks
        kept._blocks = [*before, *self._blocks[len(before) :]]
        for block in {number >> _BITS for number in written}:
            known = before[block] if block < len(before) else []
            kept._blocks[block] = [*known, *self._blocks[block][len(known) :]]
        kept._put_forks([self[number] for number in written])
        kept._lead(written)
        kept.weight = sum(1 + len(kept[number].texts()) for number in written)
        self._kept, self._written = kept, _NONE
        return kept

    def fork(self) -> ItemList:
        """Return a copy that grows apart; it shares every item until that is written."""
        kept = self if self._is_kept else self.keep()
        fork = ItemList()
        fork._blocks, fork._stamps = kept._blocks.copy(), kept._stamps.copy()
        fork._length = fork._shared = kept._length
        fork._links, fork._kept = kept._links.fork(), kept
        return fork


def _with(known: AbstractSet[int], more: Iterable[int]) -> AbstractSet[int]:
    """Some numbers and more; the first ones need not be asked for any more."""
    if not isinstance(known, set):
        return set(more)
    known.update(more)
    return known


def _fork(item: Item) -> Item:
    fork = copy(item)
    fork.span = copy(item.span)
    if isinstance(fork, PartedItem):
        fork.fork_parts()
    elif isinstance(fork, ToolCall):
        fork.arguments, fork.output = fork.arguments.fork(), fork.output.fork()
        fork.commands = {index: text.fork() for index, text in fork.commands.items()}
    return fork
