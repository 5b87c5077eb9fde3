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


class TurnTiming(Struct):
    """What is kept for each turn: where it begins, its stalls, and what its server said."""

    first: int
    stalls: list[Stall] = field(default_factory=list)
    words: ServerWords = field(default_factory=ServerWords)


class LastSecond(Struct, frozen=True):
    """How much came within one second."""

    events: int
    deltas: int
    characters: int


def is_sign_of_life(record: CommentRecord | ForeignRecord) -> bool:
    """Whether a record that is no event says that the connection is alive, and nothing else."""
    return isinstance(record, CommentRecord) or record.kind == "empty"


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
        self.longest = 0.0
        """Seconds of the longest silence of the latest turn that is over."""
        self._what = bytearray()
        self._characters = array("H")
        self._many: dict[int, int] = {}  # the characters of deltas that have more than fit
        self._begin_silence(None, None)
        self._item: Item | None = None
        self._seen: set[str] = set()
        self._per_item = False  # then nobody knows how long a silence was

    def __len__(self) -> int:
        return len(self._what)

    # -- folding -------------------------------------------------------------------------------

    def apply(
        self, record: Record, event: ResponseStreamEvent | None = None, item: Item | None = None
    ) -> None:
        """Take in the next record.

        Args:
            record: The record.
            event: What its frame carries, if it was decoded already.
            item: The item that it spoke of, as the conversation's `apply` gave it back.
        """
        what, characters = 0, 0
        if isinstance(record, FrameRecord):
            self._open()
            what, characters = self._frame(record, event, item)
            self._pass(record.t, what)
            self._note_arrival(record.t, record.read)
        else:
            what = self._mark(record)
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
        if what & DELTA:
            delta = getattr(event, "delta", "")
            characters = len(delta)
        elif item is None:
            self.turns[-1].words.hear(event, record.frame.data, len(self._what))
        if item is not None:
            what |= _TOPICS.get(item.__class__, OTHER)
            if item is not self._item and self._opens(item):
                what |= OPENS
        return what, characters

    def _opens(self, item: Item) -> bool:
        self._item = item
        if item.key in self._seen:
            return False
        self._seen.add(item.key)
        return True

    def _mark(self, record: Record) -> int:
        match record:
            case RequestRecord():
                self._begin()
                self._note_arrival(None, None)
            case ResponseRecord() | EndRecord():
                self._open()
                self._pass(record.t, EVENT)
                self._note_arrival(record.t, None)
                return EVENT | (HEADERS if isinstance(record, ResponseRecord) else END)
            case CommentRecord() | ForeignRecord():
                what = KEEPALIVE if is_sign_of_life(record) else 0
                self._open()
                self._pass(record.t, what)
                self._note_arrival(record.t, record.read)
                return what
            case CutRecord():
                self._open()
                self._note_arrival(record.t, record.read)
        return 0

    def _note_arrival(self, t: float | None, read: int | None) -> None:
        if self._append is not None:
            self._append(t, read)

    def _open(self) -> None:
        if not self.turns:
            self._begin(recorded=False)

    def _begin(self, *, recorded: bool = True) -> None:
        entry = len(self._what)
        self.turns.append(TurnTiming(entry))
        self._item = None
        self._seen = set()
        self.longest = 0.0
        self._begin_silence(entry if recorded else None, 0.0)

    # -- silence -------------------------------------------------------------------------------

    def _begin_silence(self, entry: int | None, t: float | None) -> None:
        self._last, self._last_t, self._keepalives = entry, t, 0

    def _pass(self, t: float | None, what: int) -> None:
        """Let a silence end, or count a keep-alive in it."""
        if t is None:
            if what & EVENT and self._last_t is not None:
                self._begin_silence(len(self._what), None)  # it ended, nobody knows when
            return
        self.timed = True
        if what & KEEPALIVE:
            self._keepalives += 1
        elif what & EVENT and self._last_t is not None:
            gap = t - self._last_t
            if gap > self.longest:
                self.longest = gap
            if gap >= STALLS[0] and not self._per_item:
                self.turns[-1].stalls.append(self._silence(t, len(self._what)))
            self._begin_silence(len(self._what), t)

    def _silence(self, now: float, before: int | None) -> Stall:
        start = self._last_t or 0.0
        return Stall(self._last, before, start, max(0.0, now - start), self._keepalives)

    def silence(self, now: float) -> Stall:
        """Return the silence that goes on, of whatever length: what came last, and since when.

        `now` is in seconds since the latest turn's request was sent.
        """
        return self._silence(now, None)

    def signs_of_life(self) -> list[float]:
        """Return the times of the keep-alives of the silence that goes on, the latest last.

        They are a row of their own only as far as nothing else came; the last hundred are enough.
        """
        times: list[float] = []
        for entry in range(len(self) - 1, max(len(self) - 1 - _MOST_SIGNS, -1), -1):
            if not self._what[entry] & KEEPALIVE:
                break
            if (t := self.columns.t(entry)) is not None:
                times.append(t)
        return times[::-1]

    # -- reading -------------------------------------------------------------------------------

    def turn_of(self, entry: int) -> int:
        """Return the number of the turn to which an entry belongs, from 1."""
        return max(1, bisect_right(self.turns, entry, key=lambda turn: turn.first))

    def entries_of(self, number: int) -> range:
        """Return the entries of a turn by its number, from 1; none where there is no such turn."""
        if not 1 <= number <= len(self.turns):
            return range(0)
        last = number == len(self.turns)
        return range(self.turns[number - 1].first, len(self) if last else self.turns[number].first)

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

    def count(self, entries: range, flag: int) -> int:
        """Return how many of some entries have a flag."""
        without = bytes(what for what in range(256) if not what & flag)
        return len(self._what[entries.start : entries.stop].translate(None, without))

    def events(self, entries: range) -> int:
        """Return how many of some entries are events, keep-alives included, `[DONE]` not."""
        return len(self._what[entries.start : entries.stop].translate(None, _NO_EVENTS))

    def moments(self, entries: range, flag: int) -> Iterator[Moment]:
        """Yield those of some entries that have a flag, or one of several, and a time."""
        t_of = self.columns.t
        for entry, what in enumerate(self._what[entries.start : entries.stop], entries.start):
            if what & flag and (t := t_of(entry)) is not None:
                yield entry, what, t

    def last_second(self, now: float) -> LastSecond | None:
        """Return what came in the second before `now`; None where no times are known."""
        if not self.timed or not self.turns:
            return None
        events = deltas = characters = 0
        for entry in range(len(self) - 1, self.turns[-1].first - 1, -1):
            if (t := self.columns.t(entry)) is None or t > now:
                continue
            if t <= now - 1:
                break
            what = self._what[entry]
            events += what & _TOLD == _TOLD
            deltas += what & DELTA != 0
            characters += self.characters(entry)
        return LastSecond(events, deltas, characters)
