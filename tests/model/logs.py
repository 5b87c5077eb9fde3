"""Logs made of names and times, for what reads nothing else of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import (
    CommentRecord,
    EndRecord,
    FrameRecord,
    How,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT = "response.output_text.delta"
CALL = "response.function_call_arguments.delta"
ADDED = "response.output_item.added"


def event(t: float | None, name: str = TEXT) -> FrameRecord:
    data = json.dumps({"type": name, "delta": "x", "item": {"type": "message"}, "response": {}})
    return FrameRecord(t, None, ServerSentEvent(data=data))


def malformed(t: float | None) -> FrameRecord:
    return FrameRecord(t, None, ServerSentEvent(data="{"))


def keepalive(t: float | None) -> CommentRecord:
    return CommentRecord(t, None, (" ping",))


def turn(*records: Record, how: How = "completed", end: float | None = None) -> list[Record]:
    head: list[Record] = [RequestRecord(1, "now"), ResponseRecord(1, 0.0, 200)]
    return [*head, *records, EndRecord(1, end, how)]


def grow(log: EventLog, records: Iterable[Record]) -> EventLog:
    for record in records:
        decoded = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        log.append(record, decoded, (0, 0))
    return log


def log_of(*records: Record) -> EventLog:
    return grow(EventLog(Spool()), records)
