from __future__ import annotations

from typing import Any

import pytest

from codex_tui.model.conversation import Conversation, Turn
from codex_tui.model.items import Span
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.sse import ServerSentEvent
from tests.model.streams import (
    Json,
    added,
    created,
    decoded,
    delta,
    done,
    ended,
    frame,
    function_call,
    message,
    reasoning,
    text_delta,
)


def at(t: float | None, event: Json, read: int | None = None) -> FrameRecord:
    return FrameRecord(t, read, frame(event))


def turns(*records: Record) -> list[Turn]:
    conversation = Conversation()
    for record in records:
        conversation.apply(record)
    conversation.finish()
    return conversation.turns


def request(turn: int = 1, body: Any = None) -> RequestRecord:
    return RequestRecord(turn, "2026-11-22T07:39:30Z", body=body)


def test_a_plain_dump_is_one_turn_without_a_request_and_without_times() -> None:
    [turn] = turns(at(None, created()), at(None, text_delta("Hi", 0)), at(None, ended()))
    assert turn.request is None
    assert (turn.how, turn.detail) == ("completed", None)
    assert turn.transcript.output_text == "Hi"
    assert turn.times.first_event is None
    assert (turn.times.first_text, turn.reads) == (None, 0)
    assert turn.span_of(turn.transcript.items[0]) is None


def test_times_are_those_of_the_records() -> None:
    [turn] = turns(
        request(),
        ResponseRecord(1, 0.3, 200),
        CommentRecord(0.4, 1, (" ok",)),
        at(0.5, created(), 2),
        at(0.6, added(reasoning(), 0), 3),
        at(0.7, delta("reasoning_summary_text", "Why", 0, summary_index=0), 4),
        at(0.8, done(reasoning("Why"), 0), 5),
        at(0.9, added(message(), 1), 6),
        at(1.0, text_delta("", 1), 6),
        at(1.1, text_delta("Hi", 1), 7),
        at(1.2, added(function_call(status="in_progress"), 2), 8),
        at(1.3, delta("function_call_arguments", "{}", 2), 9),
        at(1.4, done(function_call("{}"), 2), 10),
        at(1.5, ended(), 11),
        EndRecord(1, 1.6, "completed"),
    )
    times = turn.times
    assert (times.header, times.first_read, times.first_event) == (0.3, 0.4, 0.5)
    assert (times.first_reasoning, times.first_text, times.first_tool) == (0.7, 1.1, 1.3)
    assert (times.last_event, times.end) == (1.5, 1.6)
    assert (turn.reads, turn.comments, turn.how) == (11, 1, "completed")
    spans = [turn.span_of(item) for item in turn.transcript.items]
    assert spans == [Span(0.6, 0.8), Span(0.9, 1.1), Span(1.2, 1.4)]


def test_time_zero_is_a_time() -> None:
    [turn] = turns(at(0.0, text_delta("Hi", 0)))
    assert (turn.times.first_event, turn.times.first_text) == (0.0, 0.0)


def test_each_request_begins_a_turn() -> None:
    first, second = turns(
        request(1),
        at(0.1, text_delta("one", 0)),
        EndRecord(1, 0.2, "cancelled", "by you"),
        request(2),
        at(0.1, text_delta("two", 0)),
        EndRecord(2, 0.2, "completed"),
    )
    assert (first.how, first.detail, second.how) == ("cancelled", "by you", "completed")
    assert [turn.transcript.output_text for turn in (first, second)] == ["one", "two"]
    assert [turn.number for turn in (first, second)] == [1, 2]


def test_a_turn_runs_until_somebody_says_how_it_ended() -> None:
    conversation = Conversation()
    conversation.apply(request())
    conversation.apply(at(0.1, ended()))
    assert conversation.turn is not None
    assert (conversation.turn.how, conversation.turn.ended) == ("streaming", False)
    conversation.apply(EndRecord(1, 0.2, "completed"))
    assert conversation.turn.ended


def test_a_request_that_follows_an_open_turn_says_that_it_was_interrupted() -> None:
    first, _second = turns(request(1), at(0.1, created()), request(2))
    assert first.how == "interrupted"


ERROR = {"type": "error", "code": "server_error", "message": "Oh"}


@pytest.mark.parametrize(
    ("records", "how", "detail"),
    [
        ([at(None, ended())], "completed", None),
        (
            [at(None, ended("failed", error={"code": "x", "message": "No"}))],
            "failed",
            "No",
        ),
        ([at(None, ended("failed", error={"code": "x"}))], "failed", "x"),
        (
            [at(None, ended("incomplete", incomplete_details={"reason": "content_filter"}))],
            "incomplete",
            "content_filter",
        ),
        ([at(None, ended("cancelled"))], "cancelled", None),
        ([at(None, created()), at(None, ERROR)], "api_error", "Oh"),
        ([at(None, ERROR), at(None, ended("failed"))], "failed", "Oh"),
        (
            [at(None, created()), at(None, text_delta("a", 0))],
            "interrupted",
            "The stream ended after 2 events, with no terminal event.",
        ),
        (
            [at(None, created()), CutRecord(None, None, b"data: {")],
            "interrupted",
            "The stream ended inside an event, after 1 event, with no terminal event.",
        ),
        (
            [CutRecord(None, None, b"data: {")],
            "interrupted",
            "The stream ended inside its first event.",
        ),
        ([CommentRecord(None, None, ("hi",))], "interrupted", "The stream held no event."),
        (
            [at(None, ended()), at(None, created()), at(None, text_delta("a", 0))],
            "interrupted",
            "The stream ended after 3 events, with no terminal event.",
        ),
    ],
    ids=str,
)
def test_endings_that_nobody_wrote_are_told_from_the_events(
    records: list[Record], how: str, detail: str | None
) -> None:
    [turn] = turns(*records)
    assert (turn.how, turn.detail) == (how, detail)


def test_what_the_recording_says_of_the_end_is_not_second_guessed() -> None:
    [turn] = turns(request(), at(0.1, ended()), EndRecord(1, 9.0, "cancelled", "by you"))
    assert (turn.how, turn.detail) == ("cancelled", "by you")


def test_events_are_counted_without_the_end_mark() -> None:
    [turn] = turns(
        at(None, created()),
        at(None, {"type": "nobody.knows"}),
        FrameRecord(None, None, ServerSentEvent(data="{")),
        FrameRecord(None, None, ServerSentEvent(data="[DONE]")),
    )
    counts = turn.events
    assert (counts.total, counts.unknown, counts.malformed) == (3, 1, 1)


def test_an_event_that_was_decoded_already_is_not_decoded_again() -> None:
    conversation = Conversation()
    item = conversation.apply(
        FrameRecord(None, None, ServerSentEvent(data="{")), decoded(text_delta("Hi", 0))
    )
    assert item is not None
    assert conversation.turns[0].transcript.output_text == "Hi"


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        (None, ""),
        ("nonsense", ""),
        ({"input": "Why?"}, "Why?"),
        ({"input": [{"role": "user", "content": "Why?"}]}, "Why?"),
        (
            {
                "input": [
                    {"role": "user", "content": "first"},
                    {"role": "assistant", "content": "answer"},
                    {
                        "type": "message",
                        "role": "user",
                        "content": [
                            {"type": "input_text", "text": "Look:"},
                            {"type": "input_image", "image_url": "data:…"},
                            {"type": "input_text", "text": "why?"},
                        ],
                    },
                ]
            },
            "Look:\nwhy?",
        ),
        ({"input": [{"role": "user"}, 7, None]}, ""),
    ],
)
def test_the_prompt_is_the_last_user_message(body: Any, prompt: str) -> None:
    [turn] = turns(request(body=body))
    assert turn.prompt == prompt


def test_an_output_nested_too_deeply_to_be_written_says_so() -> None:
    deep: object = "end"
    for _ in range(10_000):
        deep = {"in": deep}
    body = {"input": [{"type": "function_call_output", "call_id": "1", "output": deep}]}
    turn = Turn(1, RequestRecord(1, "", body=body))
    assert turn.tool_outputs == (("1", "(nested too deeply to show)"),)


def test_tool_outputs_are_those_that_the_request_ends_with() -> None:
    output = {"type": "function_call_output", "call_id": "1", "output": "old"}
    body = {
        "input": [
            {"role": "user", "content": "Weather?"},
            output,
            function_call("{}"),
            {**output, "call_id": "2", "output": "sunny"},
            {**output, "call_id": "3", "output": [{"type": "input_text", "text": "warm"}]},
        ]
    }
    [turn] = turns(request(body=body))
    assert turn.tool_outputs == (("2", "sunny"), ("3", "warm"))
    assert turn.prompt == "Weather?"
    assert turn.says == ""


def test_a_prompt_may_come_with_outputs() -> None:
    output = {"type": "function_call_output", "call_id": "1", "output": "sunny"}
    [turn] = turns(request(body={"input": [output, {"role": "user", "content": "And now?"}]}))
    assert (turn.tool_outputs, turn.says) == ((("1", "sunny"),), "And now?")


def asked(*items: object, previous: str | None = None) -> RequestRecord:
    return request(body={"input": [*items], "previous_response_id": previous})


USER = {"role": "user", "content": "Weather?"}
CALLED = [at(0.5, done(function_call("{}", "get_weather", call_id="1"), 0))]


def test_calls_are_named_by_the_turns_that_made_them_where_the_request_does_not() -> None:
    output = {"type": "function_call_output", "call_id": "1", "output": "sunny"}
    found = turns(asked(USER), *CALLED, asked(output, {**output, "call_id": "2"}, previous="resp"))
    assert found[-1].call_names == {"1": "get_weather"}
    assert found[-1].passed_over == ()


def test_a_request_that_goes_on_from_before_a_call_is_known_by_what_it_repeats() -> None:
    more = {"role": "user", "content": "Never mind."}
    output = {"type": "function_call_output", "call_id": "1", "output": "sunny"}
    branched = turns(asked(USER, previous="r0"), *CALLED, asked(USER, more, previous="r0"))
    assert branched[-1].passed_over == ("get_weather",)
    for other in (
        asked(more, previous="r0"),  # another conversation
        asked(USER, more, previous="r1"),
        asked(USER, output, more, previous="r0"),
        asked(USER, previous="r0"),  # the same once more
    ):
        assert turns(asked(USER, previous="r0"), *CALLED, other)[-1].passed_over == ()
