"""Where findings stand, for faces that show a moment or mark rows: one is there with its culprit.

What was not to blame on any event is there at the end. Also those stand here that are only
counted: thirteen bytes each, as a log has its entries.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.findings.rules import Level

Entry = int | str
"""The number of an event in its file, or the place of what has none, as `#120+1`."""

LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""The worst first."""


class FoundBy(NamedTuple):
    """A moment of a session: how many records had come by then, and how many events."""

    records: int
    events: int


class Culprits:
    """Every finding of a session: its culprit and its level.

    A note that is found again and again is marked where it was found first: a dialect is no news
    with every event.

    Attributes:
        numbers: The event of each, in the order in which they were found; 0 where it is none.
        levels: The level of each, as a place in `LEVELS`.
    """

    def __init__(self) -> None:
        self.numbers = array("I")
        self.levels = bytearray()
        self._counted = tuple(array("I") for _ in LEVELS)
        self._known = tuple(array("I") for _ in LEVELS)  # of those without a number
        self._marked = tuple(array("I") for _ in LEVELS)
        self._without_number: dict[str, Level] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def note(self, level: Level, entries: Sequence[Entry], known: int) -> None:
        """Take in a finding.

        Args:
            level: Its level.
            entries: Its events, the culprit first.
            known: How many records had come when it was found.
        """
        culprit = entries[0] if entries else ""
        place = LEVELS.index(level)
        number = culprit if isinstance(culprit, int) else 0
        self.numbers.append(number)
        self.levels.append(place)
        if number:
            _keep(self._counted[place], number)
        else:
            self._known[place].append(known)
        self._mark(level, culprit)

    def some(self, first: int, most: int) -> list[tuple[int, int]]:
        """Return the event and the level of at most so many, from one of them on."""
        stop = first + most
        return list(zip(self.numbers[first:stop], self.levels[first:stop], strict=True))

    def again(self, level: Level, entries: Sequence[Entry]) -> None:
        """Take in that a finding was made once more, at another event."""
        if entries and level != "note":
            self._mark(level, entries[0])

    def _mark(self, level: Level, culprit: Entry) -> None:
        if isinstance(culprit, str):
            self._without_number.setdefault(culprit, level)
            return
        marked = self._marked[LEVELS.index(level)]
        if not marked or marked[-1] != culprit:
            _keep(marked, culprit)

    def count(self, moment: FoundBy | None) -> dict[Level, int]:
        """Count those of each level whose culprit had come by a moment; None for all."""
        if moment is None:
            return {level: self.levels.count(place) for place, level in enumerate(LEVELS)}
        return {
            level: bisect_right(numbers, moment.events) + bisect_right(known, moment.records)
            for level, numbers, known in zip(LEVELS, self._counted, self._known, strict=True)
        }

    def worst_of(self, first: int, last: int) -> Level | None:
        """Return the worst level that events from `first` to `last` have; None for none."""
        for level, marked in zip(LEVELS, self._marked, strict=True):
            place = bisect_left(marked, first)
            if place < len(marked) and marked[place] <= last:
                return level
        return None

    def worst_at(self, place: str) -> Level | None:
        """Return the level of what has no number and stands at a place, as `#120+1`."""
        return self._without_number.get(place)


def _keep(numbers: array[int], number: int) -> None:
    """Put a number among others in rising order; mostly it is the greatest."""
    if not numbers or numbers[-1] <= number:
        numbers.append(number)
    else:
        insort(numbers, number)
