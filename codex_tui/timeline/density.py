"""What the time strip shows of a log: which kinds came when, the silences, the reads.

Fed entry by entry off the log's columns; its memory does not grow with the log, and neither does
the cost of one more entry or of one more picture.
When time outgrows the buckets, neighbours are added together and each is twice as wide.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from enum import Enum, auto
from math import ceil, inf
from operator import add
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from codex_tui.model.stalls import Portions, Stall, stall_level
from codex_tui.recording.log import FIRST_EVENT_KIND
from codex_tui.recording.records import EndRecord
from codex_tui.timeline.session_clock import SessionClock
from codex_tui.wire.base import Family
from codex_tui.wire.registry import DONE, family_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.stalls import Buffering
    from codex_tui.recording.log import EventLog

LANES = tuple(Family)
"""The lanes of a spread, one a family; after them stands the lane `TURNS`."""

TURNS = len(LANES)
"""The lane that counts beginnings of turns."""

ITEMS = TURNS + 1
"""The lane that counts beginnings of items, which are lifecycle events too."""

FLAGS = range(ITEMS + 1, ITEMS + 4)
"""The lanes that count what is wrong: errors, warnings, notes."""

_PORTION = 64
"""Entries, and what is wrong, that are taken in at a time."""

KEPT = 256
"""Stalls that are kept, the longest; a shorter one has no column of its own, only a mark."""


class _Role(Enum):
    """What an entry does to a silence."""

    BEGINS = auto()
    ENDS = auto()
    OVER = auto()
    KEEPS = auto()
    NOTHING = auto()


_MARKS = {
    "request": (Family.LIFECYCLE, _Role.BEGINS),
    "response": (Family.LIFECYCLE, _Role.ENDS),
    "comment": (Family.KEEPALIVE, _Role.KEEPS),
    "foreign": (Family.ERROR, _Role.NOTHING),
    "empty": (Family.KEEPALIVE, _Role.KEEPS),
    "cut": (Family.ERROR, _Role.NOTHING),
    "sent": (Family.LIFECYCLE, _Role.NOTHING),
    "socket": (Family.KEEPALIVE, _Role.NOTHING),
    "ping": (Family.KEEPALIVE, _Role.KEEPS),
}
_END = (-1, _Role.OVER)  # the family depends on how it ended
_ADDED = "response.output_item.added"
_LIFECYCLE = LANES.index(Family.LIFECYCLE)


def _role(name: str, family: Family) -> _Role:
    if family is Family.KEEPALIVE:
        return _Role.KEEPS
    return _Role.NOTHING if name == DONE else _Role.ENDS


class Silences:
    """The silences of a session that are stalls: the longest of them, in order.

    Times are the session's. Keep-alives do not end a silence; they are counted.
    """

    def __init__(self) -> None:
        self.stalls: list[Stall] = []
        """The longest stalls, in the order in which they came: at least `KEPT` of them."""
        self.begin(None, 0.0)

    def begin(self, entry: int | None, seconds: float) -> None:
        """Begin to wait."""
        self._after, self._start, self._keepalives = entry, seconds, 0

    def rest(self) -> None:
        """Wait for nothing."""
        self.begin(None, inf)

    def keep(self) -> None:
        """Count a keep-alive."""
        self._keepalives += 1

    def end(self, entry: int, seconds: float) -> int:
        """Let something come; return the level of the stall that it ended, 0 for none."""
        level = stall_level(seconds - self._start)
        if level:
            self.stalls.append(self._stall(entry, seconds))
            if len(self.stalls) >= 2 * KEPT:
                longest = sorted(self.stalls, key=lambda stall: -stall.seconds)[:KEPT]
                self.stalls = sorted(longest, key=lambda stall: stall.start)
        self.begin(entry, seconds)
        return level

    def _stall(self, before: int | None, seconds: float) -> Stall:
        length = max(0.0, seconds - self._start)
        return Stall(self._after, before, self._start, length, self._keepalives)

    def open(self, now: float) -> Stall:
        """Return the silence that goes on."""
        return self._stall(None, now)


class Density:
    """A log's entries over time. `take_up` takes in what was appended to the log."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.clock = SessionClock(log)
        self.buckets = Buckets(FLAGS.stop)
        """What came when; where nothing has a time, at an even pace, in the order of the log."""
        self.silences = Silences()
        self._portions = Portions()
        self._running = 0
        self._kinds: dict[int, tuple[int, _Role]] = {}

    @property
    def timed(self) -> bool:
        """Whether the log has any times."""
        return self.clock.timed

    @property
    def evenly(self) -> bool:
        """Whether there are events, and none has a time: they stand at an even pace."""
        return bool(self.log.events) and not self.timed

    @property
    def buffering(self) -> Buffering | None:
        """What is to be said where the latest turn came in portions."""
        return self._portions.finding

    def take_up(self, most: int, end: int | None = None) -> bool:
        """Take in at most so many entries; return whether there are more before `end`.

        `end` is by default that of the log, which may be growing faster than it is taken in.
        """
        end = len(self.log) if end is None else end
        stop = min(end, len(self.clock) + most)
        for entry in range(len(self.clock), stop):
            self._take(entry)
        return stop < end

    def flag(self, entry: int, level: int) -> None:
        """Count something that is wrong at an entry which was taken in: 0 is the worst level."""
        self.buckets.add(FLAGS[level], self.buckets.place(self.clock.axis.seconds(entry)))

    def _take(self, entry: int) -> None:
        kind = self.log.kind(entry)
        lane, role = self._kinds.get(kind) or self._new_kind(kind)
        seconds = self.clock.advance()
        t = self.log.t(entry)
        if role is _Role.BEGINS:
            self._begin_turn(entry, seconds)
        elif t is not None:
            if self._untimed:
                self._begin_time()
            bucket = self.buckets.place(seconds)
            self._count(entry, lane, bucket)
            self._pass(entry, seconds, bucket, role)
            if kind >= FIRST_EVENT_KIND and (read := self.log.read(entry)) is not None:
                self._portions.add(seconds, read)
                self.buckets.peak(bucket, self._portions.size)
        elif not self.clock.timed:
            self._untimed = True
            self._count(entry, lane, self.buckets.place(self.clock.axis.seconds(entry)))

    _untimed = False  # whether anything was counted at an even pace, since there was no time yet

    def _count(self, entry: int, lane: int, bucket: int) -> None:
        if lane == ITEMS:
            self.buckets.add(ITEMS, bucket)
            lane = _LIFECYCLE
        self.buckets.add(lane if lane >= 0 else self._ending(entry), bucket)

    def _begin_time(self) -> None:
        """Put what has no time where it stands by the clock: at the beginning."""
        before, self.buckets, self._untimed = self.buckets, Buckets(FLAGS.stop), False
        for lane in (TURNS, *FLAGS):
            for _ in range(before.sum(lane)):
                self.buckets.add(lane, 0)

    def _pass(self, entry: int, seconds: float, bucket: int, role: _Role) -> None:
        if role in (_Role.ENDS, _Role.OVER):
            if level := self.silences.end(entry, seconds):
                self.buckets.mark(bucket, level)
            if role is _Role.OVER:
                self._end_turn()
        elif role is _Role.KEEPS:
            self.silences.keep()

    def _begin_turn(self, entry: int, seconds: float) -> None:
        self._running += 1
        place = self.clock.axis.seconds(entry) if self._untimed else seconds
        self.buckets.add(TURNS, self.buckets.place(place))
        self.silences.begin(entry, seconds)
        self._portions = Portions(seconds)

    def _end_turn(self) -> None:
        """Wait no more where no turn goes on: the clock of a socket does."""
        self._running = max(0, self._running - 1)
        if not self._running:
            self.silences.rest()

    def _new_kind(self, kind: int) -> tuple[int, _Role]:
        name = self.log.kind_name(kind)
        if kind >= FIRST_EVENT_KIND:
            family = family_of(name)
            known = ITEMS if name == _ADDED else LANES.index(family), _role(name, family)
        elif name in _MARKS:
            family, role = _MARKS[name]
            known = LANES.index(family), role
        else:
            known = _END
        self._kinds[kind] = known
        return known

    def _ending(self, entry: int) -> int:
        try:
            record = self.log.record(entry)
        except OSError:  # whoever looks at it is told; here it is one mark
            return _LIFECYCLE
        good = isinstance(record, EndRecord) and record.how == "completed"
        return _LIFECYCLE if good else LANES.index(Family.ERROR)


class Wrong(Protocol):
    """What is wrong with a log, as far as it is known by now."""

    def __len__(self) -> int: ...

    def some(self, first: int, most: int, /) -> Sequence[tuple[int, int]]:
        """Return the event and the level of at most so many, from one of them on."""


class DensityIntake:
    """A log on its way into its density, and what is wrong with it: some at a time.

    Attributes:
        density: What was taken in.
        wrong: What is to be flagged, each as soon as its event was taken in; None for nothing.
    """

    def __init__(self, log: EventLog) -> None:
        self.density = Density(log)
        self.wrong: Wrong | None = None
        self._told = 0  # entries of the log when it was last said that it has grown
        self._flagged = 0

    def grow(self) -> None:
        """Take note that the log has grown: what is there by now is to be taken in."""
        self._told = len(self.density.log)

    def take_up(self) -> bool:
        """Take some entries in; return whether there are more."""
        return self.density.take_up(_PORTION, self._told)

    @property
    def can_flag(self) -> bool:
        """Whether something is to be flagged whose event was taken in, or that has none."""
        if self.wrong is None or self._flagged >= len(self.wrong):
            return False
        ((number, _),) = self.wrong.some(self._flagged, 1)
        return self._is_taken_in(number)

    def flag(self) -> None:
        """Flag some of what is wrong, as far as it was taken in."""
        for number, level in self.wrong.some(self._flagged, _PORTION) if self.wrong else ():
            if not self._is_taken_in(number):
                return
            self._flagged += 1
            if (entry := self._entry(number)) is not None:
                self.density.flag(entry, level)

    def _is_taken_in(self, number: int) -> bool:
        entry = self._entry(number)
        return entry is None or entry < len(self.density.clock)

    def _entry(self, number: int) -> int | None:
        log = self.density.log
        return log.entry_of(number) if 1 <= number <= log.events else None


BUCKETS = 2048
_HALF = bytes(BUCKETS // 2)
_FINEST = 2.0**-14  # seconds; a power of two, so that doubling it is exact


class Spread(Struct, frozen=True):
    """Buckets laid out over columns: `counts[lane][column]`, and the greatest `peaks[column]`."""

    counts: list[list[int]]
    peaks: list[int]
    marks: list[int]


class Buckets:
    """Counts by lane, and the largest number and the highest mark of each bucket.

    Args:
        lanes: How many kinds are told apart.
    """

    def __init__(self, lanes: int) -> None:
        self._lanes = [array("I", bytes(4 * BUCKETS)) for _ in range(lanes)]
        self._peaks = array("I", bytes(4 * BUCKETS))
        self._marks = bytearray(BUCKETS)
        self._counted = [False] * lanes
        self._spread = Spread([], [], [])
        self._laid_out: tuple[float, int, float] | None = None  # how: scale, columns, width
        self._edges: list[int] = []
        self._changed = set[int]()  # buckets, since then
        self.width = _FINEST
        """Seconds of a bucket."""

    def place(self, seconds: float) -> int:
        """Return the bucket of a moment, and make room for it if need be."""
        bucket = int(seconds / self.width)
        if bucket >= BUCKETS:
            self._widen(seconds)
            bucket = int(seconds / self.width)
        return bucket

    def add(self, lane: int, bucket: int) -> None:
        """Count one."""
        self._lanes[lane][bucket] += 1
        self._counted[lane] = True
        self._changed.add(bucket)

    def sum(self, lane: int) -> int:
        """Return how much a lane has counted."""
        return sum(self._lanes[lane])

    def peak(self, bucket: int, number: int) -> None:
        """Keep a number if it is the bucket's greatest."""
        if number > self._peaks[bucket]:
            self._peaks[bucket] = number
            self._changed.add(bucket)

    def mark(self, bucket: int, level: int) -> None:
        """Keep a mark, a small number, if it is the bucket's highest."""
        if level > self._marks[bucket]:
            self._marks[bucket] = level
            self._changed.add(bucket)

    def _widen(self, seconds: float) -> None:
        while seconds / self.width >= BUCKETS:
            self._double()

    def _double(self) -> None:
        """Add neighbours together; the upper half of the buckets is free then."""
        self.width *= 2
        for lane, counted in zip(self._lanes, self._counted, strict=True):
            if counted:
                lane[:] = array("I", [*map(add, lane[::2], lane[1::2]), *_HALF])
        self._peaks[:] = array("I", [*map(max, self._peaks[::2], self._peaks[1::2]), *_HALF])
        self._marks[:] = bytearray([*map(max, self._marks[::2], self._marks[1::2]), *_HALF])

    # -- columns -------------------------------------------------------------------------------

    def column(self, seconds: float, scale: float, columns: int) -> int:
        """Return the column in which a moment is drawn when `scale` seconds fill the columns."""
        bucket = int(seconds / self.width)
        column = min(max(int(bucket * self.width / scale * columns), 0), columns - 1)
        # What float division rounded: the edges decide.
        while column and self._edge(column, scale, columns) > bucket:
            column -= 1
        while column < columns - 1 and self._edge(column + 1, scale, columns) <= bucket:
            column += 1
        return column

    def _edge(self, column: int, scale: float, columns: int) -> int:
        return ceil(column * scale / columns / self.width)

    def edge(self, column: int, scale: float, columns: int) -> float:
        """Return the first moment that is drawn in a column, in seconds."""
        return self._edge(column, scale, columns) * self.width

    def spread(self, scale: float, columns: int) -> Spread:
        """Return the first `scale` seconds laid out over so many columns."""
        layout = scale, columns, self.width
        if layout == self._laid_out:  # of a stream that goes on, one column has changed
            stale = {bisect_right(self._edges, bucket) - 1 for bucket in self._changed}
        else:
            self._laid_out, stale = layout, set(range(columns))
            self._edges = [self._edge(column, scale, columns) for column in range(columns)]
            counts = [[0] * columns for _ in self._lanes]
            self._spread = Spread(counts, [0] * columns, [0] * columns)
        for column in stale:
            self._lay_out(column)
        self._changed.clear()
        counts, peaks, marks = self._spread.counts, self._spread.peaks, self._spread.marks
        return Spread([lane.copy() for lane in counts], peaks.copy(), marks.copy())

    def _lay_out(self, column: int) -> None:
        laid_out, ends = self._spread, [*self._edges[column + 1 : column + 2], BUCKETS]
        a, b = self._edges[column], ends[0]
        laid_out.peaks[column] = max(self._peaks[a:b], default=0)
        laid_out.marks[column] = max(self._marks[a:b], default=0)
        for lane, counts, counted in zip(self._lanes, laid_out.counts, self._counted, strict=True):
            if counted:
                counts[column] = sum(lane[a:b])
