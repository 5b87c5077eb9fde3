"""One JSON object a line: the events as `show --format events` prints them, and all else beside.

An event's line has `n`, `t`, `read`, `type` and `data`, and what its frame had beyond that. Lines
of other records have `record`, which says what they are, so nothing is lost on the way back.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from codex_tui._version import __version__
from codex_tui.sessions.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import event_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material
    from codex_tui.sessions.records import Record

VERSION = 1


def write(material: Material) -> Iterator[bytes]:
    """Yield the lines."""
    yield _line({"record": "session", "version": VERSION, "tool": f"codex-tui {__version__}"})
    number = 0
    for record in material.records():
        number += isinstance(record, FrameRecord)
        yield _line(_object(record, number))


def _line(value: dict[str, Any]) -> bytes:
    return (json.dumps(value) + "\n").encode()


def _object(record: Record, number: int) -> dict[str, Any]:
    match record:
        case FrameRecord():
            return _event(record, number)
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
            head = {"record": "response", "n": record.turn, "t": _seconds(record.t)}
            return {**head, "status": record.status, "headers": record.headers}
        case EndRecord():
            end = {"record": "end", "n": record.turn, "t": _seconds(record.t)}
            return {**end, "how": record.how, "detail": record.detail}


def _event(record: FrameRecord, number: int) -> dict[str, Any]:
    frame = record.frame
    line = {
        "n": number,
        **_times(record),
        "type": event_type(frame),
        "data": frame.data,
    }
    if frame.event != (line["type"] or "message"):
        line["event"] = frame.event
    beyond = {"id": frame.id, "retry": frame.retry, "comments": list(frame.comments)}
    line |= {name: value for name, value in beyond.items() if value not in ("", None, [])}
    if frame.raw is not None:
        line["raw"] = {"base64": _base64(frame.raw)}
    return line


def _times(record: FrameRecord | CommentRecord | CutRecord) -> dict[str, Any]:
    return {"t": _seconds(record.t), "read": record.read}


def _seconds(t: float | None) -> float | None:
    return None if t is None else round(t, 6)


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
