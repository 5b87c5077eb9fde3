"""Rows of figures that are measured side by side, and what they must reach.

A row runs our work and that of others in turns, A B A B, so that whatever else the machine does
meets all of them alike. What is judged is the median of the ratios within each turn, never a time
by itself, unless the row is about a latency that somebody waits for.
"""

from __future__ import annotations

import gc
import math
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Figures = dict[str, float]
OURS = "ours"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much work the rows are to do: all of it, or as much as shows whether they run."""

    quick: bool = False

    def __call__(self, full: int, quick: int) -> int:
        """The one number or the other."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Target:
    """What one figure of ours must reach.

    Args:
        name: what stands in the table.
        limit: a ratio where `against` names another run, else the figure's own unit.
        against: the run to compare with; None judges the figure by itself.
        figure: which of a run's figures; `other` where it has another name in the other run.
        faster: `limit` says how many times ours must be quicker, rather than what part it may be.
        run: whose figure it is.
        unit: of the figure, where it stands by itself.
    """

    name: str
    limit: float
    against: str | None = None
    figure: str = "cpu"
    other: str | None = None
    faster: bool = False
    run: str = OURS
    unit: str = "×"

    def values(self, turns: Sequence[Mapping[str, Figures]]) -> list[float]:
        """The figure, or the paired ratio, of each turn."""
        return [self._value(turn) for turn in turns]

    def _value(self, turn: Mapping[str, Figures]) -> float:
        ours = turn[self.run][self.figure]
        if self.against is None:
            return ours
        theirs = turn[self.against][self.other or self.figure]
        top, bottom = (theirs, ours) if self.faster else (ours, theirs)
        return top / bottom if bottom else math.inf

    def reached(self, value: float) -> bool:
        """Whether a value is good enough; one that is not a number never is."""
        return value >= self.limit if self.faster else value <= self.limit


@dataclass(slots=True)
class Row:
    """A row of the table: the work, who does it, how often, and what ours must reach.

    `runs` must have a run called "ours". `missing` names what can't be measured yet, and why.
    """

    work: str
    runs: dict[str, Callable[[], Figures]] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    turns: int = 7
    missing: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Result:
    """What a target came to: the median and the quartiles, and whether it was reached."""

    target: Target
    median: float
    low: float
    high: float

    @property
    def reached(self) -> bool:
        return self.target.reached(self.median)

    def as_json(self) -> dict[str, Any]:
        target = self.target
        return {
            "target": target.name,
            "against": target.against,
            "figure": target.figure,
            "unit": target.unit,
            "limit": target.limit,
            "at_least": target.faster,
            "median": self.median,
            "quartiles": [self.low, self.high],
            "ok": self.reached,
        }


def measure(row: Row) -> list[dict[str, Figures]]:
    """The figures of all runs, turn by turn; every other turn runs them backwards."""
    turns: list[dict[str, Figures]] = []
    for number in range(row.turns if row.runs else 0):
        names = list(row.runs) if number % 2 == 0 else list(reversed(row.runs))
        turns.append({name: row.runs[name]() for name in names})
    return turns


def judge(row: Row, turns: Sequence[Mapping[str, Figures]]) -> list[Result]:
    """What the turns say about each target."""
    return [_result(target, target.values(turns)) for target in row.targets]


def _result(target: Target, values: list[float]) -> Result:
    if len(values) < 2:
        return Result(target, values[0], values[0], values[0])
    low, _, high = quantiles(values, n=4, method="inclusive")
    return Result(target, median(values), low, high)


def medians(turns: Sequence[Mapping[str, Figures]]) -> dict[str, Figures]:
    """The median of every figure of every run."""
    if not turns:
        return {}
    return {
        name: {figure: median(turn[name][figure] for turn in turns) for figure in figures}
        for name, figures in turns[0].items()
    }


def cpu(work: Callable[[], object]) -> Callable[[], Figures]:
    """A run that takes the CPU time of some work, in seconds."""

    def run() -> Figures:
        gc.collect()
        began = process_time()
        work()
        return {"cpu": process_time() - began}

    return run


def wall(work: Callable[[], object]) -> Callable[[], Figures]:
    """A run that takes the time that somebody waits for some work, in seconds."""

    def run() -> Figures:
        gc.collect()
        began = perf_counter()
        work()
        return {"wall": perf_counter() - began}

    return run


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile of some values; not a number where there are none."""
    if not values:
        return math.nan
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
