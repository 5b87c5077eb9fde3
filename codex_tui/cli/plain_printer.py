"""A session told line by line, role words first, for screen readers, pipes and logs of CI.

Pure but for its output: the time comes as an argument, and lines are only ever added. What is said
in our own words is ASCII; texts are as they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.cli.notes import awaited, unsaid_contradiction
from codex_tui.cli.role_lines import RoleItems, RoleLines, TurnLines
from codex_tui.cli.silence import Silence
from codex_tui.figures.report import figures_of
from codex_tui.model.codex_marks import marks_on
from codex_tui.model.codex_usage import count_of
from codex_tui.model.conversation import error_said
from codex_tui.model.record_facts import WARM_UP, gist_of_event, gist_of_mark
from codex_tui.model.remarks import beginning_of, remarks_on
from codex_tui.model.socket_words import way_of
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.wire.chat_events import ChatCompletionChunk
from codex_tui.wire.codex_events import EventMsgLine
from codex_tui.wire.events import MalformedEvent, ResponseErrorEvent, UnknownEvent
from codex_tui.wire.other_apis import api_of, words_of

if TYPE_CHECKING:
    from codex_tui.cli.output import Output
    from codex_tui.engine.observer import Arrival
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record


_BESIDE = 16  # items that a chunk may be of: more choices at a time nobody asks for
_ENDS_NO_SILENCE = (RequestRecord, CommentRecord, ForeignRecord, SentRecord, SocketRecord)


class _ToldTurn:
    """How far a turn was told: its items, its responses, whether it was said how it ended."""

    def __init__(self, turn: Turn, lines: TurnLines) -> None:
        self.turn = turn
        self.lines = lines
        self.items = RoleItems(lines)
        self.responses = 1
        self.over = False
        self.comments = 0  # when the silence began


class PlainPrinter:
    """Prints a conversation of any number of turns as it grows.

    Args:
        output: Where it is printed.
    """

    def __init__(self, output: Output) -> None:
        self._lines = RoleLines(output)
        self._silence = Silence()
        self._told: dict[int, _ToldTurn] = {}
        self._resends = False  # whether it was said that the request will be sent again

    # -- what comes --------------------------------------------------------------------------

    def took(self, arrival: Arrival) -> None:
        """Print what a record brought."""
        told = self._told.get(arrival.turn.number)
        if told is None:
            told = self._begin(arrival.turn, arrival.record)
        self._end_silence(arrival, told)
        match arrival.record:
            case RequestRecord():
                self._request(arrival.record, told)
            case ResponseRecord():
                self._response(arrival.record, told)
            case FrameRecord():
                self._event(arrival, told)
            case ForeignRecord():
                self._foreign(arrival.record, told)
            case CutRecord():
                told.lines.line("cut off", gist_of_mark(arrival.record))
            case SentRecord() | SocketRecord():
                self._message(arrival.record, told)
            case EndRecord():
                self._end(told)

    def arrived(self, turn: Turn) -> None:
        """Hand on what was printed."""
        self._lines.flush()

    def make_way(self) -> None:
        """Leave the line that a sentence on stderr would be appended to."""
        self._lines.make_way()

    def ended(self, turn: Turn) -> None:
        """Say how turns ended, where no record has said it."""
        for told in self._running:
            if told.turn.ended:
                self._end(told)
        self._lines.leave()
        self._lines.flush()

    def say(self, role: str, text: str = "") -> None:
        """Print a line about the program itself, at once."""
        self._lines.line(role, text)
        self._lines.flush()

    @property
    def _running(self) -> list[_ToldTurn]:
        """The turns of which nobody has said how they ended."""
        return [told for told in self._told.values() if not told.over]

    def _begin(self, turn: Turn, record: Record) -> _ToldTurn:
        """Begin a turn; those that it ended are over, others may go on beside it."""
        for told in self._running:
            if told.turn.ended:
                self._end(told)
        request = record if isinstance(record, RequestRecord) else None
        beside = bool(self._running) or (request is not None and request.lane is not None)
        mark = f" (turn {turn.number})" if beside else ""
        told = self._told[turn.number] = _ToldTurn(turn, TurnLines(self._lines, turn.number, mark))
        self._resends = False
        self._silence.begin(turn.began)
        return told

    def _request(self, record: RequestRecord, told: _ToldTurn) -> None:
        turn = told.turn
        number = f" {turn.number}" if turn.number > 1 else ""
        model = record.body.get("model") if isinstance(record.body, dict) else None
        said = f"{record.method} {record.url}".strip()
        lane = f"lane {record.lane}" if record.lane else ""
        warm_up = WARM_UP if record.warm_up else ""
        words = (said, f"model {model}" if model else "", lane, warm_up)
        self._lines.line(f"request{number}", ", ".join(filter(None, words)))
        for call_id, text in turn.tool_outputs:
            told.lines.text(f"tool output {turn.call_names.get(call_id, call_id)}", text)
        if turn.passed_over:
            told.lines.line("goes on from before", ", ".join(turn.passed_over))
        if turn.says:
            told.lines.text("prompt", turn.says)

    def _response(self, record: ResponseRecord, told: _ToldTurn) -> None:
        after = "" if record.t is None else f" after {units.seconds(record.t)}"
        told.lines.line("response", f"status {record.status}{after}")

    def _message(self, record: SentRecord | SocketRecord, told: _ToldTurn) -> None:
        """Say what else went over a socket; pings are signs of life, as comments are."""
        if isinstance(record, SentRecord) or record.opcode not in ("ping", "pong"):
            told.lines.line(way_of(record), gist_of_mark(record))

    def _event(self, arrival: Arrival, told: _ToldTurn) -> None:
        match arrival.event:
            case MalformedEvent() as event:
                told.lines.line("malformed event", gist_of_event(event))
            case UnknownEvent() as event:
                told.lines.line(words_of(event), gist_of_event(event))
            case ResponseErrorEvent() as event:
                told.lines.line("error event", error_said(event))
            case EventMsgLine() as event if event.about == "thread_rolled_back":
                told.lines.line("rolled back", _rolled_back(event))
            case event if event is not None and (api := api_of(event, arrival.turn.protocol)):
                told.lines.line(f"{api} {event.type}", gist_of_event(event))
        self._another(told)
        if isinstance(arrival.event, ChatCompletionChunk) and not arrival.event.about:
            for item in told.turn.transcript.items[-_BESIDE:]:  # it may be of several
                told.items.tell(item)
        elif arrival.item is not None:
            told.items.tell(arrival.item)

    def _foreign(self, record: ForeignRecord, told: _ToldTurn) -> None:
        """Say what no event was dispatched for; a bare event is a sign of life, as a comment is."""
        if record.kind == "foreign":
            told.lines.line("foreign line", gist_of_mark(record))

    def _another(self, told: _ToldTurn) -> None:
        """Print a line where another response begins in the same stream."""
        responses = told.turn.transcript.responses
        for number in range(told.responses, len(responses)):
            told.lines.forget()
            told.lines.line("note", beginning_of(responses, number))
        told.responses = len(responses)

    # -- time --------------------------------------------------------------------------------

    def passed(self, t: float | None) -> None:
        """Nothing came until now, on the clock of the records: say so at sensible intervals."""
        waited = [each for each in self._running if not each.turn.transcript.response.terminal_type]
        if t is None or not waited or (step := self._silence.passed(t)) is None:
            return
        word, what = _silent(waited[-1].turn)
        alive = sum(each.turn.comments - each.comments for each in waited)
        signs = f", {units.count(alive, 'keep-alive')}" if alive else ""
        self.say(f"{word} {_whole(step)} so far{what}{signs}")

    def resends(self, seconds: float) -> None:
        """Say, once, that the request will be sent again after so many seconds."""
        if not self._resends:
            self._resends = True
            self.say(f"sending again in {units.seconds(seconds)}")

    def _end_silence(self, arrival: Arrival, told: _ToldTurn) -> None:
        """Say how long nothing came; keep-alives are a sign of life and end no silence."""
        if isinstance(arrival.record, _ENDS_NO_SILENCE) and not _closes(arrival.record):
            return
        t = arrival.record.t
        if t is None and not isinstance(arrival.record, EndRecord):
            self._silence.begin(None)
        elif (seconds := self._silence.over(t)) is not None:
            word = "waited" if self._is_first(arrival) else "stalled"
            self._lines.line(f"{word} {units.seconds(seconds)}")
        told.comments = arrival.turn.comments

    def _is_first(self, arrival: Arrival) -> bool:
        before = arrival.turn.events.total - isinstance(arrival.record, FrameRecord)
        return before <= 0

    # -- how it ended ------------------------------------------------------------------------

    def _end(self, told: _ToldTurn) -> None:
        if told.over:
            return
        told.over = True
        for item in told.turn.transcript.items:
            told.items.tell(item, last=True)
        told.lines.forget()
        if not self._running:
            self._silence.begin(None)
        self._say_how(told)

    def _say_how(self, told: _ToldTurn) -> None:
        turn = told.turn
        after = "" if turn.times.end is None else f" after {units.seconds(turn.times.end)}"
        figures = ", ".join(figures_of(turn)).replace(" → ", " to ")
        if turn.how == "completed":
            told.lines.line(f"completed{after}", figures)
        else:
            told.lines.line(f"{turn.how}{after}", turn.sentence)
            told.lines.line("figures", figures)
        if contradiction := unsaid_contradiction(turn):
            told.lines.line("contradiction", contradiction)
        for note in remarks_on(turn, besides=True):
            told.lines.line("note", note)
        if turn.request is None and turn.times.first_event is not None:
            told.lines.line("request", "unknown; times count from the beginning")
        for mark in marks_on(turn, [each.turn for each in self._told.values()], whole=False):
            told.lines.line("note", mark)
        if turn.body:
            told.lines.text("body", turn.body)
        if calls := awaited(turn):
            told.lines.line(f"waiting for the output of {calls}")


def _closes(record: Record) -> bool:
    return isinstance(record, SocketRecord) and record.opcode == "close"


def _whole(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else units.seconds(seconds)


def _silent(turn: Turn) -> tuple[str, str]:
    """What a silence is called, and what it is a wait for."""
    if turn.events.total:
        return "stalled", ""
    if turn.request is not None and turn.response_head is None:
        return "waiting", " for an answer"
    return "waiting", " for the first event"


def _rolled_back(event: EventMsgLine) -> str:
    count = count_of(event.payload, "num_turns")
    return "the latest turn" if count in (None, 1) else f"the latest {count:,} turns"
