"""The turn whose records come through a pipe, which may not say how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import WHOLE, decode_event, event_type
from codex_tui.wire.events import ResponseObjectEvent
from codex_tui.wire.registry import OUTCOMES, TERMINAL_TYPES

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
        self._terminal: str | None = None
        self._error = False
        self._cut = False

    def take(self, record: Record) -> Iterator[Record]:
        """The record, and before it the end of a turn that was left open."""
        if isinstance(record, RequestRecord):
            if self._begun and (end := self.ended(None)):
                yield end
            self._begin(record.turn)
        elif not isinstance(record, CommentRecord):
            self._begin(self._number if self._open else self._number + 1)
        self._follow(record)
        yield record

    def _begin(self, number: int) -> None:
        if self._open and self._begun:
            return
        self._open, self._begun, self._number = True, True, number
        self._t, self._terminal, self._error, self._cut = None, None, False, False

    def _follow(self, record: Record) -> None:
        match record:
            case FrameRecord():
                self._t = record.t
                self._follow_event(_terminal_type(record.frame) or event_type(record.frame))
            case CutRecord():
                self._cut = True
            case ResponseRecord():
                self._t = record.t
            case EndRecord():
                self._open = False

    def _follow_event(self, name: str | None) -> None:
        if name in TERMINAL_TYPES:
            self._terminal = name
        elif name == "error":
            self._error = True

    @property
    def terminated(self) -> bool:
        """Whether a terminal event has come."""
        return self._terminal is not None

    def ended(self, failure: str | None, t: float | None = None) -> EndRecord | None:
        """The end of a turn whose bytes end here; None where the file has told it.

        Args:
            failure: What kept the bytes from going on, as a sentence.
            t: When they ended, where that is known; a terminal event has a time of its own.
        """
        if not self._open:
            return None
        self._open = False
        if self._terminal is not None:
            return EndRecord(self._number, self._t, OUTCOMES[self._terminal])
        how: How = "api_error" if self._error else "interrupted"
        where = "inside an event" if self._cut else "without saying how the stream ended"
        said = failure or self._sentences.ended.format(where=where)
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
