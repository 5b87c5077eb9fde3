"""What stands where in the time strip: seconds, entries and cells, ranges, and what both ends say.

Pure, and good for one width. The outermost cells stay free, so that what stands at an end can be
put in brackets.
"""

from __future__ import annotations

from bisect import bisect_right
from textwrap import wrap
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from codex_tui import units
from codex_tui.timeline.density import Spread
from codex_tui.tui.widgets.strip_cells import Labels, Scene, StallSpan

if TYPE_CHECKING:
    from codex_tui.model.stalls import Buffering
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.density import Density

_EDGE = 1
_SHORTEST = 1e-3  # seconds: the least that a strip shows
_LANES = {
    1: (),
    2: ("reasoning, text, tools",),
    3: ("text", "reasoning, tools"),
}
_END = 9  # cells of the label at the right end
_LINE = 34  # cells of a line of a finding, at least
_NARROW = 60  # cells of the whole strip, below which lanes have no names
_STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 450, 600, 900, 1200, 1800, 2700, 3600)


class RangeSelection(Struct, frozen=True):
    """The entries between two: where the selection began, and where it was moved to since.

    `taken` is true when the user has said that this is it.
    """

    anchor: int
    head: int
    taken: bool = False

    @property
    def first(self) -> int:
        """The first entry of the range."""
        return min(self.anchor, self.head)

    @property
    def last(self) -> int:
        """The last entry of the range, itself included."""
        return max(self.anchor, self.head)

    def moved(self, entry: int) -> RangeSelection:
        """Return the range that reaches to another entry."""
        return replace(self, head=entry)

    def take(self) -> RangeSelection:
        """Return the range as chosen."""
        return replace(self, taken=True)


class Axis(Struct, frozen=True):
    """A log laid out over cells.

    Attributes:
        density: The log.
        cells: How many there are.
        now: The present in seconds of the session, if it streams.
        least: Seconds that are shown at least: those of the strip beside it.
    """

    density: Density
    cells: int
    now: float | None
    least: float = 0.0

    @property
    def _columns(self) -> int:
        return max(1, self.cells - 2 * _EDGE)

    @property
    def scale(self) -> float:
        """Seconds from the first column to the end of the last."""
        return max(own_scale(self.density, self.now), self.least)

    def cell(self, seconds: float) -> int:
        """Return where a moment stands."""
        return _EDGE + self.density.buckets.column(seconds, self.scale, self._columns)

    def cell_of(self, entry: int | None) -> int | None:
        """Return where an entry stands; None where it was not taken in yet."""
        clock = self.density.clock.axis
        known = entry is not None and 0 <= entry < len(clock)
        return self.cell(clock.seconds(entry)) if entry is not None and known else None

    def entries(self, first: int, last: int) -> range:
        """Return the entries that are drawn in some cells."""
        clock = self.density.clock.axis
        stop = clock.before(self.until(last)) if last - _EDGE + 1 < self._columns else len(clock)
        return range(clock.before(self.until(first - 1)), stop)

    def until(self, cell: int) -> float:
        """Return the moment at which a cell ends."""
        return self.density.buckets.edge(max(0, cell - _EDGE + 1), self.scale, self._columns)

    def moment(self, cell: int) -> float:
        """Return what to go to in a cell: its last entry, or the middle of a silence."""
        if entries := self.entries(cell, cell):
            return self.density.clock.axis.seconds(entries.stop - 1)
        return min((self.until(cell - 1) + self.until(cell)) / 2, self.scale)

    def span(self, chosen: RangeSelection | None) -> tuple[int, int] | None:
        """Return the first and the last cell of a range."""
        if chosen is None:
            return None
        first, last = self.cell_of(chosen.first), self.cell_of(chosen.last)
        return None if first is None or last is None else (first, last)

    def moved(self, entry: int, cells: int) -> int:
        """Return the entry that lies so many cells further, or the next one behind a silence."""
        here = self.cell_of(entry) or 0
        there = max(0, min(here + cells, self.cells - 1))
        entries = self.entries(there, there)
        far = max(entries.stop - 1, entry + 1) if cells > 0 else min(entries.start, entry - 1)
        return max(0, min(far, len(self.density.clock) - 1))

    def scene(self, cursor: int | None, chosen: RangeSelection | None, *, letters: bool) -> Scene:
        """Return what is to be drawn, with the cursor in a cell."""
        spread = self.density.buckets.spread(self.scale, self._columns)
        padded = Spread(
            [[0, *lane, 0] for lane in spread.counts],
            [0, *spread.peaks, 0],
            [0, *spread.marks, 0],
        )
        return Scene(
            padded,
            self._stalls(),
            None if self.now is None else self.cell(self.now),
            cursor,
            self.span(chosen),
            "" if chosen is None else range_words(self.density, chosen),
            letters=letters,
        )

    def _stalls(self) -> list[StallSpan]:
        silences = self.density.silences
        column = self.scale / self._columns
        stalls = [stall for stall in silences.stalls if stall.seconds >= column]
        if self.now is not None and (silence := silences.open(self.now)).level:
            stalls.append(silence)
        return [
            StallSpan(stall, self.cell(stall.start), self.cell(stall.start + stall.seconds))
            for stall in stalls
        ]


class Playhead(Struct, frozen=True):
    """How many entries of a replay are shown, and the moment that it stands at, if that is known.

    Between two entries time passes too.
    """

    position: int
    moment: float | None = None

    def cell(self, axis: Axis) -> int:
        """Return where it stands."""
        if self.moment is not None and self.position < len(axis.density.log):
            return axis.cell(self.moment)
        return axis.cell_of(self.position - 1) or axis.cell(0.0)


# -- both ends


def own_scale(density: Density, now: float | None) -> float:
    """Return how many seconds a strip shows that has none beside it."""
    return max(density.clock.axis.latest, _SHORTEST) if now is None else live_scale(now)


def live_scale(now: float) -> float:
    """Return how many seconds the strip shows while it streams: in steps, so that it stands still.

    Else all that came would move a little with each tick.
    """
    step = next((float(step) for step in _STEPS if step >= now), float(_STEPS[-1]))
    while step < now:
        step = step * 1.5 if step * 1.5 >= now else step * 2
    return step


def scale_words(seconds: float) -> str:
    """Return the end of a live scale: a round number."""
    return units.seconds(seconds) if seconds >= 10 else f"{seconds:.0f} s"


def labels_for(
    density: Density, width: int, rows: int, now: float | None, least: float = 0.0
) -> Labels:
    """Return what stands at the ends of a strip of some width.

    Two beside each other, which show at least `least` seconds, leave the same cells in the middle.
    """
    left = _left(width, rows, "#1" if density.evenly else "0 s")
    end = _end(density) if now is None else scale_words(live_scale(now))
    found = density.buffering
    if least:
        end, found = units.seconds(max(own_scale(density, now), least)), None
    right = _beside(end, found, width) if rows == 1 else _stacked(end, found, rows)
    room = max(sum(len(text) for text, _ in row) for row in right)
    return Labels(left, right, max(1, width - len(left[0]) - room))


def _end(density: Density) -> str:
    """Say where the last entry stands: which one it is, where there are no times."""
    if density.evenly:
        return f"#{density.log.events:,}"
    return units.seconds(density.clock.latest)


def _left(width: int, rows: int, first: str) -> list[str]:
    names = [*_LANES[rows], first]
    if width < _NARROW:
        names = [""] * (rows - 1) + [first]
    cells = max(map(len, names))
    return [f" {name.rjust(cells)} " for name in names]


def _beside(end: str, found: Buffering | None, width: int) -> list[list[tuple[str, str]]]:
    """Put a finding behind the end of the scale, as much of it as half the strip takes."""
    said = [f" {end.ljust(_END - 1)}", ""]
    if found is not None:
        variants = (found.sentence, f"{found.figures}: buffered", "buffered")
        said[1] = next((f" {text} " for text in variants if len(text) + 2 <= width // 2), "")
    return [[(said[0], "label"), (said[1], "note")]]


def _stacked(end: str, found: Buffering | None, rows: int) -> list[list[tuple[str, str]]]:
    """Put a finding above the end of the scale, in as many lines as there are."""
    text = "" if found is None else found.sentence
    lines = wrap(text, max(_LINE, len(text) // (rows - 1) + 8))
    cells = max([_END - 2, *map(len, lines)])
    lines += [""] * (rows - 1 - len(lines))
    above = [[(f" {line.ljust(cells)} ", "note")] for line in lines]
    return [*above, [(f" {end.ljust(cells)} ", "label")]]


def range_words(density: Density, chosen: RangeSelection) -> str:
    """Say how long a range is and how many events it has."""
    if chosen.last >= len(density.clock):
        return ""
    length = density.clock.seconds(chosen.last) - density.clock.seconds(chosen.first)
    log = density.log
    events = _events_until(log, chosen.last) - _events_until(log, chosen.first - 1)
    return f" {units.seconds(length)}, {units.count(events, 'event')} "


def _events_until(log: EventLog, entry: int) -> int:
    return bisect_right(range(1, log.events + 1), entry, key=log.entry_of)
