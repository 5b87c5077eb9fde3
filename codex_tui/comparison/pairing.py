"""Which item of one run is which of another: by what it says, then by its name, then by its type.

Each of these ways only sees what the one before it left between two pairs. What is left in the end
is paired by type alone, first with first, be it that the order differs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.comparison.alignment import Gap, Shared, between, shared
from codex_tui.model.items import ToolCall

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from codex_tui.comparison.alignment import Pair
    from codex_tui.comparison.runs import Strand
    from codex_tui.model.items import Item


class ItemPair(NamedTuple):
    """An item on both sides, or on one.

    Attributes:
        name: What it is called: its type, its name, and which of its like it is.
        a: Its events on one side; None where that has no such item.
        b: The same on the other.
    """

    name: str
    a: Strand | None
    b: Strand | None


def paired(a: Sequence[Strand], b: Sequence[Strand]) -> list[ItemPair]:
    """Return the items of both sides, those of A in order, those that one side lacks behind."""
    pairs = _by_order(a, b)
    pairs = sorted((*pairs, *_left_over(a, b, pairs)))
    names = _names(a), _names(b)
    found = [ItemPair(names[0][one], a[one], b[other]) for one, other in pairs]
    mine, yours = {one for one, _ in pairs}, {other for _, other in pairs}
    found += [ItemPair(names[0][n], each, None) for n, each in enumerate(a) if n not in mine]
    known = set(names[0])  # a name means one item
    called = [f"{name} of B" if name in known else name for name in names[1]]
    found += [ItemPair(called[n], None, each) for n, each in enumerate(b) if n not in yours]
    return found


def _by_order(a: Sequence[Strand], b: Sequence[Strand]) -> list[Pair]:
    keys_a, keys_b = [_keys(each) for each in a], [_keys(each) for each in b]
    gaps, pairs = [Gap(range(len(a)), range(len(b)))], []
    for level in range(_WAYS):
        gaps, found = _narrowed(gaps, [k[level] for k in keys_a], [k[level] for k in keys_b])
        pairs += found
    return pairs


def _narrowed(
    gaps: list[Gap], a: list[Hashable], b: list[Hashable]
) -> tuple[list[Gap], list[Pair]]:
    left: list[Gap] = []
    pairs: list[Pair] = []
    for gap in gaps:
        inside = shared([a[n] for n in gap.a], [b[n] for n in gap.b])
        found = [Shared(gap.a[0] + each.a, gap.b[0] + each.b, each.size) for each in inside]
        left += (each for each, _ in between(found, gap) if each.a and each.b)
        pairs += ((each.a + n, each.b + n) for each in found for n in range(each.size))
    return left, pairs


_WAYS = 3  # by what it says, by its name, by its type


def _keys(strand: Strand) -> tuple[Hashable, Hashable, Hashable]:
    item = strand.item
    if item is None:
        return "", "", ""
    said = "\x00".join(map(str, item.texts()))
    return (item.type, _called(item), said or item.number), (item.type, _called(item)), item.type


def _called(item: Item) -> str:
    return item.display_name if isinstance(item, ToolCall) else ""


def _left_over(a: Sequence[Strand], b: Sequence[Strand], pairs: list[Pair]) -> list[Pair]:
    mine, yours = {one for one, _ in pairs}, {other for _, other in pairs}
    waiting: dict[str, list[int]] = {}
    for place, strand in enumerate(b):
        if place not in yours and strand.item is not None:
            waiting.setdefault(strand.item.type, []).append(place)
    found = []
    for place, strand in enumerate(a):
        like = waiting.get(strand.item.type) if strand.item is not None else None
        if place not in mine and like:
            found.append((place, like.pop(0)))
    return found


def _names(strands: Sequence[Strand]) -> list[str]:
    """What each is called: with its number where there are several of its like."""
    words = [_word(each.item) for each in strands if each.item is not None]
    totals, counts = Counter(words), Counter[str]()
    names = []
    for word in words:
        counts[word] += 1
        names.append(f"{word} {counts[word]}" if totals[word] > 1 else word)
    return names


def _word(item: Item) -> str:
    called = _called(item)
    return f"{item.type} {called}" if called and called not in item.type else item.type
