"""One clock for a session of several turns: each turn follows where the one before it ended.

Records count their seconds from their own request. Here they stand on one line that never goes
back; between two turns no time passes, for nobody knows what the user did then. Kept are two
numbers for 64 entries: everything else is read off the log's columns again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from math import ceil
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from codex_tui.recording.log import FIRST_EVENT_KIND

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK = 64
"""Entries that are looked through one by one."""

PLAIN_PACE = 50.0
"""Entries a second where there are no times, as when a plain dump is streamed again."""

_ROUNDING = 1e-6


class TimedEntries(Protocol):
    """What the clock needs to know of a log."""

    def __len__(self) -> int: ...

    def kind(self, entry: int, /) -> int:
        """Return the number of the entry's type."""
        ...

    def kind_name(self, kind: int, /) -> str:
        """Return the name of a type."""
        ...

    def t(self, entry: int, /) -> float | None:
        """Return its seconds since the request was sent, if it has a time."""
        ...


class SessionClock:
    """Where the entries of a log stand in the session, in seconds since its first request.

    Whoever reads the log calls `advance` for each entry, in order. An entry without a time stands
    where the one before it stands.
    """

    def __init__(self, log: TimedEntries) -> None:
        self._log = log
        self._count = 0
        self._base = self._latest = 0.0
        self._bases = array("d")  # as they were before each block
        self._latests = array("d")
        self.timed = False
        """Whether any entry had a time."""

    def __len__(self) -> int:
        return self._count

    @property
    def latest(self) -> float:
        """Where the last entry stands."""
        return self._latest

    @property
    def axis(self) -> SessionClock | EvenClock:
        """What lays the entries out: this clock, or an even pace where none of them has a time."""
        return self if self.timed else EvenClock(self._count)

    def now(self, turn_seconds: float) -> float:
        """Return where a moment of the latest turn stands, not before its last entry."""
        return max(self._latest, self._base + turn_seconds)

    def advance(self) -> float:
        """Take the next entry in, and return where it stands."""
        entry = self._count
        if not entry % BLOCK:
            self._bases.append(self._base)
            self._latests.append(self._latest)
        self._count += 1
        self._base, self._latest = self._step(entry, self._base, self._latest)
        return self._latest

    def _step(self, entry: int, base: float, latest: float) -> tuple[float, float]:
        t = self._log.t(entry)
        if t is None:
            return (latest if self._is_request(entry) else base), latest
        self.timed = True
        if base + t < latest and self._is_request(entry):  # the first of another socket
            base = latest - t
        return base, max(latest, base + t)

    def _is_request(self, entry: int) -> bool:
        kind = self._log.kind(entry)
        return kind < FIRST_EVENT_KIND and self._log.kind_name(kind) == "request"

    def seconds(self, entry: int) -> float:
        """Return where an entry stands.

        Raises:
            IndexError: There is no such entry, or it was not taken in.
        """
        block = entry // BLOCK
        base, latest = self._bases[block], self._latests[block]
        for each in range(block * BLOCK, entry + 1):
            base, latest = self._step(each, base, latest)
        return latest

    def before(self, seconds: float) -> int:
        """Return how many entries stand before a moment."""
        return self._until(bisect_left(self._latests, seconds), lambda at: at < seconds)

    def through(self, seconds: float) -> int:
        """Return how many entries stand before a moment or at it."""
        return self._until(bisect_right(self._latests, seconds), lambda at: at <= seconds)

    def _until(self, blocks: int, within: Callable[[float], bool]) -> int:
        if not blocks:
            return 0
        entry = (blocks - 1) * BLOCK
        base, latest = self._bases[blocks - 1], self._latests[blocks - 1]
        while entry < self._count:
            base, latest = self._step(entry, base, latest)
            if not within(latest):
                break
            entry += 1
        return entry


class EvenClock(Struct, frozen=True):
    """Where so many entries stand that have no times, the first a step behind the beginning."""

    count: int

    def __len__(self) -> int:
        return self.count

    @property
    def latest(self) -> float:
        """Where the last entry stands."""
        return self.count / PLAIN_PACE

    def seconds(self, entry: int) -> float:
        """Return where an entry stands."""
        return (entry + 1) / PLAIN_PACE

    def before(self, seconds: float) -> int:
        """Return how many entries stand before a moment."""
        return max(0, min(self.count, ceil(seconds * PLAIN_PACE - _ROUNDING) - 1))

    def through(self, seconds: float) -> int:
        """Return how many entries stand before a moment or at it."""
        return max(0, min(self.count, int(seconds * PLAIN_PACE + _ROUNDING)))
