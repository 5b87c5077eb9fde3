"""The columns from which every figure of time is made: one entry for each record, three bytes.

Fed record by record beside the conversation, never rewound: the figures of any range, and so those
of any moment before, are read off a slice. There is no clock here; what the file lacks is unknown.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from math import isnan, nan
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from codex_tui.model.items import MessageItem, OtherItem, ReasoningItem, ToolCall, ToolOutput
from codex_tui.model.server_words import ServerWords
from codex_tui.model.stalls import STALLS, Stall
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SocketRecord,
)
from codex_tui.wire.base import Family
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import EmptyEvent, StreamDone
from codex_tui.wire.registry import PER_ITEM, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.model.items import Item
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

# What an entry is: in the low bits the kind of item that its event spoke of, then flags.
NO_ITEM, REASONING, TEXT, TOOL, OTHER, HEADERS, END = range(7)
TOPIC = 0x07
OPENS = 0x08
"""The first event that spoke of its item."""

DELTA = 0x10
EVENT = 0x20
"""A moment at which something was told: an event that is no keep-alive and not `[DONE]`, or, with
no `FRAME`, the answer's headers or the end."""

FRAME = 0x40
"""What the timeline numbers."""

KEEPALIVE = 0x80

_TOPICS: dict[type[Item], int] = {
    MessageItem: TEXT,
    ReasoningItem: REASONING,
    ToolCall: TOOL,
    ToolOutput: TOOL,
    OtherItem: OTHER,
}


_TOLD = FRAME | EVENT


class _Flags(dict[type["ResponseStreamEvent"], int]):
    """The flags of events by their class, as the registry knows them."""

    def __missing__(self, cls: type[ResponseStreamEvent]) -> int:
        kind = type_of(cls)
        if kind is not None and kind.family is Family.KEEPALIVE:
            flags = FRAME | KEEPALIVE
        else:
            flags = _TOLD | (DELTA if kind is not None and kind.delta else 0)
        return self.setdefault(cls, flags)


_FLAGS = _Flags({StreamDone: FRAME, EmptyEvent: FRAME | KEEPALIVE})
_NO_FRAMES = bytes(what for what in range(256) if not what & FRAME)
_NO_EVENTS = bytes(w for w in range(256) if not (w & FRAME and w & (EVENT | KEEPALIVE)))
_MOST_CHARACTERS = 0xFFFF
_MOST_SIGNS = 100


Moment = tuple[int, int, float]
"""An entry, what it is, and its time."""


class ArrivalColumns(Protocol):
    """Times and reads by entry: an `EventLog`, or the `Arrivals` of somebody who keeps none."""

    def t(self, entry: int, /) -> float | None:
        """Seconds since the request was sent; None where that is not known."""
        ...

    def read(self, entry: int, /) -> int | None:
        """The number of the read; None where that is not known."""
        ...


class Arrivals:
    """Times and reads, for those who have no log."""

    def __init__(self) -> None:
        self._ts = array("d")
        self._reads = array("I")

    def append(self, t: float | None, read: int | None) -> None:
        """Take in the next record's."""
        self._ts.append(nan if t is None else t)
        self._reads.append(read or 0)

    def t(self, entry: int) -> float | None:
        """Seconds since the request was sent; None where that is not known."""
        t = self._ts[entry]
        return None if isnan(t) else t

    def read(self, entry: int) -> int | None:
        """The number of the read; None where that is not known."""
        return self._reads[entry] or None


class TurnTiming(Struct, gc=False):
    """What is kept for each turn: its stalls, what its server said, and the silence that goes on.

    `first` is the entry that it begins with, `began` when it was asked for, on the clock of its
    records. A silence began after the entry `last`, at `last_t`, which is None where nobody knows
    when. `longest` is the longest silence that is over, in seconds. `seen` are the keys of its
    items, for as long as it goes on.
    """

    first: int = 0
    began: float = 0.0
    stalls: list[Stall] = field(default_factory=list)
    words: ServerWords = field(default_factory=ServerWords)
    last: int | None = None
    last_t: float | None = 0.0
    keepalives: int = 0
    longest: float = 0.0
    item: Item | None = None
    seen: set[str] | None = None

    def begin_silence(self, entry: int | None, t: float | None) -> None:
        """Wait from an entry on."""
        self.last, self.last_t, self.keepalives = entry, t, 0

    def opens(self, item: Item) -> bool:
        """Whether an item that was not spoken of last is spoken of for the first time."""
        self.item = item
        if self.seen is None:
            self.seen = set()
        if item.key in self.seen:
            return False
        self.seen.add(item.key)
        return True

    def silence(self, t: float, before: int | None) -> Stall:
        """Return the silence up to a moment of the records' clock."""
        start = self.last_t or 0.0
        return Stall(self.last, before, start, max(0.0, t - self.began - start), self.keepalives)


class LastSecond(Struct, frozen=True):
    """How much came within one second."""

    events: int
    deltas: int
    characters: int


def is_sign_of_life(record: CommentRecord | ForeignRecord | SocketRecord) -> bool:
    """Whether a record that is no event says that the connection is alive, and nothing else."""
    match record:
        case CommentRecord():
            return True
        case ForeignRecord():
            return record.kind == "empty"
        case SocketRecord():
            return record.is_sign_of_life


class _TurnRuns:
    """Which turn each entry is of, from 1: most sessions have them one after the other.

    Those of a socket run beside each other, and may be many: none is sought among the others.
    """

    def __init__(self) -> None:
        self._starts = array("I")
        self._turns = array("I")
        self._places: dict[int, array[int]] = {}  # of the runs of each turn

    def note(self, entry: int, turn: int) -> None:
        """Take in that a turn goes on from an entry on."""
        if not self._turns or self._turns[-1] != turn:
            self._places.setdefault(turn, array("I")).append(len(self._starts))
            self._starts.append(entry)
            self._turns.append(turn)

    def at(self, entry: int) -> int:
        """The turn of an entry; 0 before the first."""
        place = bisect_right(self._starts, entry)
        return self._turns[place - 1] if place else 0

    def of(self, turn: int, entries: range) -> Iterator[range]:
        """Yield the entries of a turn that follow each other, as far as they are among some."""
        starts, places = self._starts, self._places.get(turn) or array("I")
        first = bisect_right(places, entries.start, key=starts.__getitem__) - 1
        for at in range(max(first, 0), len(places)):
            place = places[at]
            if starts[place] >= entries.stop:
                return
            stop = starts[place + 1] if place + 1 < len(starts) else entries.stop
            run = range(max(starts[place], entries.start), min(stop, entries.stop))
            if run:
                yield run


class Timing:
    """What each record of a session was, in columns, turn by turn.

    Args:
        columns: Who keeps the times and the reads, and has taken each record in before it comes
            here; None if that is to be done here.
    """

    def __init__(self, columns: ArrivalColumns | None = None) -> None:
        own = Arrivals()
        self.columns: ArrivalColumns = own if columns is None else columns
        self._append = own.append if columns is None else None
        self.timed = False
        """Whether any record had a time."""
        self.turns: list[TurnTiming] = []
        self._runs = _TurnRuns()
        self._turn = TurnTiming()  # of the latest entry
        self._number = 0  # of that
        self._what = bytearray()
        self._characters = array("H")
        self._many: dict[int, int] = {}  # the characters of deltas that have more than fit
        self._per_item = False  # then nobody knows how long a silence was

    def __len__(self) -> int:
        return len(self._what)

    # -- folding -------------------------------------------------------------------------------

    def apply(
        self,
        record: Record,
        event: ResponseStreamEvent | None = None,
        item: Item | None = None,
        turn: int = 0,
    ) -> None:
        """Take in the next record.

        Args:
            record: The record.
            event: What its frame carries, if it was decoded already.
            item: The item that it spoke of, as the conversation's `apply` gave it back.
            turn: The number of the turn that it was folded into; 0 is the latest.
        """
        what, characters = 0, 0
        if isinstance(record, FrameRecord):
            if turn != self._number or not turn:
                self._go_on(turn)
            what, characters = self._frame(record, event, item)
            self._pass(record.t, what)
            self._note_arrival(record.t, record.read)
        else:
            what = self._mark(record, turn)
        if characters > _MOST_CHARACTERS:
            self._many[len(self._what)] = characters
        self._what.append(what)
        self._characters.append(min(characters, _MOST_CHARACTERS))

    def _frame(
        self, record: FrameRecord, event: ResponseStreamEvent | None, item: Item | None
    ) -> tuple[int, int]:
        if event is None:
            event = decode_event(record.frame)
        self._per_item = event.__class__ in PER_ITEM
        what, characters = _FLAGS[event.__class__], 0
        turn = self._turn
        if what & DELTA:
            delta = getattr(event, "delta", "")
            characters = len(delta)
        elif item is None:
            turn.words.hear(event, record.frame.data, len(self._what))
        if item is not None:
            what |= _TOPICS.get(item.__class__, OTHER)
            if item is not turn.item and turn.opens(item):
                what |= OPENS
        return what, characters

    def _mark(self, record: Record, turn: int) -> int:
        if isinstance(record, RequestRecord):
            self._begin(record)
            self._note_arrival(record.t, None)
            return 0
        self._go_on(turn)
        what, read = 0, None
        match record:
            case ResponseRecord():
                what = EVENT | HEADERS
            case EndRecord():
                what = EVENT | END
            case CommentRecord() | ForeignRecord():
                what, read = KEEPALIVE if is_sign_of_life(record) else 0, record.read
            case CutRecord():
                read = record.read
            case SocketRecord():
                what = KEEPALIVE if is_sign_of_life(record) else 0
        self._pass(record.t, what)
        self._note_arrival(record.t, read)
        return what

    def _note_arrival(self, t: float | None, read: int | None) -> None:
        if self._append is not None:
            self._append(t, read)

    def _go_on(self, number: int) -> None:
        """Take the next entry as one of a turn."""
        if not self.turns:
            self._begin(None)
        number = number or len(self.turns)
        if number != self._number:
            self._note_run(number)

    def _note_run(self, number: int) -> None:
        self._number = number
        self._runs.note(len(self._what), number)
        self._turn = self.turns[number - 1]

    def _begin(self, request: RequestRecord | None) -> None:
        entry = len(self._what)
        began = (request.t if request is not None else None) or 0.0
        if self.turns and (request is None or not request.beside):
            self.turns[-1].seen = None
        last = None if request is None else entry
        self.turns.append(TurnTiming(entry, began, last=last))
        self._note_run(len(self.turns))

    # -- silence -------------------------------------------------------------------------------

    def _pass(self, t: float | None, what: int) -> None:
        """Let a silence end, or count a keep-alive in it."""
        turn = self._turn
        if t is None:
            if what & EVENT and turn.last_t is not None:
                turn.begin_silence(len(self._what), None)  # it ended, nobody knows when
            return
        self.timed = True
        if what & KEEPALIVE:
            turn.keepalives += 1
        elif what & EVENT and (before := turn.last_t) is not None:
            since = max(t - turn.began, 0.0) if turn.began else t
            if since - before > turn.longest or since - before >= STALLS[0]:
                self._end_silence(turn, t, since - before)
            turn.last, turn.last_t, turn.keepalives = len(self._what), since, 0

    def _end_silence(self, turn: TurnTiming, t: float, gap: float) -> None:
        """Take in a silence that was longer than those before it, or a stall."""
        turn.longest = max(turn.longest, gap)
        if gap >= STALLS[0] and not self._per_item:
            turn.stalls.append(turn.silence(t, len(self._what)))

    def silence(self, now: float) -> Stall:
        """Return the silence that goes on, of whatever length: what came last, and since when.

        `now` is a moment of the clock of the latest turn's records.
        """
        return (self.turns[-1] if self.turns else self._turn).silence(now, None)

    def signs_of_life(self, position: int | None = None) -> list[float]:
        """Return the times of the keep-alives of the silence that goes on, the latest last.

        They are a row of their own only as far as nothing else came; the last hundred are enough.
        `position` says how many entries had come at another moment; of a file that grows these may
        be more than are timed yet.
        """
        times: list[float] = []
        latest = min(len(self), len(self) if position is None else position) - 1
        for entry in range(latest, max(latest - _MOST_SIGNS, -1), -1):
            if not self._what[entry] & KEEPALIVE:
                break
            if (t := self.columns.t(entry)) is not None:
                times.append(t)
        return times[::-1]

    def event_before(self, position: int) -> int | None:
        """Return the last event of the first so many entries; None where there is none near."""
        latest = min(position, len(self)) - 1
        entries = range(latest, max(latest - _MOST_SIGNS, -1), -1)
        return next((each for each in entries if self._what[each] & _TOLD == _TOLD), None)

    # -- reading -------------------------------------------------------------------------------

    def turn_of(self, entry: int) -> int:
        """Return the number of the turn to which an entry belongs, from 1."""
        return max(1, self._runs.at(entry))

    def entries_of(self, number: int) -> range:
        """Return the entries of a turn by its number, from 1; none where there is no such turn.

        Those of other turns may stand between them.
        """
        if not 1 <= number <= len(self.turns):
            return range(0)
        rest = range(self.turns[number - 1].first, len(self))
        runs = list(self._runs_of(number, rest))
        return range(rest.start, runs[-1].stop) if runs else range(0)

    def _runs_of(self, number: int, entries: range) -> Iterator[range]:
        """The entries of a turn that follow each other, as far as they are among some."""
        return self._runs.of(number, entries)

    def what(self, entry: int) -> int:
        """Return what an entry is: a topic, and the flags of this module."""
        return self._what[entry]

    def characters(self, entry: int) -> int:
        """Return how many characters its delta brought: code points."""
        return self._many.get(entry) or self._characters[entry]

    def number(self, entry: int) -> int | None:
        """Return which event an entry is, from 1 as in the timeline; None for what is none."""
        if not self._what[entry] & FRAME:
            return None
        return len(self._what[: entry + 1].translate(None, _NO_FRAMES))

    def count(self, number: int, entries: range, flag: int) -> int:
        """Return how many entries of a turn, of some, have a flag."""
        without = bytes(what for what in range(256) if not what & flag)
        return self._count(number, entries, without)

    def events(self, number: int, entries: range) -> int:
        """Return how many entries of a turn, of some, are events: keep-alives, `[DONE]` not."""
        return self._count(number, entries, _NO_EVENTS)

    def _count(self, number: int, entries: range, without: bytes) -> int:
        runs = self._runs_of(number, entries)
        return sum(len(self._what[run.start : run.stop].translate(None, without)) for run in runs)

    def reads(self, number: int, entries: range) -> set[int]:
        """Return the numbers of the reads in which entries of a turn came, of some."""
        read_of = self.columns.read
        runs = self._runs_of(number, entries)
        return {read for run in runs for entry in run if (read := read_of(entry)) is not None}

    def moments(self, number: int, entries: range, flag: int) -> Iterator[Moment]:
        """Yield entries of a turn, of some, that have a flag, or one of several, and a time.

        Times count from the turn's request.
        """
        t_of = self.columns.t
        began = self.turns[number - 1].began
        for run in self._runs_of(number, entries):
            for entry, what in enumerate(self._what[run.start : run.stop], run.start):
                if what & flag and (t := t_of(entry)) is not None:
                    yield entry, what, round(t - began, 6) if began else t

    def last_second(self, now: float) -> LastSecond | None:
        """Return what came in the second before `now`; None where no times are known.

        `now` is a moment of the clock of the latest turn's records.
        """
        if not self.timed or not self.turns:
            return None
        events = deltas = characters = 0
        latest = len(self.turns)
        for entry in range(len(self) - 1, self.turns[-1].first - 1, -1):
            if (t := self.columns.t(entry)) is None or t > now:
                continue
            if t <= now - 1:
                break
            if self.turn_of(entry) == latest:
                what = self._what[entry]
                events += what & _TOLD == _TOLD
                deltas += what & DELTA != 0
                characters += self.characters(entry)
        return LastSecond(events, deltas, characters)
