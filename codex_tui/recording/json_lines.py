"""Records as JSON objects, a line each, and back: what `show --format events` prints, and the rest.

An event's object has `n`, `t`, `read`, `type` and `data`, and what its frame had beyond that. Lines
that are no event have `n` null and say `after` which one they came, and of what `kind` they are.
Those of other records have `record`, which says what they are. Nothing is lost on the way there and
back.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, TypeGuard, get_args

from codex_tui._version import __version__
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    How,
    RequestRecord,
    ResponseRecord,
    seconds_of,
    written,
)
from codex_tui.wire.decode import event_type
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.records import Record

VERSION = 1
HEADER = {"record": "session", "version": VERSION, "tool": f"codex-tui {__version__}"}
"""The object of the first line."""

FINDING = "finding"
"""What a line is that says what was found to be wrong: it is no record."""

_HOWS = get_args(How)
_KINDS = ("foreign", "empty")
_MOST_READS = 10**9  # of more digits no recording has a read


# -- writing -----------------------------------------------------------------------------------


def object_of(record: Record, number: int) -> dict[str, Any]:
    """The object of a record; `number` is that of the latest event, from 1, which it may be."""
    match record:
        case FrameRecord():
            return _event(record, number)
        case ForeignRecord():
            return foreign_object(record, number)
        case CommentRecord():
            return {"record": "comment", **_times(record), "comments": list(record.comments)}
        case CutRecord():
            return {"record": "cut", **_times(record), "base64": _base64(record.data)}
        case RequestRecord():
            return {
                "record": "request",
                "n": record.turn,
                "wall": record.wall,
                "method": record.method,
                "url": record.url,
                "headers": record.headers,
                "body": record.body,
            }
        case ResponseRecord():
            head = {"record": "response", "n": record.turn, "t": written(record.t)}
            return {**head, "status": record.status, "headers": record.headers}
        case EndRecord():
            end = {"record": "end", "n": record.turn, "t": written(record.t)}
            return {**end, "how": record.how, "detail": record.detail}


def _event(record: FrameRecord, number: int) -> dict[str, Any]:
    frame = record.frame
    line = {"n": number, **_times(record), "type": event_type(frame), "data": frame.data}
    if frame.event != (line["type"] or "message"):
        line["event"] = frame.event
    beyond = {"id": frame.id, "retry": frame.retry, "comments": list(frame.comments)}
    line |= {name: value for name, value in beyond.items() if value not in ("", None, [])}
    if frame.raw is not None:
        line["raw"] = _base64(frame.raw)
    return line


def foreign_object(record: ForeignRecord, after: int) -> dict[str, Any]:
    """The object of lines that no event was dispatched for; `after` is the event before them."""
    text = record.data.decode("utf-8", "replace")
    line = {"n": None, **_times(record), "type": None, "after": after, "kind": record.kind}
    line["data"] = text
    if text.encode() != record.data:
        line["raw"] = _base64(record.data)
    return line


def _times(record: FrameRecord | CommentRecord | ForeignRecord | CutRecord) -> dict[str, Any]:
    return {"t": written(record.t), "read": record.read}


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


# -- reading -----------------------------------------------------------------------------------


def record_of(value: object) -> Record | None:
    """The record of an object; None where it is none of ours. It never raises."""
    if not isinstance(value, dict):
        return None
    if "record" not in value:
        if not isinstance(value.get("data"), str):
            return None
        return _foreign(value) if value.get("kind") in _KINDS else _frame(value)
    read = _READERS.get(_text(value["record"]))
    return read(value) if read is not None else None


def _frame(value: dict[str, Any]) -> FrameRecord:
    event = _text(value.get("event", value.get("type"))) or "message"
    retry = value.get("retry")
    frame = ServerSentEvent(
        event,
        value["data"],
        _text(value.get("id")),
        retry if type(retry) is int and retry >= 0 else None,
        _texts(value.get("comments")),
        raw=_bytes(value.get("raw")),
    )
    return FrameRecord(_time(value), _read(value), frame)


def _foreign(value: dict[str, Any]) -> ForeignRecord:
    raw = _bytes(value.get("raw"))
    data = value["data"].encode("utf-8", "replace") if raw is None else raw
    return ForeignRecord(_time(value), _read(value), data)


def _comment(value: dict[str, Any]) -> CommentRecord:
    return CommentRecord(_time(value), _read(value), _texts(value.get("comments")))


def _cut(value: dict[str, Any]) -> CutRecord:
    return CutRecord(_time(value), _read(value), _bytes(value.get("base64")) or b"")


def _request(value: dict[str, Any]) -> RequestRecord:
    wall, method, url = (_text(value.get(name)) for name in ("wall", "method", "url"))
    return RequestRecord(_turn(value), wall, method, url, _headers(value), value.get("body"))


def _response(value: dict[str, Any]) -> ResponseRecord:
    status = _whole(value.get("status"))
    return ResponseRecord(_turn(value), _time(value), status, _headers(value))


def _end(value: dict[str, Any]) -> EndRecord | None:
    how, detail = value.get("how"), value.get("detail")
    if not _is_how(how):
        return None
    return EndRecord(_turn(value), _time(value), how, detail if isinstance(detail, str) else None)


_READERS: dict[str, Callable[[dict[str, Any]], Record | None]] = {
    "comment": _comment,
    "cut": _cut,
    "request": _request,
    "response": _response,
    "end": _end,
}


def _is_how(value: object) -> TypeGuard[How]:
    return value in _HOWS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(_is_text, value)) if isinstance(value, list) else ()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _bytes(value: object) -> bytes | None:
    try:
        return b64decode(_text(value)) if value is not None else None
    except ValueError:
        return None


def _time(value: dict[str, Any]) -> float | None:
    return seconds_of(value.get("t"))


def _read(value: dict[str, Any]) -> int | None:
    read = _whole(value.get("read"))
    return read if 0 < read < _MOST_READS else None


def _turn(value: dict[str, Any]) -> int:
    return max(_whole(value.get("n")), 1)


def _whole(value: object) -> int:
    """A whole number, 0 for what is none: `true` is none in JSON, whatever Python says."""
    return value if type(value) is int else 0


def _headers(value: dict[str, Any]) -> dict[str, str]:
    headers = value.get("headers")
    pairs = headers.items() if isinstance(headers, dict) else ()
    return {name: text for name, text in pairs if isinstance(text, str)}
