"""Streams with many of something at once, by name: of a number, the bytes of a file.

Each has so many of one thing that careless code looks through all of them for each of them: items
that nobody closes, parts, calls, ids, turns, types, keys.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from codex_tui.recording.format import BlockFormat, Header, header_block
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
)
from codex_tui.wire.sse import ServerSentEvent
from tests.findings.streams import response
from tests.other_answers import CHAT_URL, MESSAGES_URL, chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codex_tui.recording.records import Record

Json = dict[str, Any]
_WALL = "2026-11-22T07:39:30.123Z"
_URL = "https://api.example.com/v1/responses"
_SOCKET = "wss://api.example.com/v1/responses"
_ASKED = {"model": "gpt-5", "stream": True, "input": "why?"}


def _frame(event: Json | str, number: int, turn: int = 1) -> FrameRecord:
    data = event if isinstance(event, str) else json.dumps(event)
    name = event.get("type") if isinstance(event, dict) else None
    return FrameRecord(number / 1000, number, ServerSentEvent(name or "message", data), turn)


def _recording(records: Iterable[Record]) -> bytes:
    form = BlockFormat()
    header = header_block(Header("many", _WALL, "tests"))
    return header + b"".join(map(form.block, records))


def _turn(events: Iterable[Json | str], url: str = _URL, body: Json | None = None) -> bytes:
    """A recording of one turn, whose events are numbered."""

    def records() -> Iterator[Record]:
        yield RequestRecord(1, _WALL, url=url, body=body or _ASKED)
        yield ResponseRecord(1, 0.0, 200, {"content-type": "text/event-stream"})
        for number, event in enumerate(events, 1):
            yield _frame(event, number)

    return _recording(records())


def _numbered(*groups: Iterable[Json]) -> Iterator[Json]:
    numbers = count()
    yield {"type": "response.created", "sequence_number": next(numbers), "response": response()}
    for group in groups:
        for event in group:
            yield {**event, "sequence_number": next(numbers)}


def _ended(*output: Json) -> list[Json]:
    whole = response("completed", output=list(output))
    return [{"type": "response.completed", "response": whole}]


def _message(number: int, *texts: str, status: str = "in_progress") -> Json:
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    named = {"id": f"msg_{number}", "type": "message", "status": status}
    return {**named, "role": "assistant", "content": content}


def _call(number: int, call_id: str | None = None, **more: Any) -> Json:
    named = {"id": f"fc_{number}", "type": "function_call", "call_id": call_id or f"call_{number}"}
    return {**named, "name": "look", "arguments": "", "status": "in_progress", **more}


def _added(items: Iterable[Json]) -> list[Json]:
    kind = "response.output_item.added"
    return [{"type": kind, "output_index": at, "item": item} for at, item in enumerate(items)]


def _delta(number: int, part: int = 0, id_: str | None = None) -> Json:
    where = {"item_id": id_ or f"msg_{number}", "output_index": number, "content_index": part}
    return {"type": "response.output_text.delta", **where, "delta": "word "}


def _messages(size: int) -> list[Json]:
    return _added(map(_message, range(size)))


def _round_robin(size: int) -> list[Json]:
    return [_delta(number) for _ in range(2) for number in range(size)]


def text_of_deltas(size: int) -> Iterator[Json]:
    """The events of one message that grows, as JSON."""
    return _numbered(_messages(1), [_delta(0)] * size)


def open_items(size: int) -> bytes:
    return _turn(_numbered(_messages(size)))


def open_items_that_grow(size: int) -> bytes:
    return _turn(_numbered(_messages(size), _round_robin(size)))


def open_items_of_a_completed_response(size: int) -> bytes:
    return _turn(_numbered(_messages(size), _round_robin(size), _ended()))


def items_that_only_the_end_has(size: int) -> bytes:
    said = [_message(number, "word", status="completed") for number in range(size)]
    return _turn(_numbered(_ended(*said)))


def items_that_the_end_has_otherwise(size: int) -> bytes:
    said = [_message(number, "other", status="completed") for number in reversed(range(size))]
    return _turn(_numbered(_messages(size), _round_robin(size), _ended(*said)))


def items_without_added(size: int) -> bytes:
    return _turn(_numbered(_round_robin(size), _ended()))


def items_on_one_index(size: int) -> bytes:
    items = [{**event, "output_index": 0} for event in _messages(size)]
    deltas = [{**_delta(0), "item_id": f"msg_{number}"} for number in range(size)]
    return _turn(_numbered(items, deltas, _ended()))


def items_without_index(size: int) -> bytes:
    events = [*_messages(size), *_round_robin(size)]
    for event in events:
        event.pop("output_index", None)
    return _turn(_numbered(events, _ended()))


def items_with_one_id(size: int) -> bytes:
    items = _added({**_message(0), "id": "msg_same"} for _ in range(size))
    deltas = [_delta(number, id_="msg_same") for number in range(size)]
    return _turn(_numbered(items, deltas, _ended()))


def items_far_apart(size: int) -> bytes:
    items = [{**event, "output_index": at * 1000} for at, event in enumerate(_messages(size))]
    return _turn(_numbered(items, _ended()))


def items_backwards(size: int) -> bytes:
    return _turn(_numbered(reversed(_messages(size)), _ended()))


def done_items(size: int) -> bytes:
    whole = [_message(number, "word", status="completed") for number in range(size)]
    done = [{**each, "type": "response.output_item.done"} for each in _added(whole)]
    return _turn(_numbered(_messages(size), done, _ended(*whole)))


def _part(verb: str, number: int, kind: str = "content") -> Json:
    where = {"item_id": "msg_0", "output_index": 0, "content_index": number}
    part = {"type": "output_text", "text": "", "annotations": []}
    return {"type": f"response.content_part.{verb}", **where, "part": part}


def open_parts(size: int) -> bytes:
    parts = [_part("added", number) for number in range(size)]
    deltas = [_delta(0, number) for _ in range(2) for number in range(size)]
    return _turn(_numbered(_messages(1), parts, deltas, _ended()))


def parts_without_added(size: int) -> bytes:
    deltas = [_delta(0, number) for _ in range(2) for number in range(size)]
    whole = _message(0, *["word word "] * size, status="completed")
    return _turn(_numbered(_messages(1), deltas, _ended(whole)))


def parts_backwards(size: int) -> bytes:
    deltas = [_delta(0, number) for number in reversed(range(size))]
    return _turn(_numbered(_messages(1), deltas, _ended(_message(0, *["word "] * size))))


def parts_on_one_index(size: int) -> bytes:
    parts = [event for _ in range(size) for event in (_part("added", 0), _delta(0))]
    return _turn(_numbered(_messages(1), parts, _ended()))


def parts_that_are_done(size: int) -> bytes:
    parts = [
        event
        for number in range(size)
        for event in (_part("added", number), _delta(0, number), _part("done", number))
    ]
    return _turn(_numbered(_messages(1), parts, _ended(_message(0, *["word "] * size))))


def _summary(verb: str, number: int) -> Json:
    where = {"item_id": "rs_0", "output_index": 0, "summary_index": number}
    if verb == "delta":
        return {"type": "response.reasoning_summary_text.delta", **where, "delta": "word "}
    part = {"type": "summary_text", "text": ""}
    return {"type": f"response.reasoning_summary_part.{verb}", **where, "part": part}


def open_summaries(size: int) -> bytes:
    item = {"id": "rs_0", "type": "reasoning", "summary": []}
    parts = [_summary(verb, number) for verb in ("added", "delta") for number in range(size)]
    return _turn(_numbered(_added([item]), parts, _ended()))


def reasoning_items(size: int) -> bytes:
    items = [{"id": f"rs_{number}", "type": "reasoning", "summary": []} for number in range(size)]
    parts = [
        {**_summary(verb, 0), "item_id": f"rs_{number}", "output_index": number}
        for verb in ("added", "delta")
        for number in range(size)
    ]
    return _turn(_numbered(_added(items), parts, _ended()))


def _arguments(number: int) -> Json:
    where = {"item_id": f"fc_{number}", "output_index": number}
    return {"type": "response.function_call_arguments.delta", **where, "delta": "{}"}


def open_calls(size: int) -> bytes:
    calls = _added(map(_call, range(size)))
    return _turn(_numbered(calls, map(_arguments, range(size)), _ended()))


def calls_with_one_call_id(size: int) -> bytes:
    calls = _added(_call(number, "call_same") for number in range(size))
    return _turn(_numbered(calls, map(_arguments, range(size)), _ended()))


def outputs_of_one_call(size: int) -> bytes:
    item = {"type": "function_call_output", "call_id": "call_0", "output": "word"}
    outputs = [{**item, "id": f"out_{number}"} for number in range(size)]
    return _turn(_numbered(_added([_call(0), *outputs]), _ended()))


def calls_and_outputs(size: int) -> bytes:
    item = {"type": "function_call_output", "output": "word"}
    outputs = [
        {**item, "id": f"out_{number}", "call_id": f"call_{number}"} for number in range(size)
    ]
    return _turn(_numbered(_added([*map(_call, range(size)), *outputs]), _ended()))


def _annotation(number: int, at: int) -> Json:
    where = {"item_id": "msg_0", "output_index": 0, "content_index": 0, "annotation_index": number}
    cited = {"type": "url_citation", "url": f"https://example.com/{number}", "title": "t"}
    place = {"start_index": at, "end_index": at + 4}
    kind = "response.output_text.annotation.added"
    return {"type": kind, **where, "annotation": {**cited, **place}}


def annotations_of_one_text(size: int) -> bytes:
    deltas = [_delta(0)] * size
    cited = [_annotation(number, 5 * number) for number in range(size)]
    return _turn(_numbered(_messages(1), deltas, cited, _ended()))


def annotations_of_one_place(size: int) -> bytes:
    cited = [_annotation(0, 0)] * size
    return _turn(_numbered(_messages(1), [_delta(0)], cited, _ended()))


def unknown_types(size: int) -> bytes:
    events = [{"type": f"response.new_{number}.delta", "delta": "word"} for number in range(size)]
    return _turn(_numbered(events, _ended()))


def unknown_item_types(size: int) -> bytes:
    items = [{"id": f"it_{number}", "type": f"new_{number}", "x": 1} for number in range(size)]
    return _turn(_numbered(_added(items), _ended()))


def responses_in_one_turn(size: int) -> bytes:
    events = [
        {"type": "response.created", "response": response(id=f"resp_{number}")}
        for number in range(size)
    ]
    return _turn(_numbered(events, _ended()))


def answered_responses_in_one_turn(size: int) -> bytes:
    events = [
        event
        for number in range(size)
        for event in (
            {"type": "response.created", "response": response(id=f"resp_{number}")},
            *_messages(1),
            _delta(0),
            *_ended(_message(0, "word ", status="completed")),
        )
    ]
    return _turn(_numbered(events))


def ends_of_one_response(size: int) -> bytes:
    return _turn(_numbered(_messages(1), [_delta(0)], *[_ended()] * size))


def errors(size: int) -> bytes:
    said = {"type": "error", "code": "server_error", "message": "no", "param": None}
    return _turn(_numbered([{**said, "message": f"no {number}"} for number in range(size)]))


def malformed_events(size: int) -> bytes:
    return _turn([f'{{"type":"response.output_text.delta", {number}' for number in range(size)])


def numbers_backwards(size: int) -> bytes:
    events = [*_numbered(_messages(1), [_delta(0)] * size)]
    for number, event in enumerate(reversed(events)):
        event["sequence_number"] = number
    return _turn(events)


def repeated_numbers(size: int) -> bytes:
    return _turn([{**event, "sequence_number": 1} for event in _numbered(_messages(size))])


def keys_of_one_event(size: int) -> bytes:
    keys = {f"key_{number}": number for number in range(size)}
    return _turn(_numbered([{"type": "response.new.thing", **keys}], _ended()))


def keys_of_a_known_event(size: int) -> bytes:
    keys = {f"key_{number}": number for number in range(size)}
    return _turn(_numbered(_messages(1), [{**_delta(0), **keys}], _ended()))


def an_array_in_one_event(size: int) -> bytes:
    return _turn(_numbered([{"type": "response.new.thing", "all": [*range(size)]}], _ended()))


def objects_in_one_event(size: int) -> bytes:
    each = [{"a": number, "b": [number]} for number in range(size)]
    return _turn(_numbered([{"type": "response.new.thing", "all": each}], _ended()))


def input_items(size: int) -> bytes:
    said = [{"role": "user", "content": f"why {number}?"} for number in range(size)]
    return _turn(_numbered(_messages(1), _ended()), body={**_ASKED, "input": said})


def tools(size: int) -> bytes:
    made = [{"type": "function", "name": f"t{number}", "parameters": {}} for number in range(size)]
    called = _added(_call(number, name=f"t{number}") for number in range(size))
    return _turn(_numbered(called, _ended()), body={**_ASKED, "tools": made})


def _turns(size: int, *events: Json, end: bool, **asked: Any) -> bytes:
    def records() -> Iterator[Record]:
        numbers = count(1)
        for turn in range(1, size + 1):
            yield RequestRecord(turn, _WALL, url=_URL, body={**_ASKED, **asked})
            yield ResponseRecord(turn, 0.0, 200, {"content-type": "text/event-stream"})
            for event in _numbered(events):
                yield _frame(event, next(numbers), turn)
            if end:
                yield EndRecord(turn, 1.0, "interrupted", "The server closed.")

    return _recording(records())


def turns_cut_off(size: int) -> bytes:
    return _turns(size, *_messages(1), _delta(0), end=True)


def turns_without_end(size: int) -> bytes:
    return _turns(size, *_messages(1), _delta(0), end=False)


def turns_that_answer_calls(size: int) -> bytes:
    said = {"type": "function_call_output", "call_id": "call_0", "output": "word"}
    return _turns(size, *_added([_call(0)]), *_ended(), end=False, input=[said])


def turns_that_answer_calls_of_nobody(size: int) -> bytes:
    said = {"type": "function_call_output", "call_id": "call_unknown", "output": "word"}
    return _turns(size, *_added([_call(0)]), *_ended(), end=False, input=[said])


def parts_that_close_otherwise(size: int) -> bytes:
    where = {"item_id": "msg_0", "output_index": 0}
    kind = "response.output_text.done"
    closed = [
        {"type": kind, **where, "content_index": number, "text": "other"} for number in range(size)
    ]
    deltas = [_delta(0, number) for number in range(size)]
    parts = [_part("added", number) for number in range(size)]
    return _turn(_numbered(_messages(1), parts, deltas, closed, _ended()))


def parts_that_close_without_deltas(size: int) -> bytes:
    where = {"item_id": "msg_0", "output_index": 0}
    kind = "response.output_text.done"
    closed = [
        {"type": kind, **where, "content_index": number, "text": "other"} for number in range(size)
    ]
    parts = [_part("added", number) for number in range(size)]
    return _turn(_numbered(_messages(1), parts, closed, _ended()))


def calls_of_unknown_tools(size: int) -> bytes:
    made = [{"type": "function", "name": f"t{number}", "parameters": {}} for number in range(size)]
    called = [_call(number, name="nobody", status="completed") for number in range(size)]
    done = [{**each, "type": "response.output_item.done"} for each in _added(called)]
    return _turn(_numbered(_added(called), done, _ended()), body={**_ASKED, "tools": made})


def failed_tries(size: int) -> bytes:
    def records() -> Iterator[Record]:
        for turn in range(1, size + 1):
            yield RequestRecord(turn, _WALL, url=_URL, body=_ASKED)
            yield ResponseRecord(turn, 0.1, 503, {"retry-after": "1"})
            yield EndRecord(turn, 0.2, "http_error", "503: busy")

    return _recording(records())


def resumes_of_one_turn(size: int) -> bytes:
    def records() -> Iterator[Record]:
        yield RequestRecord(1, _WALL, url=_URL, body=_ASKED)
        yield ResponseRecord(1, 0.0, 200, {"content-type": "text/event-stream"})
        for number, event in enumerate(_numbered(_messages(1), [_delta(0)] * size), 1):
            yield _frame(event, number)
            again = {"content-type": "text/event-stream"}
            yield ResponseRecord(1, number / 1000, 200, again, number - 1, "The server closed.")

    return _recording(records())


def lanes_of_a_socket(size: int) -> bytes:
    def records() -> Iterator[Record]:
        for turn in range(1, size + 1):
            lane = f"lane_{turn}"
            body = {"type": "response.create", "stream_id": lane, **_ASKED}
            yield RequestRecord(turn, _WALL, "GET", _SOCKET, body=body, t=0.0, lane=lane)
        yield ResponseRecord(1, 0.0, 101, {})
        numbers = count(1)
        for events in zip(*(_lane(turn) for turn in range(1, size + 1)), strict=True):
            for turn, event in enumerate(events, 1):
                yield _frame(event, next(numbers), turn)

    return _recording(records())


def _lane(turn: int) -> Iterator[Json]:
    for event in _numbered(_messages(1), [_delta(0)] * 2, _ended(_message(0, "word word "))):
        yield {**event, "stream_id": f"lane_{turn}"}


def steers_of_a_socket(size: int) -> bytes:
    def records() -> Iterator[Record]:
        body = {"type": "response.create", **_ASKED}
        yield RequestRecord(1, _WALL, "GET", _SOCKET, body=body, t=0.0)
        yield ResponseRecord(1, 0.0, 101, {})
        for number, event in enumerate(_numbered(_messages(1), [_delta(0)] * size), 1):
            yield SentRecord(number / 1000, '{"type":"response.steer","steer":{"text":"no"}}')
            yield _frame(event, number)

    return _recording(records())


def steered_responses(size: int) -> bytes:
    steered = response("incomplete", incomplete_details={"reason": "steered"})
    events = [
        event
        for number in range(size)
        for event in (
            {"type": "response.created", "response": response(id=f"resp_{number}")},
            *_messages(1),
            {"type": "response.incomplete", "response": {**steered, "id": f"resp_{number}"}},
        )
    ]
    body = {"type": "response.create", **_ASKED}
    return _turn(_numbered(events), url=_SOCKET, body=body)


def _choices(size: int) -> Iterator[Json | str]:
    for text in ("one ", "two "):
        for number in range(size):
            yield chunk({"index": number, "delta": {"content": text}, "finish_reason": None})
    yield "[DONE]"


def choices_of_a_chat(size: int) -> bytes:
    return _turn(_choices(size), CHAT_URL)


def choices_of_one_chunk(size: int) -> bytes:
    said = [
        {"index": number, "delta": {"content": "one "}, "finish_reason": None}
        for number in range(size)
    ]
    return _turn([chunk(*said), chunk(*said), "[DONE]"], CHAT_URL)


def calls_of_a_chat(size: int) -> bytes:
    def chunks() -> Iterator[Json | str]:
        for piece in ("", "{}"):
            for number in range(size):
                call = {"index": number, "function": {"name": "look", "arguments": piece}}
                named = {"id": f"call_{number}", "type": "function"} if not piece else {}
                delta = {"tool_calls": [{**call, **named}]}
                yield chunk({"index": 0, "delta": delta, "finish_reason": None})
        yield "[DONE]"

    return _turn(chunks(), CHAT_URL)


def calls_of_a_chat_without_index(size: int) -> bytes:
    def chunks() -> Iterator[Json | str]:
        for number in range(size):
            call = {"id": f"call_{number}", "function": {"name": "look", "arguments": "{}"}}
            yield chunk({"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None})
        yield "[DONE]"

    return _turn(chunks(), CHAT_URL)


def _blocks(size: int, *kinds: str) -> Iterator[Json]:
    about = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m-1"}
    yield {"type": "message_start", "message": about}
    for kind in kinds:
        for number in range(size):
            match kind:
                case "start":
                    block = {"type": "text", "text": ""}
                    yield {"type": "content_block_start", "index": number, "content_block": block}
                case "delta":
                    delta = {"type": "text_delta", "text": "word "}
                    yield {"type": "content_block_delta", "index": number, "delta": delta}
                case _:
                    yield {"type": "content_block_stop", "index": number}


def open_blocks_of_messages(size: int) -> bytes:
    return _turn(_blocks(size, "start", "delta"), MESSAGES_URL)


def closed_blocks_of_messages(size: int) -> bytes:
    ends = [{"type": "message_stop"}]
    return _turn([*_blocks(size, "start", "delta", "stop"), *ends], MESSAGES_URL)


SHAPES: dict[str, Callable[[int], bytes]] = {
    made.__name__.replace("_", " "): made
    for made in (
        *(open_items, open_items_that_grow, open_items_of_a_completed_response),
        *(items_that_only_the_end_has, items_that_the_end_has_otherwise, items_without_added),
        *(items_on_one_index, items_without_index, items_with_one_id, items_far_apart),
        *(items_backwards, done_items, open_parts, parts_without_added, parts_backwards),
        *(parts_on_one_index, parts_that_are_done, open_summaries, reasoning_items, open_calls),
        *(calls_with_one_call_id, outputs_of_one_call, calls_and_outputs),
        *(annotations_of_one_text, annotations_of_one_place, unknown_types, unknown_item_types),
        *(responses_in_one_turn, answered_responses_in_one_turn, ends_of_one_response, errors),
        *(malformed_events, numbers_backwards, repeated_numbers, keys_of_one_event),
        *(keys_of_a_known_event, an_array_in_one_event, objects_in_one_event, input_items, tools),
        *(turns_cut_off, turns_without_end, turns_that_answer_calls, failed_tries),
        *(turns_that_answer_calls_of_nobody, parts_that_close_otherwise),
        *(parts_that_close_without_deltas, calls_of_unknown_tools),
        *(resumes_of_one_turn, lanes_of_a_socket, steers_of_a_socket, steered_responses),
        *(choices_of_a_chat, choices_of_one_chunk, calls_of_a_chat, calls_of_a_chat_without_index),
        *(open_blocks_of_messages, closed_blocks_of_messages),
    )
}
"""By their names: of a number, the bytes of a file."""
