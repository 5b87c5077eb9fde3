"""A turn as it stands in a file: where its records are, and what is known of it without them.

The records stay in the file, and are read again whenever the turn is served.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.recording.columns import END, FIRST_EVENT_KIND, REQUEST, RESPONSE, SOCKET
from codex_tui.recording.records import EndRecord, RequestRecord, ResponseRecord, SocketRecord
from codex_tui.serve.asked import RESPONSES, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record


WHOLE_ANSWERS = {"response": RESPONSES, "chat.completion": "completions", "message": "messages"}
"""What an answer is called that is one JSON, and the last part of the path that it was asked at."""

_PLACES = {
    **WHOLE_ANSWERS,
    "chat.completion.chunk": WHOLE_ANSWERS["chat.completion"],
    "message_start": WHOLE_ANSWERS["message"],
}
_CLOSES = ("received", "close")


class SourceFile(NamedTuple):
    """A file with turns.

    Attributes:
        log: Its records.
        name: What it is called.
        named: Whether its frames name their events wherever the server did.
        ours: Whether we wrote it: then what isn't there didn't come.
    """

    log: EventLog
    name: str
    named: bool = True
    ours: bool = True


@dataclass(slots=True)
class RecordedTurn:
    """A turn.

    Attributes:
        source: The file that it is in.
        number: Its number there, from 1.
        wanted: What was asked.
        request: The entry of its request; None where the file has none.
        on_socket: Whether its events are messages of a socket.
        began: When it was asked for on the clock of its records.
        head: The head of its answer.
        end: How it ended, where the file says so.
        ranges: Where its records are.
    """

    source: SourceFile
    number: int
    wanted: Wanted = field(default_factory=Wanted)
    request: int | None = None
    on_socket: bool = False
    began: float = 0.0
    head: ResponseRecord | None = None
    end: EndRecord | None = None
    ranges: list[range] = field(default_factory=list)

    @property
    def log(self) -> EventLog:
        """The records of its file."""
        return self.source.log

    def entries(self) -> Iterator[tuple[int, Record]]:
        """Its records, each with its entry.

        Raises:
            OSError: The file can't be read any more.
        """
        for each in self.ranges:
            yield from zip(each, self.log.records(each.start, each.stop), strict=True)

    def asked_request(self) -> RequestRecord | None:
        """Its request; None without one.

        Raises:
            OSError: The file can't be read any more.
        """
        record = None if self.request is None else self.log.record(self.request)
        return record if isinstance(record, RequestRecord) else None

    @property
    def events(self) -> int:
        """How many events it has."""
        before = self.log.events_before
        return sum(before(each.stop) - before(each.start) for each in self.ranges)

    @property
    def timed(self) -> bool:
        """Whether its file says when its events came; without any, when its answer did."""
        if not any(self.ranges):
            return self.end is not None and self.end.t is not None
        return any(self.log.t(each.start) is not None for each in self.ranges if len(each))

    @property
    def is_whole(self) -> bool:
        """Whether what came is one JSON, and no stream."""
        return self.events == 1 and self.first_event in WHOLE_ANSWERS

    @property
    def first_event(self) -> str:
        """The name of its first event, as its index has it; "" without one."""
        entries = (entry for each in self.ranges for entry in each)
        kind, name = self.log.kind, self.log.name
        return next((name(entry) for entry in entries if kind(entry) >= FIRST_EVENT_KIND), "")

    @property
    def closed_by_server(self) -> bool:
        """Whether the server closed its socket with a close frame.

        Raises:
            OSError: The file can't be read any more.
        """
        marks = (mark for each in self.ranges for mark in self.log.columns.marks(each))
        records = (self.log.record(mark) for mark in marks if self.log.kind(mark) == SOCKET)
        return any(
            isinstance(record, SocketRecord) and (record.dir, record.opcode) == _CLOSES
            for record in records
        )

    @property
    def unkept(self) -> str:
        """Why nothing of its answer is known, where another program saved it; "" where it is."""
        if self.source.ours or any(self.ranges) or self.end is None:
            return ""
        return (self.end.detail or "no answer") if self.end.how == "interrupted" else ""

    @property
    def title(self) -> str:
        """What it is called, as in `turn 2 of talk.sse`."""
        return f"turn {self.number} of {self.source.name}"

    def seconds(self, t: float | None) -> float | None:
        """How long after its request a time of its records is."""
        return None if t is None else max(0.0, t - self.began)


class TurnFinder:
    """Finds the turns of a file, by the numbers that its records say, or by its requests.

    Args:
        source: The file.
    """

    def __init__(self, source: SourceFile) -> None:
        self._source, self._log = source, source.log
        self._turns: list[RecordedTurn] = []
        self._by_number: dict[int, RecordedTurn] = {}

    def turns(self) -> list[RecordedTurn]:
        """All of them, in the order of their requests.

        Raises:
            OSError: The file can't be read.
        """
        for said, entries in self._log.turns.stretches(range(len(self._log))):
            self._take(said, entries)
        for turn in self._turns:
            if turn.request is None:
                turn.wanted = Wanted(_PLACES.get(turn.first_event.partition("/")[0], RESPONSES))
        return self._turns

    def _take(self, said: int, entries: range) -> None:
        """Take the entries between two changes of the turn; requests, heads, ends stand apart."""
        start = entries.start
        for mark in self._log.columns.marks(entries):
            if self._log.kind(mark) in (REQUEST, RESPONSE, END):
                self._add(said, range(start, mark))
                self._take_mark(mark, self._log.record(mark))
                start = mark + 1
        self._add(said, range(start, entries.stop))

    def _add(self, said: int, entries: range) -> None:
        if entries:
            self._turn(said).ranges.append(entries)

    def _turn(self, number: int) -> RecordedTurn:
        """The turn of that number, or the latest; a file may begin without a request."""
        if (turn := self._by_number.get(number)) is not None:
            return turn
        return self._turns[-1] if self._turns else self._begin(None, None)

    def _take_mark(self, entry: int, record: Record) -> None:
        match record:
            case RequestRecord():
                self._begin(entry, record)
            case ResponseRecord():
                self._turn(record.turn).head = record
            case EndRecord():
                self._turn(record.turn).end = record

    def _begin(self, entry: int | None, request: RequestRecord | None) -> RecordedTurn:
        number = len(self._turns) + 1
        turn = RecordedTurn(self._source, number, Wanted.recorded(request), entry)
        if request is not None:
            turn.on_socket, turn.began = request.on_socket, request.t or 0.0
            self._by_number[request.turn] = turn
        self._turns.append(turn)
        return turn
