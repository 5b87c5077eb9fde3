"""Each thing that the fold repairs is told under its rule, once, with the events that it is of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model.streams import (
    Json,
    added,
    created,
    delta,
    done,
    ended,
    fold,
    function_call,
    message,
    part,
    reasoning,
    text_delta,
    text_done,
)

SPOKEN, CALLED = message("Hi"), function_call("{}")
BEGUN = [created(), added(message(), 0)]
WHOLE = [*BEGUN, text_delta("Hi", 0), text_done("Hi", 0), done(SPOKEN, 0)]


def arguments_done(text: str, index: int | None = None) -> Json:
    event = {"type": "response.function_call_arguments.done", "arguments": text}
    return event if index is None else {**event, "output_index": index}


def told(*events: Json) -> list[tuple[Any, ...]]:
    kept = fold(*events).forgiving.kept
    return [(each.rule, each.entries, each.expected, each.seen) for each in kept]


def test_a_stream_as_the_specification_has_it_is_told_nothing_of() -> None:
    called = [added(function_call(""), 1), delta("function_call_arguments", "{}", 1)]
    called += [arguments_done("{}", 1), done(CALLED, 1)]
    assert told(*WHOLE, *called, ended(output=(SPOKEN, CALLED))) == []


@pytest.mark.parametrize("first", [text_delta("a", 0), added(message(), 0), done(SPOKEN, 0)])
def test_an_item_before_the_response_is_created(first: Json) -> None:
    events = [first, text_delta("b", 0), created(), text_delta("c", 0)]
    found = [each for each in told(*events) if each[0] == "order.no-created"]
    assert found == [("order.no-created", (1,), "response.created", "message")]


@pytest.mark.parametrize("type_", ["response.in_progress", "response.queued"])
def test_a_response_that_goes_on_before_it_is_created(type_: str) -> None:
    event = {"type": type_, "response": {"id": "resp_1"}}
    expected = ("order.no-created", (1,), "response.created", type_)
    assert told(event, *WHOLE, ended(output=(SPOKEN,))) == [expected]


def test_a_response_that_only_ends() -> None:
    assert told(ended(output=(SPOKEN,)))[0][:2] == ("order.no-created", (1,))


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        (text_delta("a", 0, item_id="m"), "message m"),
        (text_done("a", 0), "message"),
        (delta("function_call_arguments", "{", 0, item_id="fc"), "function_call fc"),
        (done(SPOKEN, 0), "message msg_1"),
        (part("added", {"type": "output_text", "text": ""}, 0), "message"),
    ],
)
def test_an_event_of_an_item_that_was_not_added(event: Json, seen: str) -> None:
    rule = ("order.item-not-added", (2,), "response.output_item.added", seen)
    assert told(created(), event, event)[0] == rule
    rules = [each[0] for each in told(created(), event, event)]
    assert rules.count("order.item-not-added") == 1


def test_what_may_have_come_before_a_resumed_stream_is_not_missed() -> None:
    later = [text_delta("lo", 0, sequence_number=12), text_done("lo", 0), done(SPOKEN, 0)]
    call = [arguments_done("{}", 1), ended(output=(CALLED, SPOKEN))]
    assert [rule for rule, *_ in told(*later, *call)] == ["number.start"]


def test_a_whole_text_with_no_piece_before_it() -> None:
    alone = ("order.done-alone", (3,), "deltas before it", "the whole output_text")
    assert told(*BEGUN, text_done("Hi", 0), text_done("Hi", 0), done(SPOKEN, 0)) == [alone]
    assert told(*BEGUN, text_done("", 0)) == []


def test_whole_arguments_with_no_piece_before_them() -> None:
    events = [created(), added(function_call(""), 0), arguments_done("{}", 0), done(CALLED, 0)]
    assert told(*events) == [
        ("order.done-alone", (3,), "deltas before it", "the whole function_call")
    ]


def test_two_items_on_one_output_index() -> None:
    (found,) = told(*WHOLE, added(function_call(""), 0))
    assert found == (
        "index.collision",
        (6, 2),
        "output_index 0 for message msg_1 alone",
        "function_call fc_1",
    )


def test_two_parts_on_one_content_index() -> None:
    text = {"type": "output_text", "text": "Hi"}
    parts = [part(verb, text, 0, content_index=0) for verb in ("added", "done", "added", "done")]
    (found,) = told(*BEGUN, *parts)
    assert found[:2] == ("index.collision", (5, 2))


def test_one_id_for_two_items() -> None:
    events = [*WHOLE, added(message(), 1), text_delta("Hi", 1)]
    assert told(*events) == [("id.repeat", (6, 2), "msg_1 for one item", "message msg_1")]


@pytest.mark.parametrize("index", [0, None])
def test_an_id_that_changes_with_every_event(index: int | None) -> None:
    events = [created(), added(message(id="m0"), index)]
    events += [text_delta("a", index, item_id=f"m{n}") for n in (1, 2, 3)]
    expected = ("id.changes", (3, 2), "item id m0", "m0 became m1")
    assert told(*events) == [expected]


def test_an_id_that_changes_where_an_item_is_given_its_index() -> None:
    events = [created(), added(message(id="m0")), text_delta("a", 0, item_id="m1")]
    assert told(*events) == [("id.changes", (3, 2), "item id m0", "m0 became m1")]


def test_the_id_of_a_response_that_changes() -> None:
    later = {"type": "response.in_progress", "response": {"id": "resp_2"}}
    (found,) = told(created(), later, ended(id="resp_3"))
    assert found == ("id.changes", (2,), "response id resp_1", "resp_1 became resp_2")


def test_a_response_that_lists_its_items_in_another_order() -> None:
    items = [*WHOLE, added(function_call(""), 1), delta("function_call_arguments", "{}", 1)]
    (found,) = told(*items, done(CALLED, 1), ended(output=(CALLED, SPOKEN)))
    assert found == (
        "output.differs",
        (9,),
        "message msg_1, function_call fc_1",
        "function_call fc_1, message msg_1",
    )


def test_a_response_that_lists_not_all_of_its_items() -> None:
    items = [*WHOLE, done(CALLED, 1)]
    assert ("output.differs", (7,), "message msg_1, function_call fc_1", "message msg_1") in told(
        *items, ended(output=(SPOKEN,))
    )


@pytest.mark.parametrize(("word", "found"), [("completed", True), ("failed", False)])
def test_a_response_that_lists_nothing(word: str, *, found: bool) -> None:
    rules = [rule for rule, *_ in told(*WHOLE, ended(word))]
    assert rules == (["output.differs"] if found else [])


def test_a_response_that_streamed_nothing_and_lists_nothing_is_whole() -> None:
    assert told(created(), ended()) == []


def test_items_that_were_not_streamed_in_the_order_of_their_indices_are_in_order() -> None:
    second = [added(function_call(""), 1), delta("function_call_arguments", "{}", 1)]
    first = [added(message(), 0), text_delta("Hi", 0)]
    assert told(created(), *second, *first, ended(output=(SPOKEN, CALLED))) == []


def test_items_are_listed_up_to_a_few() -> None:
    items = [reasoning(str(n), id=f"rs_{n}") for n in range(9)]
    events = [event for n, item in enumerate(items) for event in (added(item, n), done(item, n))]
    (found,) = told(created(), *events, ended())
    assert found[2].endswith("reasoning rs_5 and 3 more")
