"""What went over a socket, checked: its lanes, binary messages, and how it was closed.

A lane is named by `stream_id`; where the client named none, there is one lane, without a name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.findings.finding import quoted
from codex_tui.findings.payloads import payload_of
from codex_tui.findings.times import LastByte
from codex_tui.model.socket_words import closing_words
from codex_tui.wire import events as ev
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from codex_tui.findings.finding import Entry, Findings
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import SocketRecord
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent


class Lanes:
    """The responses that go on in one socket: the event that began each, by its lane."""

    def __init__(self) -> None:
        self.running: dict[str | None, tuple[int, int]] = {}
        """The turn and the event that began it."""
        self.heard = LastByte()


class SocketCheck:
    """The messages of one turn.

    Args:
        findings: Who is told.
        turn: The turn, as far as it is folded.
        lanes: Those of its socket.
    """

    def __init__(self, findings: Findings, turn: Turn, lanes: Lanes) -> None:
        self._findings = findings
        self._turn = turn
        self._lanes = lanes
        self._lane = turn.request.lane if turn.request is not None else None
        echo = json.dumps(self._lane, ensure_ascii=False)
        self._echoes = f'"stream_id":{echo}', f'"stream_id": {echo}'
        self._closed = ""

    def take_event(self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int) -> None:
        """Check an event that is no delta of a run that goes on."""
        if isinstance(event, ev.ResponseCreatedEvent):
            self._begin(number)
        elif isinstance(event, ev.ResponseErrorEvent) or str(event.type) in OUTCOMES:
            self._end()
        self.take_lane(frame.data, number)

    def take_lane(self, data: str, number: int) -> None:
        """Check that an event names the lane that was asked for."""
        if self._lane is None or any(map(data.__contains__, self._echoes)):
            return
        seen = payload_of(data).get("stream_id")
        if seen != self._lane:
            what = "no stream_id" if seen is None else f"stream_id {quoted(seen)}"
            self._findings.add(
                *("socket.lane", (number,)),
                f"events with {what}, where {quoted(self._lane)} was asked for",
                expected=self._lane,
                seen=str(seen),
                once=True,
            )

    def _begin(self, number: int) -> None:
        turn, began = self._lanes.running.get(self._lane, (0, 0))
        if turn and turn != self._turn.number:
            where = "" if self._lane is None else f" in the lane {quoted(self._lane)}"
            self._findings.add(
                *("socket.two-responses", (number, began)),
                f"a response begins{where}, where that of turn {turn} has not ended",
                expected="one response at a time",
                seen="two",
            )
        self._lanes.running[self._lane] = self._turn.number, number

    def _end(self) -> None:
        if self._lanes.running.get(self._lane, (0, 0))[0] == self._turn.number:
            del self._lanes.running[self._lane]

    def take_record(self, record: SocketRecord) -> None:
        """Check what is no message of text."""
        place = "#{}+{}".format(*self._turn.unnumbered)
        if (record.dir, record.opcode) == ("received", "binary"):
            self._findings.add(
                *("socket.binary", (place,)),
                f"a binary message of {units.size(len(record.data))}",
                expected="a text message",
                seen="binary",
            )
        elif record is self._turn.close:
            self._closed = place

    def finish(self, last: int, *, ended: bool) -> None:
        """Say that the turn is over.

        Args:
            last: Its last event.
            ended: Whether a terminal event, or an error, has ended it.
        """
        self._end()
        close = self._turn.close
        if close is None or ended or close.dir == "sent":
            return
        entries: tuple[Entry, ...] = (last, self._closed) if self._closed else (last,)
        self._findings.add(
            *("socket.closed", entries if last else entries[1:]),
            f"{closing_words(close)} before a terminal event",
            expected="a terminal event",
            seen="close" if close.code is None else f"close {close.code}",
        )
