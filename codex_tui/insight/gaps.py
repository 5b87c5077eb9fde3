"""How far apart events stood: percentiles of the gaps between neighbours, and the longest one.

Every figure is a gap that really occurred: percentiles are of the nearest rank, nothing between two
values is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps between neighbours in a row of times, in seconds.

    `longest_at` is the position of the moment before the longest gap, the first of them where
    several are as long.
    """

    count: int
    p50: float
    p95: float
    p99: float
    longest: float
    longest_at: int


def gaps_of(times: Sequence[float]) -> Gaps | None:
    """Return the gaps in a row of times; None where there are fewer than two.

    A time before its neighbour's, which no clock of ours gives, is no gap: 0.
    """
    gaps = [max(0.0, after - before) for before, after in pairwise(times)]
    if not gaps:
        return None
    ordered = sorted(gaps)
    p50, p95, p99 = (percentile(ordered, share) for share in (50, 95, 99))
    return Gaps(len(gaps), p50, p95, p99, ordered[-1], gaps.index(ordered[-1]))


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least `percent` of the sorted values do not exceed.

    Raises:
        IndexError: There are no values.
    """
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
