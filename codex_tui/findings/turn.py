"""One turn, checked: what carried it, the responses in it, and how it ends.

Keep-alives, `[DONE]`, bare events and types with a foreign prefix are no events to the rules of
order. What a client did not wait for is not held against a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.frames import FrameCheck
from codex_tui.findings.payloads import NOTHING, PayloadCheck, lacks
from codex_tui.findings.response import ResponseCheck
from codex_tui.findings.sockets import SocketCheck
from codex_tui.findings.steady import SteadyRun, is_whole
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
from codex_tui.wire.other_apis import PROTOCOLS, api_of, protocol_asked
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from codex_tui.findings.chat import ChatCheck
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.messages import MessagesCheck
    from codex_tui.findings.payloads import FieldsFound
    from codex_tui.findings.sockets import Lanes
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import FrameRecord, Record
    from codex_tui.wire.base import ProtocolWord, ResponseStreamEvent
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

_MIDDLE = 2
"""The sequence number from which on a file without `response.created` begins in the middle."""


class TurnCheck:
    """What is known of a turn.

    Args:
        findings: Who is told.
        turn: The turn, as far as it is folded.
        lanes: Those of the socket that carries it, if one does.
    """

    def __init__(self, findings: Findings, turn: Turn, lanes: Lanes) -> None:
        self.turn = turn
        self.response: ResponseCheck | None = None
        self._findings = findings
        if turn.request is not None and _CODEX_BACKEND in turn.request.url:
            findings.backend = True
        self._tools = ToolCheck(findings, turn.request.body if turn.request else None)
        on_socket = turn.request is not None and turn.request.on_socket
        self._socket = SocketCheck(findings, turn, lanes) if on_socket else None
        self._frames = FrameCheck(findings, turn, on_socket=on_socket)
        heard = (
            lanes.heard if turn.request is not None and turn.request.t is not None else LastByte()
        )
        self._times = TimeCheck(findings, turn.began, heard)
        self._payloads = PayloadCheck(findings)
        self._found = NOTHING
        self._run: SteadyRun | None = None
        self._saw_error = False
        self._steered = False
        self._asked = protocol_asked(turn.request.url) if turn.request is not None else ""
        self._others: dict[ProtocolWord, ChatCheck | MessagesCheck] = {}

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
        frame, run = record.frame, self._run
        if run is not None:
            if self._socket is not None:
                self._socket.take_lane(frame.data, number)
            if (
                event.__class__ is run.cls
                and frame.event == run.name
                and frame.id == run.id
                and run.same(run, event)
                and (run.fields is NOTHING or lacks(frame.data, run.fields.absent))
                and frame.raw is None
            ):
                run.append(event.delta)
                run.last = number
                if run.fields is not NOTHING:
                    run.fields.again(number)
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
        word = self.turn.transcript.protocol or self._asked
        if (word and word != "responses") or event.protocol != "responses":
            return self._take_other_api(event, frame, number, word)
        self._frames.take(event, frame, number)
        if self._socket is not None:
            self._socket.take_event(event, frame, number)
        self._found = self._fields_of(event, frame, number)
        if isinstance(event, ev.UnknownEvent | ev.MalformedEvent):
            return self._frames.take_odd(event, number)
        if isinstance(event, _NO_EVENTS):
            self._take_sign(event, number)
        elif (response := self._open(event, number)) is not None:
            self._take_response_event(response, event, frame, number)
        return True

    def _take_other_api(
        self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int, word: ProtocolWord
    ) -> bool:
        """Check an event of a stream of another API, or one that is of another than its stream."""
        self._frames.take_bytes(frame, number)
        if isinstance(event, ev.MalformedEvent | ev.UnknownEvent):
            return self._frames.take_odd(event, number)
        if api := api_of(event, word):
            self._frames.take_foreign(api, number)
            return False
        if isinstance(event, ev.EmptyEvent):
            self._frames.take_sign(event, number)
        else:
            self._check_of(word).take(event, frame, number)
        if self._asked not in ("", word):
            self._frames.take_foreign(f"{PROTOCOLS[word]} event", number)
        return True

    def _check_of(self, word: ProtocolWord) -> ChatCheck | MessagesCheck:
        """What checks the events of another API, which is loaded with the first of them."""
        if (check := self._others.get(word)) is None:
            check = self._others[word] = self._new_check(word)
        return check

    def _new_check(self, word: ProtocolWord) -> ChatCheck | MessagesCheck:
        if word == "messages":
            from codex_tui.findings.messages import MessagesCheck

            return MessagesCheck(self._findings, self.turn, self._tools)
        from codex_tui.findings.chat import ChatCheck

        return ChatCheck(self._findings, self.turn, self._tools)

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

    # -- the responses -----------------------------------------------------------------------

    def _open(self, event: ResponseStreamEvent, number: int) -> ResponseCheck | None:
        """The response that an event is of; None for one that comes when it has ended."""
        response = self.response
        if response is None:
            return self._begin(event, number)
        if isinstance(event, ev.ResponseCreatedEvent):
            return self._created(response, event, number)
        if response.ended is None:
            return response
        if (another := _another(response.id, event)) is not None:
            return self._second(response, another, number)
        self._late(response, event, number)
        return None

    def _begin(self, event: ResponseStreamEvent, number: int) -> ResponseCheck:
        created = isinstance(event, ev.ResponseCreatedEvent)
        middle = not created and self._in_middle(event)
        self.response = begun = ResponseCheck(
            self._findings, middle=middle, created=number if created else None
        )
        if not (created or middle or isinstance(event, ev.ResponseErrorEvent)):
            self._findings.add(
                *("order.no-created", (number,)),
                f"the first event is {event.type}, and not response.created",
                expected="response.created",
                seen=str(event.type),
            )
        return begun

    def _in_middle(self, event: ResponseStreamEvent) -> bool:
        request = self.turn.request
        url, body = (request.url, request.body) if request is not None else ("", None)
        asked = "starting_after" in url or (isinstance(body, dict) and "starting_after" in body)
        return asked or (event.sequence_number or 0) >= _MIDDLE

    def _created(
        self, response: ResponseCheck, event: ev.ResponseCreatedEvent, number: int
    ) -> ResponseCheck:
        id_ = event.response.id
        same = response.ended is None and id_ in ("", response.id)
        if response.created is None and same:
            response.created = number
            return response
        if self._steered and response.ended is not None:  # what goes on is another response
            self._steered = False
            self.response = ResponseCheck(self._findings, created=number)
            return self.response
        return self._second(response, event, number, same=same)

    def _second(
        self,
        response: ResponseCheck,
        event: ev.LifecycleEvent,
        number: int,
        *,
        same: bool = False,
    ) -> ResponseCheck:
        standing = "which had ended" if response.ended else "which had not ended"
        begun = () if response.created is None else (response.created,)
        what = "the response is created twice" if same else "another response begins"
        self._findings.add(
            *("order.second-created", (number, *begun)),
            f"{what}: {event.response.id or 'without an id'} after {response.id or 'one'}, "
            f"{standing}",
            expected="one response in a stream",
            seen=event.response.id,
        )
        if same:
            return response
        self.response = ResponseCheck(self._findings, created=number)
        return self.response

    def _late(self, response: ResponseCheck, event: ResponseStreamEvent, number: int) -> None:
        ended = response.ended or number
        second = str(event.type) in OUTCOMES
        rule = "order.second-terminal" if second else "order.after-terminal"
        self._findings.add(
            *(rule, (number, ended)),
            f"{event.type} after {response.ended_as}, which had ended the response",
            expected="nothing more of the response",
            seen=str(event.type),
        )

    def _take_response_event(
        self,
        response: ResponseCheck,
        event: ResponseStreamEvent,
        frame: ServerSentEvent,
        number: int,
    ) -> None:
        if isinstance(event, ev.LifecycleEvent):
            self._take_lifecycle(response, event, number)
            return
        if isinstance(event, ev.ResponseErrorEvent):
            self._saw_error = True
        item = response.take(event, number)
        if item is None:
            return
        kind = DELTAS.get(event.__class__)
        if kind is None:
            self._tools.take(event, item, number)
        elif not item.before and is_whole(event) and self._found.absent is not None:
            index = getattr(event, kind.index) if kind.index else 0
            text = item.texts.get((kind.group, index))
            if text is not None and text.kind is kind and text.done is None and item.done is None:
                self._run = run = SteadyRun(item, text, event, frame)
                run.fields = self._found

    def _take_lifecycle(
        self, response: ResponseCheck, event: ev.LifecycleEvent, number: int
    ) -> None:
        if str(event.type) in OUTCOMES:
            response.end(event, number)
            details = event.response.incomplete_details
            self._steered = details is not None and details.reason == "steered"
        else:
            response.last = number
            response.named(event, number)
            self._tools.offer(event.response.extra.get("tools"))

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
        if self._run is not None:
            self._run.leave()
            if self.response is not None:
                self.response.last = self._run.last
        self._frames.finish(number, streamed=self.response is not None or bool(self._others))
        if self._socket is not None:
            self._finish_socket(self._socket, number)
        if self.turn.how not in _LEFT:
            self._frames.check_tail(number)
            self._check_terminal(number)
            for check in self._others.values():
                check.finish(number)
            self._frames.check_marker(None if self.response is None else self.response.ended)
        self._times.finish()

    def _finish_socket(self, socket: SocketCheck, number: int) -> None:
        response = self.response
        last = (response.last if response is not None else 0) or number
        ended = self._saw_error or (response is not None and response.ended is not None)
        socket.finish(last, ended=ended)

    def _check_terminal(self, number: int) -> None:
        response = self.response
        if response is None or response.ended is not None or self._saw_error:
            return
        self._findings.add(
            *("order.no-terminal", (response.last or number,)),
            f"the stream ends after event {response.last or number}, and no terminal event came",
            expected="response.completed, failed or incomplete",
            seen="the end of the stream",
        )


def _another(id_: str, event: ResponseStreamEvent) -> ev.LifecycleEvent | None:
    """Return the event if it is of another response than that, which nobody said was created."""
    if isinstance(event, ev.ResponseQueuedEvent | ev.ResponseInProgressEvent):
        return event if event.response.id not in ("", id_) else None
    return None
