"""What a server answered: a stream of events, or a body that is none; and how it ended.

Only a terminal event and its response make `completed`, `incomplete`, `failed` or `cancelled`;
everything else is named for what it was. An answer gives its records before it looks into them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from codex_tui.recording.records import CommentRecord, CutRecord, ForeignRecord, FrameRecord
from codex_tui.sources.errors import (
    advice_on,
    error_in,
    json_of,
    reason_in,
    terminal_sentence,
)
from codex_tui.sources.failures import SEND_AGAIN, Failure
from codex_tui.wire.decode import event_type
from codex_tui.wire.error_words import message_of, status_words
from codex_tui.wire.registry import DONE
from codex_tui.wire.sse import (
    BYTE_ORDER_MARK,
    Comments,
    EventTooLargeError,
    ServerSentEvent,
    SSEDecoder,
    is_no_event,
)
from codex_tui.wire.stream_end import StreamEnd
from codex_tui.wire.tails import unended_sentence, unended_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.recording.mask import Mask
    from codex_tui.recording.records import How, Record
    from codex_tui.sources.exchange import Head, Read
    from codex_tui.wire.sse import Discarded

ERROR_BYTES = 64 << 10
ERROR_SECONDS = 3.0
WHOLE_BYTES = 1 << 20
WHOLE_SECONDS = 30.0
"""How much of a body that is no stream is read, and for how long: of errors little, of a whole
JSON response more."""

AFTER_THE_END = 2.0
"""Seconds that a server has after `[DONE]` or an error event to go on, before we stop waiting."""

_LONGEST_KIND = 80
_SPACE = BYTE_ORDER_MARK + b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended.

    Attributes:
        how: The recording's word.
        sentence: What happened, for the user; None where the word says it all.
        body: What the server sent instead of events.
    """

    how: How
    sentence: str | None = None
    body: str = ""

    @property
    def detail(self) -> str | None:
        """The sentence, and in the lines after it the body."""
        return f"{self.sentence}\n{self.body}" if self.body else self.sentence


def how_much(records: int, size: int, seconds: float) -> str:
    """How much had arrived when something ended, as in `after 3 events, 120 bytes and 0.25 s`."""
    events = "1 event" if records == 1 else f"{records:,} events"
    return f"after {events}, {size:,} bytes and {seconds:.{2 if seconds < 10 else 1}f} s"


def is_event(record: Record) -> bool:
    """Whether a record is a frame, and not the marker of an end."""
    return isinstance(record, FrameRecord) and record.frame.data != DONE


class Answer(Protocol):
    """An answer that is arriving."""

    @property
    def deadline(self) -> float | None:
        """The time, on the exchange's clock, until which the next read is waited for."""
        ...

    def take(self, read: Read) -> list[Record]:
        """What a read completes, not yet looked into."""
        ...

    def over(self, records: Sequence[Record]) -> bool:
        """Look into records that have been handed on: whether the answer is complete with them."""
        ...

    def rest(self, t: float) -> list[Record]:
        """What was left unfinished at the end."""
        ...

    def ending(self, failure: Failure | None, after: str) -> Ending:
        """How it ended; `after` says how much had arrived, as in "after 3 events…"."""
        ...


class EndOfEvents:
    """What the events of a turn say of its end, and what is said of that.

    Attributes:
        deadline: The time until which the next event is waited for; None waits.
    """

    def __init__(self, mask: Mask) -> None:
        self.deadline: float | None = None
        self._mask = mask
        self._end = StreamEnd()

    @property
    def terminated(self) -> bool:
        """Whether a terminal event has come."""
        return self._end.terminal is not None

    @property
    def error(self) -> str | None:
        """The data of the latest error event."""
        return self._end.error

    def over(self, records: Sequence[Record]) -> bool:
        """Look into records that have been handed on: whether a terminal event is among them."""
        frames = (record for record in records if isinstance(record, FrameRecord))
        return any(self._look(record.frame, record.t or 0.0) for record in frames)

    def _look(self, frame: ServerSentEvent, t: float) -> bool:
        end = self._end
        end.follow(event_type(frame) or ("error" if frame.event == "error" else None), frame.data)
        if end.terminal is not None:
            return True
        if end.last not in {"error", DONE}:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = t + AFTER_THE_END
        return False

    def ending(self, failure: Failure | None, after: str, left: bytes = b"") -> Ending:
        """What terminal event and response say, else an error event, else what broke.

        Args:
            failure: What broke, if anything did.
            after: How much had arrived.
            left: The bytes of an event that was not whole.
        """
        match self._end.how:
            case None if failure is not None:
                return Ending(failure.how, failure.words(after))
            case None:
                return Ending("interrupted", self._interruption(after, left))
            case "api_error":
                return Ending("api_error", self._error_sentence(self._end.error or "", after))
            case "completed":
                return Ending("completed", self._end.contradiction or None)
            case how:
                data = self._end.terminal[1] if self._end.terminal is not None else ""
                reason = self._mask.message(reason_in(data))
                said = terminal_sentence(how, reason, data, after)
                return Ending(how, " ".join(filter(None, (said, self._end.contradiction))))

    def _error_sentence(self, error: str, after: str) -> str:
        said = self._mask.message(error_in(error)) or "The server sent an error event"
        return f"{said.rstrip('.')}. The stream ended {after}. {advice_on(error)}".rstrip()

    def _interruption(self, after: str, left: bytes) -> str:
        if type_ := unended_type(left):
            ended = unended_sentence(self._mask.message(type_)).rstrip(".")
            return f"{ended} ({after}). {SEND_AGAIN}"
        said = "said [DONE]" if self._end.done else "ended the stream"
        where = "inside an event" if left else "without a terminal event"
        return f"The server {said} {where}, {after}. {SEND_AGAIN}"


class EventStream:
    """A stream of events."""

    def __init__(self, mask: Mask, *, limit: int | None = None) -> None:
        self.failure: Failure | None = None
        self._mask = mask
        self._decoder = SSEDecoder()
        self._room = limit
        self._read = 0
        self._end = EndOfEvents(mask)
        self._left = b""

    @property
    def deadline(self) -> float | None:
        """Until when the next read is waited for."""
        return self._end.deadline

    def take(self, read: Read) -> list[Record]:
        """The frames and comments that a read completes."""
        self._read = read.number
        data = read.data
        if self._room is not None:
            data = data[: self._room]
            self._room -= len(data)
        try:
            blocks = self._decoder.feed_blocks(data)
        except EventTooLargeError as error:
            self.failure = Failure("protocol_error", f"The stream was left: {error}.")
            return []
        return [self._record(read.t, read.number, block) for block in blocks]

    def _record(
        self, t: float, read: int | None, block: ServerSentEvent | Comments | Discarded
    ) -> Record:
        if isinstance(block, ServerSentEvent):
            return FrameRecord(t, read, self._mask.frame(block))
        if isinstance(block, Comments):
            return CommentRecord(t, read, self._mask.comments(block.texts))
        return ForeignRecord(t, read, self._mask.bytes(block.data))

    def over(self, records: Sequence[Record]) -> bool:
        """Whether a terminal event came, or there is a reason to leave."""
        return self._end.over(records) or self.failure is not None or self._room == 0

    def rest(self, t: float) -> list[Record]:
        """The frame that the bytes ended in, as bytes, or what is none; none once it was over."""
        left = b"" if self._end.terminated else self._decoder.unfinished
        read = self._read or None
        if left and self.failure is None and is_no_event(left):
            return [self._record(t, read, block) for block in self._decoder.feed_blocks(b"\n\n")]
        self._left = left
        return [CutRecord(t, read, self._mask.bytes(left))] if left else []

    def ending(self, failure: Failure | None, after: str) -> Ending:
        """What terminal event and response say, else an error event, else what broke."""
        return self._end.ending(self.failure or failure, after, self._left)


class RefusedStream:
    """A stream of events in an error: its events are shown, but its status says how it ended.

    It has the seconds of an error, whatever its events say.
    """

    def __init__(self, mask: Mask, refusal: Refusal, t: float) -> None:
        self.deadline: float | None = t + ERROR_SECONDS
        self._mask = mask
        self._stream = EventStream(mask, limit=ERROR_BYTES)
        self._refusal = refusal
        self._said = ""

    def take(self, read: Read) -> list[Record]:
        """The frames and comments that a read completes."""
        return self._stream.take(read)

    def over(self, records: Sequence[Record]) -> bool:
        """As for any stream; the first reason that its events give is kept."""
        frames = [record.frame for record in records if isinstance(record, FrameRecord)]
        self._said = next(filter(None, (reason_in(f.data) for f in frames)), self._said)
        return self._stream.over(records)

    def rest(self, t: float) -> list[Record]:
        """The frame that the bytes ended in, as for any stream."""
        return self._stream.rest(t)

    def ending(self, failure: Failure | None, after: str) -> Ending:
        """`http_error`, with what the events say."""
        return self._refusal.ending(self._mask.message(self._said), "", after)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that promises no events.

    Attributes:
        status: The answer's.
        advice: What to do, as sentences.
    """

    status: int
    advice: str

    def ending(self, message: str, body: str, after: str) -> Ending:
        """The end of a turn that a server refused."""
        said = f": {message.rstrip('.')}" if message else ""
        answered = f"The server answered {status_words(self.status)}{said} ({after})."
        return Ending("http_error", f"{answered} {self.advice}", body)


class Body:
    """A body that is no stream: of an error, or of a success that is not what was asked for.

    Args:
        mask: The user's secrets.
        head: The answer's head.
        refusal: What the status means, where it is no success.
        first: The bytes that came first.
    """

    def __init__(
        self, mask: Mask, head: Head, refusal: Refusal | None = None, first: bytes = b""
    ) -> None:
        kind = head.response.headers.get("content-type", "")
        status = head.response.status_code
        json = "json" in kind.lower() or first.lstrip(_SPACE)[:1] == b"{"
        whole = refusal is None and json
        self.deadline: float | None = head.t + (WHOLE_SECONDS if whole else ERROR_SECONDS)
        self._most = WHOLE_BYTES if whole else ERROR_BYTES
        self._mask = mask
        self._status = status
        self._kind = kind
        self._refusal = refusal
        self._data = bytearray()

    def take(self, read: Read) -> list[Record]:
        """No records; the bytes are kept for the ending."""
        self._data += read.data[: self._most - len(self._data)]
        return []

    def over(self, records: Sequence[Record]) -> bool:
        """Whether as much was read as is kept."""
        return len(self._data) >= self._most

    def rest(self, t: float) -> list[Record]:
        """Nothing."""
        return []

    def ending(self, failure: Failure | None, after: str) -> Ending:
        """`http_error` or `not_sse`, with the message and the body."""
        text = self._data.decode("utf-8", "replace")
        # Masked before it is cut short: half a key is no key that one would find.
        message = self._mask.message(message_of(self._mask.bytes(bytes(self._data))))
        if self._refusal:
            return self._refusal.ending(message, self._mask.message(text), after)
        if failure and not self._data:
            return Ending(failure.how, failure.words(after))
        what, advice = self._not_events(message)
        answered = f"The server answered {status_words(self._status)} with {what.rstrip('.')}"
        broken = f" {failure.sentence.rstrip('.')}." if failure else ""
        sentence = f"{answered} ({after}).{broken} {advice}"
        return Ending("not_sse", sentence, self._mask.text(text))

    def _not_events(self, message: str) -> tuple[str, str]:
        """What came instead of events, and what to do about it."""
        if not self._data:
            return "nothing", "Check the base URL."
        value = json_of(bytes(self._data))
        if isinstance(value, dict) and isinstance(value.get("output"), list):
            advice = "It is shown as it is; see whether this server can stream."
            return "one whole response instead of a stream of events", advice
        if isinstance(value, dict) and value.get("error"):
            advice = "Check the model's name and the base URL."
            return f"an error instead of a stream of events: {message}", advice
        kind = self._mask.message(self._kind[:_LONGEST_KIND]) or "an unnamed content type"
        return f"{kind} instead of a stream of events: {message}", "Check the base URL."
