"""One turn, checked: what carried it, the responses in it, and how it ends.

Keep-alives, `[DONE]`, bare events and types with a foreign prefix are no events to the rules of
order. What a client did not wait for is not held against a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.frames import FrameCheck
from codex_tui.findings.other_apis import OtherApiCheck
from codex_tui.findings.payloads import NOTHING, PayloadCheck
from codex_tui.findings.responses import ResponsesCheck
from codex_tui.findings.sockets import SocketCheck
from codex_tui.findings.steady import steady_run
from codex_tui.findings.texts import DELTAS
from codex_tui.findings.times import LastByte, TimeCheck
from codex_tui.findings.tools import ToolCheck
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    ForeignRecord,
    ResponseRecord,
    SocketRecord,
)
from codex_tui.wire import events as ev
from codex_tui.wire.base import RESPONSES
from codex_tui.wire.other_apis import protocol_asked

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.payloads import FieldsFound
    from codex_tui.findings.sockets import Lanes
    from codex_tui.findings.steady import SteadyRun
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import FrameRecord, Record
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent

_OURS = frozenset(kind.cls for kind in RESPONSES.types.values())
_NO_EVENTS = (
    *(ev.KeepaliveEvent, ev.PingEvent, ev.HeartbeatEvent, ev.EmptyEvent, ev.StreamDone),
    *(ev.RateLimitsEvent, ev.MetadataEvent),
)
_ODD = (ev.UnknownEvent, ev.MalformedEvent, ev.EmptyEvent, ev.StreamDone)
_CODEX_BACKEND = "/backend-api/codex"
"""Where the ChatGPT backend answers the Codex CLI; its final outputs are empty."""

_LEFT = ("cancelled", "timeout")
"""How a turn ends where the client was the first to leave."""


class TurnCheck:
    """What is known of a turn.

    Args:
        findings: Who is told.
        turn: The turn, as far as it is folded.
        lanes: Those of the socket that carries it, if one does.
    """

    def __init__(self, findings: Findings, turn: Turn, lanes: Lanes) -> None:
        self.turn = turn
        self._findings = findings
        request = turn.request
        url, on_socket = ("", False) if request is None else (request.url, request.on_socket)
        if _CODEX_BACKEND in url:
            findings.backend = True
        self._tools = ToolCheck(findings, None if request is None else request.body)
        self._responses = ResponsesCheck(findings, request, self._tools)
        self._socket = SocketCheck(findings, turn, lanes) if on_socket else None
        self._frames = FrameCheck(findings, turn, on_socket=on_socket)
        asked = protocol_asked(url)
        self._others = OtherApiCheck(findings, turn, self._tools, self._frames, asked)
        timed = request is not None and request.t is not None
        self._times = TimeCheck(findings, turn.began, lanes.heard if timed else LastByte())
        self._payloads = PayloadCheck(findings)
        self._run: SteadyRun | None = None

    @property
    def on_socket(self) -> bool:
        """Whether a socket carries it."""
        return self._socket is not None

    # -- frames ------------------------------------------------------------------------------

    def take_event(self, record: FrameRecord, event: Any, number: int) -> bool:
        """Check an event; return whether it is one that a Responses stream may have.

        Args:
            record: Its record.
            event: The event, of whatever class: that of the run that goes on has a `delta`.
            number: Its number in the file.
        """
        run = self._run
        if run is not None:
            if self._socket is not None:
                self._socket.take_lane(record.frame.data, number)
            if run.take(event, record.frame, number):
                if record.t is not None:
                    self._times.take(record.t, record.read, number)
                return True
            run.leave()
            self._run = None
        return self._take(record, event, number)

    def _take(self, record: FrameRecord, event: ResponseStreamEvent, number: int) -> bool:
        if record.t is not None:
            self._times.take(record.t, record.read, number)
        cls = event.__class__
        strange = cls not in _OURS and not isinstance(event, _ODD)
        if self.turn.codex is not None or (strange and event.protocol == "responses"):
            return False
        frame = record.frame
        word = self.turn.transcript.protocol or self._others.asked
        if (word and word != "responses") or event.protocol != "responses":
            return self._others.take(event, frame, number, word)
        self._frames.take(event, frame, number)
        if self._socket is not None:
            self._socket.take_event(event, frame, number)
        found = self._fields_of(event, frame, number)
        if isinstance(event, ev.UnknownEvent | ev.MalformedEvent):
            return self._frames.take_odd(event, number)
        if isinstance(event, _NO_EVENTS):
            self._take_sign(event, number)
        elif (item := self._responses.take(event, number)) is not None:
            if event.__class__ in DELTAS:
                self._run = steady_run(item, event, frame, number, found)
            else:
                self._tools.take(event, item, number)
        return True

    def _fields_of(
        self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int
    ) -> FieldsFound:
        """Check its fields; an error of a socket has others, which nobody specified as fields."""
        if self._socket is not None and isinstance(event, ev.ResponseErrorEvent):
            return NOTHING
        return self._payloads.take(event, frame, number)

    def _take_sign(self, event: ResponseStreamEvent, number: int) -> None:
        """Take in what says nothing of the response."""
        match event:
            case (
                ev.RateLimitsEvent(type="codex.rate_limits")
                | ev.MetadataEvent(type="codex.response.metadata")
            ):
                self._findings.backend = True
            case ev.StreamDone() | ev.EmptyEvent():
                self._frames.take_sign(event, number)

    # -- what is no event --------------------------------------------------------------------

    def take_other(self, record: Record, number: int) -> None:
        """Check a record without an event; `number` is that of the event before it."""
        match record:
            case ResponseRecord():
                self._frames.take_head(record)
            case ForeignRecord():
                if record.t is not None:
                    self._times.take(record.t, record.read, number)
                self._frames.take_line(record)
            case CommentRecord() | CutRecord() if record.t is not None:
                self._times.take(record.t, record.read, number)
            case SocketRecord() if self._socket is not None:
                self._socket.take_record(record)
                if record.t is not None and record.dir == "received":
                    self._times.hear(record.t, number)

    # -- the end -----------------------------------------------------------------------------

    def finish(self, number: int) -> None:
        """Say that the turn is over; `number` is that of the last event."""
        responses = self._responses
        if self._run is not None:
            self._run.leave()
            if responses.latest is not None:
                responses.latest.last = self._run.last
        streamed = responses.latest is not None or self._others.begun
        self._frames.finish(number, streamed=streamed)
        if self._socket is not None:
            self._socket.finish(responses.last or number, ended=responses.over)
        if self.turn.how not in _LEFT:
            self._frames.check_tail(number)
            responses.finish(number)
            self._others.finish(number)
            self._frames.check_marker(responses.ended)
        self._times.finish()
