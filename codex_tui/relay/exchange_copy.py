"""The copy of one exchange, in the recorder's thread: what is told of it becomes records.

What an exchange is shows by and by: a recording begins when that is sure, a request for a stream
when its upload ends; what turns out to be neither a stream nor a failed one is a line in the tap's
list. What is told of it beyond is the same for both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codex_tui.model.prompts import prompt_of
from codex_tui.recording.recording import iso
from codex_tui.recording.records import RequestRecord, ResponseRecord
from codex_tui.redact import RESPONSE_HEADER_PREFIXES, RESPONSE_HEADERS, recordable_headers
from codex_tui.relay.answered import StreamCopy
from codex_tui.relay.asked import AskedRequest, by_name
from codex_tui.relay.bodies import KeptBody
from codex_tui.relay.endings import Outcome, broken, of_body, of_refused_stream, of_stream
from codex_tui.relay.exchange_recording import ExchangeRecording
from codex_tui.relay.socket_copy import SocketCopy
from codex_tui.relay.tee import ResponseHead
from codex_tui.wire.content_type import is_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.recording.records import Record
    from codex_tui.relay.copy_ledger import CopyLedger
    from codex_tui.relay.tee import ExchangeEnd, RequestHead

MOST = 1 << 20
"""Bytes that are kept of an answer that is no stream."""

_LOST = "more came than could be taken down: it was left here, and went on unrecorded"
_SWITCHING = 101
_OK = range(200, 300)


class ExchangeCopy:
    """What is known of one exchange.

    Args:
        head: The head of its request.
        ledger: Takes it down.
    """

    def __init__(self, head: RequestHead, ledger: CopyLedger) -> None:
        self._ledger = ledger
        headers = by_name(head.headers)
        self._asked = AskedRequest.of(head, headers, ledger.mask(headers))
        self._recording = ExchangeRecording(self._asked, ledger)
        self._begun = False
        self._head: ResponseHead | None = None
        self._answer_headers: dict[str, str] = {}
        self._answer: StreamCopy | KeptBody | None = None
        self._socket: SocketCopy | None = None
        self._lost = ""

    # -- the request -----------------------------------------------------------------------

    def request_body(self, data: bytes) -> None:
        """A piece of the request's body."""
        self._asked.body.take(data)

    def request_done(self) -> None:
        """The request is whole."""
        self._asked.done()
        if self._asked.is_for_events and self._asked.streams:
            self._record()

    def _record(self) -> None:
        """Have the exchange recorded from here on, if it isn't."""
        if self._recording.begun:
            return
        prompt = prompt_of(self._asked.json) if self._asked.is_for_events else ""
        self._open(prompt or self._asked.path, again=True)
        self._recording.write([self._asked.record(self._recording.turn)])
        if self._head is not None:
            self._recording.write([self._head_record(self._head)])

    def _open(self, title: str, *, again: bool) -> None:
        """Begin the recording; `again` is whether that may be the one of another try."""
        self._recording.begin(title, again=again)
        self._begin()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._ledger.began(self._told())

    # -- the answer ------------------------------------------------------------------------

    def response(self, head: ResponseHead) -> None:
        """The head of an answer; one that only announces another is passed over."""
        if head.status < _SWITCHING or head.status in range(_SWITCHING + 1, 200):
            return
        self._head, self._answer_headers = head, by_name(head.headers)
        if self._recording.begun:
            self._recording.write([self._head_record(head)])
        elif head.status == _SWITCHING:
            pass  # what follows says what it is
        elif self._is_called_stream() or self._has_failed():
            self._record()
        elif not self._may_be_stream():
            self._begin()

    def _is_called_stream(self) -> bool:
        """Whether the answer's head says that events follow."""
        kind = self._answer_headers.get("content-type", "")
        return is_stream(kind, b"") and self._asked.head.method.upper() != "HEAD"

    def _has_failed(self) -> bool:
        return self._asked.is_for_events and self._status not in (_SWITCHING, *_OK)

    def _may_be_stream(self) -> bool:
        """Whether events may come under another content type, which their first bytes show."""
        return self._asked.is_for_events

    @property
    def _status(self) -> int:
        return 0 if self._head is None else self._head.status

    def _head_record(self, head: ResponseHead) -> ResponseRecord:
        mask = self._asked.mask
        headers = {name: mask.text(value) for name, value in self._answer_headers.items()}
        return ResponseRecord(self._recording.turn, head.t, head.status, headers)

    def response_body(self, data: bytes, t: float) -> None:
        """A read of the answer's body."""
        if self._answer is None:
            self._answer = self._recognized(data)
        if isinstance(self._answer, StreamCopy):
            self._recording.write(self._answer.take(data, t))
        else:
            self._answer.take(data)

    def response_more(self, size: int) -> None:
        """So many bytes of the answer's body came that are beyond what is kept."""
        if isinstance(self._answer, KeptBody):
            self._answer.skip(size)

    def _recognized(self, first: bytes) -> StreamCopy | KeptBody:
        """What an answer turns out to be by its content type and its first bytes."""
        kind = self._answer_headers.get("content-type", "")
        encoding = self._answer_headers.get("content-encoding", "")
        seen = b"" if encoding.strip().lower() not in ("", "identity") else first
        if is_stream(kind, seen) and (self._is_called_stream() or self._may_be_stream()):
            self._record()
            return StreamCopy(encoding, self._asked.mask, self._recording.turn)
        return KeptBody(kind, encoding, MOST)

    # -- a socket --------------------------------------------------------------------------

    def switched(self, t: float) -> None:
        """All that follows is a WebSocket's."""
        head = self._head or ResponseHead(_SWITCHING, "", (), t)
        self._socket = SocketCopy(self._asked, head, self._answer_headers, self._ledger.say)

    def sent(self, data: bytes, t: float) -> None:
        """Bytes of the socket from the program."""
        if self._socket is not None:
            self._write_socket(self._socket, self._socket.sent(data, t))

    def received(self, data: bytes, t: float) -> None:
        """Bytes of the socket from the server."""
        if self._socket is not None:
            self._write_socket(self._socket, self._socket.received(data, t))

    def _write_socket(self, socket: SocketCopy, records: Sequence[Record]) -> None:
        """Write what a socket brought; the first of it begins the recording."""
        if records and not self._recording.begun:
            first = records[0]
            body = first.body if isinstance(first, RequestRecord) else None
            self._open(prompt_of(body) or self._asked.path, again=False)
        self._recording.write(records)
        if socket.idle:
            self._recording.rest()

    def lose(self) -> None:
        """What comes from here on is not taken down."""
        self._lost = _LOST
        if not self._asked.whole:
            self._asked.body.skip(0)
        if isinstance(self._answer, KeptBody):
            self._answer.skip(0)

    # -- the end ---------------------------------------------------------------------------

    def ended(self, end: ExchangeEnd) -> None:
        """The exchange is over."""
        end = replace(end, detail=self._asked.mask.message(end.detail))
        ours = end.how in ("refused", "unreachable") or (end.by, end.how) == ("relay", "broken")
        if ours and end.detail:
            self._ledger.say_once(end.detail)  # programs tell the status, and seldom the reason
        if self._socket is not None:
            self._end_socket(self._socket, end)
            return
        outcome = self._rest(end)
        if self._asked.is_for_events and outcome.how != "completed":
            self._record()
        self._begin()
        self._recording.end(end.t, outcome, again=self._may_come_again(outcome))
        self._tell(outcome, end)

    def _end_socket(self, socket: SocketCopy, end: ExchangeEnd) -> None:
        lost = f"The recording was left: {self._lost}." if self._lost else ""
        self._write_socket(socket, socket.ended(end, lost))
        self._recording.let_go()
        self._tell(socket.outcome or Outcome("interrupted"), end)

    def _rest(self, end: ExchangeEnd) -> Outcome:
        """Take in what was left unfinished, and say how it ended."""
        answer, mask = self._answer, self._asked.mask
        if isinstance(answer, StreamCopy):
            self._recording.write([] if self._lost else answer.rest(end.t))
            return self._stream_outcome(answer, end)
        if self._head is None:
            much = f"before an answer, after {end.t:.2f} s"
            return broken(end, much) or Outcome("connect_error", f"No answer came ({much}).")
        body = answer or self._recognized(b"")
        if isinstance(body, StreamCopy):
            return self._stream_outcome(body, end)
        return of_body(body, self._status, end, mask, streams=self._recording.begun)

    def _stream_outcome(self, stream: StreamCopy, end: ExchangeEnd) -> Outcome:
        if self._lost and stream.end.how is None:
            return Outcome("cancelled", f"The recording was left: {self._lost}.")
        if self._status not in _OK:
            return of_refused_stream(stream, self._status, end)
        ours = self._asked.is_for_responses or self._recording.is_ours
        return of_stream(stream, end, ours=ours)

    def _may_come_again(self, outcome: Outcome) -> bool:
        """Whether it failed before its first event, so that its program may try again."""
        stream = self._answer if isinstance(self._answer, StreamCopy) else None
        return outcome.how != "completed" and (stream is None or not stream.events)

    # -- what is told ----------------------------------------------------------------------

    def _told(self) -> dict[str, Any]:
        head, path = self._asked.head, self._recording.path
        return {
            "n": head.number,
            "file": None if path is None else str(path),
            "program": self._asked.program,
            "method": head.method,
            "path": self._asked.path,
            "transport": "http" if self._socket is None else "websocket",
        }

    def _tell(self, outcome: Outcome, end: ExchangeEnd) -> None:
        how = {"status": self._status or end.status or None, "how": outcome.how}
        figures = self._recording.figures() or self._figures()
        told = self._told() | how | figures | {"end": round(end.t, 6)}
        beside: dict[str, Any] = {"wall": iso(self._asked.head.wall)}
        if not self._recording.begun:
            beside |= {"detail": outcome.detail, "request": self._asked.told()}
            beside["answer"] = self._answer_told()
        self._ledger.ended(told, beside)

    def _figures(self) -> dict[str, Any]:
        """What is told of an exchange that is no stream, as far as its bodies say it."""
        answer = self._answer.json() if isinstance(self._answer, KeptBody) else None
        said = answer if isinstance(answer, dict) else {}
        asked = self._asked.json if isinstance(self._asked.json, dict) else {}
        model, usage = said.get("model") or asked.get("model"), said.get("usage")
        return {
            "model": model if isinstance(model, str) else None,
            "events": 0,
            "first_event": None,
            "usage": usage if isinstance(usage, dict) else None,
            "findings": None,
        }

    def _answer_told(self) -> dict[str, Any] | None:
        """What the tap's list says of an answer; None where there was none."""
        if self._head is None:
            return None
        known, prefixes = RESPONSE_HEADERS, RESPONSE_HEADER_PREFIXES
        headers = recordable_headers(self._answer_headers, known, prefixes)
        kept = self._answer if isinstance(self._answer, KeptBody) else KeptBody("", "", MOST)
        return {"headers": self._asked.mask.json(headers), **kept.told(self._asked.mask)}
