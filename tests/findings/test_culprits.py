"""Where findings stand: by event, by moment, and in order though they are found out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from codex_tui.findings import Culprits, FoundBy
from codex_tui.findings.finding import Finding
from codex_tui.findings.pointing import field_of

if TYPE_CHECKING:
    from codex_tui.findings.rules import Level


def culprits(*found: tuple[Level, int | str | None]) -> Culprits:
    all_ = Culprits()
    for known, (level, entry) in enumerate(found, 1):
        all_.note(level, () if entry is None else (entry,), known)
    return all_


def test_the_worst_of_a_row_is_that_of_its_events() -> None:
    found = culprits(("note", 3), ("error", 5), ("warning", 4))
    assert found.worst_of(1, 2) is None
    assert found.worst_of(3, 3) == "note"
    assert found.worst_of(3, 4) == "warning"
    assert found.worst_of(1, 9) == "error"


def test_what_has_no_number_is_found_by_its_place() -> None:
    found = culprits(("error", "#2+1"))
    assert found.worst_at("#2+1") == "error"
    assert found.worst_at("#2+2") is None
    assert found.worst_of(1, 9) is None


def test_what_is_found_again_is_marked_and_not_counted_and_a_note_is_neither() -> None:
    found = culprits(("error", 3), ("note", 4))
    found.again("error", (7,))
    found.again("note", (8,))
    assert found.worst_of(7, 7) == "error"
    assert found.worst_of(8, 8) is None
    assert len(found) == 2


def test_what_is_found_late_is_there_with_its_event() -> None:
    found = culprits(("error", 5), ("error", 2), ("note", None))
    assert found.count(FoundBy(1, 2)) == {"error": 1, "warning": 0, "note": 0}
    assert found.count(FoundBy(3, 5)) == {"error": 2, "warning": 0, "note": 1}
    assert found.count(None) == {"error": 2, "warning": 0, "note": 1}


@given(st.lists(st.tuples(st.sampled_from(["error", "warning", "note"]), st.integers(1, 50))))
def test_a_count_is_that_of_all_whose_event_had_come(found: list[tuple[Level, int]]) -> None:
    known = culprits(*found)
    for events in (0, 1, 25, 50):
        counts = known.count(FoundBy(1000, events))
        for level, count in counts.items():
            assert count == sum(each == level and n <= events for each, n in found)


def finding(rule: str, seen: str = "", detail: str = "") -> Finding:
    return Finding(rule, "error", [1], "", seen=seen, detail=detail)


def test_the_field_that_has_what_came_is_the_one_that_is_meant() -> None:
    event = {"type": "x", "item_id": "a", "item": {"id": "b", "call_id": "c"}}
    assert field_of(finding("id.changes", "a"), event) == "item_id"
    assert field_of(finding("id.changes", "c"), event) == "item.call_id"
    assert field_of(finding("index.gap", "content_index 2"), {"content_index": 2}) == (
        "content_index"
    )


def test_a_rule_without_a_field_points_at_none() -> None:
    assert field_of(finding("order.no-terminal"), {"type": "x"}) is None
    assert field_of(finding("number.gap"), {"type": "x"}) is None
    assert field_of(finding("usage.sum"), {"response": "no object"}) is None


def test_a_field_of_another_type_is_found_by_its_detail() -> None:
    wrong = finding("field.type", detail="function_call.arguments")
    assert field_of(wrong, {"type": "x", "item": {"arguments": {}}}) == "item.arguments"
