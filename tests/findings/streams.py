"""A clean stream for the tests of the rules: every kind of item, every field, nothing wrong.

It is written as dictionaries, so that a test breaks precisely one thing in it.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from codex_tui.engine.folded import Folded
from codex_tui.findings import Checker
from codex_tui.recording.block_codecs import message_frame
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, ResponseRecord
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.findings import Finding, Spec
    from codex_tui.recording.records import How, Record

Json = dict[str, Any]

CREATED_AT = 1_790_000_000
TEXT = ("The loop ", "never ends: ", "it waits ", "for itself.")
SUMMARY = ("**Reading** ", "the code")
ARGUMENTS = ('{"city": ', '"Rome"', "}")
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": None,
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": False,
}
REFUSAL = ("I can't ", "do that.")


def response(status: str = "in_progress", **more: Any) -> Json:
    """A response object with all fields that are required."""
    given = {
        "id": "resp_1",
        "object": "response",
        "created_at": CREATED_AT,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "model": "gpt-5",
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "frequency_penalty": 0.0,
        "presence_penalty": 0.0,
        "reasoning": {"effort": "medium", "summary": "auto"},
        "safety_identifier": None,
        "service_tier": "default",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [TOOL],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": None,
        "user": None,
        "metadata": {},
        "completed_at": CREATED_AT + 3 if status == "completed" else None,
    }
    return given | more


def usage(given: int = 40, made: int = 20, cached: int = 0, reasoning: int = 8) -> Json:
    """The tokens of a response."""
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": given + made,
    }


def _item_events(index: int, item: Json, opened: Json, *between: Json) -> list[Json]:
    first = {"type": "response.output_item.added", "output_index": index, "item": opened}
    last = {"type": "response.output_item.done", "output_index": index, "item": item}
    return [first, *between, last]


def _texts(kind: str, pieces: Sequence[str], where: Json, whole: str, **more: Any) -> list[Json]:
    deltas = [
        {"type": f"response.{kind}.delta", **where, "delta": piece, **more} for piece in pieces
    ]
    return [*deltas, {"type": f"response.{kind}.done", **where, whole: "".join(pieces), **more}]


def reasoning(index: int = 0) -> list[Json]:
    """A reasoning item with one summary part."""
    where = {"item_id": f"rs_{index}", "output_index": index, "summary_index": 0}
    part = {"type": "summary_text", "text": "".join(SUMMARY)}
    opened = {"id": f"rs_{index}", "type": "reasoning", "summary": [], "status": "in_progress"}
    return _item_events(
        index,
        opened | {"summary": [part], "status": "completed"},
        opened,
        {"type": "response.reasoning_summary_part.added", **where, "part": part | {"text": ""}},
        *_texts("reasoning_summary_text", SUMMARY, where, "text"),
        {"type": "response.reasoning_summary_part.done", **where, "part": part},
    )


def message(index: int = 1, pieces: Sequence[str] = TEXT) -> list[Json]:
    """A message with one text."""
    where = {"item_id": f"msg_{index}", "output_index": index, "content_index": 0}
    part = {"type": "output_text", "text": "".join(pieces), "annotations": [], "logprobs": []}
    opened = {
        "id": f"msg_{index}",
        "type": "message",
        "status": "in_progress",
        "role": "assistant",
        "content": [],
    }
    return _item_events(
        index,
        opened | {"status": "completed", "content": [part]},
        opened,
        {"type": "response.content_part.added", **where, "part": part | {"text": ""}},
        *_texts("output_text", pieces, where, "text", logprobs=[]),
        {"type": "response.content_part.done", **where, "part": part},
    )


def refusal(index: int = 2) -> list[Json]:
    """A message that refuses."""
    where = {"item_id": f"msg_{index}", "output_index": index, "content_index": 0}
    part = {"type": "refusal", "refusal": "".join(REFUSAL)}
    opened = {
        "id": f"msg_{index}",
        "type": "message",
        "status": "in_progress",
        "role": "assistant",
        "content": [],
    }
    return _item_events(
        index,
        opened | {"status": "completed", "content": [part]},
        opened,
        {"type": "response.content_part.added", **where, "part": part | {"refusal": ""}},
        *_texts("refusal", REFUSAL, where, "refusal"),
        {"type": "response.content_part.done", **where, "part": part},
    )


def call(
    index: int = 3, name: str = "get_weather", pieces: Sequence[str] = ARGUMENTS
) -> list[Json]:
    """A call of a function."""
    where = {"item_id": f"fc_{index}", "output_index": index}
    opened = {
        "id": f"fc_{index}",
        "type": "function_call",
        "status": "in_progress",
        "call_id": f"call_{index}",
        "name": name,
        "arguments": "",
    }
    whole = opened | {"status": "completed", "arguments": "".join(pieces)}
    texts = _texts("function_call_arguments", pieces, where, "arguments")
    return _item_events(index, whole, opened, *texts[:-1], texts[-1] | {"name": name})


def numbered(events: Iterable[Json]) -> list[Json]:
    """The events with their sequence numbers, each a copy of its own."""
    return [deepcopy(each) | {"sequence_number": n} for n, each in enumerate(events)]


def whole(*items: list[Json], **more: Any) -> list[Json]:
    """A stream of some items, from `created` to `completed`."""
    output = [events[-1]["item"] for events in items]
    ended = response("completed", output=output, usage=usage(), **more)
    return numbered(
        [
            {"type": "response.created", "response": response()},
            {"type": "response.in_progress", "response": response()},
            *(event for events in items for event in events),
            {"type": "response.completed", "response": ended},
        ]
    )


def clean() -> list[Json]:
    """The stream that everything is in."""
    return whole(reasoning(0), message(1), refusal(2), call(3))


def place(events: Sequence[Json], type_: str, nth: int = 0) -> int:
    """The place of the nth event of a type, from 0."""
    found = [at for at, each in enumerate(events) if each["type"] == f"response.{type_}"]
    return found[nth]


# -- on a socket -------------------------------------------------------------------------------


def asked_on_socket(turn: int = 1, lane: str | None = None, t: float = 0.5) -> RequestRecord:
    """A message that asks for a response."""
    body = {"type": "response.create", "input": "Hi", "tools": [TOOL]}
    url = "wss://x/v1/responses"
    return RequestRecord(turn, "2026-11-30T08:00:00Z", "GET", url, body=body, t=t, lane=lane)


def messages(events: Iterable[Json], turn: int = 1, lane: str | None = None) -> list[FrameRecord]:
    """The events as text messages of a server, which name no event; in a lane they name that."""
    named = [each if lane is None else each | {"stream_id": lane} for each in events]
    return [
        FrameRecord(None, None, message_frame(json.dumps(each).encode()), turn) for each in named
    ]


# -- checked -----------------------------------------------------------------------------------


def frame(sent: Json | str, t: float | None = None, **more: Any) -> FrameRecord:
    """A frame as a server sends it; a text is data as it is."""
    data = sent if isinstance(sent, str) else json.dumps(sent)
    name = more.pop("event", "message" if isinstance(sent, str) else sent["type"])
    read = None if t is None else more.pop("read", round(t * 1000))
    return FrameRecord(t, read, ServerSentEvent(event=name, data=data, **more))


def check(
    records: Iterable[Json | str | Record],
    spec: Spec = "openai",
    *,
    ignore: Sequence[str] = (),
    growing: bool = False,
) -> Checker:
    """Fold and check some records; events become frames."""
    checker = Checker(spec, ignore)
    folded = Folded(checker)
    for each in records:
        record = frame(each) if isinstance(each, dict | str) else each
        arrival = folded.take(record)
        checker.take(record, arrival.event, arrival.turn)
    if not growing:
        folded.conversation.finish()
    checker.finish(growing=growing)
    return checker


def found(records: Iterable[Json | str | Record], spec: Spec = "openai") -> list[Finding]:
    """What is wrong with some records, but notes."""
    return check(records, spec).findings.of("warning")


def rules(records: Iterable[Json | str | Record], spec: Spec = "openai") -> set[str]:
    """The rules that some records break, but for notes."""
    return {finding.rule for finding in found(records, spec)}


def asked(body: Json | None = None, url: str = "http://x/v1/responses") -> RequestRecord:
    """A request."""
    return RequestRecord(1, "2026-11-30T08:00:00Z", url=url, body=body or {"input": "Hi"})


def answered(content_type: str = "text/event-stream") -> ResponseRecord:
    """The head of an answer."""
    return ResponseRecord(1, 0.1, 200, {"content-type": content_type})


def end(how: How = "completed", t: float | None = None) -> EndRecord:
    """How a turn ended."""
    return EndRecord(1, t, how)
