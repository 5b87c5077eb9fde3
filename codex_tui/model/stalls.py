"""Two findings: silences that are stalls, and streams that something on the way held back.

Keep-alives are signs of life and no events: a silence goes on through them, and they are counted.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui import units

if TYPE_CHECKING:
    from collections.abc import Iterable

STALLS = (2.0, 10.0, 30.0)
"""Seconds of silence from which on a stall is marked, marked more, and marked most."""

# A read is held when it brings so many events after so long a pause. Fewer are what servers send
# at once by themselves; a stream of 3,000 events a second is read in such portions, but with no
# pause to speak of between them.
_PORTION = 8
_PAUSE = 0.25
_SAME_PORTION = 0.005  # a portion that filled several reads: the next ones were there already
_FEWEST = 16


def stall_level(seconds: float) -> int:
    """Return how bad a silence is: 0 for none to speak of, 1 to 3 by the limits it passed."""
    return bisect_right(STALLS, seconds)


class Stall(Struct, frozen=True, gc=False):
    """A silence; `after` and `before` are the entries around it.

    `before` is None while it goes on. The request and the answer's headers count as entries, so
    that waiting for the first event can be a stall too; `after` is None where no record of the
    request stands in the file. `keepalives` came meanwhile.
    """

    after: int | None
    before: int | None
    start: float
    seconds: float
    keepalives: int = 0

    @property
    def level(self) -> int:
        """How bad it is, 0 to 3."""
        return stall_level(self.seconds)

    @property
    def open(self) -> bool:
        """Whether it still goes on."""
        return self.before is None


class Buffering(Struct, frozen=True):
    """So many of a stream's events came in so few reads, each after a pause."""

    held: int
    reads: int
    events: int

    @property
    def figures(self) -> str:
        """What was counted."""
        some = f"{self.held:,} of " if self.held < self.events else ""
        return f"{some}{units.count(self.events, 'event')} in {units.count(self.reads, 'read')}"

    @property
    def sentence(self) -> str:
        """What was found, for the user."""
        return f"{self.figures}: something between you and the model is buffering"


class Portions:
    """The reads in which a turn's events come: asked at any time whether something holds them back.

    Args:
        start: When the wait for the first of them began.
    """

    def __init__(self, start: float = 0.0) -> None:
        self._t = start
        self._read = 0
        self._late = False
        self._events = self._held = self._reads = 0
        self.size = 0
        """How many events the latest read has brought so far."""

    def add(self, t: float, read: int) -> None:
        """Take in the time and the read of the next event."""
        if read != self._read:
            self._begin(t, read)
        self.size += 1
        self._events += 1
        self._t = t

    def _begin(self, t: float, read: int) -> None:
        was_held = self._late and self.size >= _PORTION
        if was_held:
            self._held += self.size
            self._reads += 1
        pause = t - self._t
        self._late = pause >= _PAUSE or (was_held and pause < _SAME_PORTION)
        self._read, self.size = read, 0

    @property
    def finding(self) -> Buffering | None:
        """What is to be said where most of the events came in portions, each after a pause."""
        latest = self._late and self.size >= _PORTION
        held = self._held + (self.size if latest else 0)
        if self._events < _FEWEST or held * 2 <= self._events:
            return None
        return Buffering(held, self._reads + latest, self._events)


def buffering_of(arrivals: Iterable[tuple[float, int]], start: float = 0.0) -> Buffering | None:
    """Return the finding where most of a stream came in portions, each after a pause; else None.

    Args:
        arrivals: The time and the read of each event, in order.
        start: When the wait for the first of them began.
    """
    portions = Portions(start)
    for t, read in arrivals:
        portions.add(t, read)
    return portions.finding
