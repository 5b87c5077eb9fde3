"""The events of two runs side by side: those of an item with those of the same item, by place.

Rows stand in the order of the first run; what only the second has follows what it came after.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from codex_tui.comparison.alignment import Gap, between, shared
from codex_tui.comparison.json_changes import ValueChange, changes
from codex_tui.comparison.left_out import stripped
from codex_tui.json_text import DEEPEST, has_more_values, is_too_deep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codex_tui.comparison.pairing import ItemPair
    from codex_tui.comparison.runs import Strand, Streak

RowState = Literal["same", "changed", "only_a", "only_b"]

_VAST = 1 << 20  # characters from which on it is looked at how many values it has
_MOST_VALUES = 100_000
_BY_NAME_ALONE = ("rate_limits", "response.metadata")


class EventRow(NamedTuple):
    """An event, or several of one type that follow each other, on both sides or on one.

    Attributes:
        name: The type.
        item: What its item is called; empty where it speaks of none.
        a: The events of one side; None where it has no such event.
        b: The same of the other.
        fields: What differs between two events that stand for themselves.
        cut: Whether it is a rest of deltas that the other side has without a break.
    """

    name: str
    item: str
    a: Streak | None
    b: Streak | None
    fields: tuple[ValueChange, ...] = ()
    cut: bool = False

    @property
    def state(self) -> RowState:
        """Whether both have it, and say the same."""
        if self.cut:
            return "same"
        if self.b is None:
            return "only_a"
        if self.a is None:
            return "only_b"
        return "changed" if self.fields else "same"


@dataclass(frozen=True, slots=True)
class EventsDiff:
    """All rows; `alone` has the names of the items that only one side has."""

    rows: tuple[EventRow, ...]
    alone: frozenset[tuple[str, RowState]]

    @property
    def alike(self) -> bool:
        """Whether all rows are the same on both sides."""
        return all(row.state == "same" for row in self.rows)


def events_diff(items: Iterable[ItemPair], a: Strand, b: Strand) -> EventsDiff:
    """Return the events of all items, and those that speak of none, `a` and `b`."""
    rows = [*_rows("", a.streaks, b.streaks)]
    alone: set[tuple[str, RowState]] = set()
    for pair in items:
        mine, yours = _streaks(pair.a), _streaks(pair.b)
        rows += _rows(pair.name, mine, yours)
        if pair.a is None or pair.b is None:
            alone.add((pair.name, "only_a" if pair.b is None else "only_b"))
    return EventsDiff(tuple(_in_order(rows)), frozenset(alone))


def _streaks(strand: Strand | None) -> Sequence[Streak]:
    return () if strand is None else strand.streaks


def _rows(item: str, a: Sequence[Streak], b: Sequence[Streak]) -> Iterator[EventRow]:
    found = shared([each.name for each in a], [each.name for each in b])
    pieces = {each.name for each in a if each.runs} & {each.name for each in b if each.runs}
    for gap, same in between(found, Gap(range(len(a)), range(len(b)))):
        mine, yours = a[gap.a.start : gap.a.stop], b[gap.b.start : gap.b.stop]
        yield from (EventRow(each.name, item, each, None, (), each.name in pieces) for each in mine)
        yield from (
            EventRow(each.name, item, None, each, (), each.name in pieces) for each in yours
        )
        for n in range(same.size):
            here, there = a[same.a + n], b[same.b + n]
            yield EventRow(here.name, item, here, there, _fields(here, there))


def _in_order(rows: list[EventRow]) -> list[EventRow]:
    """The rows by the numbers of the first side; those that it lacks behind the one before them."""
    places: dict[int, tuple[int, int]] = {}
    latest = 0
    by_b = sorted((row.b.first, row.a.first if row.a else 0) for row in rows if row.b is not None)
    for number, mine in by_b:
        latest = max(latest, mine)
        places[number] = (latest, number)

    def place(row: EventRow) -> tuple[int, int]:
        return (row.a.first, 0) if row.a is not None else places[row.b.first if row.b else 0]

    return sorted(rows, key=place)


def _fields(a: Streak, b: Streak) -> tuple[ValueChange, ...]:
    if a.data == b.data or a.name.endswith(_BY_NAME_ALONE):
        return ()
    here, there = _read(a.data), _read(b.data)
    return () if here == there else tuple(changes(here, there))


def _read(data: str) -> Any:
    """What an event says that is neither different each time nor told elsewhere."""
    if len(data) > _VAST and has_more_values(data, _MOST_VALUES):
        return None  # its texts and its items are compared all the same
    try:
        value = _decoded(data)
    except (ValueError, RecursionError):
        return {"data": data}
    brackets = data.count("[") + data.count("{")
    return {"data": data} if brackets > DEEPEST and is_too_deep(value) else stripped(value)


def _decoded(data: str) -> Any:
    """The JSON of an event; Python reads more than the specification lets pass.

    Raises:
        ValueError: It is no JSON.
        RecursionError: Too much stands in each other.
    """
    try:
        return _decode(data)
    except ValueError:
        return json.loads(data)


_decode = msgspec.json.Decoder().decode
