"""When the next tick may come: often enough to flow, seldom enough to leave time for keys.

A tick's paint comes after it and costs several times as much. So a tick uses up a share of the
time: `TICK`, or twice the processor time that the thread has spent since the tick before, since
keys come first. After a quiet time a few ticks are free: the first events of an answer are shown
at once, though a server sends them one by one.
"""

from __future__ import annotations

TICK = 1 / 16
"""Seconds between two ticks of a steady stream: as text is read, it flows."""

LONGEST = 0.1
"""Seconds between two ticks when paints are dear."""

AHEAD = 2 * TICK
"""Seconds that ticks may run ahead of their share: three come at once after a quiet time."""


class Pace:
    """Ticks by the "generic cell rate algorithm" (ITU-T I.371), whose cells are shares of time."""

    def __init__(self) -> None:
        self._used = 0.0  # the time until which the ticks before the last have used up
        self._spent: float | None = None  # the thread's CPU time at the last tick

    def due(self, spent: float) -> float:
        """Return when the next tick may come, in the loop's seconds.

        Args:
            spent: CPU seconds of the thread, now.
        """
        return self._owed(spent) - AHEAD

    def tick(self, now: float, spent: float) -> None:
        """Note that a tick is made."""
        self._used, self._spent = max(self._owed(spent), now), spent

    def _owed(self, spent: float) -> float:
        if self._spent is None:
            return 0.0
        return self._used + max(TICK, min(2 * (spent - self._spent), LONGEST))
