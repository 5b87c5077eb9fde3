"""Which items stand under a key, in the order in which they were put there; forks share it.

Each fork reads its own part of one row of entries. Whoever writes what stands there already, as a
fold of the same records does, goes on in it; whoever writes something else copies its part.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from copy import copy
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = TypeVar("Key", str, int)

NOBODY = -1
"""The number of no item."""


class _Row(Struct, Generic[Key], gc=False):
    """Entries: a key and a number each; and by each key its entries, one alone without a list."""

    keys: list[Key]
    numbers: array[int]
    places: dict[Key, int | list[int]]


class Ledger(Struct, Generic[Key], eq=False, gc=False):
    """Numbers of items under keys; an item may stand under several, and several under one."""

    _row: _Row[Key] | None = None  # most turns are short, and many need none
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: Key, number: int) -> None:
        """Put an item under a key."""
        row, count = self._row, self._count
        if row is None:
            row = self._row = _Row([], array("I"), {})
        if count < len(row.keys):
            if row.keys[count] == key and row.numbers[count] == number:
                self._count += 1
                return
            row = self._row = self._copied(row)
        row.keys.append(key)
        row.numbers.append(number)
        self._note(row, key, count)
        self._count += 1

    @staticmethod
    def _note(row: _Row[Key], key: Key, entry: int) -> None:
        known = row.places.get(key)
        if known is None:
            row.places[key] = entry
        elif isinstance(known, int):
            row.places[key] = [known, entry]
        else:
            known.append(entry)

    def _copied(self, row: _Row[Key]) -> _Row[Key]:
        copied: _Row[Key] = _Row(row.keys[: self._count], row.numbers[: self._count], {})
        for entry, key in enumerate(copied.keys):
            self._note(copied, key, entry)
        return copied

    def latest(self, key: Key | None) -> int:
        """Return the item that was put there last; `NOBODY` where none was."""
        row = self._row
        if row is None or key is None or (places := row.places.get(key)) is None:
            return NOBODY
        if isinstance(places, int):
            return row.numbers[places] if places < self._count else NOBODY
        return next(self.backwards(key), NOBODY)

    def holds(self, key: Key) -> bool:
        """Whether any item stands there."""
        return self._entries(key) > 0

    def is_single(self, key: Key) -> bool:
        """Whether just one item stands there."""
        return self._entries(key) == 1

    def backwards(self, key: Key | None) -> Iterator[int]:
        """Yield the items that stand there, the latest first."""
        row, count = self._row, self._entries(key)
        if row is None or key is None or not count:
            return
        places = row.places[key]
        if isinstance(places, int):
            yield row.numbers[places]
            return
        for place in range(count - 1, -1, -1):
            yield row.numbers[places[place]]

    def _entries(self, key: Key | None) -> int:
        """How many of the entries of a key are this fork's."""
        places = None if self._row is None or key is None else self._row.places.get(key)
        if places is None:
            return 0
        if isinstance(places, int):
            return int(places < self._count)
        return len(places) if places[-1] < self._count else bisect_left(places, self._count)

    def fork(self) -> Ledger[Key]:
        """Return another that says the same; from here on each grows without the other."""
        return copy(self)
