"""Closing events under another output index than their item has: it is the one that is open."""

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

ANSWER = {"type": "output_text", "text": ""}
RAW = [{"type": "reasoning_text", "text": "Hm."}]


def call(id_: str, arguments: str, **more: Any) -> Json:
    return {**function_call(arguments), "id": id_, "call_id": f"call_{id_}", **more}


def arguments_done(text: str, index: int, id_: str) -> Json:
    type_ = "response.function_call_arguments.done"
    return {"type": type_, "arguments": text, "output_index": index, "item_id": id_}


def raw_done(text: str, index: int, id_: str) -> Json:
    type_ = "response.reasoning_text.done"
    return {"type": type_, "text": text, "output_index": index, "item_id": id_}


@pytest.mark.parametrize("ids", [("rs", "msg"), ("x", "y")])
def test_reasoning_and_a_message_closed_one_further_are_there_once(ids: tuple[str, str]) -> None:
    first, second = ids
    transcript = fold(
        created(),
        added(reasoning(id="rs"), 0),
        part("added", ANSWER, 0, item_id="rs", content_index=0),
        delta("reasoning_text", "Hm.", 0, item_id="rs", content_index=0),
        {
            "type": "response.reasoning_text.done",
            "text": "Hm.",
            "output_index": 1,
            "item_id": first,
        },
        done(reasoning(id=first, content=RAW), 1),
        added(message(id="msg", status="in_progress"), 1),
        text_delta("Hi", 1, item_id="msg", part=1),
        text_done("Hi", 2, item_id=second, content_index=1),
        done(message("Hi", id=second), 2),
        ended(output=(reasoning(id="rs_9", content=RAW), message("Hi", id="msg_9"))),
    )
    assert [item.type for item in transcript.items] == ["reasoning", "message"]
    assert (transcript.reasoning_text, transcript.output_text) == ("Hm.", "Hi")
    told = [each.seen for each in transcript.forgiving.of("index.gap")]
    assert told == ["output_index 0 became 1", "output_index 1 became 2"]


def test_a_call_closed_under_the_index_of_the_next_one_is_told_by_its_id() -> None:
    transcript = fold(
        added(call("a", ""), 0),
        delta("function_call_arguments", "{", 0, item_id="a"),
        added(call("b", ""), 1),
        delta("function_call_arguments", "[", 1, item_id="b"),
        arguments_done("{}", 1, "a"),
        done(call("a", "{}", status="completed"), 1),
        arguments_done("[]", 2, "b"),
        done(call("b", "[]", status="completed"), 2),
        ended(),
    )
    assert [str(each.arguments) for each in transcript.tool_calls] == ["{}", "[]"]
    assert [each.call_id for each in transcript.tool_calls] == ["call_a", "call_b"]
    assert all(each.arguments.streamed in ("{", "[") for each in transcript.tool_calls)


def test_a_part_of_text_on_reasoning_opens_no_message() -> None:
    transcript = fold(
        added(reasoning(id="rs"), 0),
        part("added", ANSWER, 0, item_id="rs", content_index=0),
        delta("reasoning_text", "Hm.", 0, item_id="rs", content_index=0),
        part("done", {**ANSWER, "text": "Hm."}, 0, item_id="rs", content_index=0),
    )
    assert [item.type for item in transcript.items] == ["reasoning"]
    assert (transcript.reasoning_text, transcript.output_text) == ("Hm.", "")


def test_a_message_that_was_announced_elsewhere_is_the_one_that_comes() -> None:
    transcript = fold(
        added(reasoning(id="one"), 0),
        done(reasoning("Hm.", id="one"), 0),
        added(message(id="one", status="in_progress"), 0),
        text_delta("Hi", 1, item_id="two"),
        done(message("Hi", id="two"), 1),
    )
    assert [item.type for item in transcript.items] == ["reasoning", "message"]


def test_a_text_that_closes_what_nobody_opened_is_an_item_of_its_own() -> None:
    transcript = fold(
        text_delta("Hello", 0, item_id="a"), text_done("Another", 1, item_id="b"), ended()
    )
    assert [str(item.texts()[0]) for item in transcript.items] == ["Hello", "Another"]
    assert transcript.forgiving.of("index.gap") == []


def test_two_messages_that_are_announced_before_either_begins_are_two() -> None:
    transcript = fold(
        created(),
        added(message(id="a", status="in_progress"), 2),
        added(message(id="b", status="in_progress"), 3),
        text_delta("one", 2, item_id="a"),
        text_delta("two", 3, item_id="b"),
    )
    assert [str(item.texts()[0]) for item in transcript.items] == ["one", "two"]
    assert transcript.forgiving.kept == []
