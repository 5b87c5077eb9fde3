"""Records as JSON objects, a line each, and back: what `show --format events` prints, and the rest.

An event's object has `n`, `t`, `read`, `type` and `data`, and what its frame had beyond that. Lines
that are no event have `n` null and say `after` which one they came, and of what `kind` they are.
Those of other records have `record`, which says what they are. Nothing is lost on the way there and
back.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard, get_args

from codex_tui._version import __version__
from codex_tui.recording.records import (
    LATEST,
    CommentRecord,
    CutRecord,
    Direction,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    How,
    Opcode,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
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

_HOWS, _DIRECTIONS, _OPCODES = get_args(How), get_args(Direction), get_args(Opcode)
_KINDS = ("foreign", "empty")
_OF_THEIR_OWN = (RequestRecord, ResponseRecord, EndRecord)  # they say their turn, as `n`
_MOST_READS = 10**9  # of more digits no recording has a read


# -- writing -----------------------------------------------------------------------------------


def object_of(record: Record, number: int) -> dict[str, Any]:
    """The object of a record; `number` is that of the latest event, from 1, which it may be.

    A record that is not of the latest request says its `turn`.
    """
    told = _object_of(record, number)
    if record.turn and not isinstance(record, _OF_THEIR_OWN):
        told["turn"] = record.turn
    return told


def _object_of(record: Record, number: int) -> dict[str, Any]:
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
            return {"record": "request", **request_object(record), **_wire(record)}
        case SentRecord():
            return {"record": "sent", **sent_object(record), **_wire(record)}
        case SocketRecord():
            return {"record": "socket", **socket_object(record)}
        case ResponseRecord():
            head = {"record": "response", "n": record.turn, "t": written(record.t)}
            taken_up = _known({"after": record.after, "broke": record.broke})
            return {**head, "status": record.status, "headers": record.headers, **taken_up}
        case EndRecord():
            end = {"record": "end", "n": record.turn, "t": written(record.t)}
            return {**end, "how": record.how, "detail": record.detail}


def request_object(record: RequestRecord) -> dict[str, Any]:
    """The object of a request, without what it is; what only some have is there where it is."""
    said = {
        "t": written(record.t),
        "lane": record.lane,
        "warm_up": record.warm_up or None,
        "content": record.content,
    }
    return {
        "n": record.turn,
        "wall": record.wall,
        "method": record.method,
        "url": record.url,
        "headers": record.headers,
        "body": record.body,
        **_known(said),
    }


def sent_object(record: SentRecord) -> dict[str, Any]:
    """The object of a message that was sent, without its size on the wire."""
    said = {"t": written(record.t), "opcode": record.opcode}
    if isinstance(record.data, str):
        return {**said, "text": record.data}
    return {**said, "base64": _base64(record.data)}


def socket_object(record: SocketRecord) -> dict[str, Any]:
    """The object of what else went over a socket."""
    said = {"code": record.code, "reason": record.reason, "wire": record.wire}
    data = _base64(record.data) or None
    told = {"t": written(record.t), "dir": record.dir, "opcode": record.opcode}
    return {**told, **_known({**said, "base64": data})}


def close_object(record: SocketRecord) -> dict[str, Any]:
    """The object of a close frame: who sent it, its code and its reason, null for what is none."""
    return {"dir": record.dir, "code": record.code, "reason": record.reason}


def _wire(record: RequestRecord | FrameRecord | SentRecord) -> dict[str, int]:
    return {} if record.wire is None else {"wire": record.wire}


def _known(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _event(record: FrameRecord, number: int) -> dict[str, Any]:
    frame = record.frame
    line = {"n": number, **_times(record), "type": event_type(frame), "data": frame.data}
    if frame.event != (line["type"] or "message"):
        line["event"] = frame.event
    beyond = {"id": frame.id, "retry": frame.retry, "comments": list(frame.comments)}
    line |= {name: value for name, value in beyond.items() if value not in ("", None, [])}
    if frame.raw is not None:
        line["raw"] = _base64(frame.raw)
    return line | _wire(record)


def foreign_object(record: ForeignRecord, after: int) -> dict[str, Any]:
    """The object of lines that no event was dispatched for; `after` is the event before them."""
    text = record.data.decode("utf-8", "replace")
    line = {"n": None, **_times(record), "type": None, "after": after, "kind": record.kind}
    line["data"] = text
    if text.encode() != record.data:
        line["raw"] = _base64(record.data)
    return line


def message_object(record: SentRecord | SocketRecord, after: int) -> dict[str, Any]:
    """The object, among those of events, of what else went over a socket, after which event."""
    said = sent_object(record) if isinstance(record, SentRecord) else socket_object(record)
    kind = "sent" if isinstance(record, SentRecord) else record.opcode
    line = {"n": None, "t": said.pop("t"), "read": None, "type": None, "after": after}
    return {**line, "kind": kind, "data": said.pop("text", None), **said}


def _times(record: FrameRecord | CommentRecord | ForeignRecord | CutRecord) -> dict[str, Any]:
    return {"t": written(record.t), "read": record.read}


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


# -- reading -----------------------------------------------------------------------------------


def record_of(value: object) -> Record | None:
    """The record of an object; None where it is none of ours. It never raises."""
    if not isinstance(value, dict) or (record := _record_of(value)) is None:
        return None
    if not isinstance(record, _OF_THEIR_OWN):
        record.turn = max(_whole(value.get("turn")), LATEST)
    return record


def _record_of(value: dict[str, Any]) -> Record | None:
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
    return FrameRecord(_time(value), _read(value), frame, wire=_size(value))


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
    record = RequestRecord(_turn(value), wall, method, url, _headers(value), value.get("body"))
    warm_up = record.warm_up or value.get("warm_up") is True
    lane = _text_or_none(value.get("lane"))
    content = value.get("content")
    return replace(
        record,
        t=_time(value),
        lane=lane,
        warm_up=warm_up,
        wire=_size(value),
        content=content if isinstance(content, dict) else None,
    )


def _sent(value: dict[str, Any]) -> SentRecord | None:
    opcode, text = value.get("opcode"), value.get("text")
    data = text if isinstance(text, str) else _bytes(value.get("base64"))
    if data is None or not _is_opcode(opcode):
        return None
    return SentRecord(_time(value), data, opcode, _size(value))


def _socket(value: dict[str, Any]) -> SocketRecord | None:
    dir_, opcode = value.get("dir"), value.get("opcode")
    if not (_is_direction(dir_) and _is_opcode(opcode)):
        return None
    code, reason = _whole_or_none(value.get("code")), _text_or_none(value.get("reason"))
    data = _bytes(value.get("base64")) or b""
    return SocketRecord(_time(value), dir_, opcode, code, reason, data, _size(value))


def _response(value: dict[str, Any]) -> ResponseRecord:
    status, after = _whole(value.get("status")), _whole_or_none(value.get("after"))
    broke = _text_or_none(value.get("broke"))
    return ResponseRecord(_turn(value), _time(value), status, _headers(value), after, broke)


def _end(value: dict[str, Any]) -> EndRecord | None:
    how = value.get("how")
    if not _is_how(how):
        return None
    return EndRecord(_turn(value), _time(value), how, _text_or_none(value.get("detail")))


_READERS: dict[str, Callable[[dict[str, Any]], Record | None]] = {
    "comment": _comment,
    "cut": _cut,
    "request": _request,
    "response": _response,
    "end": _end,
    "sent": _sent,
    "socket": _socket,
}


def _is_how(value: object) -> TypeGuard[How]:
    return value in _HOWS


def _is_direction(value: object) -> TypeGuard[Direction]:
    return value in _DIRECTIONS


def _is_opcode(value: object) -> TypeGuard[Opcode]:
    return value in _OPCODES


def _text(value: object) -> str:
    return _text_or_none(value) or ""


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


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


def _size(value: dict[str, Any]) -> int | None:
    return _whole_or_none(value.get("wire"))


def _turn(value: dict[str, Any]) -> int:
    return max(_whole(value.get("n")), 1)


def _whole(value: object) -> int:
    return _whole_or_none(value) or 0


def _whole_or_none(value: object) -> int | None:
    """A whole number: `true` is none in JSON, whatever Python says."""
    return value if type(value) is int else None


def _headers(value: dict[str, Any]) -> dict[str, str]:
    headers = value.get("headers")
    pairs = headers.items() if isinstance(headers, dict) else ()
    return {name: text for name, text in pairs if isinstance(text, str)}
