"""Whatever comes, the check ends, says where, and keeps its measure."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.findings import SPECS
from codex_tui.findings.finding import KEPT, LONGEST
from tests.findings.streams import Json, check, clean, frame

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.text("aé\ufffd\ud800“", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=3,
)
CHANGE = st.tuples(st.integers(0, 31), st.sampled_from(["drop", "repeat", "move", "field"]), VALUES)


def paths(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all values in an event."""
    found: list[tuple[Any, ...]] = []
    for key, each in _inner(value):
        found += [(*way, key), *paths(each, (*way, key))]
    return found


def _inner(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def put(event: Json, number: int, value: Any) -> None:
    ways = paths(event)
    *way, last = ways[number % len(ways)]
    target: Any = event
    for step in way:
        target = target[step]
    target[last] = value


def disturbed(changes: list[tuple[int, str, Any]]) -> list[Json]:
    events = clean()
    for number, kind, value in changes:
        at = number % len(events)
        match kind:
            case "drop" if len(events) > 1:
                del events[at]
            case "repeat":
                events.insert(at, json.loads(json.dumps(events[at])))
            case "move":
                events.append(events.pop(at))
            case _:
                put(events[at], number * 7 + len(str(value)), value)
    return events


@given(st.lists(CHANGE, max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_stream_is_checked_to_its_end(changes: list[tuple[int, str, Any]]) -> None:
    events = disturbed(changes)
    records = [frame(json.dumps(each), event="message") for each in events]
    for spec in SPECS:
        findings = check(records, spec).findings
        for each in findings.kept:
            assert all(isinstance(n, str) or 1 <= n <= len(events) for n in each.entries)
            assert each.entries or each.rule == "wire.content-type"
            assert len(each.message) <= LONGEST
        assert max(findings.rules.values(), default=0) <= KEPT or findings.kept


def test_a_fault_with_every_event_keeps_a_hundred_and_counts_the_rest() -> None:
    events = [each | {"sequence_number": 0} for _ in range(20) for each in clean()]
    findings = check(events).findings
    kept = [each for each in findings.kept if each.rule == "number.repeat"]
    assert len(kept) == KEPT
    assert sum(each.count for each in kept) == findings.rules["number.repeat"] > KEPT
