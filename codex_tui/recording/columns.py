"""A million records as numbers: where each one's bytes stand, its time, its type, its size.

Columns of numbers and a table of names, 22 bytes an entry; nothing here knows where the bytes are.
What most entries don't have is held by the entries where it changes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import islice, pairwise
from math import isnan, nan
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.recording.records import Span

Value = TypeVar("Value")

FIRST_EVENT_KIND = 16
"""Kinds below are records that are no events."""

REQUEST, RESPONSE, COMMENT, CUT, END, FOREIGN, EMPTY, SENT, SOCKET, PING = range(1, 11)
"""The kinds of those that are."""

MALFORMED = FIRST_EVENT_KIND
"""The kind of frames that could not be parsed, whatever they claim to be."""

UNNAMED = FIRST_EVENT_KIND + 1
"""The kind of objects without a type."""

OTHER = FIRST_EVENT_KIND + 2
"""The kind of types that came when the table of names was full, or whose names are too long."""

_FIXED_NAMES = {
    REQUEST: "request",
    RESPONSE: "response",
    COMMENT: "comment",
    CUT: "cut",
    END: "end",
    FOREIGN: "foreign",
    EMPTY: "empty",
    SENT: "sent",
    SOCKET: "socket",
    PING: "ping",
    MALFORMED: "malformed",
    UNNAMED: "unknown",
    OTHER: "other",
}
_UNNUMBERED = (COMMENT, FOREIGN, EMPTY, SENT, SOCKET, PING)
_MAX_NAMES = 4096  # a server that makes up a type for each event fills the table, not the memory
_MAX_NAME = 200
_LARGEST = 0xFFFFFFFF
_WIDE = "Q"


class Frames(NamedTuple):
    """The numbers of frames that follow each other, for `Columns.extend`; times are known."""

    offsets: Iterable[int]
    ts: Iterable[float]
    reads: Iterable[int]
    kinds: Iterable[int]
    sizes: Iterable[int]
    end: int


class Columns:
    """The numbers of records in order, each an entry counted from 0."""

    def __init__(self) -> None:
        self._offsets = array("I")  # until `reach`
        self._ts = array("d")
        self._reads = array("I")
        self._kinds = array("H")
        self._sizes = array("I")
        self._marks = array("I")  # the entries that are no events
        self._names = dict(_FIXED_NAMES)
        self._kind_of: dict[str, int] = {}
        self.end = 0
        """Where the last record's bytes end."""

    # -- writing -------------------------------------------------------------------------------

    def reach(self, end: int) -> None:
        """Have room for offsets up to `end`: those below 4 GiB take half of the others' memory."""
        if end > _LARGEST:
            self._widen()

    def _widen(self) -> None:
        if self._offsets.typecode != _WIDE:
            self._offsets = array(_WIDE, self._offsets)

    def append(self, span: Span, kind: int, t: float | None, read: int | None, size: int) -> None:
        """Take the numbers of the next record."""
        offset, length = span
        self.reach(end := offset + length)
        if kind < FIRST_EVENT_KIND:
            self._marks.append(len(self._kinds))
        self._offsets.append(offset)
        self._kinds.append(kind)
        self._ts.append(nan if t is None else t)
        self._reads.append(read or 0)
        self._sizes.append(min(size, _LARGEST))
        self.end = end

    def extend(self, frames: Frames) -> None:
        """Take many frames at once; there are no marks among them."""
        self.reach(frames.end)
        self._offsets.extend(frames.offsets)
        self._ts.extend(frames.ts)
        self._reads.extend(frames.reads)
        self._kinds.extend(frames.kinds)
        self._sizes.extend(frames.sizes)
        self.end = frames.end

    def kind_of(self, name: str | None) -> int:
        """The number of a type, which is given to it when it is first asked for."""
        if name is None:
            return UNNAMED
        kind = self._kind_of.get(name)
        return self._new_kind(name) if kind is None else kind

    def _new_kind(self, name: str) -> int:
        kind = OTHER + 1 + len(self._kind_of)
        if len(name) > _MAX_NAME or len(self._kind_of) >= _MAX_NAMES:
            return OTHER
        self._kind_of[name] = kind
        self._names[kind] = name
        return kind

    def share_names(self, other: Columns) -> None:
        """Number types as another's entries are numbered, and new ones on from there."""
        for name in islice(other._kind_of, len(self._kind_of), None):
            self._new_kind(name)

    def join(self, other: Columns) -> None:
        """Take over all that another holds whose names are this one's, and new ones."""
        first = len(self)
        self.share_names(other)
        if not first:
            self._adopt(other)
            return
        self._marks.extend(first + mark for mark in other._marks)
        if self._offsets.typecode != other._offsets.typecode:  # arrays extend only their like
            self._widen()
            other._widen()
        numbers = other._offsets, other._ts, other._reads, other._kinds, other._sizes
        self.extend(Frames(*numbers, other.end))

    def _adopt(self, other: Columns) -> None:
        """Take over all columns of another, which is not used any more: nothing is copied."""
        self._offsets, self._ts, self._reads = other._offsets, other._ts, other._reads
        self._kinds, self._sizes, self._marks = other._kinds, other._sizes, other._marks
        self.end = other.end

    # -- saving --------------------------------------------------------------------------------

    @property
    def arrays(self) -> tuple[array[int] | array[float], ...]:
        """The columns themselves, to be saved or filled: one number an entry, or a mark."""
        return self._offsets, self._ts, self._reads, self._kinds, self._sizes, self._marks

    @property
    def types(self) -> list[str]:
        """The types of events that have a kind, in the order of their kinds."""
        return list(self._kind_of)

    # -- reading -------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def events(self) -> int:
        """How many of the entries are events."""
        return len(self._kinds) - len(self._marks)

    def t(self, entry: int) -> float | None:
        """Seconds since the request was sent; None where the file has no times."""
        t = self._ts[entry]
        return None if isnan(t) else t

    def read(self, entry: int) -> int | None:
        """The number of the read that completed it, from 1; None where that is not known."""
        return self._reads[entry] or None

    def kind(self, entry: int) -> int:
        """The number of its type in this log; those below 16 are no events."""
        return self._kinds[entry]

    def kind_name(self, kind: int) -> str:
        """The name of a type by its number."""
        return self._names[kind]

    def size(self, entry: int) -> int:
        """Bytes of its data, in UTF-8."""
        return self._sizes[entry]

    def total_size(self, first: int, last: int) -> int:
        """Bytes of the data of the entries from `first` to `last`, both included."""
        return sum(self._sizes[first : last + 1])

    def number(self, entry: int) -> int | None:
        """Which event it is, from 1; None for what is no event."""
        if self._kinds[entry] < FIRST_EVENT_KIND:
            return None
        return self.events_before(entry) + 1

    def marks(self, entries: range) -> Iterator[int]:
        """Those of some entries that are no events."""
        first = bisect_left(self._marks, entries.start)
        last = bisect_left(self._marks, entries.stop, first)
        yield from islice(self._marks, first, last)

    def place(self, entry: int) -> str:
        """Where a comment, a foreign line or what else a socket carried stands.

        `120+1` is the first after event 120. Empty for all else: it has a number, or is none of
        what came.
        """
        if self._kinds[entry] not in _UNNUMBERED:
            return ""
        number = self.events_before(entry)
        between = self._kinds[self._after(number) : entry + 1]
        return f"{number}+{sum(map(between.count, _UNNUMBERED))}"

    def entry_at(self, number: int, after: int) -> int | None:
        """The entry of the row `number+after`; None where there is none."""
        if not 0 <= number <= self.events:
            return None
        stop = self._after(number + 1) - 1 if number < self.events else len(self)
        rows = (
            entry for entry in range(self._after(number), stop) if self._kinds[entry] in _UNNUMBERED
        )
        return next(islice(rows, after - 1, None), None) if after > 0 else None

    def _after(self, number: int) -> int:
        """The entry after the event with that number; the first of all for 0."""
        return self.entry_of(number) + 1 if number else 0

    def events_before(self, entry: int) -> int:
        """How many of the entries before one are events."""
        return entry - bisect_left(self._marks, entry)

    def entry_of(self, number: int) -> int:
        """The entry of the event with that number.

        Raises:
            IndexError: there is no such event.
        """
        if not 1 <= number <= self.events:
            raise IndexError(f"no event {number}")
        marks = self._marks
        # The k-th mark stands before the event if at most number - 1 events stand before the mark.
        before = bisect_right(range(len(marks)), number - 1, key=lambda k: marks[k] - k)
        return number - 1 + before

    def offset(self, entry: int) -> int:
        """Where an entry's bytes begin; of the entry after the last, where the last one's end."""
        return self._offsets[entry] if entry < len(self._offsets) else self.end

    def block_of(self, entry: int) -> range:
        """The entries whose bytes begin where an entry's do: a block may hold several records."""
        offsets, offset = self._offsets, self._offsets[entry]
        return range(bisect_left(offsets, offset, 0, entry), bisect_right(offsets, offset, entry))


class Holding(Generic[Value]):
    """What entries don't say of themselves, by the entry from which each value holds.

    Ids of frames, and turns: what most files never have, and what then changes seldom.

    Args:
        nothing: what holds before the first value.
    """

    def __init__(self, nothing: Value) -> None:
        self.last: Value = nothing
        """What holds for whatever comes next, be it that an entry says it of itself."""
        self._nothing: Value = nothing
        self._entries = array("I")
        self._values: list[Value] = []

    def __bool__(self) -> bool:
        return bool(self._values)

    def note(self, entry: int, value: Value) -> None:
        """Take the value of an entry that doesn't say it."""
        if value != self.at(entry):
            self._entries.append(entry)
            self._values.append(value)

    def pairs(self) -> list[tuple[int, Value]]:
        """What was noted: entries, and the value that holds from each."""
        return list(zip(self._entries, self._values, strict=True))

    def at(self, entry: int) -> Value:
        """The value of an entry that doesn't say it."""
        place = bisect_right(self._entries, entry)
        return self._values[place - 1] if place else self._nothing

    def stretches(self, entries: range) -> Iterator[tuple[Value, range]]:
        """Yield the values of some entries, and for which of them each holds."""
        first = bisect_right(self._entries, entries.start)
        last = bisect_left(self._entries, entries.stop, first)
        begins = [entries.start, *self._entries[first:last], entries.stop]
        values = [self.at(entries.start), *self._values[first:last]]
        for value, (start, stop) in zip(values, pairwise(begins), strict=True):
            yield value, range(start, stop)

    def go_on_from(self, others: Holding[Value], entry: int) -> None:
        """Begin with what holds at an entry of another."""
        self.last = others.last
        self.note(0, others.at(entry))

    def join(self, others: Holding[Value], first: int) -> None:
        """Take over values that were noted from an entry on."""
        self.last = others.last
        for entry, value in others.pairs():
            self.note(first + entry, value)
