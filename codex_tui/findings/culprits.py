"""Where findings stand, and since when they are known: for faces that show a moment, or mark rows.

Also those stand here that are only counted: nine bytes each, as a log has its entries.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.findings.rules import Level

Entry = int | str
"""The number of an event in its file, or the place of what has none, as `#120+1`."""

LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""The worst first."""


class Culprits:
    """Every finding of a session: its culprit, its level, and the moment since which it is known.

    A note that is found again and again is marked where it was found first: a dialect is no news
    with every event.

    Attributes:
        numbers: The event of each, in the order in which they were found; 0 where it is none.
        levels: The level of each, as a place in `LEVELS`.
    """

    def __init__(self) -> None:
        self.numbers = array("I")
        self.levels = bytearray()
        self._known = array("I")
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
        culprit = entries[0] if entries else 0
        self.numbers.append(culprit if isinstance(culprit, int) else 0)
        self.levels.append(LEVELS.index(level))
        self._known.append(known)
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
        if not marked or marked[-1] < culprit:
            marked.append(culprit)
        elif marked[-1] != culprit:
            insort(marked, culprit)

    def known_by(self, position: int | None) -> Counter[Level]:
        """Count those of each level that were known when so many records had come; None: all."""
        stop = len(self) if position is None else bisect_right(self._known, position)
        found = self.levels[:stop]
        return Counter({level: found.count(place) for place, level in enumerate(LEVELS)})

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
