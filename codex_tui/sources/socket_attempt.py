"""One request over a WebSocket, `response.create`, and what comes of it.

The connection is opened by the first request of a conversation and stays for those after it. A
response that is steered ends, and another begins by itself: that is a turn of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.recording.recording import iso
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    recordable_request,
    recordable_response,
    recordable_sent,
)
from codex_tui.sources.answers import Ending, EndOfEvents, how_much, is_event
from codex_tui.sources.attempt import Again
from codex_tui.sources.errors import PREVIOUS_LOST, SOCKET_LIMIT, json_of
from codex_tui.sources.exchange import Head, switched
from codex_tui.sources.failures import Failure, timed_out
from codex_tui.sources.http_attempt import HttpAnswer
from codex_tui.sources.socket_connection import NO_CLOSE, SocketConnection
from codex_tui.sources.steering import Steering
from codex_tui.wire.decode import event_type
from codex_tui.wire.error_words import codes_in

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

    from codex_tui.recording.records import Record
    from codex_tui.sources.attempt import Asking
    from codex_tui.sources.failures import Phase

CREATE = "response.create"

_OF_HTTP = ("stream", "background")
"""Fields that a request over a socket has not."""

_NO_SOCKET = (400, 404, 405, 426, 501)
"""Statuses by which servers refuse to open one."""

_LOST = (SOCKET_LIMIT, PREVIOUS_LOST)
"""Errors that are the socket's: over another one the request may be taken."""

_PASSING = (None, 1000, 1001, 1006, 1011, 1012, 1013, 1014)
"""Codes with which a server closes a socket that it would open again."""

_CREATED = "response.created"


class SocketLine:
    """The connection of one conversation, if one is open.

    Attributes:
        response: The id of the latest response that was asked for over it: the server has it still.
    """

    def __init__(self) -> None:
        self.response: str | None = None
        self._connection: SocketConnection | None = None

    @property
    def open(self) -> SocketConnection | None:
        """The connection; None where another has to be opened."""
        connection = self._connection
        return connection if connection is not None and connection.usable else None

    @property
    def held(self) -> str | None:
        """The id of the response that its server has still; None where it stands no more."""
        return None if self.open is None else self.response

    def opened(self, asking: Asking) -> SocketConnection:
        """Open a connection."""
        self.leave()
        self._connection = SocketConnection(asking)
        return self._connection

    def leave(self) -> None:
        """Close it, if there is one: what is asked next is asked over another."""
        if self._connection is not None:
            self._connection.leave()
        self._connection, self.response = None, None

    async def close(self) -> None:
        """Close it, and wait a moment for the server to hear of it."""
        if self._connection is not None:
            await self._connection.close()
        self._connection, self.response = None, None


class SocketAttempt:
    """A request over a socket.

    Args:
        turn: The number of its turn.
        asking: What is asked of whom.
        line: What it goes over.
    """

    def __init__(self, turn: int, asking: Asking, line: SocketLine) -> None:
        self.turn = turn
        self.again = Again()
        self.heard = self.listens_in = None
        self._asking = asking
        self._line = line
        self._connection = line.open
        self._first = self._connection is None
        self._message = _message(_asked_over(line, asking))
        self._answer: HttpAnswer | None = None  # where it is none of a socket
        self._events = self._size = 0
        self._began = 0.0  # when this turn was asked for
        self._failure: Failure | None = None
        self._end = EndOfEvents(asking.mask)
        self._ended_at: float | None = None
        self._response = ""
        self._steering = Steering()
        self._whole = False

    @property
    def phase(self) -> Phase:
        """How far it has come."""
        if self._connection is None:
            return "ready"
        phase = self._connection.exchange.phase
        return "waiting" if phase == "reading" and not self._events else phase

    @property
    def bytes_received(self) -> int:
        """Bytes of the connection so far."""
        return self._connection.exchange.bytes_received if self._connection else 0

    @property
    def reads(self) -> int:
        """Reads of the connection so far."""
        return self._connection.exchange.reads if self._connection else 0

    def elapsed(self) -> float | None:
        """Seconds since the connection was asked for; None before."""
        return self._connection.exchange.elapsed() if self._connection else None

    def _now(self) -> float:
        return self.elapsed() or 0.0

    # -- what is asked -----------------------------------------------------------------------

    def beginning(self) -> Sequence[Record]:
        """What came between the turns, and what is about to be sent."""
        before = self._connection.waiting() if self._connection else []
        request = self._request(self._message, self._now())
        return [*self._numbered(before, self.turn - 1), request]

    def _request(self, body: dict[str, Any] | None, t: float) -> RequestRecord:
        mask, provider = self._asking.mask, self._asking.provider
        first = self._first and self._connection is None
        self._began = t
        return recordable_request(
            RequestRecord(
                turn=self.turn,
                wall=iso(self._asking.wall()),
                method="GET",
                url=_as_socket(mask.text(provider.url("/responses"))),
                headers=provider.request_headers() if first else {},
                body=mask.json(body),
                t=t,
                lane=lane if isinstance(lane := (body or {}).get("stream_id"), str) else None,
            )
        )

    def _numbered(self, records: list[Record], turn: int) -> list[Record]:
        for record in records:
            record.turn = turn
        return records

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Send it, and yield the records of the answer, without the end of the last turn."""
        connection = self._connection = self._connection or self._line.opened(self._asking)
        if self._first:
            head = await connection.next()
            if not isinstance(head, Head):
                return
            yield [self._begun(connection, head)]
            if self._answer is not None:
                async for answered in self._answer.batches():
                    yield answered
                return
        await self._send(connection, json.dumps(self._message))
        while (batch := await self._next(connection)) is not None:
            if placed := list(self._placed(batch)):
                yield placed
            if self._over:
                self._whole = True
                break
        self._steering.give_up()

    def _begun(self, connection: SocketConnection, head: Head) -> ResponseRecord:
        """Take the answer to the opening handshake in."""
        if not switched(head.response):
            mask, advice = self._asking.mask, self._advice
            self._answer = HttpAnswer(self.turn, connection.exchange, mask, advice)
            return self._answer.begin(head)
        told = {name: self._asking.mask.text(text) for name, text in head.response.headers.items()}
        record = ResponseRecord(self.turn, head.t, head.response.status_code, told)
        return recordable_response(record)

    def _advice(self, status: int) -> str:
        if status in _NO_SOCKET:
            return "It takes no WebSocket here: ask with --transport sse."
        return self._asking.advice(status)

    async def _send(
        self, connection: SocketConnection, text: str, record: SentRecord | None = None
    ) -> None:
        try:
            await connection.send(text, record)
        except OSError:
            connection.leave()  # what it said last is still to be read

    def left_behind(self) -> None:
        """Nothing: a server ends with the connection."""

    async def steer(self, text: str) -> bool:
        """Have the response that is streaming go on otherwise; False where it can't be."""
        connection = self._connection
        if connection is None or not self._response or self._over:
            return False
        said = self._steering.asked(self._response, text)
        record = SentRecord(self._now(), json.dumps(self._asking.mask.json(said)))
        await self._send(connection, json.dumps(said), recordable_sent(record))
        return True

    def returned(self) -> tuple[str, str] | None:
        """The next text that should have steered it and was given back, and why."""
        return self._steering.returned.pop(0) if self._steering.returned else None

    # -- what comes --------------------------------------------------------------------------

    async def _next(self, connection: SocketConnection) -> list[Record] | None:
        try:
            arrival = await connection.next(self._patience())
        except TimeoutError:
            self._time_out()
            return None
        return arrival if isinstance(arrival, list) else None

    def _patience(self) -> float | None:
        idle, deadline = self._asking.limits.idle, self._end.deadline
        if self._ended_at is not None:
            return max(self._ended_at + self._steering.patience - self._now(), 0.0)
        return idle if deadline is None else max(deadline - self._now(), 0.0)

    def _time_out(self) -> None:
        if self._end.deadline is None and self._ended_at is None:
            self._failure = timed_out("reading", self._asking.limits, "")

    @property
    def _over(self) -> bool:
        """Whether nothing more is to be waited for."""
        if self._end.error is not None and not self._response:
            return True
        return self._end.terminated and not self._steering.waiting

    def _placed(self, records: Sequence[Record]) -> Iterator[Record]:
        """The records in their turns; a response that begins by itself answers a steer."""
        for record in records:
            name = event_type(record.frame) if isinstance(record, FrameRecord) else None
            if name == _CREATED and self._end.terminated:
                yield from self._succeeded(record.t or 0.0)
            record.turn = self.turn
            yield record
            if isinstance(record, FrameRecord):
                self._follow(record, name)

    def _succeeded(self, t: float) -> Iterator[Record]:
        yield self.end(cancelled=False)
        self.turn += 1
        steer = self._steering.taken_up()
        self._end, self._ended_at, self._response = EndOfEvents(self._asking.mask), None, ""
        self._events = self._size = 0
        yield self._request(steer, t)

    def _follow(self, record: FrameRecord, name: str | None) -> None:
        self._events += is_event(record)
        self._size += len(record.frame.data)
        if name == _CREATED:
            self._response = _response_of(record.frame.data)
            self._line.response = self._response or None
        else:
            self._steering.follow(name, record.frame.data, over=self._end.terminated)
        if self._end.over([record]) and self._ended_at is None:
            self._ended_at = record.t

    # -- the end -----------------------------------------------------------------------------

    def end(self, *, cancelled: bool) -> EndRecord:
        """How it ended."""
        ending = self._ending(cancelled=cancelled)
        status, headers = self._refusal()
        self.again = Again.after(ending, status, headers, self._asking.wall())
        if any(code in _LOST for code in codes_in(_error_of(self._end.error))):
            self._whole = False  # over another socket, with all that was said, it may be taken
            self.again = Again(may_help=True)
        elif self._unheard(ending):
            self.again = Again(may_help=True)
        return EndRecord(self.turn, self._ended(), ending.how, self.again.told(ending))

    def _unheard(self, ending: Ending) -> bool:
        """Whether the socket was closed on it before anything was answered, as idle ones are."""
        closed = self._connection and self._connection.closed
        return (ending.how, self._events) == ("interrupted", 0) and (
            closed.code if closed else None
        ) in _PASSING

    def _ended(self) -> float:
        return self._now() if self._ended_at is None else self._ended_at

    def _ending(self, *, cancelled: bool) -> Ending:
        if self._answer is not None:
            return self._answer.ending(cancelled=cancelled)
        after = how_much(self._events, self._size, self._ended() - self._began)
        if cancelled:
            return self._end.ending(Failure("cancelled", "Cancelled"), after)
        broken = self._failure or (self._connection.broke if self._connection else NO_CLOSE)
        if self._events == 0 and broken.how == "connect_error":
            return Ending(broken.how, self._asking.mask.message(broken.words(after)))
        return self._end.ending(broken, after)

    def _refusal(self) -> tuple[int, Mapping[str, str]]:
        """The status and the header fields of what refused it: an answer, or an error event."""
        if self._answer is not None:
            return self._answer.status, self._answer.headers
        return _refused_by(self._end.error)

    def stop(self) -> None:
        """Let go of the connection, unless the next request can go over it."""
        if not self._whole:
            self._line.leave()
        if self._answer is not None and self._connection is not None:
            self._connection.exchange.stop()


def _asked_over(line: SocketLine, asking: Asking) -> Mapping[str, Any]:
    """What is asked: where the socket's server has not what it goes on from, that is told too."""
    before = asking.body.get("previous_response_id")
    held = before == (line.response if line.open is not None else None)
    return asking.body if before is None or held or asking.retold is None else asking.retold()


def _message(body: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in body.items() if name not in _OF_HTTP}
    return {"type": CREATE, **asked}


def _refused_by(error: str | None) -> tuple[int, Mapping[str, str]]:
    """The status and the header fields that an error event tells."""
    said = json_of((error or "").encode("utf-8", "replace"))
    if not isinstance(said, dict):
        return 0, {}
    status, headers = said.get("status"), said.get("headers")
    fields = headers.items() if isinstance(headers, dict) else ()
    told = {str(name).lower(): str(value) for name, value in fields}
    return status if isinstance(status, int) else 0, told


def _error_of(data: str | None) -> Any:
    said = json_of((data or "").encode("utf-8", "replace"))
    return said.get("error") if isinstance(said, dict) else None


def _response_of(data: str) -> str:
    said = json_of(data.encode("utf-8", "replace"))
    response = said.get("response") if isinstance(said, dict) else None
    found = response.get("id") if isinstance(response, dict) else None
    return found if isinstance(found, str) else ""


def _as_socket(url: str) -> str:
    return "ws" + url.removeprefix("http")
