"""What differs between two runs: nothing of a run and itself, else precisely what was changed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.comparison import Comparison, Runs
from tests.comparison.sides import compared, run_of, runs_of, told
from tests.findings.streams import (
    ARGUMENTS,
    TEXT,
    answered,
    asked,
    call,
    clean,
    end,
    frame,
    message,
    numbered,
    place,
    whole,
)
from tests.findings.test_mutations import FAULTS, Fault

if TYPE_CHECKING:
    from codex_tui.recording.records import Record


def test_a_run_is_like_itself() -> None:
    comparison = compared(clean(), clean())
    assert comparison.alike
    assert comparison.events.alike
    assert all(text.alike for text in comparison.texts)


def test_ids_times_numbers_and_obfuscation_differ_always() -> None:
    text = json.dumps(clean())
    for id_ in ("resp_1", "msg_", "rs_", "fc_"):
        text = text.replace(f'"{id_}', f'"other{id_}')
    events = [each | {"obfuscation": "xyz"} for each in json.loads(text)]
    for each in events:
        if "response" in each:
            each["response"] |= {"created_at": 1, "completed_at": 7}
    assert told(compared(clean(), events).differences) == []


@pytest.mark.parametrize("pieces", [1, 2, 7, 30])
def test_where_deltas_were_cut_makes_no_difference(pieces: int) -> None:
    text = "".join(TEXT)
    cut = [text[n : n + pieces] for n in range(0, len(text), pieces)]
    assert compared(whole(message(0)), whole(message(0, cut))).alike


def test_what_comes_between_deltas_cuts_them_and_is_told_alone() -> None:
    events = whole(message(0))
    between = {"type": "response.output_text.annotation.added", "item_id": "msg_0"}
    note = between | {"output_index": 0, "content_index": 0, "annotation_index": 0}
    at = place(events, "output_text.delta", 2)
    other = numbered([*events[:at], note | {"annotation": {"type": "x"}}, *events[at:]])
    found = [each for each in compared(events, other).differences if each.kind == "events"]
    assert [each.sentence for each in found] == [
        "only B: response.output_text.annotation.added of message"
    ]


def test_what_is_wrong_with_every_delta_is_counted_once() -> None:
    def bare(*pieces: str) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in each.items() if key != "sequence_number"}
            for each in whole(message(0, pieces))
        ]

    assert compared(bare("The loop"), bare("The", " lo", "op")).alike


def test_a_word_of_the_answer_is_named() -> None:
    other = tuple(piece.replace("loop", "hoop") for piece in TEXT)
    comparison = compared(whole(message(0)), whole(message(0, other)))
    assert told(comparison.differences) == [
        ("text", "answer of message: “loop” → “hoop” (1 word removed, 1 added)")
    ]


def test_a_value_of_an_argument_is_named_by_its_path() -> None:
    other = tuple(piece.replace("Rome", "Paris") for piece in ARGUMENTS)
    comparison = compared(whole(call(0)), whole(call(0, pieces=other)))
    assert told(comparison.differences) == [
        ("text", "arguments of function_call get_weather: city: “Rome” → “Paris”")
    ]


def test_arguments_written_otherwise_are_the_same_values() -> None:
    spaced = ('{\n "city"', ' : "Rome" }')
    assert compared(whole(call(0)), whole(call(0, pieces=spaced))).alike


def test_an_item_that_one_side_has_more_is_one_difference() -> None:
    a, b = whole(message(0), call(1)), whole(message(0), call(1, "get_time"), call(2))
    (found,) = (each for each in compared(a, b).differences if each.kind == "events")
    assert (found.kind, found.sentence) == ("events", "only B: function_call get_time (6 events)")
    assert (found.a, found.b) == (None, place(b, "output_item.added", 1) + 1)


def test_another_usage_is_named() -> None:
    events = deepcopy(whole(message(0)))
    events[-1]["response"]["usage"] |= {"output_tokens": 21, "total_tokens": 61}
    assert told(compared(whole(message(0)), events).differences) == [
        ("usage", "output_tokens: 20 → 21"),
        ("usage", "total_tokens: 60 → 61"),
    ]


def test_a_field_of_several_events_is_one_difference() -> None:
    events = deepcopy(clean())
    for each in events:
        if "response" in each:
            each["response"]["model"] = "gpt-5-mini"
    where = "response.created, response.in_progress, response.completed"
    assert told(compared(clean(), events).differences) == [
        ("events", f"response.model: “gpt-5” → “gpt-5-mini” in {where}")
    ]


def test_what_an_answer_repeats_of_the_request_is_told_of_the_request() -> None:
    events = deepcopy(clean())
    for each in events:
        if "response" in each:
            each["response"]["temperature"] = 0.5
    a = run_of(clean(), {"input": "Hi", "temperature": 1.0})
    b = run_of(events, {"input": "Hi", "temperature": 0.5})
    assert told(Comparison.of(a, b).differences) == [("request", "temperature: 1.0 → 0.5")]


@pytest.mark.parametrize("key", ["input", "messages"])
def test_the_first_input_item_that_differs_is_named(key: str) -> None:
    def body(third: str) -> dict[str, Any]:
        given = [{"role": "user", "content": word} for word in ("one", "two", third, "four")]
        return {"model": "m", key: given}

    a, b = run_of(clean(), body("three")), run_of(clean(), body("3"))
    comparison = Comparison.of(a, b)
    assert comparison.request.first_item == 2
    assert told(comparison.differences) == [
        ("request", f"{key}[2].content: “three” → “3” (the 2 input items before it the same)")
    ]


def test_an_end_that_is_missing_is_named() -> None:
    sentences = [each.sentence for each in compared(clean(), clean()[:-1]).differences]
    assert "only A: response.completed" in sentences
    assert "ended: “completed” → “interrupted”" in sentences


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_is_a_difference_that_names_its_rules(fault: Fault) -> None:
    comparison = compared(clean(), fault.apply(clean()))
    found = {each.example.rule for each in comparison.findings if each.b > each.a}
    assert fault.breaks.keys() <= found
    assert not comparison.alike


def test_differences_stand_in_order_of_time() -> None:
    other = tuple(piece.replace("loop", "hoop") for piece in TEXT)
    a = numbered(whole(message(0), call(1)))
    b = numbered(whole(message(0, other), call(1, pieces=('{"city":"Oslo"}',))))
    places = [each.a for each in compared(a, b).differences]
    assert places == sorted(place for place in places if place is not None)


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        ({"tools": []}, {"tools": [{"name": "x"}]}, 'tools[0]: nothing → {"name":"x"}'),
        ({"temperature": 1}, {"temperature": 1.0}, None),
        ({"store": True}, {"store": 1}, "store: true → 1"),
        (
            {"metadata": {"user_id": "1"}},
            {"metadata": {"user_id": "2"}},
            "metadata.user_id: “1” → “2”",
        ),
        ({"input": [{"id": "1", "x": 1}]}, {"input": [{"id": "2", "x": 1}]}, None),
        ({"previous_response_id": "resp_1"}, {"previous_response_id": "resp_2"}, None),
        (
            {"previous_response_id": "resp_1"},
            {"previous_response_id": None},
            "previous_response_id: “(an id)” → null",
        ),
        ({"tools": ["a", "b", "c"]}, {"tools": ["b", "c"]}, "tools[0]: “a” → nothing"),
    ],
)
def test_a_request_is_compared_by_value(a: Any, b: Any, sentence: str | None) -> None:
    comparison = Comparison.of(run_of(clean(), a), run_of(clean(), b))
    found = [each.sentence for each in comparison.differences if each.kind == "request"]
    assert found == ([] if sentence is None else [sentence])


def test_items_in_another_order_are_told() -> None:
    a, b = whole(message(0), call(1)), whole(call(0), message(1))
    sentences = [each.sentence for each in compared(a, b).differences if each.kind == "events"]
    assert sentences == [
        "the order of items: message before function_call get_weather in A, behind it in B"
    ]


def test_an_item_that_only_the_last_event_brings_is_told() -> None:
    events = deepcopy(whole(message(0)))
    events[-1]["response"]["output"].append(message(9)[-1]["item"])
    sentences = [each.sentence for each in compared(whole(message(0)), events).differences]
    assert "only B: message 2, in the last event alone" in sentences


def test_what_only_one_side_streams_is_told_by_its_events() -> None:
    a = whole(message(0))
    b = [each for each in a if "response" in each]
    found = [each.sentence for each in compared(a, b).differences if each.kind == "events"]
    assert found[0].startswith("only A: response.output_item.added, response.content_part.added")
    assert found[0].endswith("of message (9 events)")


def test_an_item_more_is_not_taken_for_one_of_the_same_name() -> None:
    a = whole(message(0, ("one",)), message(1, ("two",)))
    b = whole(message(0, ("one",)), message(1, ("other",)), message(2, ("two",)))
    found = [each.sentence for each in compared(a, b).differences if each.kind == "events"]
    assert found == ["only B: message 2 of B (6 events)"]


def test_a_turn_that_still_runs_has_not_ended_otherwise() -> None:
    runs = Runs()
    records: list[Record] = [asked(), answered(), *map(frame, clean()[:-1])]
    for record in records:
        runs.take(record)
    comparison = Comparison.of(runs.run(1), run_of(clean()))
    assert comparison.ends == ()


def test_a_status_that_a_file_has_not_kept_is_no_other_status() -> None:
    dump = runs_of([asked(), *clean()]).run(1)
    assert Comparison.of(dump, run_of(clean())).ends == ()


def test_ends_are_told_in_peoples_words() -> None:
    refused = runs_of([asked(), answered(), end("http_error")]).run(1)
    sentences = [each.sentence for each in Comparison.of(refused, run_of(clean())).differences]
    assert "ended: “HTTP error” → “completed”" in sentences
