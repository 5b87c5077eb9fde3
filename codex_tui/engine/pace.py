"""When what has been kept is folded and told: at once, or as often as a screen can be painted."""

from __future__ import annotations

from typing import Protocol

TICK = 1 / 20
"""Seconds between two ticks of a steady stream: as text is read, it flows."""

LONGEST = 0.1
"""Seconds between two ticks when paints are dear."""

AHEAD = 2 * TICK
"""Seconds that ticks may run ahead of their share: three come at once after a quiet time."""

BUDGET = 0.01
"""Seconds that one tick of a screen may fold before it leaves the rest to the next."""


class Pace(Protocol):
    """Says when the next tick may come."""

    budget: float
    """Seconds that a tick may fold."""

    def due(self, spent: float) -> float:
        """Return when the next tick may come, in the loop's seconds.

        Args:
            spent: CPU seconds of the thread, now.
        """
        ...

    def tick(self, now: float, spent: float) -> None:
        """Note that a tick is made."""
        ...


class AtOnce:
    """All that has come, as soon as it may be shown: for who prints, and paints nothing."""

    budget = float("inf")

    def due(self, spent: float) -> float:
        """Return a time that has passed."""
        del spent
        return 0.0

    def tick(self, now: float, spent: float) -> None:
        """Note nothing."""


class ScreenPace:
    """Often enough to flow, seldom enough to leave time for keys.

    A tick's paint comes after it and costs several times as much. So a tick uses up a share of the
    time: `TICK`, or twice the processor time that the thread has spent since the tick before, since
    keys come first. After a quiet time a few ticks are free: the first events of an answer are
    shown at once, though a server sends them one by one. It is the "generic cell rate algorithm"
    (ITU-T I.371), whose cells are shares of time.
    """

    budget = BUDGET

    def __init__(self) -> None:
        self._used = 0.0  # the time until which the ticks before the last have used up
        self._spent: float | None = None  # the thread's CPU time at the last tick

    def due(self, spent: float) -> float:
        """Return when the next tick may come, by the shares that were used."""
        return self._owed(spent) - AHEAD

    def tick(self, now: float, spent: float) -> None:
        """Use up a share."""
        self._used, self._spent = max(self._owed(spent), now), spent

    def _owed(self, spent: float) -> float:
        if self._spent is None:
            return 0.0
        return self._used + max(TICK, min(2 * (spent - self._spent), LONGEST))
