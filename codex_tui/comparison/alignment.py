"""Which things of one sequence are those of another: in n log n steps, whatever the sequences are.

Anchors are what occurs once on both sides, in the longest order that both share (patience); where
nothing does, the k-th of its like stands for the k-th. What lies between two anchors is aligned in
the same way, so many levels deep and no deeper.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

Pair = tuple[int, int]
"""The places of one thing on both sides."""

_LEVELS = 12


class Gap(NamedTuple):
    """A stretch of each side that is not the same; one of them may be empty."""

    a: range
    b: range


class Shared(NamedTuple):
    """A stretch that both sides have: where it begins on each, and how long it is."""

    a: int
    b: int
    size: int


def shared(a: Sequence[Hashable], b: Sequence[Hashable], *, unique: bool = False) -> list[Shared]:
    """Return the stretches of equal things, in an order that both sides share.

    Args:
        a: One side.
        b: The other.
        unique: Whether only what occurs once on both sides may be an anchor; what is equal at both
            ends of a gap is shared all the same.
    """
    found: list[Shared] = []
    gaps = [(0, len(a), 0, len(b), _LEVELS)]
    while gaps:
        start_a, stop_a, start_b, stop_b, levels = gaps.pop()
        head, tail = _equal_ends(a, b, (start_a, stop_a, start_b, stop_b))
        inner = Gap(range(start_a + head, stop_a - tail), range(start_b + head, stop_b - tail))
        found += (Shared(start_a, start_b, head), Shared(inner.a.stop, inner.b.stop, tail))
        if levels and inner.a and inner.b and len(inner.a) + len(inner.b) > 2:
            anchors = _anchors(a, b, inner, unique=unique)
            found += (Shared(*pair, 1) for pair in anchors)
            gaps += ((*gap, levels - 1) for gap in _inside(anchors, inner))
    return _merged(found)


def between(found: Iterable[Shared], whole: Gap) -> Iterator[tuple[Gap, Shared]]:
    """Yield each shared stretch with the gap before it, and the gap behind the last with none."""
    at_a, at_b = whole.a.start, whole.b.start
    for each in (*found, Shared(whole.a.stop, whole.b.stop, 0)):
        yield Gap(range(at_a, each.a), range(at_b, each.b)), each
        at_a, at_b = each.a + each.size, each.b + each.size


def _equal_ends(
    a: Sequence[Hashable], b: Sequence[Hashable], gap: tuple[int, int, int, int]
) -> Pair:
    """How many things are equal at the beginning of a gap, and at its end."""
    start_a, stop_a, start_b, stop_b = gap
    most = min(stop_a - start_a, stop_b - start_b)
    head = 0
    while head < most and a[start_a + head] == b[start_b + head]:
        head += 1
    tail = 0
    while tail < most - head and a[stop_a - tail - 1] == b[stop_b - tail - 1]:
        tail += 1
    return head, tail


def _inside(anchors: list[Pair], gap: Gap) -> Iterator[tuple[int, int, int, int]]:
    """What lies between anchors, where that is something on both sides; all of it is smaller."""
    if not anchors:
        return
    at_a, at_b = gap.a.start, gap.b.start
    for a, b in (*anchors, (gap.a.stop, gap.b.stop)):
        if a > at_a and b > at_b:
            yield at_a, a, at_b, b
        at_a, at_b = a + 1, b + 1


def _merged(found: list[Shared]) -> list[Shared]:
    """The stretches in order, those that touch as one."""
    merged: list[Shared] = []
    for each in sorted(found):
        last = merged[-1] if merged else None
        if last and (last.a + last.size, last.b + last.size) == (each.a, each.b):
            merged[-1] = Shared(last.a, last.b, last.size + each.size)
        elif each.size:
            merged.append(each)
    return merged


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], gap: Gap, *, unique: bool) -> list[Pair]:
    here, there = a[gap.a.start : gap.a.stop], b[gap.b.start : gap.b.stop]
    found = _risen(_once(here), _once(there))
    if not found and not unique:
        found = _risen(_numbered(here), _numbered(there))
    return [(gap.a.start + one, gap.b.start + other) for one, other in found]


def _once(things: Sequence[Hashable]) -> dict[Hashable, int]:
    """The places of those that occur once."""
    counts = Counter(things)
    return {each: place for place, each in enumerate(things) if counts[each] == 1}


def _numbered(things: Sequence[Hashable]) -> dict[Hashable, int]:
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
