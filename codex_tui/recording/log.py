"""A million records held by number: their columns, and the way back to the records themselves.

The payload stays where it was kept and is parsed again when somebody looks. Only the loop that
folds appends; what a thread has read is joined on that loop.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from codex_tui.recording.columns import (
    COMMENT,
    CUT,
    EMPTY,
    END,
    FIRST_EVENT_KIND,
    FOREIGN,
    MALFORMED,
    OTHER,
    PING,
    REQUEST,
    RESPONSE,
    SENT,
    SOCKET,
    UNNAMED,
    Columns,
    Holding,
)
from codex_tui.recording.record_turns import RecordTurns
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
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import MalformedEvent
from codex_tui.wire.registry import label_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.payload import Keeper
    from codex_tui.recording.records import Record, Span
    from codex_tui.wire.base import ResponseStreamEvent

__all__ = ["FIRST_EVENT_KIND", "MALFORMED", "OTHER", "UNNAMED", "EventLog"]

_MARKS: dict[type, int] = {
    RequestRecord: REQUEST,
    ResponseRecord: RESPONSE,
    CommentRecord: COMMENT,
    ForeignRecord: FOREIGN,
    CutRecord: CUT,
    SentRecord: SENT,
    SocketRecord: SOCKET,
    EndRecord: END,
}
LARGE = 1 << 20
"""Bytes of an entry that is large."""

_MANY = 256  # entries that are read back in one go,
_MUCH = 1024 * 1024  # and bytes: what stands beyond them is read one by one
_BEFORE_DATA = 512  # bytes that may stand in a block before its data


class EventLog:
    """All records of a session in order, each an entry counted from 0.

    What the numbers of an entry are is asked of its columns, by the names that they have there.

    Args:
        payload: what keeps their bytes.
    """

    def __init__(self, payload: Keeper) -> None:
        self.payload = payload
        self.columns = columns = Columns()
        self.t, self.read, self.kind, self.size = (
            columns.t,
            columns.read,
            columns.kind,
            columns.size,
        )
        self.kind_name, self.kind_of = columns.kind_name, columns.kind_of
        self.offset, self.total_size = columns.offset, columns.total_size
        self.number, self.entry_of = columns.number, columns.entry_of
        self.events_before = columns.events_before
        self.place, self.entry_at = columns.place, columns.entry_at
        self.breaks = array("I")
        """Entries where a text has to be told from others: it goes on after one of its like, or
        begins a run beside open ones. A run ends before them.

        Whoever folds the log says so, in rising order; it may be indexed before it is folded.
        """
        self.ids: Holding[str] = Holding("")
        """The ids of frames that don't say their own; only plain dumps have such frames."""
        self._whose = RecordTurns()
        self.turns = self._whose.held
        """The turns of records that are not of the latest request."""
        self._loose: dict[int, Record] = {}  # records that stand in no file
        self._stored = stored = StoredRecords(payload, columns, self.ids, self._whose, self._loose)
        self.record, self.records, self.block = stored.record, stored.records, stored.block

    # -- writing -------------------------------------------------------------------------------

    def append(
        self,
        record: Record,
        event: ResponseStreamEvent | None,
        span: Span,
        label: str | None = None,
    ) -> int:
        """Take the next record and return its entry.

        `event` is what a frame was decoded into; `span` is where the payload has the record, of
        no length where it hasn't. A `label` that is known stands in the place of the event's.
        """
        entry = len(self.columns)
        if not span[1]:
            self._loose[entry] = record
        if isinstance(record, FrameRecord):
            size = _size(record.frame.data)
            kind = self.kind_of(label) if label else self.kind_of_event(event)
            self.columns.append(span, kind, record.t, record.read, size)
            if self.payload.form.ids:
                self._note_id(entry, record.frame.id)
            if record.turn != self._whose.given:
                self._whose.go_on(record.turn, entry)
        else:
            self.columns.append(span, _mark_of(record), *_numbers(record))
            self._whose.note(entry, record)
        return entry

    def breaks_at(self, entry: int) -> bool:
        """Whether an entry's text has to be told from others: see `breaks`."""
        place = bisect_left(self.breaks, entry)
        return place < len(self.breaks) and self.breaks[place] == entry

    def kind_of_event(self, event: ResponseStreamEvent | None) -> int:
        """The kind of a frame that was decoded into an event."""
        if event is None or isinstance(event, MalformedEvent):
            return MALFORMED
        return self.kind_of(label_of(event))

    def go_on(self, turn: int) -> None:
        """Take in whose the records that come next are."""
        self._whose.go_on(turn, len(self))

    def _note_id(self, entry: int, id_: str) -> None:
        if id_ or self.ids.last:
            self.ids.last = id_
            if not self._says_id(entry):
                self.ids.note(entry, id_)

    @property
    def carries_id(self) -> bool:
        """Whether the next frame may have an id that its bytes don't say; only in plain dumps."""
        return self.ids.last != ""

    @property
    def loose(self) -> bool:
        """Whether it has records that stand in no file."""
        return bool(self._loose)

    def sequel(self) -> EventLog:
        """An empty log that goes on where this one ends, to be filled elsewhere and joined."""
        log = EventLog(self.payload)
        log.columns.share_names(self.columns)
        log.columns.end = self.columns.end
        log.ids.go_on_from(self.ids, len(self))
        log._whose.go_on_from(self._whose, len(self))
        return log

    def join(self, sequel: EventLog) -> None:
        """Take over all that a sequel of this log holds, while nothing else was appended."""
        first = len(self)
        self.columns.join(sequel.columns)
        self._loose |= {first + entry: record for entry, record in sequel._loose.items()}
        self.ids.join(sequel.ids, first)
        self._whose.join(sequel._whose, first)

    # -- reading -------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def events(self) -> int:
        """How many of the entries are events."""
        return self.columns.events

    @property
    def end(self) -> int:
        """Where the last record's bytes end."""
        return self.columns.end

    def name(self, entry: int) -> str:
        """The type of its event; of what is no event, its name in the columns."""
        kind = self.kind(entry)
        if kind != OTHER:
            return self.kind_name(kind)
        try:
            event = self.event(entry)
        except OSError:  # whoever looks at it is told
            event = None
        return (label_of(event) if event is not None else "") or self.kind_name(UNNAMED)

    def beginning(self, entry: int, length: int) -> str:
        """How its data begins, of what is too large to be read back for a glance.

        Raises:
            OSError: the disk fails.
        """
        if entry in self._loose:
            return ""
        room = length + _BEFORE_DATA
        text = self.payload.read(self.offset(entry), room).decode("utf-8", "replace")
        lines = (line for line in text.splitlines() if not line.startswith((":", "event:")))
        return "\n".join(lines).strip().removeprefix("data:").lstrip()[:length]

    def _says_id(self, entry: int) -> bool:
        try:
            record = self._stored.as_written(entry)
        except OSError:  # then it can't be read back later either
            return True
        return isinstance(record, FrameRecord) and record.frame.id != ""

    def event(self, entry: int) -> ResponseStreamEvent | None:
        """The event, decoded again; None for what is no event.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        return None if self.kind(entry) < FIRST_EVENT_KIND else self.decoded(entry)[1]

    # -- what takes long ----------------------------------------------------------------------

    def decoded(self, entry: int) -> tuple[Record, ResponseStreamEvent | None]:
        """A record and its event; of a large one that is asked for in a thread, as any may do.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        record = self.record(entry)
        return record, event_of(record)

    def is_large(self, entry: int) -> bool:
        """Whether it takes milliseconds to read and to decode; half a second for 50 MB."""
        return self.size(entry) > LARGE

    def before_large(self, first: int, last: int) -> int:
        """The first large entry from one on and before another, or that other one."""
        return next((entry for entry in range(first, last) if self.is_large(entry)), last)


class StoredRecords:
    """The records of a log, read back from where they are kept.

    Args:
        payload: what keeps their bytes.
        columns: where each of them stands.
        ids: those that frames don't say.
        whose: the turns that records don't say.
        loose: the records that stand in no file.
    """

    def __init__(
        self,
        payload: Keeper,
        columns: Columns,
        ids: Holding[str],
        whose: RecordTurns,
        loose: dict[int, Record],
    ) -> None:
        self._payload, self._columns = payload, columns
        self._offset, self._kind = columns.offset, columns.kind
        self._ids, self._whose, self._loose = ids, whose, loose

    def record(self, entry: int) -> Record:
        """The record itself, read back.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        if (loose := self._loose.get(entry)) is not None:
            return loose
        # A large frame takes a second without this.
        if (frame := self._common(self.block(entry), entry, self._offset(entry))) is not None:
            return frame
        record = self.as_written(entry)
        if isinstance(record, FrameRecord) and not record.frame.id:
            record.frame.id = self._ids.at(entry)
        return self._whose.restore(record, entry)

    def records(self, first: int, last: int) -> Iterator[Record]:
        """The records of the entries from `first` to before `last`, read many at a time.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        for start, stop in pairwise((*range(first, last, _MANY), last)):
            base = self._offset(start)
            data = self._payload.read(base, min(self._offset(stop) - base, _MUCH))
            for entry in range(start, stop):
                yield self._common(data, entry, base) or self.record(entry)

    def _common(self, data: bytes, entry: int, base: int) -> FrameRecord | None:
        """The frame of an entry, where its block has the commonest form and stands in `data`."""
        if self._kind(entry) < FIRST_EVENT_KIND or entry in self._loose:
            return None
        start = self._offset(entry) - base
        form = self._payload.form
        found = form.common(data, start)
        if found is None:
            return None
        if form.ids:
            found[0].frame.id = self._ids.at(entry)
        if not form.timed:
            self._set_time(found[0], entry)
        if self._whose.held:
            self._whose.restore(found[0], entry)
        return found[0]

    def _set_time(self, record: Record, entry: int) -> None:
        """Give a record the time that its bytes don't say."""
        if isinstance(record, FrameRecord | ForeignRecord | CutRecord):
            record.t, record.read = self._columns.t(entry), self._columns.read(entry)

    def as_written(self, entry: int) -> Record:
        """The record as its own bytes tell it: an id that persists is not among them.

        Raises:
            OSError: the disk fails, or the file was changed since.
        """
        offset, block = self._offset(entry), self.block(entry)
        form, kind = self._payload.form, self._kind(entry)
        fitting = [r for r in form.records(block, offset) if self._is(r, entry)]
        before = range(self._columns.block_of(entry).start, entry)
        place = sum(self._kind(e) == kind for e in before if e not in self._loose)
        if place >= len(fitting):
            raise OSError(f"the record at {offset} is no longer there")
        if not form.timed:
            self._set_time(fitting[place], entry)
        return fitting[place]

    def block(self, entry: int) -> bytes:
        """Its bytes as they are kept; none for a record that stands in no file.

        Raises:
            OSError: the disk fails.
        """
        if entry in self._loose:
            return b""
        offset, after = self._offset(entry), self._columns.block_of(entry).stop
        return self._payload.read(offset, self._offset(after) - offset)

    def _is(self, record: Record, entry: int) -> bool:
        kind = self._kind(entry)
        if isinstance(record, FrameRecord):
            return kind >= FIRST_EVENT_KIND
        return kind == _mark_of(record)


def _mark_of(record: Record) -> int:
    """The kind of a record that is no event."""
    match record:
        case ForeignRecord() if record.kind == "empty":
            return EMPTY
        case SocketRecord() if record.is_sign_of_life:
            return PING
        case _:
            return _MARKS[type(record)]


def event_of(record: Record) -> ResponseStreamEvent | None:
    """The event of a record; None for what is no event."""
    return decode_event(record.frame) if isinstance(record, FrameRecord) else None


def _numbers(record: Record) -> tuple[float | None, int | None, int]:
    """The time of a record that is no event, its read, and the bytes of what it holds."""
    match record:
        case CommentRecord():
            return record.t, record.read, sum(map(_size, record.comments))
        case ForeignRecord() | CutRecord():
            return record.t, record.read, len(record.data)
        case SentRecord():
            return record.t, None, _length(record.data)
        case SocketRecord():
            return record.t, None, len(record.data)
        case RequestRecord() | ResponseRecord() | EndRecord():
            return record.t, None, 0
        case FrameRecord():
            return record.t, record.read, _size(record.frame.data)


def _length(data: str | bytes) -> int:
    return _size(data) if isinstance(data, str) else len(data)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
