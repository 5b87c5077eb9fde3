"""One figure of several runs: the median and the range. What a run lacks counts for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.figures.table import Figure, Value


class FigureSpread(NamedTuple):
    """How the values of one figure lie.

    Attributes:
        median: The one in the middle; where there are two, what lies half-way between them.
        least: The smallest.
        most: The largest.
        runs: How many runs have the figure.
    """

    median: float
    least: float
    most: float
    runs: int

    @classmethod
    def of(cls, values: Iterable[Value]) -> FigureSpread | None:
        """The spread of some values; None where no run has one."""
        known = sorted(value for value in values if value is not None)
        if not known:
            return None
        middle = known[(len(known) - 1) // 2] + known[len(known) // 2]
        return cls(middle / 2, known[0], known[-1], len(known))

    def object(self) -> dict[str, float]:
        """The same for programs, to a microsecond."""
        return {name: round(value, 6) for name, value in self._asdict().items()}

    def words(self, figure: Figure) -> str:
        """The median with the figure's unit, and the range where the runs differ in it."""
        median = figure.words(self.median)
        least, most = figure.words(self.least), figure.words(self.most)
        return median if least == most else f"{median} ({least} – {most})"
