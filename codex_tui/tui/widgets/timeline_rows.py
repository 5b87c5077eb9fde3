"""Entries of a log folded into the rows of a timeline, and the cursor that goes along with them.

A run of deltas of one text is one row that opens; a long gap ends a run, so that a stall always
stands at the head of a row. Where another text goes on may become known later than the entries.
Rows are numbers in arrays: a million entries cost four bytes each at the most, and one more entry
costs the same at any length.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class RowEntries(Protocol):
    """What the rows need to know of a log."""

    def __len__(self) -> int: ...

    def kind(self, entry: int) -> int:
        """Return the code of the entry's type."""
        ...

    def t(self, entry: int) -> float | None:
        """Return its time in seconds, if it has one."""
        ...

    @property
    def breaks(self) -> Sequence[int]:
        """The entries that end a run of their kind, in rising order; more may come later."""
        ...


class NoEntries:
    """A log before there is any."""

    breaks: Sequence[int] = ()

    def __len__(self) -> int:
        return 0

    def kind(self, entry: int) -> int:
        """There is none."""
        raise IndexError(entry)

    def t(self, entry: int) -> float | None:
        """There is none."""
        raise IndexError(entry)


class TimelineRow(Struct, frozen=True):
    """One line of the timeline: the entries `first` to `last`, both included.

    `child` is true for a line within an opened run, `opened` for the head of one.
    """

    first: int
    last: int
    opened: bool = False
    child: bool = False

    @property
    def count(self) -> int:
        """How many entries it stands for."""
        return self.last - self.first + 1


class Rows:
    """The rows of a log, in order; `extend` takes up what was appended to the log.

    `folds` says which kinds come in runs, `accepts` which kinds are shown at all,
    `within` which entries (first and last). `stall` is the gap in seconds that ends a run.
    """

    def __init__(
        self,
        log: RowEntries,
        folds: Callable[[int], bool],
        accepts: Callable[[int], bool] | None = None,
        stall: float = 2.0,
        within: tuple[int, int] | None = None,
    ) -> None:
        self._log = log
        self._folds = folds
        self._accepts = accepts
        self._stall = stall
        self._within = within
        self._filtered = accepts is not None or within is not None
        self._shown = array("I")  # entries that a filter lets through; unused without one
        self._starts = array("I")  # positions (among the shown entries) where runs begin
        self._opened: list[int] = []  # indices into _starts, sorted
        self._taken = 0
        self._broken = 0  # how many of the log's breaks have been looked at
        self._last_kind = -1
        self._last_t: float | None = None

    def extend(self, most: int | None = None, end: int | None = None) -> bool:
        """Take up entries that were appended since the last call; True if there are more.

        `most` is how many are taken at a time: an index of a million is there all at once. `end` is
        by default that of the log, which may be growing faster than it is taken up.
        """
        self.split()
        end = len(self._log) if end is None else end
        stop = end if most is None else min(end, self._taken + most)
        for entry in range(self._taken, stop):
            kind = self._log.kind(entry)
            if self._shows(entry, kind):
                self._take(entry, kind)
        self._taken = max(self._taken, stop)
        return self._taken < end

    def _shows(self, entry: int, kind: int) -> bool:
        if self._within is not None and not self._within[0] <= entry <= self._within[1]:
            return False
        return self._accepts is None or self._accepts(kind)

    def _take(self, entry: int, kind: int) -> None:
        position = entry
        if self._filtered:
            position = len(self._shown)
            self._shown.append(entry)
        t = self._log.t(entry)
        if self._breaks(entry) or not self._continues(kind, t):
            self._starts.append(position)
        self._last_kind, self._last_t = kind, t

    def _breaks(self, entry: int) -> bool:
        breaks = self._log.breaks
        found = False
        while self._broken < len(breaks) and breaks[self._broken] <= entry:
            found = True  # be it at an entry that a filter hides
            self._broken += 1
        return found

    def split(self) -> int | None:
        """End runs at breaks that became known of entries taken up; return the first such line."""
        breaks = self._log.breaks
        stop = bisect_left(breaks, self._taken, self._broken)
        late, self._broken = breaks[self._broken : stop], stop
        places = [bisect_left(self._shown, e) if self._filtered else e for e in late]
        places = [place for place in places if place < self._positions()]
        if not places:
            return None
        opened = [self._starts[run] for run in self._opened]
        low, high = bisect_left(self._starts, places[0]), bisect_right(self._starts, places[-1])
        self._starts[low:high] = array("I", sorted({*self._starts[low:high], *places}))
        self._opened = [bisect_left(self._starts, start) for start in opened]
        return max(0, low - 1)

    def _continues(self, kind: int, t: float | None) -> bool:
        if kind != self._last_kind or not self._folds(kind):
            return False
        return t is None or self._last_t is None or t - self._last_t < self._stall

    def __len__(self) -> int:
        return len(self._starts) + sum(self._run_length(run) for run in self._opened)

    def _positions(self) -> int:
        return len(self._shown) if self._filtered else self._taken

    def _run_end(self, run: int) -> int:
        return self._starts[run + 1] if run + 1 < len(self._starts) else self._positions()

    def _run_length(self, run: int) -> int:
        return self._run_end(run) - self._starts[run]

    def _entry(self, position: int) -> int:
        return self._shown[position] if self._filtered else position

    def row(self, line: int) -> TimelineRow:
        """Return the row at a line, counted from 0."""
        line_of_head = 0
        before = 0  # lines that opened runs add above the one looked at
        for run in self._opened:
            line_of_head = run + before
            if line <= line_of_head:
                break
            length = self._run_length(run)
            if line <= line_of_head + length:
                entry = self._entry(self._starts[run] + line - line_of_head - 1)
                return TimelineRow(entry, entry, child=True)
            before += length
        return self._head(line - before)

    def _head(self, run: int) -> TimelineRow:
        first, end = self._starts[run], self._run_end(run)
        return TimelineRow(self._entry(first), self._entry(end - 1), opened=run in self._opened)

    def line_of(self, entry: int) -> int | None:
        """Return the line that shows an entry, or the nearest before it; None where all are empty.

        Within an opened run that is the entry's own line, else the run's.
        """
        if not self._starts:
            return None
        position = entry
        if self._filtered:
            position = max(0, bisect_right(self._shown, entry) - 1)
        run = max(0, bisect_right(self._starts, position) - 1)
        before = sum(self._run_length(other) for other in self._opened if other < run)
        inside = position - self._starts[run] + 1 if run in self._opened else 0
        return run + before + inside

    def toggle(self, line: int) -> None:
        """Open or close the run whose head or inside stands at a line."""
        run = self._run_at(line)
        if run in self._opened:
            self._opened.remove(run)
        elif self._run_length(run) > 1:
            insort(self._opened, run)

    def _run_at(self, line: int) -> int:
        row = self.row(line)
        position = row.first
        if self._filtered:
            position = bisect_right(self._shown, row.first) - 1
        return bisect_right(self._starts, position) - 1


class RowCursor:
    """The entry that one stands on, and what the cursor goes along with.

    That is the newest row, or the moment of a replay, until the user goes elsewhere.

    Attributes:
        entry: The entry under the cursor; it may have no row, where a filter hides it.
        follows: Whether the cursor goes along.
        keeps_newest: Whether the newest row was asked for: with it, every one that is still to
            come, since what is loaded may have more rows.
        position: How many entries have come at the moment that is shown; None for all.
    """

    def __init__(self) -> None:
        self.entry: int | None = None
        self.follows = True
        self.keeps_newest = False
        self.position: int | None = None
        self._on_the_way = set[int]()  # entries that were gone to, and that a replay goes to

    def point_at(self, entry: int) -> None:
        """Stand on an entry, whatever comes."""
        self.entry, self.follows, self.keeps_newest = entry, False, False

    def go_to(self, entry: int, *, newest: bool) -> None:
        """Stand on an entry, which is in the newest row or not: a replay goes there too."""
        self.entry = entry
        if self.position is not None:
            self._on_the_way.add(entry)
        self.follows = newest and self.position is None
        self.keeps_newest = False

    def follow(self, *, newest: bool = False) -> None:
        """Go along from now on; with the newest row too, if that was asked for before."""
        self.follows, self.keeps_newest = True, self.keeps_newest and newest

    def show_all(self, newest: int | None) -> None:
        """Let all that has come be shown, up to an entry."""
        self.position = None
        if self.follows and newest is not None:
            self.entry = newest

    def show_moment(self, position: int) -> bool:
        """Let a moment of a replay be shown; return whether the cursor went along.

        It does not while the replay is still on its way to where the user went since.
        """
        self.position = position
        last = position - 1 if position else None
        if last in self._on_the_way and last != self.entry:
            return False
        self._on_the_way.clear()
        if self.follows:
            self.entry = last
        return self.follows
