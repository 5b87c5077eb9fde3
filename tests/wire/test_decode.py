"""Frames to events: which class, which fields, and what leniency means."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from codex_tui.wire import decode as decoding
from codex_tui.wire.base import NOT_SENT, RESPONSES, Family, ResponseStreamEvent
from codex_tui.wire.decode import decode_event, event_type
from codex_tui.wire.events import (
    EmptyEvent,
    KeepaliveEvent,
    LifecycleEvent,
    MalformedEvent,
    PingEvent,
    ResponseApplyPatchCallOperationDiffDeltaEvent,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseCreatedEvent,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputTextDeltaEvent,
    ResponseOutputTextDoneEvent,
    ResponseReasoningDeltaEvent,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseShellCallOutputContentDeltaEvent,
    StreamDone,
    UnknownEvent,
)
from codex_tui.wire.items import (
    IncompleteDetails,
    InputTokensDetails,
    McpCall,
    OutputText,
    OutputTokensDetails,
    ReasoningSummary,
    Response,
    ResponseError,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseReasoningItem,
    ResponseToolSearchCall,
    UnknownItem,
    UnknownPart,
    Usage,
)
from codex_tui.wire.registry import EVENT_CLASSES, TERMINAL_TYPES, family_of, label_of
from codex_tui.wire.sse import ServerSentEvent

DELTA = "response.output_text.delta"


def decode(data: Any, event: str = "message") -> ResponseStreamEvent:
    """The event; and `event_type` agrees with it, wherever there is something to agree on."""
    frame = ServerSentEvent(event, data if isinstance(data, str) else json.dumps(data))
    decoded = decode_event(frame)
    if not isinstance(decoded, MalformedEvent):
        assert event_type(frame) == decoded.type
    return decoded


# Which type


def test_a_delta_is_decoded_with_all_its_fields() -> None:
    logprobs = [{"token": "Hi", "logprob": -0.5}]
    data = {
        "type": DELTA,
        "sequence_number": 7,
        "item_id": "msg_1",
        "output_index": 1,
        "content_index": 2,
        "delta": "Hi…",
        "logprobs": logprobs,
        "obfuscation": "xyz",
    }
    expected = ResponseOutputTextDeltaEvent(
        "Hi…", 2, 1, item_id="msg_1", sequence_number=7, logprobs=tuple(logprobs)
    )
    assert decode(data, DELTA) == decode(data) == expected


def test_the_type_in_the_json_wins_over_the_name_of_the_event() -> None:
    data = {"type": "response.refusal.delta", "delta": "no"}
    for name in (DELTA, "message", "anything", "response.completed"):
        assert decode(data, name).type == "response.refusal.delta"


def test_the_name_counts_where_the_json_has_no_type() -> None:
    assert decode({"delta": "x"}, DELTA) == ResponseOutputTextDeltaEvent("x")
    assert decode({"delta": "x", "type": None}, DELTA) == ResponseOutputTextDeltaEvent("x")
    assert decode({"delta": "x", "type": 5}, DELTA) == ResponseOutputTextDeltaEvent("x")
    assert isinstance(decode({}, "response.completed"), ResponseCompletedEvent)


@pytest.mark.parametrize(
    "text",
    [
        '{"delta":"x","type":"response.output_text.delta"}',
        '{ "type" : "response.output_text.delta", "delta" : "x" }',
        '{"a":{"type":"response.completed"},"delta":"x","type":"response.output_text.delta"}',
        '{"type":"response\\u002eoutput_text.delta","delta":"x"}',
        '{"type":"response.completed","type":"response.output_text.delta","delta":"x"}',
        '\t{"delta":"x",\r\n"type":\n"response.output_text.delta"}\n',
    ],
)
def test_the_type_is_found_wherever_it_stands(text: str) -> None:
    assert decode(text) == ResponseOutputTextDeltaEvent("x")
    assert decode(text, "response.completed") == ResponseOutputTextDeltaEvent("x")


def test_a_nested_type_is_not_the_type() -> None:
    event = decode({"delta": "x", "part": {"type": DELTA}})
    assert event == UnknownEvent(None, {"delta": "x", "part": {"type": DELTA}})


def test_an_unknown_type_keeps_its_whole_payload() -> None:
    data = {"type": "response.new_thing", "sequence_number": 3, "a": [1, {"b": None}]}
    assert decode(data, DELTA) == UnknownEvent("response.new_thing", data, sequence_number=3)


def test_an_object_without_a_type_is_unknown_under_its_event_name() -> None:
    assert decode({"a": 1}) == UnknownEvent(None, {"a": 1})
    assert decode({"a": 1}, "pong") == UnknownEvent("pong", {"a": 1})
    assert decode({}) == UnknownEvent(None, {})


@pytest.mark.parametrize("data", ["", " ", "\n"])
def test_an_event_without_data_is_a_sign_of_life_by_its_name(data: str) -> None:
    assert decode(data) == EmptyEvent()
    assert decode(data, "tick") == EmptyEvent("tick")
    assert decode(data, "ping") == PingEvent()
    assert event_type(ServerSentEvent("tick", data)) == "tick"
    assert event_type(ServerSentEvent(data=data)) is None
    assert family_of(str(label_of(EmptyEvent("tick")))) is Family.KEEPALIVE
    assert family_of(str(label_of(EmptyEvent()))) is Family.KEEPALIVE


@pytest.mark.parametrize("data", ["[DONE]", " [DONE] "])
def test_done_is_a_mark_and_no_error(data: str) -> None:
    assert decode(data) == StreamDone()
    assert event_type(ServerSentEvent(data=data)) == "[DONE]"


def test_a_named_event_without_data_is_what_its_name_says() -> None:
    assert decode("", "keepalive") == KeepaliveEvent()
    assert isinstance(decode("", "response.completed"), ResponseCompletedEvent)
    assert isinstance(decode("", DELTA), MalformedEvent)


@pytest.mark.parametrize("wire_type", sorted(TERMINAL_TYPES & RESPONSES.types.keys()))
def test_terminal_types_are_told_by_json_or_by_name(wire_type: str) -> None:
    assert event_type(ServerSentEvent("message", json.dumps({"type": wire_type}))) == wire_type
    assert event_type(ServerSentEvent(wire_type, "{}")) == wire_type
    assert event_type(ServerSentEvent(wire_type, '{"type":"ping"}')) == "ping"
    assert event_type(ServerSentEvent(wire_type, '{"type":')) is None


# Leniency


def test_missing_optional_fields_have_their_defaults() -> None:
    event = decode({"type": DELTA, "delta": "x"})
    assert isinstance(event, ResponseOutputTextDeltaEvent)
    assert event.output_index is NOT_SENT
    assert event.content_index is NOT_SENT
    assert (event.item_id, event.sequence_number, event.logprobs) == (None, None, None)


@pytest.mark.parametrize("wrong", [None, "1", 1.5, [], {}, True])
def test_null_or_a_wrong_type_for_an_optional_means_not_sent(wrong: Any) -> None:
    data = {"type": DELTA, "delta": "x", "output_index": wrong, "sequence_number": wrong}
    event = decode({**data, "content_index": 4}, DELTA)
    assert isinstance(event, ResponseOutputTextDeltaEvent)
    assert event.output_index is NOT_SENT
    assert (event.sequence_number, event.content_index) == (None, 4)


def test_an_index_that_was_sent_as_zero_is_known_as_sent() -> None:
    event = decode({"type": DELTA, "delta": "x", "output_index": 0})
    assert isinstance(event, ResponseOutputTextDeltaEvent)
    assert event.output_index is not NOT_SENT


def test_an_item_without_an_index_reads_as_zero() -> None:
    for index in ({}, {"output_index": None}, {"output_index": "x"}):
        event = decode({"type": "response.output_item.added", "item": {"type": "x"}, **index})
        assert isinstance(event, ResponseOutputItemAddedEvent)
        assert event.output_index is NOT_SENT


@pytest.mark.parametrize(
    ("delta", "text"),
    [({"text": "hm"}, "hm"), ({"a": "ß", "b": [1]}, '{"a":"ß","b":[1]}'), ({}, "{}")],
)
def test_a_delta_that_is_an_object_gives_its_text(delta: Any, text: str) -> None:
    assert decode({"type": "response.reasoning.delta", "delta": delta}) == (
        ResponseReasoningDeltaEvent(text)
    )


def test_arguments_that_are_an_object_become_their_json() -> None:
    event = decode(
        {"type": "response.function_call_arguments.done", "arguments": {"text": "a", "n": 1}}
    )
    assert event == ResponseFunctionCallArgumentsDoneEvent('{"text":"a","n":1}')


def test_the_output_of_a_shell_is_an_object() -> None:
    event = decode({"type": "response.shell_call_output_content.delta", "delta": {"stdout": "a\n"}})
    assert event == ResponseShellCallOutputContentDeltaEvent({"stdout": "a\n"})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"type": DELTA}, "response.output_text.delta: `delta` is missing"),
        ({"type": DELTA, "delta": None}, "response.output_text.delta: `delta` is missing"),
        ({"type": DELTA, "delta": 5}, "response.output_text.delta: `delta`: Expected `str`"),
        ({"type": DELTA, "delta": ["a"]}, "response.output_text.delta: `delta`: Expected `str`"),
        ({"type": "response.output_item.done"}, "response.output_item.done: `item` is missing"),
        ({"type": "response.content_part.added", "part": 1}, "added: `part`: Expected `object`"),
        ("{", "not JSON"),
        ("<html>", "not JSON"),
        ('{"type":"response.completed"} {}', "not JSON"),
        ("[1]", "not an object"),
        ("5", "not an object"),
        ("null", "not an object"),
        ('"text"', "not an object"),
    ],
)
def test_malformed_events_say_why_and_keep_their_data(data: Any, reason: str) -> None:
    event = decode(data)
    assert isinstance(event, MalformedEvent)
    assert reason in event.reason
    assert event.data == (data if isinstance(data, str) else json.dumps(data))


def test_a_malformed_event_knows_what_it_claims_to_be() -> None:
    assert decode({"type": DELTA}).type == DELTA
    assert decode("{", DELTA).type == DELTA
    assert decode("{").type is None


# Errors


@pytest.mark.parametrize(
    ("data", "event", "expected"),
    [
        (
            {"type": "error", "code": "c", "message": "m", "param": "p", "sequence_number": 2},
            "error",
            ResponseErrorEvent("m", "c", "p", sequence_number=2),
        ),
        ({"type": "error", "code": None, "message": "m"}, "error", ResponseErrorEvent("m")),
        ({"type": "error", "code": 429}, "error", ResponseErrorEvent(None, 429)),
        (
            {"type": "error", "error": {"type": "t", "code": "c", "message": "m", "param": None}},
            "error",
            ResponseErrorEvent("m", "c", error_type="t"),
        ),
        (
            {"type": "error", "code": None, "error": {"message": "m", "x": 1}, "status": 500},
            "error",
            ResponseErrorEvent("m", extra={"x": 1, "status": 500}),
        ),
        ({"error": {"message": "m", "code": 1}}, "message", ResponseErrorEvent("m", 1)),
        ({"error": {"message": "m"}}, "oops", ResponseErrorEvent("m")),
        ({"error": "m"}, "message", ResponseErrorEvent("m")),
        ({"message": "m"}, "error", ResponseErrorEvent("m")),
        ({"type": "error", "error": {}}, "error", ResponseErrorEvent()),
        (
            {"type": "error", "message": {"a": 1}},
            "error",
            ResponseErrorEvent(extra={"message": {"a": 1}}),
        ),
    ],
)
def test_errors_come_in_many_shapes(data: Any, event: str, expected: ResponseErrorEvent) -> None:
    assert decode(data, event) == expected


def test_an_error_that_is_null_is_none() -> None:
    assert decode({"error": None}) == UnknownEvent(None, {"error": None})


# Lifecycle, and the objects inside


@pytest.mark.parametrize("response", [{}, {"response": None}, {"response": "x"}, {"response": []}])
@pytest.mark.parametrize("wire_type", sorted(TERMINAL_TYPES & RESPONSES.types.keys()))
def test_a_terminal_event_is_one_even_without_its_response(wire_type: str, response: Any) -> None:
    event = decode({"type": wire_type, **response})
    assert isinstance(event, LifecycleEvent)
    assert (event.type, event.response) == (wire_type, Response())


def test_an_error_beside_the_response_is_the_responses() -> None:
    event = decode({"type": "response.failed", "error": {"message": "m"}})
    assert event == ResponseFailedEvent(Response(error=ResponseError(message="m")))


def test_a_response_is_made_of_objects_that_keep_what_they_do_not_know() -> None:
    event = decode(
        {
            "type": "response.completed",
            "sequence_number": 9,
            "response": {
                "id": "resp_1",
                "object": "response",
                "created_at": 1700000000.25,
                "status": "incomplete",
                "model": "m",
                "error": {"code": "server_error", "message": "m", "extra_detail": 1},
                "incomplete_details": {"reason": "max_output_tokens"},
                "instructions": "be brief",
                "previous_response_id": None,
                "output": [
                    {
                        "type": "message",
                        "id": "msg_1",
                        "status": "completed",
                        "role": "assistant",
                        "content": [
                            {"type": "output_text", "text": "Hi", "annotations": [{"type": "x"}]},
                            {"type": "hologram", "data": 1},
                        ],
                        "phase": "final_answer",
                    },
                    {
                        "type": "reasoning",
                        "id": "rs_1",
                        "summary": [{"type": "summary_text", "text": "hm"}],
                        "content": None,
                        "encrypted_content": "gAAA",
                    },
                    {"type": "teleport_call", "id": "tp_1", "to": "x"},
                ],
                "usage": {
                    "input_tokens": 5,
                    "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 1},
                    "output_tokens": 7,
                    "output_tokens_details": {"reasoning_tokens": 4},
                    "total_tokens": 12,
                },
                "metadata": None,
            },
        }
    )
    assert isinstance(event, ResponseCompletedEvent)
    assert event.sequence_number == 9
    assert event.response == Response(
        "resp_1",
        "m",
        [
            ResponseOutputMessage(
                id="msg_1",
                status="completed",
                content=[
                    OutputText("Hi", annotations=[{"type": "x"}]),
                    UnknownPart(type="hologram", extra={"data": 1}),
                ],
                phase="final_answer",
            ),
            ResponseReasoningItem(
                id="rs_1", summary=[ReasoningSummary("hm")], encrypted_content="gAAA"
            ),
            UnknownItem(type="teleport_call", id="tp_1", extra={"to": "x"}),
        ],
        "incomplete",
        Usage(
            5,
            7,
            12,
            input_tokens_details=InputTokensDetails(3, extra={"cache_write_tokens": 1}),
            output_tokens_details=OutputTokensDetails(4),
        ),
        ResponseError("server_error", "m", extra={"extra_detail": 1}),
        incomplete_details=IncompleteDetails("max_output_tokens"),
        created_at=1700000000.25,
        instructions="be brief",
        extra={"object": "response", "metadata": None},
    )
    assert event.response.usage is not None
    assert (event.response.usage.cached_tokens, event.response.usage.reasoning_tokens) == (3, 4)


def test_what_has_the_wrong_type_in_an_object_is_kept_in_extra() -> None:
    wrong = {"id": 5, "model": [], "output": {}, "status": 1, "usage": 3, "created_at": "now"}
    event = decode({"type": "response.created", "response": wrong})
    assert event == ResponseCreatedEvent(Response(extra=wrong))


def test_an_output_of_wrong_things_is_kept() -> None:
    event = decode({"type": "response.created", "response": {"output": [5, {"id": "a"}]}})
    assert event == ResponseCreatedEvent(
        Response(output=[UnknownItem(extra={"value": 5}), UnknownItem(id="a")])
    )


def test_a_call_keeps_its_arguments_as_text() -> None:
    def item(data: dict[str, Any]) -> object:
        event = decode({"type": "response.output_item.done", "item": data, "output_index": 0})
        return event.item if isinstance(event, ResponseOutputItemDoneEvent) else None

    call = {"type": "function_call", "name": "f", "call_id": "c", "arguments": '{"a": 1.10}'}
    assert item(call) == ResponseFunctionToolCall(name="f", call_id="c", arguments='{"a": 1.10}')
    search = {"type": "tool_search_call", "arguments": {"query": "x"}}
    assert item(search) == ResponseToolSearchCall(arguments='{"query":"x"}')
    mcp = {"type": "mcp_call", "server_label": "s", "error": None, "output": "o"}
    assert item(mcp) == McpCall(server_label="s", output="o")


def test_an_error_of_a_response_may_be_a_text() -> None:
    event = decode({"type": "response.failed", "response": {"error": "broken"}})
    assert event == ResponseFailedEvent(Response(error=ResponseError(message="broken")))


def test_a_part_is_an_object_of_its_type() -> None:
    event = decode(
        {
            "type": "response.content_part.added",
            "item_id": "msg_1",
            "output_index": 0,
            "content_index": 1,
            "part": {"type": "output_text", "text": "", "annotations": [], "logprobs": []},
        }
    )
    assert event == ResponseContentPartAddedEvent(
        OutputText("", annotations=[], logprobs=[]), 1, 0, item_id="msg_1"
    )


def test_dialects_are_decoded() -> None:
    diff = {"type": "response.apply_patch_call_operation_diff.delta", "delta": "+", "item_id": "i"}
    assert decode(diff) == ResponseApplyPatchCallOperationDiffDeltaEvent("+", item_id="i")
    summary = {"type": "response.reasoning_summary_text.delta", "delta": "a", "summary_index": 2}
    assert decode(summary) == ResponseReasoningSummaryTextDeltaEvent("a", summary_index=2)


# Data that breaks readers


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize("levels", [10, 63, 64, 65, 500, 10_000, 200_000])
@pytest.mark.parametrize("key", ["x", "response", "delta", "output_index"])
def test_depth_is_no_reason(levels: int, key: str) -> None:
    data = f'{{"type":"response.completed","{key}":{nested(levels)},"z":1}}'
    assert isinstance(decode(data), ResponseCompletedEvent)
    data = data.replace("response.completed", "new")
    event = decode(data)
    assert isinstance(event, UnknownEvent)
    assert event.data["z"] == 1


def test_what_is_too_deep_is_kept_as_its_text() -> None:
    inner = nested(200)
    event = decode('{"type":"new","a":' + "[" * 1000 + inner + "]" * 1000 + ',"b":"[[}"}')
    assert isinstance(event, UnknownEvent)
    value, depth = event.data["a"], 0
    while isinstance(value, list):
        [value], depth = value, depth + 1
    assert value == "[" * (1200 - depth) + "]" * (1200 - depth)
    assert event.data["b"] == "[[}"


def test_open_brackets_without_end_are_malformed() -> None:
    assert isinstance(decode('{"a":' + "[" * 100_000), MalformedEvent)
    assert isinstance(decode('{"a":' + "[" * 100 + '"' + '\\"' * 100_000), MalformedEvent)


@pytest.mark.parametrize("digits", [30, 5_000, 50_000])
def test_long_numbers_are_no_reason(digits: int) -> None:
    number = "9" * digits
    known = decode(f'{{"type":"{DELTA}","delta":"x","output_index":{number},"y":{number}}}')
    assert isinstance(known, ResponseOutputTextDeltaEvent)
    unknown = decode(f'{{"type":"new","y":{number}}}')
    assert isinstance(unknown, UnknownEvent)
    assert unknown.data["y"] == (int(number) if digits < 4000 else number)


def test_a_number_too_large_for_a_count_is_kept_and_counts_nothing() -> None:
    most, more = (1 << 63) - 1, 10**400
    sent = {"input_tokens": most, "output_tokens": more}
    event = decode(
        {"type": "response.completed", "sequence_number": more, "response": {"usage": sent}}
    )
    assert event == ResponseCompletedEvent(
        Response(usage=Usage(most, extra={"output_tokens": more})), sequence_number=None
    )


def test_surrogates_are_no_reason() -> None:
    event = decode(f'{{"type":"{DELTA}","delta":"a\\ud800b","item_id":"\\udfff"}}', DELTA)
    assert event == ResponseOutputTextDeltaEvent("a\ud800b", item_id="\udfff")
    assert decode(f'{{"type":"{DELTA}","delta":"\ud800"}}') == (
        ResponseOutputTextDeltaEvent("\ud800")
    )


def test_nan_and_infinity_are_taken_as_python_takes_them() -> None:
    event = decode('{"type":"new","a":NaN,"b":-Infinity,"c":1e999}')
    assert isinstance(event, UnknownEvent)
    assert math.isnan(event.data["a"])
    assert (event.data["b"], event.data["c"]) == (-math.inf, math.inf)
    assert decode(f'{{"type":"{DELTA}","delta":"x","y":NaN}}') == ResponseOutputTextDeltaEvent("x")


def test_the_last_of_duplicate_keys_counts() -> None:
    assert decode(f'{{"type":"{DELTA}","delta":"a","delta":"b"}}') == (
        ResponseOutputTextDeltaEvent("b")
    )


@pytest.mark.parametrize("wire_type", EVENT_CLASSES)
def test_every_type_survives_an_empty_object(wire_type: str) -> None:
    event = decode({"type": wire_type})
    assert event.type == wire_type


# -- events of very many values


def vast(name: str, value: str) -> ServerSentEvent:
    data = f'{{"type":"{name}","sequence_number":7,"note":"of {{]","items":{value}}}'
    return ServerSentEvent(name, data)


@pytest.fixture
def few_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGE", 1000)
    monkeypatch.setattr(decoding, "MOST_TOKENS", 2000)
    monkeypatch.setattr(decoding, "MOST_FIELDS", 100)
    monkeypatch.setattr(decoding, "_SMALL", 100)


@pytest.mark.usefixtures("few_tokens")
def test_of_very_many_values_only_the_outermost_are_taken_apart() -> None:
    value = "[" + ",".join(['{"a":1.50}'] * 3000) + "]"
    event = decode_event(vast("response.nobody", value))
    assert isinstance(event, UnknownEvent)
    assert event.sequence_number == 7
    assert event.data["note"] == "of {]"
    assert event.data["items"] == value


@pytest.mark.usefixtures("few_tokens")
def test_many_commas_in_a_text_are_no_values() -> None:
    event = decode_event(vast("response.nobody", json.dumps(["one, two, [three] " * 3000])))
    assert isinstance(event, UnknownEvent)
    assert event.data["items"] == ["one, two, [three] " * 3000]


@pytest.mark.usefixtures("few_tokens")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("{" + ",".join(f'"a{n}":1' for n in range(3000)) + "}", "more than 100 fields"),
        ('{"a":' + "[" * 3000 + "]" * 3000 + "}", "brackets within brackets"),
        ('{"a":[' + "1," * 3000, "not JSON"),
        ("[" + "1," * 3000 + "1]", "not a JSON object"),
    ],
    ids=["wide", "deep", "cut", "an array"],
)
def test_what_is_vast_and_can_not_be_read_says_why(data: str, reason: str) -> None:
    event = decode_event(ServerSentEvent("response.nobody", data))
    assert isinstance(event, MalformedEvent)
    assert reason in event.reason
    assert event.data == data


@pytest.mark.usefixtures("few_tokens")
def test_a_known_event_of_very_many_values_keeps_its_text() -> None:
    logprobs = "[" + ",".join(['{"token":"a","logprob":-0.1}'] * 3000) + "]"
    data = f'{{"type":"response.output_text.done","text":"whole","logprobs":{logprobs}}}'
    event = decode_event(ServerSentEvent("response.output_text.done", data))
    assert isinstance(event, ResponseOutputTextDoneEvent)
    assert event.text == "whole"
