"""The turn whose records come through a pipe, which may not say how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import WHOLE, decode_event, event_type
from codex_tui.wire.events import ResponseObjectEvent
from codex_tui.wire.stream_end import StreamEnd
from codex_tui.wire.tails import unended_sentence, unended_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import How, Record
    from codex_tui.wire.sse import ServerSentEvent


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is said of an end that nobody told.

    Attributes:
        ended: Of bytes that are over; `{where}` stands for where in the stream.
        cancelled: Of a user's cancel.
    """

    ended: str
    cancelled: str


def _terminal_type(frame: ServerSentEvent) -> str | None:
    """The type that a whole response would have ended a stream with."""
    if event_type(frame) != WHOLE:
        return None
    event = decode_event(frame)
    status = event.response.status if isinstance(event, ResponseObjectEvent) else None
    return f"response.{status}"


class OpenTurn:
    """Follows the records of a turn, to say how it ended where they don't.

    Only a terminal event gives its word; nothing else is taken for an ending.

    Args:
        sentences: What is said of ends.
    """

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences
        self._open = True  # what holds nothing has an end all the same
        self._begun = False
        self._number = 1
        self._t: float | None = None
        self._end = StreamEnd()
        self._cut = b""

    def take(self, record: Record) -> Iterator[Record]:
        """The record, and before it the end of a turn that was left open."""
        if isinstance(record, RequestRecord):
            if self._begun and (end := self.ended(None)):
                yield end
            self._begin(record.turn)
        elif not isinstance(record, CommentRecord | ForeignRecord):
            self._begin(self._number if self._open else self._number + 1)
        self._follow(record)
        yield record

    def _begin(self, number: int) -> None:
        if self._open and self._begun:
            return
        self._open, self._begun, self._number = True, True, number
        self._t, self._end, self._cut = None, StreamEnd(), b""

    def _follow(self, record: Record) -> None:
        match record:
            case FrameRecord():
                self._t = record.t
                name = _terminal_type(record.frame) or event_type(record.frame)
                self._end.follow(name, record.frame.data)
            case CutRecord():
                self._cut = record.data
            case ResponseRecord():
                self._t = record.t
            case EndRecord():
                self._open = False

    @property
    def terminated(self) -> bool:
        """Whether a terminal event has come."""
        return self._end.terminal is not None

    def ended(self, failure: str | None, t: float | None = None) -> EndRecord | None:
        """The end of a turn whose bytes end here; None where the file has told it.

        Args:
            failure: What kept the bytes from going on, as a sentence.
            t: When they ended, where that is known; a terminal event has a time of its own.
        """
        if not self._open:
            return None
        self._open = False
        if self.terminated:
            return EndRecord(self._number, self._t, self._end.how or "interrupted")
        how: How = self._end.how or "interrupted"
        type_ = unended_type(self._cut)
        where = "inside an event" if self._cut else "without saying how the stream ended"
        ended = unended_sentence(type_) if type_ else self._sentences.ended.format(where=where)
        said = failure or ended
        return EndRecord(self._number, self._t if t is None else t, how, said)

    def refused(self, sentence: str, body: str, t: float | None) -> EndRecord | None:
        """The end of what is no stream: `body` is what it is instead."""
        self._open = False
        return EndRecord(self._number, t, "not_sse", f"{sentence}\n{body}")

    def cancelled(self, t: float | None) -> EndRecord | None:
        """The end of a turn that the user stopped; None where none was running."""
        if not self._open:
            return None
        self._open = False
        return EndRecord(self._number, t, "cancelled", self._sentences.cancelled)
