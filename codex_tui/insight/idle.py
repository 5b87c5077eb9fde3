"""Two clocks for one session: as it was, and with its long silences shortened.

As with asciinema's `-i`: a silence longer than the limit passes for so long as the limit says, and
then what ended it comes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Silence:
    """A shortened silence: when it began, in seconds of the session, and how long it was."""

    start: float
    seconds: float


class Shortened:
    """The silences that are longer than a limit, and the clock that passes over them.

    Args:
        limit: seconds of a silence that are played.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._starts = array("d")
        self._ends = array("d")
        self._jumps = array("d")  # where, on the shortened clock, what is left of each is skipped
        self._skipped = array("d", [0.0])  # how much is skipped before each

    def take(self, start: float, end: float) -> None:
        """Take in the next time in which nothing came; times are the session's."""
        if end - start > self.limit:
            skipped = self._skipped[-1]
            self._starts.append(start)
            self._ends.append(end)
            self._jumps.append(start + self.limit - skipped)
            self._skipped.append(skipped + end - start - self.limit)

    def to_played(self, seconds: float) -> float:
        """Return what the shortened clock says at a moment of the session."""
        place = bisect_right(self._ends, seconds)
        played = seconds - self._skipped[place]
        return played if place == len(self._jumps) else min(played, self._jumps[place])

    def to_session(self, played: float) -> float:
        """Return the moment of the session when the shortened clock has come so far."""
        place = bisect_right(self._jumps, played)
        seconds = played + self._skipped[place]
        return max(seconds, self._ends[place - 1]) if place else seconds

    def at(self, seconds: float) -> Silence | None:
        """Return the shortened silence that a moment of the session lies in."""
        place = bisect_right(self._starts, seconds) - 1
        if place < 0 or seconds >= self._ends[place]:
            return None
        return Silence(self._starts[place], self._ends[place] - self._starts[place])
