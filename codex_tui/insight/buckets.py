"""How many of each kind came when: counts in buckets of time, of one number whatever the length.

When time outgrows the buckets, neighbours are added together and each is twice as wide. So one
more entry costs the same at any length, and so does a picture of all of them.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import ceil
from operator import add

BUCKETS = 2048
_HALF = bytes(BUCKETS // 2)
_FINEST = 2.0**-14  # seconds; a power of two, so that doubling it is exact


@dataclass(frozen=True, slots=True)
class Spread:
    """Buckets laid out over columns: `counts[lane][column]`, and the greatest `peaks[column]`."""

    counts: list[list[int]]
    peaks: list[int]
    marks: list[int]


class Buckets:
    """Counts by lane, and the largest number and the highest mark of each bucket.

    Args:
        lanes: How many kinds are told apart.
    """

    def __init__(self, lanes: int) -> None:
        self._lanes = [array("I", bytes(4 * BUCKETS)) for _ in range(lanes)]
        self._peaks = array("I", bytes(4 * BUCKETS))
        self._marks = bytearray(BUCKETS)
        self._counted = [False] * lanes
        self.width = _FINEST
        """Seconds of a bucket."""

    def place(self, seconds: float) -> int:
        """Return the bucket of a moment, and make room for it if need be."""
        bucket = int(seconds / self.width)
        if bucket >= BUCKETS:
            self._widen(seconds)
            bucket = int(seconds / self.width)
        return bucket

    def add(self, lane: int, bucket: int) -> None:
        """Count one."""
        self._lanes[lane][bucket] += 1
        self._counted[lane] = True

    def peak(self, bucket: int, number: int) -> None:
        """Keep a number if it is the bucket's greatest."""
        if number > self._peaks[bucket]:
            self._peaks[bucket] = number

    def mark(self, bucket: int, level: int) -> None:
        """Keep a mark, a small number, if it is the bucket's highest."""
        if level > self._marks[bucket]:
            self._marks[bucket] = level

    def _widen(self, seconds: float) -> None:
        while seconds / self.width >= BUCKETS:
            self._double()

    def _double(self) -> None:
        """Add neighbours together; the upper half of the buckets is free then."""
        self.width *= 2
        for lane, counted in zip(self._lanes, self._counted, strict=True):
            if counted:
                lane[:] = array("I", [*map(add, lane[::2], lane[1::2]), *_HALF])
        self._peaks[:] = array("I", [*map(max, self._peaks[::2], self._peaks[1::2]), *_HALF])
        self._marks[:] = bytearray([*map(max, self._marks[::2], self._marks[1::2]), *_HALF])

    # -- columns -------------------------------------------------------------------------------

    def column(self, seconds: float, scale: float, columns: int) -> int:
        """Return the column in which a moment is drawn when `scale` seconds fill the columns."""
        bucket = int(seconds / self.width)
        column = min(max(int(bucket * self.width / scale * columns), 0), columns - 1)
        # What float division rounded: the edges decide.
        while column and self._edge(column, scale, columns) > bucket:
            column -= 1
        while column < columns - 1 and self._edge(column + 1, scale, columns) <= bucket:
            column += 1
        return column

    def _edge(self, column: int, scale: float, columns: int) -> int:
        return ceil(column * scale / columns / self.width)

    def edge(self, column: int, scale: float, columns: int) -> float:
        """Return the first moment that is drawn in a column, in seconds."""
        return self._edge(column, scale, columns) * self.width

    def spread(self, scale: float, columns: int) -> Spread:
        """Return the first `scale` seconds laid out over so many columns."""
        edges = [self._edge(column, scale, columns) for column in range(columns)]
        pairs = [*zip(edges, [*edges[1:], BUCKETS], strict=True)]
        return Spread(
            [
                [sum(lane[a:b]) for a, b in pairs] if counted else [0] * columns
                for lane, counted in zip(self._lanes, self._counted, strict=True)
            ],
            [max(self._peaks[a:b], default=0) for a, b in pairs],
            [max(self._marks[a:b], default=0) for a, b in pairs],
        )
