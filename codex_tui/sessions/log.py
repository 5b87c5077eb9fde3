"""A million records held by number: where each one's bytes stand, its time, its type.

The payload stays where it was kept and is parsed again when somebody looks; an entry costs 26
bytes. Only the loop that folds appends.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import pairwise
from math import isnan, nan
from typing import TYPE_CHECKING

from codex_tui.sessions.format import (
    common_frame,
    common_plain_frame,
    plain_decoder,
    plain_records,
    recorded,
)
from codex_tui.sessions.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import MalformedEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.sessions.payload import Payload
    from codex_tui.sessions.records import Record, Span
    from codex_tui.wire.events import ResponseStreamEvent

FIRST_EVENT_KIND = 16
"""Kinds below are records that are no events."""

_MARKS: dict[type, tuple[int, str]] = {
    RequestRecord: (1, "request"),
    ResponseRecord: (2, "response"),
    CommentRecord: (3, "comment"),
    CutRecord: (4, "cut"),
    EndRecord: (5, "end"),
}
MALFORMED = FIRST_EVENT_KIND
"""The kind of frames that could not be parsed, whatever they claim to be."""

UNNAMED = FIRST_EVENT_KIND + 1
"""The kind of objects without a type."""

OTHER = FIRST_EVENT_KIND + 2
"""The kind of types that came when the table of names was full, or whose names are too long."""

_FIXED_NAMES = dict(_MARKS.values()) | {
    MALFORMED: "malformed",
    UNNAMED: "unknown",
    OTHER: "other",
}
_MAX_NAMES = 4096  # a server that makes up a type for each event fills the table, not the memory
_MAX_NAME = 200
_MANY = 256  # entries that are read back in one go,
_MUCH = 1024 * 1024  # and bytes: what stands beyond them is read one by one


class EventLog:
    """All records of a session in order, each an entry counted from 0.

    Args:
        payload: what keeps their bytes.
    """

    def __init__(self, payload: Payload) -> None:
        self.payload = payload
        self._offsets = array("Q")
        self._ts = array("d")
        self._reads = array("I")
        self._kinds = array("H")
        self._sizes = array("I")
        self.end = 0
        """Where the last record's bytes end."""
        self._marks = array("I")  # the entries that are no events
        self._names = dict(_FIXED_NAMES)
        self._kind_of: dict[str, int] = {}
        self._loose: dict[int, Record] = {}  # records that stand in no file
        self._ids = _Ids()

    # -- writing -------------------------------------------------------------------------------

    def append(self, record: Record, event: ResponseStreamEvent | None, span: Span) -> int:
        """Take the next record and return its entry.

        `event` is what a frame was decoded into; `span` is where the payload has the record, of
        no length where it hasn't.
        """
        entry = len(self._kinds)
        offset, length = span
        self._offsets.append(offset)
        self.end = offset + length
        if not length:
            self._loose[entry] = record
        if isinstance(record, FrameRecord):
            self._append_frame(entry, record, event)
        else:
            self._append_mark(entry, record)
        return entry

    def _append_frame(
        self, entry: int, record: FrameRecord, event: ResponseStreamEvent | None
    ) -> None:
        frame = record.frame
        data = frame.data
        self._append_columns(
            self._kind(event),
            record.t,
            record.read,
            len(data) if data.isascii() else len(data.encode("utf-8", "replace")),
        )
        if self.payload.plain and (frame.id or self._ids.last):
            self._ids.last = frame.id
            if not self._says_id(entry):
                self._ids.note(entry, frame.id)

    def _append_mark(self, entry: int, record: Record) -> None:
        self._marks.append(entry)
        kind, _ = _MARKS[type(record)]
        match record:
            case CommentRecord():
                size = sum(len(text.encode("utf-8", "replace")) for text in record.comments)
                self._append_columns(kind, record.t, record.read, size)
            case CutRecord():
                self._append_columns(kind, record.t, record.read, len(record.data))
            case ResponseRecord() | EndRecord():
                self._append_columns(kind, record.t, None, 0)
            case _:
                self._append_columns(kind, None, None, 0)

    def _append_columns(self, kind: int, t: float | None, read: int | None, size: int) -> None:
        self._kinds.append(kind)
        self._ts.append(nan if t is None else t)
        self._reads.append(read or 0)
        self._sizes.append(min(size, 0xFFFFFFFF))

    def _kind(self, event: ResponseStreamEvent | None) -> int:
        if event is None or isinstance(event, MalformedEvent):
            return MALFORMED
        if (name := event.type) is None:
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

    # -- reading: columns ----------------------------------------------------------------------

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

    def name(self, entry: int) -> str:
        """The type of its event, or "request", "response", "comment", "cut", "end"."""
        kind = self._kinds[entry]
        if kind == OTHER and (event := self.event(entry)) is not None:
            return event.type or self._names[UNNAMED]
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

    # -- reading: payload ----------------------------------------------------------------------

    def record(self, entry: int) -> Record:
        """The record itself, read back.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        if (loose := self._loose.get(entry)) is not None:
            return loose
        record = self._stored(entry)
        if isinstance(record, FrameRecord) and not record.frame.id:
            record.frame.id = self._ids.at(entry)
        return record

    def records(self, first: int, last: int) -> Iterator[Record]:
        """The records of the entries from `first` to before `last`, read many at a time.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        for start, stop in pairwise((*range(first, last, _MANY), last)):
            base = self._offsets[start]
            data = self.payload.read(base, min(self.offset(stop) - base, _MUCH))
            for entry in range(start, stop):
                yield self._common(data, entry, base) or self.record(entry)

    def _common(self, data: bytes, entry: int, base: int) -> FrameRecord | None:
        """The frame of an entry, where its block has the commonest form and stands in `data`."""
        if self._kinds[entry] < FIRST_EVENT_KIND or entry in self._loose:
            return None
        start = self._offsets[entry] - base
        if not self.payload.plain:
            found = common_frame(data, start)
            return None if found is None else found[0]
        if (record := common_plain_frame(data, start)) is not None:
            record.frame.id = self._ids.at(entry)
        return record

    def _stored(self, entry: int) -> Record:
        """The record as its own bytes tell it: an id that persists is not among them."""
        offset, block = self._offsets[entry], self.block(entry)
        fitting = [r for r in self._parsed(block, offset) if self._is(r, entry)]
        before = bisect_left(self._offsets, offset, 0, entry)
        place = sum(self._kinds[e] == self._kinds[entry] for e in self._kept(before, entry))
        if place >= len(fitting):
            raise OSError(f"the record at {offset} is no longer there")
        return fitting[place]

    def _kept(self, first: int, last: int) -> Iterator[int]:
        """The entries that stand in the payload: several of them in one block, if need be."""
        return (entry for entry in range(first, last) if entry not in self._loose)

    def block(self, entry: int) -> bytes:
        """Its bytes as they are kept; none for a record that stands in no file.

        Raises:
            OSError: the disk fails.
        """
        if entry in self._loose:
            return b""
        offset = self._offsets[entry]
        after = bisect_right(self._offsets, offset, entry)
        return self.payload.read(offset, self.offset(after) - offset)

    def _parsed(self, block: bytes, offset: int) -> list[Record]:
        if not self.payload.plain:
            return recorded(block)
        return plain_records(block, plain_decoder(offset))

    def _is(self, record: Record, entry: int) -> bool:
        kind = self._kinds[entry]
        mark = _MARKS.get(type(record))
        return kind >= FIRST_EVENT_KIND if mark is None else kind == mark[0]

    def _says_id(self, entry: int) -> bool:
        try:
            record = self._stored(entry)
        except OSError:  # then it can't be read back later either
            return True
        return isinstance(record, FrameRecord) and record.frame.id != ""

    def event(self, entry: int) -> ResponseStreamEvent | None:
        """The event, decoded again; None for what is no event.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        if self._kinds[entry] < FIRST_EVENT_KIND:
            return None
        record = self.record(entry)
        return decode_event(record.frame) if isinstance(record, FrameRecord) else None


class _Ids:
    """The ids of frames that don't say their own, by the entry from which each holds.

    Only plain dumps have such frames. Ids that every frame says cost nothing here.
    """

    def __init__(self) -> None:
        self.last = ""
        self._entries = array("I")
        self._values: list[str] = []

    def note(self, entry: int, id_: str) -> None:
        """Take the id that a frame has without saying it."""
        if id_ != self.at(entry):
            self._entries.append(entry)
            self._values.append(id_)

    def at(self, entry: int) -> str:
        """The id of a frame that doesn't say one."""
        place = bisect_right(self._entries, entry)
        return self._values[place - 1] if place else ""
