"""What is known of one record beside its data: names and values, in the order of their worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.insight import units
from codex_tui.insight.logprobs import tokens_of
from codex_tui.sessions.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import MalformedEvent, UnknownEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.wire.events import ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent


def headline_of(record: Record, event: ResponseStreamEvent | None = None) -> str:
    """Return what a record is, in a few words; `event` is what its frame says, if that is known."""
    match record:
        case FrameRecord():
            event = event or decode_event(record.frame)
            return event.type or record.frame.event
        case RequestRecord():
            return f"request of turn {record.turn}"
        case ResponseRecord():
            return f"answer with status {record.status}"
        case CommentRecord():
            return "comments: a keep-alive"
        case CutRecord():
            return "an event that never ended"
        case EndRecord():
            return f"the end: {record.how}"


def facts_of(record: Record, event: ResponseStreamEvent | None = None) -> list[tuple[str, str]]:
    """Return the facts of a record as names and values; what isn't known isn't there.

    To decode a large event takes long: `event` is what was made of it already.
    """
    return [(name, value) for name, value in _facts(record, event) if value]


def _facts(record: Record, event: ResponseStreamEvent | None) -> Iterator[tuple[str, str]]:
    match record:
        case RequestRecord():
            yield "sent", record.wall
            yield record.method, record.url
            yield from record.headers.items()
        case ResponseRecord():
            yield "time", _time(record.t)
            yield from record.headers.items()
        case EndRecord():
            yield "time", _time(record.t)
        case FrameRecord():
            yield from _arrival(record.t, record.read)
            yield from _frame(record.frame, event or decode_event(record.frame))
        case CommentRecord():
            yield from _arrival(record.t, record.read)
            yield "comment", "\n".join(comment.strip() for comment in record.comments)
        case CutRecord():
            yield from _arrival(record.t, record.read)
            yield "size", units.size(len(record.data))


def _time(t: float | None) -> str:
    return "" if t is None else f"{t:.6f} s"


def _arrival(t: float | None, read: int | None) -> Iterator[tuple[str, str]]:
    yield "time", _time(t)
    yield "read", "" if read is None else str(read)


def _frame(frame: ServerSentEvent, event: ResponseStreamEvent) -> Iterator[tuple[str, str]]:
    if isinstance(event, MalformedEvent):
        yield "malformed", event.reason
    elif isinstance(event, UnknownEvent):
        yield "unknown", "no type of this name is documented; it is kept as it came"
    yield "event", frame.event if frame.event != event.type else ""
    yield "id", frame.id
    yield "retry", "" if frame.retry is None else f"{frame.retry} ms"
    yield "size", units.size(len(frame.data.encode("utf-8", "surrogatepass")))
    for number, token in enumerate(tokens_of(event)):
        yield "" if number else "logprob", token
    yield "comment", "\n".join(comment.strip() for comment in frame.comments)
    if frame.raw is not None:
        yield "bytes", "the data has bytes that are not UTF-8, or fields that SSE doesn't know"
