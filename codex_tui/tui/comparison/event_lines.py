"""The events of both sides, row beside row; what differs of an event stands below it."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line
from codex_tui.tui.comparison.lines import SIGNS, STYLES, ShownLine, change_cells, fit
from codex_tui.wire.registry import family_of, short_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.comparison import Discrepancy
    from codex_tui.comparison.events import EventRow, EventsDiff
    from codex_tui.comparison.runs import Streak
    from codex_tui.tui.comparison.lines import Cells

    Times = Callable[[int], float | None]
    """The time of the event of a number, in seconds since its request."""

BESIDE = 92
"""Cells from which on both sides have columns of their own."""

_NUMBER, _TIME, _COUNT = 8, 9, 7


class EventRows:
    """Rows of events; they are made when they are looked at.

    Args:
        events: What is shown.
        times: When an event came, on each side.
    """

    def __init__(self, events: EventsDiff, times: tuple[Times, Times]) -> None:
        self._rows = events.rows
        self._times = times
        self._ends = array("I", accumulate(1 + len(row.fields) for row in events.rows))
        self._width = 0

    def lay_out(self, width: int) -> None:
        """Set the width."""
        self._width = width

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def line(self, number: int) -> ShownLine:
        """Return a row, or what differs in the one above."""
        place = bisect_right(self._ends, number)
        row, below = self._rows[place], number - self._start(place)
        numbers = _first(row.a), _first(row.b)
        if not below:
            cells = self._beside(row) if self._width >= BESIDE else self._together(row)
            return ShownLine(cells, *numbers)
        cells = [(" " * (_NUMBER + 3), "quiet"), *change_cells(row.fields[below - 1])]
        return ShownLine(cells, *numbers)

    def _start(self, place: int) -> int:
        return self._ends[place - 1] if place else 0

    def find(self, difference: Discrepancy) -> int:
        """Return the row of its event, or the last one."""
        for place, row in enumerate(self._rows):
            if _begins(row.a, difference.a) or _begins(row.b, difference.b):
                return self._start(place)
        return max(len(self) - 1, 0)

    # -- cells -------------------------------------------------------------------------------

    def _beside(self, row: EventRow) -> Cells:
        """A row with a column for each side."""
        room = (self._width - 7) // 2
        sign = (f"{SIGNS[row.state]}  ", STYLES[row.state])
        left = self._half(row, row.a, self._times[0], room)
        right = self._half(row, row.b, self._times[1], room)
        return [sign, *left, (" │ ", "quiet"), *right]

    def _half(self, row: EventRow, streak: Streak | None, times: Times, room: int) -> Cells:
        if streak is None:
            return [(" " * room, "quiet")]
        name = room - _NUMBER - _TIME - _COUNT - 2
        return [
            (fit(f"#{streak.first:,}", _NUMBER), "quiet"),
            (fit(_time(times(streak.first)), _TIME, right=True), "text"),
            (f"  {fit(clean_line(short_name(row.name)), name)}", _look(row)),
            (fit(_count(streak), _COUNT, right=True), "quiet"),
        ]

    def _together(self, row: EventRow) -> Cells:
        """A row where both sides have one column."""
        streaks = [each for each in (row.a, row.b) if each is not None]
        numbers = "/".join(dict.fromkeys(f"#{each.first:,}" for each in streaks))
        counts = "/".join(dict.fromkeys(_count(each) for each in streaks))
        name = max(self._width - 2 - 13 - 12, 8)
        return [
            (f"{SIGNS[row.state]} ", STYLES[row.state]),
            (fit(numbers, 12), "quiet"),
            (f" {fit(clean_line(short_name(row.name)), name)}", _look(row)),
            (fit(counts, 12, right=True), "quiet"),
        ]


def _begins(streak: Streak | None, number: int | None) -> bool:
    return streak is not None and streak.first == number


def _first(streak: Streak | None) -> int | None:
    return None if streak is None else streak.first


def _look(row: EventRow) -> str:
    return family_of(row.name).name.lower() if row.state == "same" else STYLES[row.state]


def _time(t: float | None) -> str:
    return "" if t is None else f"{t:.3f}"


def _count(streak: Streak) -> str:
    return f"×{streak.count:,}" if streak.count > 1 else ""
