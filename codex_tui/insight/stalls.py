"""Two findings: silences that are stalls, and streams that something on the way held back.

Keep-alives are signs of life and no events: a silence goes on through them, and they are counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.insight import units

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@dataclass(frozen=True, slots=True)
class Stall:
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


@dataclass(frozen=True, slots=True)
class Buffering:
    """So many of a stream's events came in so few reads, each after a pause."""

    held: int
    reads: int
    events: int

    @property
    def sentence(self) -> str:
        """What was found, for the user."""
        some = f"{self.held:,} of " if self.held < self.events else ""
        came = f"{some}{units.count(self.events, 'event')} in {units.count(self.reads, 'read')}"
        return f"{came}: something between you and the model is buffering"


def buffering_of(arrivals: Sequence[tuple[float, int]], start: float = 0.0) -> Buffering | None:
    """Return the finding where most of a stream came in portions, each after a pause; else None.

    Args:
        arrivals: The time and the read of each event, in order.
        start: When the wait for the first of them began.
    """
    if len(arrivals) < _FEWEST:
        return None
    sizes = Counter(read for _, read in arrivals)
    held, held_reads = 0, 0
    before, latest, was_held = start, 0, False
    for t, read in arrivals:
        if read != latest:
            pause = t - before
            late = pause >= _PAUSE or (was_held and pause < _SAME_PORTION)
            was_held = late and sizes[read] >= _PORTION
            held += sizes[read] if was_held else 0
            held_reads += was_held
        before, latest = t, read
    most = held * 2 > len(arrivals)
    return Buffering(held, held_reads, len(arrivals)) if most else None
