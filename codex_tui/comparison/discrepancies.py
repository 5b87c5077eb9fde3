"""What differs, a sentence each, in order of time; what has one reason is told once.

A field that an answer repeats from its request is told of the request alone; one that differs in
many events with the same two values is one difference; so is an item that one side lacks.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from codex_tui import units
from codex_tui.comparison.json_changes import ABSENT, canonical, top_of
from codex_tui.comparison.request import INPUTS
from codex_tui.findings.finding import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from codex_tui.comparison.events import EventRow, EventsDiff
    from codex_tui.comparison.findings_change import FindingsChange
    from codex_tui.comparison.json_changes import ValueChange
    from codex_tui.comparison.pairing import ItemPair
    from codex_tui.comparison.request import RequestDiff
    from codex_tui.comparison.runs import Streak
    from codex_tui.comparison.texts import TextDiff

Kind = Literal["events", "text", "request", "usage", "findings"]

_SHORT, _SHORTER = 48, 32  # characters of a value, and of a text, in a sentence
_OF_ANSWER = "response."
_NAMED = 3  # of things that are named before the rest is counted


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that differs.

    Attributes:
        kind: Which question it answers.
        sentence: What differs, in words, on one line.
        a: The number of the event at which it shows on one side; None where it shows at none.
        b: The same on the other side.
    """

    kind: Kind
    sentence: str
    a: int | None = None
    b: int | None = None


class Placed(NamedTuple):
    """A difference, and the row that it stands at."""

    at: int
    found: Discrepancy


class _Gathered(NamedTuple):
    """Rows that one difference shows in."""

    at: int
    rows: list[EventRow]


def finder(rows: Sequence[EventRow]) -> Callable[[int | None, int | None], int]:
    """Return what tells at which row an event stands; behind all for one of no number."""
    mine = [(row.a.first, at) for at, row in enumerate(rows) if row.a is not None]
    yours = sorted((row.b.first, at) for at, row in enumerate(rows) if row.b is not None)

    def where(a: int | None, b: int | None) -> int:
        number, places = (b, yours) if a is None else (a, mine)
        if number is None:
            return len(rows)
        place = bisect_right(places, (number, len(rows)))
        return places[place - 1][1] if place else 0

    return where


# -- what was asked, and how it ended ------------------------------------------------------------


def of_request(request: RequestDiff) -> Iterator[Discrepancy]:
    """Yield what was asked otherwise; of the input, its first item that differs."""
    inputs = [each for each in request.values if each.top in INPUTS]
    for each in request.values:
        if each.top not in INPUTS:
            yield Discrepancy("request", told(each))
    if inputs:
        more = f" and {len(inputs) - 1:,} more" if len(inputs) > 1 else ""
        yield Discrepancy("request", f"{told(inputs[0])}{more}{_before(request)}")


def _before(request: RequestDiff) -> str:
    if request.first_item is None:
        return ""
    same = units.count(request.same, "input item")
    return f" (the {same} before it the same)" if request.same else " (the first input item)"


def of_ends(ends: Iterable[ValueChange], rows: Sequence[EventRow]) -> Iterator[Discrepancy]:
    """Yield how it ended otherwise, at the last event of each side."""
    a = max((row.a.last for row in rows if row.a is not None), default=None)
    b = max((row.b.last for row in rows if row.b is not None), default=None)
    return (Discrepancy("events", told(each), a, b) for each in ends)


def of_usage(usage: Iterable[ValueChange]) -> Iterator[Discrepancy]:
    """Yield the tokens that differ."""
    for each in usage:
        a, b = _tokens(each.a), _tokens(each.b)
        yield Discrepancy("usage", f"{each.path.removeprefix('usage.')}: {a} → {b}")


def _tokens(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else value_told(value)


# -- events --------------------------------------------------------------------------------------


def of_rows(events: EventsDiff, asked: frozenset[str]) -> Iterator[Placed]:
    """Yield the events that one side lacks, and the fields that differ.

    Args:
        events: All rows.
        asked: What differs in the request, by its outermost keys.
    """
    lacking: dict[tuple[str, ...], _Gathered] = {}
    fields: dict[tuple[str, str, str], tuple[ValueChange, _Gathered]] = {}
    for at, row in enumerate(events.rows):
        if row.state in ("only_a", "only_b"):
            key = (row.state, row.item) if row.item else (row.state, "", row.name)
            lacking.setdefault(key, _Gathered(at, [])).rows.append(row)
        for each in row.fields:
            same = each.path, value_told(each.a), value_told(each.b)
            fields.setdefault(same, (each, _Gathered(at, [])))[1].rows.append(row)
    yield from (_lacks(each, events.alone) for each in lacking.values())
    for change, gathered in fields.values():
        if not _echoes(change, asked):
            yield _differs(change, gathered)


def _lacks(gathered: _Gathered, alone: frozenset[tuple[str, str]]) -> Placed:
    row = gathered.rows[0]
    only = "only A" if row.state == "only_a" else "only B"
    streaks = [each.a or each.b for each in gathered.rows]
    count = sum(each.count for each in streaks if each is not None)
    if (row.item, row.state) in alone:
        sentence = f"{only}: {row.item} ({units.count(count, 'event')})"
    else:
        names = list(dict.fromkeys(each.name for each in gathered.rows))
        of = f" of {row.item}" if row.item else ""
        many = f" ({units.count(count, 'event')})" if count > len(names) else ""
        sentence = f"{only}: {_listed(names)}{of}{many}"
    return Placed(gathered.at, _at_row("events", sentence, row))


def _differs(change: ValueChange, gathered: _Gathered) -> Placed:
    row = gathered.rows[0]
    names = list(dict.fromkeys(each.name for each in gathered.rows))
    of = f" of {row.item}" if row.item and len(gathered.rows) == 1 else ""
    sentence = f"{told(change)} in {_listed(names)}{of}"
    return Placed(gathered.at, _at_row("events", sentence, row))


def _at_row(kind: Kind, sentence: str, row: EventRow) -> Discrepancy:
    return Discrepancy(kind, sentence, _number(row.a), _number(row.b))


def _number(streak: Streak | None) -> int | None:
    return None if streak is None else streak.first


def _echoes(change: ValueChange, asked: frozenset[str]) -> bool:
    """Whether a field of an answer repeats what the request says, and that differs."""
    path = change.path
    return path.startswith(_OF_ANSWER) and top_of(path.removeprefix(_OF_ANSWER)) in asked


def of_unstreamed(items: Iterable[ItemPair]) -> Iterator[Discrepancy]:
    """Yield the items that one side lacks, and no event of the other spoke of but its last."""
    for pair in items:
        strand, side = (pair.a, "A") if pair.b is None else (pair.b, "B")
        lacking = pair.a is None or pair.b is None
        if lacking and strand is not None and not strand.streaks:
            yield Discrepancy("events", f"only {side}: {pair.name}, in the last event alone")


def of_order(items: Iterable[ItemPair]) -> Iterator[Discrepancy]:
    """Yield that items stand in another order, by the first two that do."""
    both = [(pair.b.item.number, pair.name) for pair in items if pair.a and pair.b and pair.b.item]
    turned = [(one, other) for one, other in pairwise(both) if one[0] > other[0]]
    for one, other in turned[:1]:
        more = f", and {len(turned) - 1:,} more" if len(turned) > 1 else ""
        sentence = f"the order of items: {one[1]} before {other[1]} in A, behind it in B{more}"
        yield Discrepancy("events", sentence)


# -- texts, findings -----------------------------------------------------------------------------


def of_texts(texts: Iterable[TextDiff]) -> Iterator[Discrepancy]:
    """Yield the texts that differ, and those of items that one side lacks."""
    for text in texts:
        if not text.alike:
            a, b = text.a and text.a[0], text.b and text.b[0]
            said = _alone(text) if text.alone else f"{text.of}: {_said_differently(text)}"
            yield Discrepancy("text", said, a, b)


def _alone(text: TextDiff) -> str:
    """A text that one side lacks with its item."""
    removed, added = text.words("removed"), text.words("added")
    return f"only {'B' if added else 'A'}: {text.of} ({units.count(removed or added, 'word')})"


def _said_differently(text: TextDiff) -> str:
    if text.values is not None:
        first, more = told(text.values[0]), len(text.values) - 1
        return f"{first} and {more:,} more" if more else first
    changed = [hunk for hunk in text.hunks if hunk.state != "same"]
    removed = next((hunk.text for hunk in changed[:2] if hunk.state == "removed"), "")
    added = next((hunk.text for hunk in changed[:2] if hunk.state == "added"), "")
    fewer, more = text.words("removed"), text.words("added")
    counts = f" ({units.count(fewer, 'word')} removed, {more:,} added)" if fewer or more else ""
    return f"{_quoted(removed)} → {_quoted(added)}{counts}"


def _quoted(text: str) -> str:
    return f"“{cut(text, _SHORTER)}”" if text.strip() else "nothing"


def of_rules(found: Iterable[FindingsChange]) -> Iterator[Discrepancy]:
    """Yield the rules that one side broke more often, each once, at the first event that did."""
    groups: dict[tuple[str, bool], list[FindingsChange]] = {}
    for each in found:
        groups.setdefault((each.example.rule, each.a > each.b), []).append(each)
    for (rule, in_a), group in groups.items():
        number = min(filter(None, map(_culprit, group)), default=None)
        example = next(each.example for each in group if _culprit(each) == number)
        counts = f"{sum(each.a for each in group):,} → {sum(each.b for each in group):,}"
        more = f", and {len(group) - 1:,} more like it" if len(group) > 1 else ""
        sentence = f"{rule} {counts} ({example.level}): {example.message}{more}"
        yield Discrepancy("findings", sentence, *((number, None) if in_a else (None, number)))


def _culprit(change: FindingsChange) -> int | None:
    """The number of the event that is to blame; None for what has no number."""
    place = next(iter(change.example.entries), None)
    return place if isinstance(place, int) else None


# -- words ---------------------------------------------------------------------------------------


def told(change: ValueChange) -> str:
    """Return a value that differs in words: `tools[0].name: “a” → “b”`."""
    return f"{change.path or 'the whole'}: {value_told(change.a)} → {value_told(change.b)}"


def value_told(value: object) -> str:
    """Return a value as it stands in a sentence: short, a text in quotes."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, str):
        return f"“{cut(value, _SHORT)}”"
    return cut(canonical(value), _SHORT)


def _listed(names: list[str]) -> str:
    named, more = names[:_NAMED], len(names) - _NAMED
    return f"{', '.join(named)} and {more:,} more" if more > 0 else ", ".join(named)
