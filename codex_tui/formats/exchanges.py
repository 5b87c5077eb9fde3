"""A request and its answer as another program has saved them, told as the records of a turn.

What a file has twice is taken from the copy that holds it. A time that contradicts the answer's
head or its end is no time; whatever is left out is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codex_tui.formats.beside import name_alone
from codex_tui.formats.http_heads import end_of_other
from codex_tui.formats.packed import unpacks_to_more
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    recordable_request,
    recordable_response,
    written,
)
from codex_tui.wire.chat_events import CHUNK
from codex_tui.wire.content_encoding import EncodingError, decoder_for
from codex_tui.wire.decode import decode_event, event_type
from codex_tui.wire.items import Response
from codex_tui.wire.other_apis import protocol_asked
from codex_tui.wire.registry import OUTCOMES, TERMINAL_TYPES
from codex_tui.wire.sse import ServerSentEvent
from codex_tui.wire.stream_end import StreamEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from codex_tui.formats.readers import AnyReader, Bounds
    from codex_tui.recording.records import How, Record

_TIMED = (CommentRecord, CutRecord, ForeignRecord, FrameRecord)

ROUNDING = 0.05
"""Seconds by which an event may come after the end: the two are taken from different clocks."""

_ANSWERS = ("Response", "chat completion", "message")
_EVENTS = ("response.", CHUNK, "message_start")
_STREAMS = ("event stream", "data lines", "events, one a line")
_ABORTED = ("ABORT", "CANCEL")
"""What stands in the error of a request that its own page has broken off."""


@dataclass(frozen=True, slots=True)
class NotedEvent:
    """An event as a browser has noted it beside the body; `data` is None where it was not kept."""

    name: str
    data: str | None
    id: str
    t: float | None


@dataclass(slots=True)
class SavedExchange:
    """One request, and what came back.

    Attributes:
        file: What the file is called in sentences.
        wall: When the request was sent, ISO 8601.
        sent: The request's headers, by their names in small letters.
        asked: The request's body, as JSON where it is.
        status: The answer's; 0 where none came.
        kind: The media type of the body, where the file says it beside the headers.
        head_at: When the answer's head had come, in seconds since the request; None if unknown.
        end_at: When all of it had come, likewise.
        data: The answer's body; None where the file has not kept it.
        size: How many bytes that had; None where nobody says.
        unread: Why its body can't be read although the file has it, as a sentence.
        limit: The limit at which its body was cut, as a sentence; empty where it was not.
        noted: The events of the answer, where the file has them beside its body.
        error: What went wrong, in the word of the program; empty where nothing did.
    """

    file: str
    method: str = ""
    url: str = ""
    wall: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    asked: Any = None
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    head_at: float | None = None
    end_at: float | None = None
    data: bytes | None = None
    size: int | None = None
    unread: str = ""
    limit: str = ""
    noted: Sequence[NotedEvent] = ()
    error: str = ""

    @property
    def asks(self) -> bool:
        """Whether a response was asked for, by its path or by wanting a stream."""
        streams = isinstance(self.asked, dict) and self.asked.get("stream") is True
        named = protocol_asked(self.url) == "responses"
        return named or streams or self._is_stream(self.sent.get("accept"))

    @property
    def streams(self) -> bool:
        """Whether the answer says that it is an event stream."""
        kind = self.kind or self.headers.get("content-type")
        return self._is_stream(kind) or bool(self.noted)

    def _is_stream(self, kind: str | None) -> bool:
        return "text/event-stream" in (kind or "")


def body_of(
    data: bytes, headers: Mapping[str, str], bounds: Bounds
) -> tuple[bytes | None, str, str]:
    """Return a body without the content encoding that its head names.

    Beside it stand why it can't be read, and the limit at which it was cut. What a program has
    decoded already, though the head it kept says otherwise, stays as it is.
    """
    encoding = headers.get("content-encoding", "")
    if not encoding or not _CONTROLS.search(data[:_LOOKED_AT]):
        return data, "", ""
    out: list[bytes] = []
    try:
        decoder = decoder_for(encoding, bounds.allowance, earns=bounds.outermost)
        out.extend(decoder.feed(data) if decoder is not None else [data])
    except EncodingError as error:
        if error.ratio:
            return b"".join(out), "", unpacks_to_more("body", error.ratio)
        return b"".join(out) if any(out) else None, str(error), ""
    return b"".join(out), "", ""


_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1f]")  # no text has them, and all that is encoded does
_LOOKED_AT = 512


class ExchangeTurn:
    """The turn of an exchange.

    Args:
        exchange: What was saved.
        turn: The turn's number.
        reader: Reads the body.
    """

    def __init__(self, exchange: SavedExchange, turn: int, reader: AnyReader) -> None:
        self.remarks: list[str] = []
        self._exchange = exchange
        self._turn = turn
        self._reader = reader
        data = exchange.data or b""
        self._read = [r for _, r in (*self._reader.feed(data), *self._reader.close())]
        if self._reader.limit and isinstance(self._read[-1], EndRecord):
            self._read.pop()  # the turn has its own
        refused = self._reader.refusal is not None or self._reader.format is None
        self._frames: list[Record] = [] if refused else self._read

    @property
    def limit(self) -> str:
        """The limit at which reading the body ended."""
        return self._exchange.limit or self._reader.limit

    @property
    def told(self) -> bool:
        """Whether it is a turn; a browser loads much else."""
        exchange = self._exchange
        if exchange.method.upper() == "OPTIONS":  # a browser asks whether it may ask
            return False
        return exchange.streams or exchange.asks or self._carries_responses()

    def _carries_responses(self) -> bool:
        name = self._reader.format.name if self._reader.format is not None else ""
        frames = [each.frame for each in self._frames if isinstance(each, FrameRecord)]
        if name in _STREAMS:
            return any((event_type(frame) or "").startswith(_EVENTS) for frame in frames)
        return name in _ANSWERS

    def records(self) -> Iterator[Record]:
        """Yield its records; what has to be said beside them is a remark from then on."""
        exchange = self._exchange
        yield _request(exchange, self._turn)
        if exchange.status:
            head = ResponseRecord(self._turn, self._head_at(), exchange.status, exchange.headers)
            yield recordable_response(head)
        events = self._fitting(self._merged()) if self._is_answer() else []
        yield from events
        if (end := self._end(events)) is not None:
            yield end
            self._remark_beside(end)

    def _remark_beside(self, end: EndRecord) -> None:
        """Remark what the end of a turn that was completed does not show."""
        if end.how == "completed":
            self.remarks += [
                f"Turn {self._turn}: {words}" for words in (self._unkept(), self._broken()) if words
            ]

    def _is_answer(self) -> bool:
        return bool(self._frames or self._exchange.noted) and self._exchange.status < 400

    # -- copies ------------------------------------------------------------------------------------

    def _merged(self) -> list[Record]:
        """The events from whichever copy holds them, with the times that stand beside one."""
        noted, found = self._exchange.noted, self._frames
        frames = [each for each in found if isinstance(each, FrameRecord)]
        pairs = zip(frames, noted, strict=False)
        if all(_agree(record.frame, each) for record, each in pairs):
            for record, each in zip(frames, noted, strict=False):
                record.t = written(each.t)
            return [*found, *map(_of_noted, noted[len(frames) :])]
        if all(each.data is not None for each in noted):
            self._remark("its two copies of the events differ; that of the body is left out")
            return [*map(_of_noted, noted)]
        self._remark("the times of its events belong to others than those of its body: left out")
        return found

    # -- times -------------------------------------------------------------------------------------

    def _head_at(self) -> float | None:
        head, end = self._exchange.head_at, self._exchange.end_at
        return None if head is not None and end is not None and head > end else written(head)

    def _fitting(self, events: list[Record]) -> list[Record]:
        """The events, without times that can't be."""
        head, end = self._head_at(), self._exchange.end_at
        if head is not None:
            early = _without_times(events, lambda t: t < head)
            self._remark_times(early, f"before the answer's head ({head:.3f} s)")
        if end is not None:
            late = _without_times(events, lambda t: t > end + ROUNDING)
            self._remark_times(late, f"after the end ({end:.3f} s)")
        return events

    def _remark_times(self, many: int, where: str) -> None:
        if many:
            events = f"{many:,} event{'s are' if many > 1 else ' is'}"
            self._remark(f"{events} stamped {where}: when they came is not known")

    def _remark(self, words: str) -> None:
        self.remarks.append(f"Turn {self._turn}: {words}.")

    # -- the end -----------------------------------------------------------------------------------

    def _end(self, events: list[Record]) -> EndRecord | None:
        """How it ended, where an event, the status or the program says so, and when."""
        exchange, t = self._exchange, self._end_at(events)
        if not exchange.status:
            return EndRecord(self._turn, t, *self._unanswered())
        if not self._is_answer() and exchange.data is not None and not self._is_empty():
            refusal = self._reader.refusal
            why = refusal.sentence if refusal is not None else ""
            return end_of_other(self._turn, t, exchange.status, exchange.data, why)
        if exchange.status >= 400:
            return end_of_other(self._turn, t, exchange.status, self._unkept().encode(), "")
        if (how := _outcome_of_other(events)) is not None:
            return EndRecord(self._turn, t, how)
        if (outcome := next(filter(None, map(_outcome, events)), None)) is not None:
            return EndRecord(self._turn, t, *outcome)
        if (how := self._noted_outcome()) is not None:
            return EndRecord(self._turn, t, how, self._unkept())
        if broken := " ".join(filter(None, [self._broken(), self._unkept()])):
            aborted = any(word in exchange.error.upper() for word in _ABORTED)
            return EndRecord(self._turn, t, "cancelled" if aborted else "interrupted", broken)
        return None

    def _noted_outcome(self) -> How | None:
        """How it ended by the names of events alone."""
        names = (each.name for each in self._exchange.noted if each.data is None)
        return next((OUTCOMES[name] for name in names if name in TERMINAL_TYPES), None)

    def _end_at(self, events: list[Record]) -> float | None:
        """When it ended: not before its last event, from which it is told by its rounding."""
        times = [each.t for each in events if isinstance(each, FrameRecord) and each.t is not None]
        return written(max([self._exchange.end_at, *times])) if self._exchange.end_at else None

    def _is_empty(self) -> bool:
        return not self._exchange.data and self._exchange.streams

    def _unanswered(self) -> tuple[How, str]:
        error = self._exchange.error
        if not error:
            return "interrupted", f"The {self._exchange.file} has no answer to it."
        aborted = any(word in error.upper() for word in _ABORTED)
        return "cancelled" if aborted else "connect_error", f"No answer came: {error}."

    def _broken(self) -> str:
        if self.limit:
            return self.limit
        return f"It ended with the error {self._exchange.error}." if self._exchange.error else ""

    def _unkept(self) -> str:
        """What the file has not kept of the answer, as a sentence."""
        exchange = self._exchange
        size = "" if not exchange.size else f" ({exchange.size:,} bytes)"
        if exchange.data is not None or exchange.unread:
            return exchange.unread
        if not exchange.noted:
            return f"The {exchange.file} has not kept the body{size}."
        if all(each.data is not None for each in exchange.noted):
            return ""
        unkept = f"The {exchange.file} has not kept the body{size}"
        return f"{unkept}: of its events no more than name and time is known."


def _request(exchange: SavedExchange, turn: int) -> RequestRecord:
    record = RequestRecord(
        turn, exchange.wall, exchange.method, exchange.url, exchange.sent, exchange.asked
    )
    return recordable_request(record)


def _agree(frame: ServerSentEvent, noted: NotedEvent) -> bool:
    return frame.event == noted.name and noted.data in (None, frame.data)


def _of_noted(noted: NotedEvent) -> Record:
    if noted.data is None:
        return name_alone(noted.name, written(noted.t))
    return FrameRecord(written(noted.t), None, ServerSentEvent(noted.name, noted.data, noted.id))


def _outcome_of_other(events: list[Record]) -> How | None:
    """How a response of another API ended by its events; None where they don't say it."""
    end = StreamEnd()
    for each in events:
        if isinstance(each, FrameRecord):
            end.follow(event_type(each.frame), each.frame.data)
    return end.how if end.other else None


def _outcome(record: Record) -> tuple[How, str | None] | None:
    """How a response ended with an event, and why; None where it did not."""
    name = (event_type(record.frame) or "") if isinstance(record, FrameRecord) else ""
    if not isinstance(record, FrameRecord) or name not in TERMINAL_TYPES:
        return None
    response = getattr(decode_event(record.frame), "response", None)
    if not isinstance(response, Response):
        return OUTCOMES[name], None
    if response.error is not None or response.status == "failed":
        return "failed", response.error.message if response.error else None
    if response.status == "incomplete":
        details = response.incomplete_details
        return "incomplete", details.reason if details else None
    return OUTCOMES[name], None


def _without_times(events: list[Record], wrong: Callable[[float], bool]) -> int:
    """Take the times that are wrong away; return of how many events."""
    found = [each for each in events if isinstance(each, _TIMED) and each.t and wrong(each.t)]
    for each in found:
        each.t = None
    return len(found)
