"""What is wrong on a socket is found at its events; what is usual there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.recording.records import EndRecord, SocketRecord
from tests.findings.streams import asked_on_socket, check, clean, end, found, messages, place
from tests.findings.test_rules import closed, lanes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.findings import Finding, Spec
    from codex_tui.recording.records import Direction

Stream = list[Any]
SPECS: tuple[Spec, ...] = ("openai", "open-responses", "lenient")


def places(findings: Sequence[Finding]) -> dict[str, list[int | str]]:
    return {finding.rule: finding.entries for finding in findings}


@pytest.mark.parametrize("spec", SPECS)
def test_a_clean_socket_has_nothing_wrong_by_any_specification(spec: Spec) -> None:
    """Messages name no event, and no marker ends them: those are rules of event streams."""
    records: Stream = [asked_on_socket(), *messages(clean()), end(), closed("received")]
    assert check(records, spec).findings.kept == []


def test_two_lanes_that_interleave_have_nothing_wrong() -> None:
    assert found(lanes("a", "b")) == []


def test_a_second_response_in_a_lane_is_found_where_it_begins() -> None:
    assert places(found(lanes("a", "a"))) == {"socket.two-responses": [5, 1]}
    (finding,) = found(lanes(None, None))
    assert finding.message == "a response begins, where that of turn 1 has not ended"


def test_a_lane_is_free_once_its_response_has_failed() -> None:
    error = {"type": "error", "status": 400, "error": {"code": "x", "message": "no"}}
    records: Stream = [asked_on_socket(), *messages([clean()[0], error]), asked_on_socket(2)]
    assert found([*records, *messages(clean(), 2), EndRecord(1, 2.0, "api_error")]) == []


@pytest.mark.parametrize("named", [None, "other"])
def test_each_event_that_names_another_lane_or_none_is_in_one_finding(named: str | None) -> None:
    records = messages(clean(), lane="a")
    at = place(clean(), "output_text.delta")
    records[at : at + 3] = messages(clean()[at : at + 3], lane=named)
    assert places(found([asked_on_socket(lane="a"), *records])) == {
        "socket.lane": [at + 1, at + 2, at + 3]
    }


@pytest.mark.parametrize(
    ("dir_", "rules"),
    [("received", {"socket.closed", "order.no-terminal"}), ("sent", set())],
)
def test_a_close_before_the_end_is_the_servers_fault_if_it_was_first(
    dir_: Direction, rules: set[str]
) -> None:
    how: Any = "interrupted" if dir_ == "received" else "cancelled"
    records: Stream = [asked_on_socket(), *messages(clean()[:9]), closed(dir_)]
    answer = SocketRecord(9.1, "sent" if dir_ == "received" else "received", "close", 1000)
    findings = found([*records, answer, end(how)])
    assert {finding.rule for finding in findings} == rules
    assert all(finding.entries[0] == 9 for finding in findings)


def test_an_error_of_a_socket_has_its_own_fields() -> None:
    error = {"type": "error", "status": 400, "error": {"code": "x", "message": "no", "param": None}}
    assert check([asked_on_socket(), *messages([error]), end("api_error")]).findings.kept == []


def test_a_response_that_was_steered_has_a_successor() -> None:
    steered, rest = clean(), clean()
    ended = steered[-1]["response"] | {
        "status": "incomplete",
        "incomplete_details": {"reason": "steered"},
    }
    steered[-1] |= {"type": "response.incomplete", "response": ended}
    for number, event in enumerate(rest, len(steered)):
        event["sequence_number"] = number
    assert found([asked_on_socket(), *messages([*steered, *rest])]) == []


def test_late_events_of_a_turn_that_is_over_are_told_of_that_turn() -> None:
    late = clean()[5] | {"sequence_number": 99}
    records: Stream = [
        *(asked_on_socket(), *messages(clean()), end(), asked_on_socket(2)),
        *(*messages(clean()[:3], 2), *messages([late], 1), *messages(clean()[3:], 2)),
    ]
    findings = found(records)
    assert {(each.rule, each.turn) for each in findings} == {("order.after-terminal", 1)}


def test_a_socket_that_waits_between_turns_is_not_silent() -> None:
    records: Stream = [
        asked_on_socket(),
        *messages(clean()),
        end(t=1.0),
        asked_on_socket(2, t=100.0),
    ]
    later: Stream = [SocketRecord(101.0, "received", "ping", turn=2), *messages(clean(), 2)]
    for number, record in enumerate(later[1:]):
        record.t = 114.0 + number / 10
    assert check([*records, *later, EndRecord(2, 120.0, "completed")]).findings.kept == []
