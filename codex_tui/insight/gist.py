"""One line that says what a record brought, for timelines and plain output.

It is made from what the record holds and nothing else; it may hold anything that a server sent, so
it is cleaned before it is drawn.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from codex_tui.insight import units
from codex_tui.insight.fold_text import text_of
from codex_tui.insight.payloads import arguments_of, output_of
from codex_tui.sessions.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.codex_events import BareItemLine, CodexLine, ExecEvent, ResponseItemLine
from codex_tui.wire.events import MalformedEvent, UnknownEvent
from codex_tui.wire.items import (
    OutputItem,
    Response,
    ResponseOutputMessage,
    ResponseReasoningItem,
    ToolOutputItem,
)

if TYPE_CHECKING:
    from codex_tui.wire.events import ResponseStreamEvent

_LIMIT = 400
_WRITER = json.JSONEncoder(ensure_ascii=False)

# The field that says most about an event; the first one that it has.
_TELLING = ("delta", "text", "arguments", "input", "code", "diff", "refusal", "command", "message")


def gist_of_event(event: ResponseStreamEvent) -> str:
    """Return what an event brought, in at most a few hundred characters."""
    match event:
        case MalformedEvent():
            return f"{event.reason}: {event.data[:_LIMIT]}"
        case UnknownEvent():
            return _beginning(event.data)
        case ResponseItemLine():
            return _gist_of_item(event.payload)[:_LIMIT]
        case BareItemLine():
            return _gist_of_item(event.item)[:_LIMIT]
        case CodexLine():
            return _gist_of_line(event.payload)[:_LIMIT]
        case ExecEvent():
            told = (event.item, event.error, event.usage, event.thread_id)
            return _gist_of_line(next((each for each in told if each), None))[:_LIMIT]
    for name in _TELLING:
        if isinstance(value := getattr(event, name, None), str):
            return value[:_LIMIT] if "arguments" in (event.type or "") else quoted(value)
    return _gist_of_object(event)[:_LIMIT]


def _beginning(data: dict[str, Any]) -> str:
    """How the JSON of an object begins; what is large in it is not written out for that."""
    short = {k: v[:_LIMIT] if isinstance(v, str) else v for k, v in islice(data.items(), _LIMIT)}
    written: list[str] = []
    room = _LIMIT
    for piece in _WRITER.iterencode(short):
        written.append(piece)
        room -= len(piece)
        if room <= 0:
            break
    return "".join(written)[:_LIMIT]


def quoted(text: str) -> str:
    """Return a text in quotes, so that the blanks at its ends can be seen."""
    return f'"{text[:_LIMIT]}"'


def _gist_of_object(event: ResponseStreamEvent) -> str:
    for name in ("item", "response", "part", "annotation"):
        value = getattr(event, name, None)
        if value is not None:
            return _describe(value)
    return ""


def _gist_of_item(item: OutputItem) -> str:
    match item:
        case ResponseOutputMessage():
            return f"{item.role}  {quoted(''.join(map(text_of, item.content)))}"
        case ResponseReasoningItem():
            return quoted(" ".join(map(text_of, item.summary or item.content)))
        case ToolOutputItem():
            return quoted(output_of(item))
        case _:
            return f"{_describe(item)}  {arguments_of(item)}"


def _gist_of_line(value: Any) -> str:
    """What a line of the Codex CLI says first: a text, or else all of it."""
    if isinstance(value, dict):
        found = next((value[key] for key in _SAID if isinstance(value.get(key), str)), None)
        if found is not None:
            return quoted(found)
        value = {key: each for key, each in value.items() if key != "type"}
    return "" if value is None else json.dumps(value, ensure_ascii=False)


_SAID = ("message", "text", "command", "last_agent_message", "reason", "query", "model", "cwd")


def _describe(value: Any) -> str:
    words: tuple[object, ...]
    match value:
        case Response():
            return _describe_response(value)
        case OutputItem():
            words = (value.type, getattr(value, "name", None), getattr(value, "status", None))
        case dict():
            words = (value.get("type"), value.get("title"), value.get("url"))
        case _:
            words = (getattr(value, "type", None),)
    return "  ".join(str(word) for word in words if word)


def _describe_response(response: Response) -> str:
    words = [response.status or "", response.model or ""]
    if response.error is not None:
        words.append(str(response.error.message or response.error.code or ""))
    if response.usage is not None and response.usage.total_tokens:
        words.append(units.count(response.usage.total_tokens, "token"))
    return "  ".join(word for word in words if word)


def gist_of_mark(record: Record) -> str:
    """Return what a record that is no event says."""
    match record:
        case RequestRecord():
            return f"{record.method} {record.url}".strip() or record.wall
        case ResponseRecord():
            return f"status {record.status}  {record.headers.get('content-type', '')}"
        case CommentRecord():
            return " · ".join(comment.strip() for comment in record.comments)
        case CutRecord():
            return f"{units.size(len(record.data))} of an event that never ended"
        case EndRecord():
            sentence = (record.detail or "").partition("\n")[0]
            return f"{record.how}  {sentence}".rstrip()
        case _:
            return ""
