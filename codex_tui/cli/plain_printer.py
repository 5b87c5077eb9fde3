"""A session told line by line, role words first, for screen readers, pipes and logs of CI.

Pure but for its output: the time comes as an argument, and lines are only ever added. What is said
in our own words is ASCII; texts are as they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.cli.notes import awaited, unsaid_contradiction
from codex_tui.cli.role_lines import RoleItems, RoleLines
from codex_tui.cli.silence import Silence
from codex_tui.figures.report import figures_of
from codex_tui.model.codex_marks import marks_on
from codex_tui.model.codex_usage import count_of
from codex_tui.model.conversation import error_said
from codex_tui.model.record_facts import WARM_UP, gist_of_event, gist_of_mark
from codex_tui.model.remarks import beginning_of, remarks_on
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.codex_events import EventMsgLine
from codex_tui.wire.events import MalformedEvent, ResponseErrorEvent, UnknownEvent
from codex_tui.wire.other_apis import words_of

if TYPE_CHECKING:
    from codex_tui.cli.output import Output
    from codex_tui.engine.observer import Arrival
    from codex_tui.model.conversation import Turn


class PlainPrinter:
    """Prints a conversation of any number of turns as it grows.

    Args:
        output: Where it is printed.
    """

    def __init__(self, output: Output) -> None:
        self._lines = RoleLines(output)
        self._silence = Silence()
        self._turn: Turn | None = None
        self._turns: list[Turn] = []
        self._told = False  # how the turn ended
        self._comments = 0  # of the turn, when the silence began
        self._resends = False  # whether it was said that the request will be sent again

    # -- what comes --------------------------------------------------------------------------

    def took(self, arrival: Arrival) -> None:
        """Print what a record brought."""
        if arrival.turn is not self._turn:
            self._begin(arrival.turn)
        self._end_silence(arrival)
        match arrival.record:
            case RequestRecord():
                self._request(arrival.record, arrival.turn)
            case ResponseRecord():
                self._response(arrival.record)
            case FrameRecord():
                self._event(arrival)
            case ForeignRecord():
                self._foreign(arrival.record)
            case CutRecord():
                self._lines.line("cut off", gist_of_mark(arrival.record))
            case EndRecord():
                self._end(arrival.turn)

    def arrived(self, turn: Turn) -> None:
        """Hand on what was printed."""
        self._lines.flush()

    def make_way(self) -> None:
        """Leave the line that a sentence on stderr would be appended to."""
        self._lines.make_way()

    def ended(self, turn: Turn) -> None:
        """Say how the last turn ended, where no record has said it."""
        if self._turn is not None and turn.ended:
            self._end(turn)
        self._lines.leave()
        self._lines.flush()

    def say(self, role: str, text: str = "") -> None:
        """Print a line about the program itself, at once."""
        self._lines.line(role, text)
        self._lines.flush()

    def _begin(self, turn: Turn) -> None:
        if self._turn is not None:
            self._end(self._turn)
        self._turn, self._told, self._comments, self._resends = turn, False, 0, False
        self._items, self._responses = RoleItems(self._lines), 1
        self._turns.append(turn)
        self._items = RoleItems(self._lines)
        self._silence.begin(0.0)

    def _request(self, record: RequestRecord, turn: Turn) -> None:
        number = f" {turn.number}" if turn.number > 1 else ""
        model = record.body.get("model") if isinstance(record.body, dict) else None
        said = f"{record.method} {record.url}".strip()
        warm_up = WARM_UP if record.warm_up else ""
        words = (said, f"model {model}" if model else "", warm_up)
        self._lines.line(f"request{number}", ", ".join(filter(None, words)))
        for call_id, text in turn.tool_outputs:
            self._lines.text(f"tool output {turn.call_names.get(call_id, call_id)}", text)
        if turn.passed_over:
            self._lines.line("goes on from before", ", ".join(turn.passed_over))
        if turn.says:
            self._lines.text("prompt", turn.says)

    def _response(self, record: ResponseRecord) -> None:
        after = "" if record.t is None else f" after {units.seconds(record.t)}"
        self._lines.line("response", f"status {record.status}{after}")

    def _event(self, arrival: Arrival) -> None:
        match arrival.event:
            case MalformedEvent() as event:
                self._lines.line("malformed event", gist_of_event(event))
            case UnknownEvent() as event:
                self._lines.line(words_of(event), gist_of_event(event))
            case ResponseErrorEvent() as event:
                self._lines.line("error event", error_said(event))
            case EventMsgLine() as event if event.about == "thread_rolled_back":
                self._lines.line("rolled back", _rolled_back(event))
        self._another(arrival.turn)
        if arrival.item is not None:
            self._items.tell(arrival.item)

    def _foreign(self, record: ForeignRecord) -> None:
        """Say what no event was dispatched for; a bare event is a sign of life, as a comment is."""
        if record.kind == "foreign":
            self._lines.line("foreign line", gist_of_mark(record))

    def _another(self, turn: Turn) -> None:
        """Print a line where another response begins in the same stream."""
        responses = turn.transcript.responses
        for number in range(self._responses, len(responses)):
            self._lines.forget()
            self._lines.line("note", beginning_of(responses, number))
        self._responses = len(responses)

    # -- time --------------------------------------------------------------------------------

    def passed(self, t: float | None) -> None:
        """Nothing came until now, in seconds of the turn: say so at sensible intervals."""
        turn = self._turn
        if t is None or turn is None or self._told or turn.transcript.response.terminal_type:
            return
        if (step := self._silence.passed(t)) is None:
            return
        word, what = _silent(turn)
        alive = turn.comments - self._comments
        signs = f", {units.count(alive, 'keep-alive')}" if alive else ""
        self.say(f"{word} {_whole(step)} so far{what}{signs}")

    def resends(self, seconds: float) -> None:
        """Say, once, that the request will be sent again after so many seconds."""
        if not self._resends:
            self._resends = True
            self.say(f"sending again in {units.seconds(seconds)}")

    def _end_silence(self, arrival: Arrival) -> None:
        """Say how long nothing came; keep-alives are a sign of life and end no silence."""
        if isinstance(arrival.record, RequestRecord | CommentRecord | ForeignRecord):
            return
        t = arrival.record.t
        if t is None and not isinstance(arrival.record, EndRecord):
            self._silence.begin(None)
        elif (seconds := self._silence.over(t)) is not None:
            word = "waited" if self._is_first(arrival) else "stalled"
            self._lines.line(f"{word} {units.seconds(seconds)}")
        self._comments = arrival.turn.comments

    def _is_first(self, arrival: Arrival) -> bool:
        before = arrival.turn.events.total - isinstance(arrival.record, FrameRecord)
        return before <= 0

    # -- how it ended ------------------------------------------------------------------------

    def _end(self, turn: Turn) -> None:
        if self._told:
            return
        self._told = True
        for item in turn.transcript.items:
            self._items.tell(item, last=True)
        self._lines.forget()
        after = "" if turn.times.end is None else f" after {units.seconds(turn.times.end)}"
        figures = ", ".join(figures_of(turn)).replace(" → ", " to ")
        if turn.how == "completed":
            self._lines.line(f"completed{after}", figures)
        else:
            self._lines.line(f"{turn.how}{after}", turn.sentence)
            self._lines.line("figures", figures)
        if contradiction := unsaid_contradiction(turn):
            self._lines.line("contradiction", contradiction)
        for note in remarks_on(turn, besides=True):
            self._lines.line("note", note)
        if turn.request is None and turn.times.first_event is not None:
            self._lines.line("request", "unknown; times count from the beginning")
        for mark in marks_on(turn, self._turns, whole=False):
            self._lines.line("note", mark)
        if turn.body:
            self._lines.text("body", turn.body)
        if calls := awaited(turn):
            self._lines.line(f"waiting for the output of {calls}")


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
