"""A tap told line by line, for logs and CI: what is worth noting of each exchange, as it happens.

What the relay doesn't tell is read in the recordings as they grow, as a viewer does. A line begins
with the word for what it is and the number of its exchange; a socket's turns are `3.1`, `3.2`.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from codex_tui import units
from codex_tui.cli.exchange_lines import how_of, tokens_of
from codex_tui.cli.role_lines import RoleLines
from codex_tui.cli.silence import Silence
from codex_tui.cli.verdicts import of_level, said_of
from codex_tui.engine.folded import Folded
from codex_tui.findings import Checker
from codex_tui.model.items import ToolCall
from codex_tui.recording.reader import CHUNK, RecordParser
from codex_tui.recording.records import CommentRecord, ForeignRecord, RequestRecord
from codex_tui.redact import mask_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codex_tui.cli.output import Output
    from codex_tui.config.profiles import Spec
    from codex_tui.engine.observer import Arrival
    from codex_tui.findings import Level
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record

    Told = Mapping[str, Any]

_REMEMBERED = 64
"""Recordings that have ended and may go on: a retry stands in the recording of the first try."""


class ExchangeNotes:
    """Prints what is worth noting of the exchanges of a tap.

    Args:
        output: Where it is printed.
        rules: Whose rules streams are checked by, and which of them are not spoken of.
        level: The mildest finding that is printed; None prints none.
        clock: A monotonic clock, in seconds.
    """

    def __init__(
        self,
        output: Output,
        rules: tuple[Spec, tuple[str, ...]],
        level: Level | None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._lines = RoleLines(output)
        self._rules, self._level, self._clock = rules, level, clock
        self._growing: dict[str, _GrowingExchange] = {}
        self._left: dict[str, _GrowingExchange] = {}

    def began(self, told: Told) -> None:
        """Say that an exchange began, and follow its recording."""
        number, file = told.get("n"), told.get("file")
        what = (f"{told.get('method')} {told.get('path')}", told.get("program"))
        self._lines.line(f"began {number}", ", ".join(filter(None, what)))
        if file:
            growing = self._left.pop(file, None) or _GrowingExchange(
                Path(file), self._lines, self._rules, self._level
            )
            growing.number = str(number)
            growing.socket = told.get("transport") == "websocket"
            self._growing[file] = growing
        self._lines.flush()

    def look(self) -> None:
        """Say what has come since the last look, and what has not for long."""
        now = self._clock()
        for growing in self._growing.values():
            growing.look(now)
        self._lines.flush()

    def ended(self, told: Told) -> None:
        """Say how an exchange ended, and before that what came at its end."""
        if (file := told.get("file")) and (growing := self._growing.pop(file, None)):
            growing.look(self._clock(), last=True)
            self._left[file] = growing
            while len(self._left) > _REMEMBERED:
                self._left.pop(next(iter(self._left)))
        word = "ended" if _went_well(told) else "failed"
        self._lines.line(f"{word} {told.get('n')}", ", ".join(_figures(told)))
        self._lines.flush()


def _went_well(told: Told) -> bool:
    status, how = told.get("status"), told.get("how")
    return how in (None, "completed", "incomplete") and (status or 0) < 400


def _figures(told: Told) -> Iterator[str]:
    after = told.get("end")
    yield how_of(told) + ("" if after is None else f" after {units.seconds(after)}")
    if events := told.get("events"):
        yield units.count(events, "event")
    if tokens := tokens_of(told):
        yield f"{tokens} tokens"


def _asked(turn: Turn) -> str:
    body = turn.request.body if turn.request is not None else None
    model = body.get("model") if isinstance(body, dict) else None
    return f"model {model}" if model else ""


class _GrowingExchange:
    """One recording that grows.

    Attributes:
        number: What its exchange is called now.
        socket: Whether its turns go over one connection.
    """

    def __init__(
        self, path: Path, lines: RoleLines, rules: tuple[Spec, tuple[str, ...]], level: Level | None
    ) -> None:
        self.number, self.socket = "", False
        self._path, self._lines, self._level = path, lines, level
        self._read = 0
        self._parser = RecordParser()
        self._checker = Checker(*rules)
        self._folded = Folded(self._checker)
        self._found = 0
        self._silence = Silence()
        self._zero: float | None = None  # the clock's time at which its own begins
        self._noted: set[tuple[int, str]] = set()

    def look(self, now: float, *, last: bool = False) -> None:
        """Print what has come; `last`: its exchange has ended, and nobody waits for more."""
        for record in self._new():
            self._take(record, now)
        if last:
            self._silence.begin(None)
        elif self._zero is not None and (step := self._silence.passed(now - self._zero)):
            self._note("stalled", f"{units.seconds(step)} so far")

    def _new(self) -> Iterator[Record]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                while chunk := file.read(CHUNK):
                    self._read += len(chunk)
                    for _, record in self._parser.feed(chunk):
                        yield record
        except OSError:  # it was moved, or its folder is private and gone: the rest is told
            return

    def _take(self, record: Record, now: float) -> None:
        arrival = self._folded.take(record)
        self._checker.take(record, arrival.event, arrival.turn)
        if record.t is not None:
            since = now - record.t
            self._zero = since if self._zero is None else min(self._zero, since)
        if not isinstance(record, CommentRecord | ForeignRecord):
            self._end_silence(record)
        self._note_turn(arrival)
        self._note_findings()

    def _end_silence(self, record: Record) -> None:
        ends = self._silence.over(record.t)
        if ends is not None:
            self._note("stalled", units.seconds(ends))

    def _note_turn(self, arrival: Arrival) -> None:
        turn, times = arrival.turn, arrival.turn.times
        if isinstance(arrival.record, RequestRecord) and self.socket:
            self._once(turn, "request", _asked(turn))
        for word, t in (("first event", times.first_event), ("first text", times.first_text)):
            if t is not None:
                self._once(turn, word, units.seconds(t))
        if isinstance(item := arrival.item, ToolCall) and (name := item.display_name or item.type):
            self._once(turn, "tool call", name, str(item.number))
        if ended := turn.transcript.response.terminal_type:
            self._silence.begin(None)  # nothing is waited for: the next turn is the program's
            if self.socket:
                self._once(turn, "answered", ended.removeprefix("response."))

    def _once(self, turn: Turn, word: str, text: str, which: str = "") -> None:
        mark = (turn.number, word + which)
        if mark not in self._noted:
            self._noted.add(mark)
            self._note(word, text, turn)

    def _note_findings(self) -> None:
        new = self._checker.findings.kept[self._found :]
        self._found += len(new)
        for finding in of_level(new, self._level) if self._level is not None else ():
            self._note("finding", mask_keys(said_of(finding)))

    def _note(self, word: str, text: str, turn: Turn | None = None) -> None:
        which = f"{self.number}.{turn.number}" if turn is not None and self.socket else self.number
        self._lines.line(f"{word} {which}", text)
