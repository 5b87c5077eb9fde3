"""Which things of one sequence are those of another: in n log n steps, whatever the sequences are.

Anchors are what occurs once on both sides, in the longest order that both share (patience); where
nothing does, the k-th of its like stands for the k-th. What lies between two anchors is aligned in
the same way, so many levels deep and no deeper.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

Pair = tuple[int, int]
"""The places of one thing on both sides."""

_LEVELS = 12


class Gap(NamedTuple):
    """What lies between two pairs: a stretch of each side, one of which may be empty."""

    a: range
    b: range


def aligned(a: Sequence[Hashable], b: Sequence[Hashable], *, unique: bool = False) -> list[Pair]:
    """Return the pairs of equal things, in an order that both sides share.

    Args:
        a: One side.
        b: The other.
        unique: Whether only what occurs once on both sides may be an anchor; what is equal at both
            ends of a gap is a pair all the same.
    """
    pairs: list[Pair] = []
    gaps = [(Gap(range(len(a)), range(len(b))), _LEVELS)]
    while gaps:
        gap, levels = gaps.pop()
        ends, inner = _trimmed(a, b, gap)
        pairs += ends
        if levels and inner.a and inner.b:
            found = _anchors(a, b, inner, unique=unique)
            pairs += found
            gaps += [(each, levels - 1) for each in between(found, inner) if found]
    pairs.sort()
    return pairs


def between(pairs: Iterable[Pair], gap: Gap) -> Iterator[Gap]:
    """Yield what lies before, between and behind some pairs, inside a gap; also what is empty."""
    first, last = (gap.a.start - 1, gap.b.start - 1), (gap.a.stop, gap.b.stop)
    for before, after in pairwise((first, *pairs, last)):
        yield Gap(range(before[0] + 1, after[0]), range(before[1] + 1, after[1]))


def _trimmed(a: Sequence[Hashable], b: Sequence[Hashable], gap: Gap) -> tuple[list[Pair], Gap]:
    """The pairs at both ends of a gap, and what is left of it."""
    most = min(len(gap.a), len(gap.b))
    head = next((n for n in range(most) if a[gap.a[n]] != b[gap.b[n]]), most)
    rest = range(1, most - head + 1)
    tail = next((n for n in rest if a[gap.a[-n]] != b[gap.b[-n]]), most - head + 1) - 1
    ends = [*zip(gap.a[:head], gap.b[:head], strict=True)]
    inner = Gap(gap.a[head : len(gap.a) - tail], gap.b[head : len(gap.b) - tail])
    ends += zip(range(inner.a.stop, gap.a.stop), range(inner.b.stop, gap.b.stop), strict=True)
    return ends, inner


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], gap: Gap, *, unique: bool) -> list[Pair]:
    here, there = [a[n] for n in gap.a], [b[n] for n in gap.b]
    found = _risen(_once(here), _once(there))
    if not found and not unique:
        found = _risen(_numbered(here), _numbered(there))
    return [(gap.a[one], gap.b[other]) for one, other in found]


def _once(things: list[Hashable]) -> dict[Hashable, int]:
    """The places of those that occur once."""
    counts = Counter(things)
    return {each: place for place, each in enumerate(things) if counts[each] == 1}


def _numbered(things: list[Hashable]) -> dict[Hashable, int]:
    """The places of all, each as the k-th of its like."""
    counts: Counter[Hashable] = Counter()
    places: dict[Hashable, int] = {}
    for place, each in enumerate(things):
        counts[each] += 1
        places[each, counts[each]] = place
    return places


def _risen(a: dict[Hashable, int], b: dict[Hashable, int]) -> list[Pair]:
    """The longest row of pairs in which both places rise."""
    pairs = [(place, b[each]) for each, place in a.items() if each in b]
    ends: list[int] = []  # the smallest last place of a row of each length
    latest: list[int] = []  # the pair that it belongs to
    before: list[int] = []  # of each pair, the one before it in its row
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(latest[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        latest[length : length + 1] = [number]
    return _row(pairs, before, latest[-1] if latest else -1)


def _row(pairs: list[Pair], before: list[int], last: int) -> list[Pair]:
    row = []
    while last >= 0:
        row.append(pairs[last])
        last = before[last]
    return row[::-1]
