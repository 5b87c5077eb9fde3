"""The copy of a WebSocket: its messages and frames as records, each of the turn that it is of.

A connection is a recording and a `response.create` a turn; what the server says before anything was
asked for is a turn too, of the connection itself. Messages are kept as they were said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from codex_tui.model.socket_words import closing_words
from codex_tui.recording.block_codecs import message_frame
from codex_tui.recording.recording import iso
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.relay.asked import MOST
from codex_tui.relay.bodies import KeptBody
from codex_tui.relay.endings import Outcome, after, broken
from codex_tui.relay.running_turns import CREATE, RunningTurn, RunningTurns, head_of
from codex_tui.wire.web_socket import SocketReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.recording.records import Direction, Record
    from codex_tui.relay.asked import AskedRequest
    from codex_tui.relay.running_turns import MessageHead
    from codex_tui.relay.tee import ExchangeEnd, ResponseHead
    from codex_tui.wire.web_socket import SocketFrame

_STEER = "response.steer"
_EARLY = "It came before anything was asked for."
_SCHEMES = {"https": "wss", "http": "ws"}
_SIDES = {"sent": "client", "received": "server"}


class SocketCopy:
    """The copy of one connection.

    Args:
        asked: The request that it began with.
        head: What answered that, with status 101.
        headers: That answer's header fields, by their names in small letters.
        say: Is told what a user has to hear.

    Attributes:
        outcome: How the latest turn ended that has; None before one has.
    """

    def __init__(
        self,
        asked: AskedRequest,
        head: ResponseHead,
        headers: dict[str, str],
        say: Callable[[str], None],
    ) -> None:
        agreed = headers.get("sec-websocket-extensions", "")
        self.outcome: Outcome | None = None
        self._asked = asked
        self._head = head
        self._headers = headers
        self._say = say
        self._client = SocketReader(masked=True, extensions=agreed)
        self._server = SocketReader(masked=False, extensions=agreed)
        self._turns = RunningTurns()
        self._unasked: RunningTurn | None = None
        self._steer: Any = None  # the latest message that steers, until it is answered
        self._reads = 0
        self._early: list[SentRecord | SocketRecord] = []  # what came before the first turn
        self._close: SocketRecord | None = None

    @property
    def idle(self) -> bool:
        """Whether no turn goes on."""
        return not self._turns.running

    # -- what the client sends -------------------------------------------------------------

    def sent(self, data: bytes, t: float) -> list[Record]:
        """The records of what the client sent."""
        return [each for frame in self._client.feed(data) for each in self._sent(frame, t)]

    def _sent(self, frame: SocketFrame, t: float) -> Iterator[Record]:
        if frame.kind not in ("text", "binary"):
            yield from self._other("sent", frame, t)
            return
        head = head_of(frame.data)
        if head.name == _STEER:
            self._steer = _kept(frame).json()
        if frame.kind == "text" and head.name == CREATE:
            yield from self._begin(frame, head, t)
        else:
            yield from self._placed(self._message(frame, t), head)

    def _message(self, frame: SocketFrame, t: float) -> SentRecord:
        data = self._asked.mask.bytes(frame.data)
        wire = _wire(frame)
        if frame.kind == "binary":
            return SentRecord(t, data, "binary", wire)
        try:
            return SentRecord(t, data.decode(), "text", wire)
        except UnicodeDecodeError:
            return SentRecord(t, data, "text", wire)

    def _begin(self, frame: SocketFrame, head: MessageHead, t: float) -> Iterator[Record]:
        """Begin the turn that a message asks for."""
        for turn in self._turns.failed_in(head.lane):
            yield self._end(turn, t, Outcome("api_error"))
        if self._unasked in self._turns.running and not self._unasked.response:
            yield self._end(self._unasked, t, Outcome("completed", _EARLY))
        kept = _kept(frame)
        mask, body = self._asked.mask, kept.json()
        content = kept.content(mask) if body is None else None
        record = self._request(t)
        yield from self._opened(
            replace(
                record,
                body=mask.json(body),
                lane=head.lane,
                wire=_wire(frame),
                content=content,
            )
        )

    def _request(self, t: float) -> RequestRecord:
        """The request of the next turn, without what it asks for."""
        asked = self._asked.record(self._turns.latest + 1)
        headers = {} if self._turns.latest else asked.headers
        wall = iso(self._asked.head.wall + timedelta(seconds=t))
        return replace(asked, wall=wall, url=_as_socket(asked.url), headers=headers, t=t)

    def _opened(self, request: RequestRecord) -> Iterator[Record]:
        """Begin a turn; the first one has the answer to the upgrade, and what came before it."""
        first = not self._turns.latest
        self._turns.begin(request.turn, request.lane, request.t or 0.0)
        yield request
        if first:
            mask = self._asked.mask
            headers = {name: mask.text(value) for name, value in self._headers.items()}
            yield ResponseRecord(request.turn, self._head.t, self._head.status, headers)
            yield from (replace(each, turn=request.turn) for each in self._early)
            self._early.clear()

    # -- what the server sends -------------------------------------------------------------

    def received(self, data: bytes, t: float) -> list[Record]:
        """The records of a read from the server."""
        self._reads += 1
        return [each for frame in self._server.feed(data) for each in self._received(frame, t)]

    def _received(self, frame: SocketFrame, t: float) -> Iterator[Record]:
        if frame.kind != "text":
            yield from self._other("received", frame, t)
            return
        if not self._turns.latest:
            yield from self._opened(self._request(0.0))
            self._unasked = self._turns.running[-1]
        head = head_of(frame.data)
        if not self._turns.waits_for(head):
            yield from self._opened(self._succeeding(head, t))
        turn = self._turns.of(head)
        number = self._turns.latest if turn is None else turn.number
        told = self._asked.mask.frame(message_frame(frame.data))
        yield FrameRecord(t, self._reads, told, number, _wire(frame))
        if turn is not None:
            turn.take(head, told.data)
            if turn.over:
                yield self._end(turn, t, _told_outcome(turn))

    def _succeeding(self, head: MessageHead, t: float) -> RequestRecord:
        """The request of a response that a server begins though no turn waits for one.

        It is what the client said last to steer the one before; else nobody asked.
        """
        steer, self._steer = self._steer, None
        return replace(self._request(t), body=self._asked.mask.json(steer), lane=head.lane)

    # -- what is no message ----------------------------------------------------------------

    def _other(self, dir_: Direction, frame: SocketFrame, t: float) -> Iterator[Record]:
        """The record of a control frame, of a server's binary message, or of bytes."""
        record = SocketRecord(t, dir_, frame.kind, wire=_wire(frame))
        if frame.kind == "close":
            reason = frame.close_reason
            record.code = frame.close_code
            record.reason = None if reason is None else self._asked.mask.text(reason)
            self._close = self._close or record
        else:
            record.data = self._asked.mask.bytes(frame.data)
            record.reason = frame.reason or None
        if frame.reason:
            self._say_broken(dir_, frame.reason)
        yield from self._placed(record, None)

    def _say_broken(self, dir_: Direction, reason: str) -> None:
        who = f"the {_SIDES[dir_]} of exchange {self._asked.head.number}"
        said = f"What {who} sent is no valid frame of a WebSocket: {reason}"
        self._say(f"{said}. It is kept as the bytes that came.")

    def _placed(
        self, record: SentRecord | SocketRecord, head: MessageHead | None
    ) -> Iterator[Record]:
        """The record in its turn; before the first one it waits for that."""
        if not self._turns.latest:
            self._early.append(record)
            return
        turn = self._turns.of(head) if head is not None and (head.lane or head.response) else None
        yield replace(record, turn=self._turns.latest if turn is None else turn.number)

    # -- the end ---------------------------------------------------------------------------

    def _end(self, turn: RunningTurn, t: float, outcome: Outcome) -> EndRecord:
        self._turns.end(turn)
        self.outcome = outcome
        return EndRecord(turn.number, t, outcome.how, outcome.detail)

    def ended(self, end: ExchangeEnd, lost: str = "") -> list[Record]:
        """The records of the end; `lost` says why what came last is not known, if it isn't."""
        records: list[Record] = []
        if not lost:
            records += self._unfinished("sent", self._client, end.t)
            records += self._unfinished("received", self._server, end.t)
        if not self._turns.latest:
            records += self._opened(self._request(0.0))
        for turn in [*self._turns.running]:
            records.append(self._end(turn, end.t, self._outcome_of(turn, end, lost)))
        return records

    def _unfinished(self, dir_: Direction, reader: SocketReader, t: float) -> list[Record]:
        return [each for frame in reader.close() for each in self._other(dir_, frame, t)]

    def _outcome_of(self, turn: RunningTurn, end: ExchangeEnd, lost: str) -> Outcome:
        much = after(turn.events, turn.size, end.t - turn.began)
        if turn.end.how is not None:
            return _told_outcome(turn)
        if lost:
            return Outcome("cancelled", lost)
        if self._close is None:
            said = f"The server closed the connection ({much})."
            return broken(end, much) or Outcome("interrupted", said)
        if self._close.dir == "received":
            return Outcome("interrupted")  # the fold says with which code
        return Outcome("cancelled", f"{closing_words(self._close)} ({much}).")


def _told_outcome(turn: RunningTurn) -> Outcome:
    how = turn.end.how or "api_error"
    return Outcome(how, turn.end.contradiction or None if how == "completed" else None)


def _kept(frame: SocketFrame) -> KeptBody:
    """What is kept of a message that asks for something."""
    kept = KeptBody("application/json", "", MOST)
    kept.take(frame.data)
    return kept


def _wire(frame: SocketFrame) -> int | None:
    return frame.wire if frame.wire != len(frame.data) else None


def _as_socket(url: str) -> str:
    scheme, colon, rest = url.partition(":")
    return f"{_SCHEMES.get(scheme.lower(), scheme)}{colon}{rest}"
