"""How the events of a stream lie in time, in a few cells, whatever its length.

Where time runs out of cells they are twice as wide from there on: nothing is kept but their counts.
"""

from __future__ import annotations

CELLS = 8
_NARROWEST = 0.25  # seconds of a cell at first

BARS = "▁▂▃▄▅▆▇█"


class Pulse:
    """Counts events over time."""

    def __init__(self) -> None:
        self._cells = [0] * CELLS
        self._width = _NARROWEST
        self._used = 0

    def add(self, seconds: float) -> None:
        """Count an event at a time."""
        cell = int(max(seconds, 0.0) / self._width)
        while cell >= CELLS:
            self._widen()
            cell = int(seconds / self._width)
        self._cells[cell] += 1
        self._used = max(self._used, cell + 1)

    def _widen(self) -> None:
        before = self._cells
        pairs = [before[at] + before[at + 1] for at in range(0, CELLS, 2)]
        self._cells = pairs + [0] * (CELLS - len(pairs))
        self._width *= 2
        self._used = (self._used + 1) // 2

    @property
    def counts(self) -> tuple[int, ...]:
        """The events of each cell until the last in which there was one."""
        return tuple(self._cells[: self._used])


def bars(counts: tuple[int, ...]) -> str:
    """The counts as bars, the highest the full height; a cell without an event is a blank."""
    most = max(counts, default=0)
    return "".join(BARS[(len(BARS) - 1) * each // most] if each else " " for each in counts)
