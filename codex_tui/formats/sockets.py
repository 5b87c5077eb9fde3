"""Messages of a WebSocket as turns: `response.create`, or what answers as a response, begins one.

What a client sends besides, and what is no text, is a row of the turn that it falls in. A socket on
which no response was begun carries nothing of ours, and gives no records.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from codex_tui.formats.beside import said_beside
from codex_tui.recording.block_codecs import frame_of
from codex_tui.recording.records import FrameRecord, SentRecord, SocketRecord, written
from codex_tui.wire.decode import event_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.recording.records import Record, RequestRecord

    MakeRequest = Callable[[int, "Message | None"], RequestRecord]
    """Makes the request of a turn, of its number and the message that asked."""

CREATE = "response.create"
CREATED = "response.created"


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        sent: Whether the client sent it.
        data: What it says; nothing where it is binary.
        time: When, in seconds of any clock; None where that is not known.
        binary: Its bytes, where it is no text.
    """

    sent: bool
    data: str
    time: float | None = None
    binary: bytes | None = None

    @property
    def type(self) -> str | None:
        """The type in its JSON."""
        return event_type(frame_of(self.data.encode("utf-8", "replace")))

    @property
    def body(self) -> Any:
        """Its JSON; the text where it is none."""
        try:
            return json.loads(self.data)
        except (ValueError, RecursionError):
            return self.data or None


class SocketTurns:
    """The turns of one socket.

    Args:
        request: Makes the request of a turn.
        turn: The number of the turn before its first.
    """

    def __init__(self, request: MakeRequest, turn: int = 0) -> None:
        self.turn = turn
        self.messages = 0
        self.warm_ups: list[int] = []
        """The turns for which no answer was asked for."""
        self._request = request
        self._before: list[Message] | None = []  # None once a turn has begun
        self._asked: Message | None = None  # what may have asked, until something is answered
        self._began: float | None = None
        self._answered = False

    @property
    def begun(self) -> bool:
        """Whether a response was asked for, or came."""
        return self._before is None

    def take(self, message: Message) -> Iterator[Record]:
        """Yield the records that a message makes."""
        self.messages += 1
        if message.sent and message.type == CREATE:
            yield from self._begin(message)
        elif message.sent:
            yield from self._tell_asked()
            self._asked = message
        else:
            yield from self._received(message)

    def close(self, frame: SocketRecord | None = None) -> Iterator[Record]:
        """Yield what is left, and what closed the socket, of whose clock that has its time."""
        yield from self._tell_asked()
        if frame is not None and self.begun:
            yield replace(frame, t=self._since(frame.t))

    def alone(self) -> Iterator[Record]:
        """Yield what came where no turn was begun, as the events that they are."""
        for message in self._before or []:
            yield _record(message, None)

    def _received(self, message: Message) -> Iterator[Record]:
        if message.type == CREATED:
            if not self.begun or (self._answered and self._asked is not None):
                asked, self._asked = self._asked, None
                yield from self._begin(asked)
            self._answered = True
        yield from self._tell_asked()
        yield from self._told(message)

    def _begin(self, asked: Message | None) -> Iterator[Record]:
        yield from self._tell_asked()
        before, self._before = self._before or [], None
        self.turn += 1
        self._answered = False
        self._began = asked.time if asked is not None else None
        request = self._request(self.turn, asked)
        yield request
        if request.warm_up:
            self.warm_ups.append(self.turn)
        for message in before:  # it is no event of an answer that was not asked for yet
            record = _record(message, None)
            yield said_beside(message.data) if isinstance(record, FrameRecord) else record

    def _tell_asked(self) -> Iterator[Record]:
        """Tell of the client's message that nothing has answered as a response."""
        asked, self._asked = self._asked, None
        if asked is not None:
            yield from self._told(asked)

    def _told(self, message: Message) -> Iterator[Record]:
        if self._before is not None:
            self._before.append(message)
            return
        yield _record(message, self._since(message.time))

    def _since(self, time: float | None) -> float | None:
        """How long after the turn was asked for a moment of the socket's clock is."""
        began = self._began
        return written(time - began) if time is not None and began is not None else None


def _record(message: Message, t: float | None) -> Record:
    data, binary = message.data, message.binary
    if message.sent:
        return SentRecord(t, data) if binary is None else SentRecord(t, binary, "binary")
    if binary is not None:
        return SocketRecord(t, "received", "binary", data=binary)
    return FrameRecord(t, None, frame_of(data.encode("utf-8", "replace")))
