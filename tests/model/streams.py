"""Streams for the tests of the fold: events as servers send them, decoded as the app decodes them.

`openai` and its relatives give the same answers in the dialects of different servers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.model.transcript import Transcript
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from codex_tui.wire.base import ResponseStreamEvent

Json = dict[str, Any]


def frame(event: Json) -> ServerSentEvent:
    return ServerSentEvent(event=event["type"], data=json.dumps(event))


def decoded(event: Json) -> ResponseStreamEvent:
    return decode_event(frame(event))


def fold(*events: Json) -> Transcript:
    transcript = Transcript()
    for event in events:
        transcript.apply(decoded(event))
    return transcript


def created(id: str = "resp_1", **more: Any) -> Json:
    response = {"id": id, "model": "gpt-5", "status": "in_progress", "output": []}
    return {"type": "response.created", "response": response, **more}


def ended(word: str = "completed", output: Any = (), **more: Any) -> Json:
    output = list(output) if isinstance(output, tuple) else output
    response = {"id": "resp_1", "model": "gpt-5", "status": word, "output": output, **more}
    return {"type": f"response.{word}", "response": response}


def added(item: Json, index: int | None = None) -> Json:
    return _at(index, {"type": "response.output_item.added", "item": item})


def done(item: Json, index: int | None = None) -> Json:
    return _at(index, {"type": "response.output_item.done", "item": item})


def delta(kind: str, text: str, index: int | None = None, **more: Any) -> Json:
    return _at(index, {"type": f"response.{kind}.delta", "delta": text, **more})


def text_delta(text: str, index: int | None = None, part: int | None = 0, **more: Any) -> Json:
    if part is not None:
        more["content_index"] = part
    return delta("output_text", text, index, **more)


def text_done(text: str, index: int | None = None, **more: Any) -> Json:
    return _at(index, {"type": "response.output_text.done", "text": text, **more})


def part(verb: str, content: Json, index: int | None = None, **more: Any) -> Json:
    return _at(index, {"type": f"response.content_part.{verb}", "part": content, **more})


def message(*texts: str, id: str | None = "msg_1", status: str = "completed") -> Json:
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"type": "message", "id": id, "role": "assistant", "status": status, "content": content}


def reasoning(*summary: str, id: str | None = "rs_1", **more: Any) -> Json:
    parts = [{"type": "summary_text", "text": text} for text in summary]
    return {"type": "reasoning", "id": id, "summary": parts, **more}


def function_call(arguments: str = "", name: str = "look", **more: Any) -> Json:
    fields = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed"}
    return {**fields, "name": name, "arguments": arguments, **more}


def _at(index: int | None, event: Json) -> Json:
    return event if index is None else {**event, "output_index": index}
