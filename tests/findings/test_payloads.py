"""The rules on fields in a whole stream: when they are told, how often, and what they cost."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from codex_tui.engine.folded import Folded
from codex_tui.findings import Checker, Finding, payloads
from codex_tui.recording.reader import read_records
from tests.findings.whole_events import CREATED_AT, whole

WHERE = {"item_id": "m", "output_index": 0}
PART: dict[str, Any] = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
ITEM: dict[str, Any] = {"id": "m", "type": "message", "role": "assistant", "content": []}


def delta(text: Any, **fields: Any) -> dict[str, Any]:
    at = {**WHERE, "content_index": 0, "delta": text, "logprobs": []}
    return {"type": "response.output_text.delta", **at, **fields}


def stream(*deltas: dict[str, Any]) -> list[dict[str, Any]]:
    """A whole stream with these deltas; each event has its number."""
    text = "".join(each["delta"] for each in deltas if isinstance(each.get("delta"), str))
    part, response = {**PART, "text": text}, whole("response", "openai")
    item = {**ITEM, "status": "completed", "content": [part]}
    at = {**WHERE, "content_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**response, "status": "in_progress"}},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**ITEM, "status": "in_progress"},
        },
        {"type": "response.content_part.added", **at, "part": PART},
        *deltas,
        {"type": "response.output_text.done", **at, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {
            "type": "response.completed",
            "response": {**response, "status": "completed", "output": [item], "usage": None},
        },
    ]
    return [{"sequence_number": number, **event} for number, event in enumerate(events)]


def found(events: list[dict[str, Any]], spec: Any = "openai") -> list[Finding]:
    """What is found of the fields of a stream, and is worse than a note."""
    return checked(
        "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events), spec
    )


def checked(text: str, spec: Any = "openai") -> list[Finding]:
    checker = Checker(spec)
    folded = Folded(checker)
    for _, record in read_records(io.BytesIO(text.encode())):
        event = folded.take(record).event
        checker.take(record, event, folded.conversation.current)
    checker.finish()
    kept = [each for each in checker.findings.kept if each.rule.startswith("field.")]
    return [each for each in kept if each.level != "note"]


def test_a_whole_stream_has_no_fault() -> None:
    assert found(stream(delta("a"), delta("b"))) == []


def test_the_same_fault_of_all_deltas_is_one_finding_with_all_events() -> None:
    deltas = [delta(str(number)) for number in range(5)]
    for each in deltas:
        del each["logprobs"]
    (fault,) = found(stream(*deltas))
    assert fault.detail == "response.output_text.delta.logprobs"
    assert (fault.count, fault.entries) == (5, [4, 5, 6, 7, 8])
    assert fault.message == "response.output_text.delta.logprobs is missing; an array is specified"


@pytest.mark.parametrize("wrong", [{"text": "b"}, ["b"], 7, None])
def test_a_delta_of_another_type_among_right_ones_is_found(wrong: Any) -> None:
    """The fold reads the text in an object, and the stream goes on as if nothing had been."""
    (fault,) = found(stream(delta("a"), delta("a"), delta(wrong), delta("a")))
    assert (fault.rule, fault.detail) == ("field.type", "response.output_text.delta.delta")
    assert fault.entries == [6]


@pytest.mark.parametrize(
    ("name", "wrong"), [("sequence_number", "6"), ("output_index", "0"), ("item_id", 3)]
)
def test_any_field_of_another_type_among_right_ones_is_found(name: str, wrong: Any) -> None:
    events = stream(delta("a"), delta("a"), delta("a"), delta("a"))
    events[5][name] = wrong
    (fault,) = found(events)
    assert (fault.rule, fault.entries) == ("field.type", [6])


def test_an_event_that_could_not_be_read_is_found_by_its_fields() -> None:
    events = stream(delta("a"))
    del events[3]["delta"]
    (fault,) = found(events)
    assert (fault.rule, fault.entries) == ("field.missing", [4])


def test_a_type_that_only_the_name_of_the_event_says_is_missing() -> None:
    events = stream(delta("a"), delta("b"))
    untyped = [{key: each[key] for key in each if key != "type"} for each in events]
    names = [each["type"] for each in events]
    faults = checked(
        "".join(
            f"event: {name}\ndata: {json.dumps(each)}\n\n"
            for name, each in zip(names, untyped, strict=True)
        )
    )
    assert {(each.rule, each.level) for each in faults} == {("field.missing", "error")}
    assert {each.detail for each in faults} == {f"{name}.type" for name in names}
    (of_deltas,) = [each for each in faults if each.detail.endswith("text.delta.type")]
    assert of_deltas.entries == [4, 5]


def test_events_are_as_old_as_their_response() -> None:
    events = stream(delta("a"))
    for event in events:
        del event["sequence_number"]
    assert {each.level for each in found(events)} == {"error"}
    for event in events:
        if "response" in event:
            event["response"] = {**event["response"], "created_at": 1747000000}
    assert found(events) == []


def test_what_was_a_note_and_becomes_an_error_is_both() -> None:
    """A search that is done has to say what it did; while it is in progress it need not."""
    search = {"id": "w", "type": "web_search_call", "status": "in_progress"}
    events = stream()
    for event in events:
        event.pop("sequence_number")
    added = {"type": "response.output_item.added", "output_index": 1, "item": search}
    done = {"type": "response.output_item.done", "output_index": 1}
    more = [added, {**done, "item": {**search, "status": "completed"}}]
    numbered = [{"sequence_number": n, **each} for n, each in enumerate([*events[:1], *more])]
    (fault,) = found(numbered)
    assert (fault.detail, fault.level, fault.entries) == ("web_search_call.action", "error", [3])


def test_deltas_of_several_texts_in_turns_are_not_read_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only what may be wrong is read again: of what was decoded as specified, nothing is."""
    read: list[str] = []
    true = payloads.payload_of

    def spy(data: str) -> dict[str, Any]:
        read.append(data)
        return true(data)

    monkeypatch.setattr(payloads, "payload_of", spy)
    other = delta("b", item_id="n", output_index=1)
    assert found(stream(*[delta("a"), other] * 50)) == []
    assert not any("output_text.delta" in each for each in read)


def test_a_vast_event_is_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "MOST_TOKENS", 5)
    monkeypatch.setattr(payloads, "LARGE", 50)
    assert payloads.payload_of('{"a":[1,2,3,4,5,6,7]}' + " " * 50) == {}
    assert payloads.payload_of('{"a":"…"}' + " " * 50) == {"a": "…"}


@pytest.mark.parametrize("data", ["", "[1]", "null", "{", '{"a":' * 200000])
def test_what_is_no_object_has_no_fields(data: str) -> None:
    assert payloads.payload_of(data) == {}


def test_json_that_only_python_reads_is_checked_too() -> None:
    assert payloads.payload_of('{"a": "\\ud800"}') == {"a": "\ud800"}


def test_created_at_is_what_the_table_needs() -> None:
    assert whole("response", "openai")["created_at"] == CREATED_AT
