"""What carried the events of a turn, checked: its frames and lines, its head, and its end.

These are the rules of the wire: they hold for any stream of the API, whatever it says. What stands
in no frame is no event to the rules of order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.finding import quoted
from codex_tui.findings.rules import DONE_MARKER
from codex_tui.wire import events as ev
from codex_tui.wire.other_apis import PROTOCOLS, other_api, protocol_asked
from codex_tui.wire.tails import unended_type

if TYPE_CHECKING:
    from codex_tui.findings.finding import Entry, Findings
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import ForeignRecord, ResponseRecord
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent

_EVENT_STREAM = "text/event-stream"
_OK = 200


class FrameCheck:
    """The frames and lines of one turn.

    Args:
        findings: Who is told.
        turn: The turn, as far as it is folded.
        on_socket: Whether each message is a frame: those have no names, and no marker at the end.
    """

    def __init__(self, findings: Findings, turn: Turn, *, on_socket: bool) -> None:
        self._findings = findings
        self._turn = turn
        self._on_socket = on_socket
        self._other_type = ""
        self._saw_done = False
        self._foreign: dict[str, list[int]] = {}

    def take(self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int) -> None:
        """Check a frame: its name, its id, its bytes."""
        type_ = event.type
        if frame.event == "message":
            if isinstance(type_, str) and type_ != "[DONE]" and not self._on_socket:
                self._once("wire.no-event-name", number, "frames without an event: field")
        elif isinstance(type_, str) and type_ not in (frame.event, "[DONE]"):
            self._findings.add(
                *("wire.event-name", (number,)),
                f"event: {frame.event}, but the type is {quoted(type_)}",
                expected=type_,
                seen=frame.event,
            )
        self.take_bytes(frame, number)

    def take_bytes(self, frame: ServerSentEvent, number: int) -> None:
        """Check what holds for the frames of any API."""
        if frame.id:
            self._once("wire.id-field", number, f"frames with an id: field, as {quoted(frame.id)}")
        if frame.raw is not None and not _is_utf8(frame.raw):
            self._findings.add(
                *("wire.encoding", (number,)),
                "bytes that are no UTF-8",
                expected="UTF-8",
                seen=ascii(frame.raw[-40:]),
            )

    def _once(self, rule: str, number: int, words: str, **more: Any) -> None:
        self._findings.add(rule, (number,), words, once=True, **more)

    def take_sign(self, event: ev.StreamDone | ev.EmptyEvent, number: int) -> None:
        """Take in what says nothing of a response."""
        if isinstance(event, ev.EmptyEvent):
            self._once("wire.empty-event", number, f"event: {event.type or ''} without data")
            return
        self._saw_done = True
        if not DONE_MARKER[self._findings.spec]:
            self._once("wire.done-marker", number, "[DONE], which the API does not send")

    def take_odd(self, event: ev.UnknownEvent | ev.MalformedEvent, number: int) -> bool:
        """Take in what is no event of the API; return whether it was meant for one."""
        if isinstance(event, ev.MalformedEvent):
            if not event.type or not event.reason.startswith(f"{event.type}: "):
                self._findings.add(
                    *("wire.not-json", (number,)),
                    f"{event.reason}: {quoted(event.data)}",
                    expected="a JSON object",
                    seen=event.data[:60],
                )
            return True
        if api := other_api(event.data):
            self.take_foreign(api, number)
            return False
        if event.type is None:
            self._findings.add(
                *("wire.not-json", (number,)),
                "JSON without a string type",
                expected="a string type",
                seen="none",
            )
        return True

    def take_foreign(self, api: str, number: int) -> None:
        """Take in an event of another API than the stream's, or than the one that was asked."""
        self._foreign.setdefault(api, []).append(number)

    def take_head(self, record: ResponseRecord) -> None:
        """Take in what the answer is called."""
        type_ = _content_type(record)
        if record.status == _OK and type_ and type_ != _EVENT_STREAM:
            self._other_type = type_

    def take_line(self, record: ForeignRecord) -> None:
        """Check lines that no rule of SSE keeps."""
        place = "#{}+{}".format(*self._turn.unnumbered)
        text = record.data.decode("utf-8", "replace")
        if record.kind == "empty":
            self._findings.add(
                *("wire.empty-event", (place,)), f"{quoted(text)} without data", once=True
            )
            return
        self._findings.add(
            *("wire.foreign-line", (place,)),
            f"a line that is no field of SSE: {quoted(text)}",
            expected="a field, a comment or a blank line",
            seen=text[:60],
        )

    # -- the end -----------------------------------------------------------------------------

    def finish(self, number: int, *, streamed: bool) -> None:
        """Say that the turn is over.

        Args:
            number: That of the last event.
            streamed: Whether there was a response in it.
        """
        self._check_type(number, streamed=streamed)
        self._check_foreign(streamed=streamed)

    def _check_type(self, number: int, *, streamed: bool) -> None:
        """Check that an event stream was called one, and nothing else was."""
        if streamed and self._other_type:
            self._findings.add(
                *("wire.content-type", (number,)),
                f"an event stream under the content type {quoted(self._other_type)}",
                expected=_EVENT_STREAM,
                seen=self._other_type,
            )
        head = self._turn.response_head
        if self._turn.how == "not_sse" and head and _content_type(head) == _EVENT_STREAM:
            self._findings.add(
                *("wire.content-type", ()),
                "what is no event stream is called text/event-stream",
                expected="another content type",
                seen=_EVENT_STREAM,
            )

    def _check_foreign(self, *, streamed: bool) -> None:
        """Speak of other APIs where one of ours was asked for, or came as well."""
        request = self._turn.request
        asked = protocol_asked(request.url) if request is not None else ""
        if not (asked or streamed):
            return
        own = PROTOCOLS[asked or self._turn.protocol]
        for api, numbers in self._foreign.items():
            for number in numbers:
                self._once("wire.other-protocol", number, f"{api} in a {own} stream")

    def check_tail(self, number: int) -> None:
        """Check that the last event was ended."""
        cut = self._turn.cut
        if cut is None:
            return
        type_ = unended_type(cut.data)
        what = f"a whole {type_}" if type_ else f"{len(cut.data):,} bytes of an event"
        text = cut.data.decode("utf-8", "replace")
        entries: tuple[Entry, ...] = (number,) if number else ()
        self._findings.add(
            *("wire.cut-off", entries),
            f"{what} at the end, which no blank line ends: {quoted(text)}",
            expected="a blank line",
            seen="the end of the bytes",
        )

    def check_marker(self, ended: int | None) -> None:
        """Check that `[DONE]` came, where it is to come, behind the event that ended all."""
        wanted = DONE_MARKER[self._findings.spec]
        if self._on_socket or not wanted or self._saw_done:
            return
        if ended:
            self._once("wire.done-marker", ended, "no [DONE] after the terminal event")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _content_type(head: ResponseRecord) -> str:
    said = next((v for k, v in head.headers.items() if k.lower() == "content-type"), "")
    return said.partition(";")[0].strip().lower()
