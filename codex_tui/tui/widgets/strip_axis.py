"""Seconds, entries and cells: which stands where while the time strip has one width. Pure.

The outermost cells stay free, so that what stands at an end can be put in brackets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.timeline.density import Spread
from codex_tui.tui.widgets.strip_cells import Scene, StallSpan
from codex_tui.tui.widgets.strip_labels import live_scale, range_words

if TYPE_CHECKING:
    from codex_tui.timeline.density import Density
    from codex_tui.tui.widgets.range_selection import RangeSelection

_EDGE = 1
_SHORTEST = 1e-3  # seconds: the least that a strip shows


@dataclass(frozen=True, slots=True)
class Axis:
    """A log laid out over cells; `now` is the present in seconds of the session, if it streams."""

    density: Density
    cells: int
    now: float | None

    @property
    def _columns(self) -> int:
        return max(1, self.cells - 2 * _EDGE)

    @property
    def scale(self) -> float:
        """Seconds from the first column to the end of the last."""
        if self.now is not None:
            return live_scale(self.now)
        return max(self.density.clock.latest, _SHORTEST)

    def cell(self, seconds: float) -> int:
        """Return where a moment stands."""
        return _EDGE + self.density.buckets.column(seconds, self.scale, self._columns)

    def cell_of(self, entry: int | None) -> int | None:
        """Return where an entry stands; None where it was not taken in yet."""
        clock = self.density.clock
        known = entry is not None and 0 <= entry < len(clock)
        return self.cell(clock.seconds(entry)) if entry is not None and known else None

    def entries(self, first: int, last: int) -> range:
        """Return the entries that are drawn in some cells."""
        clock = self.density.clock
        stop = clock.before(self.until(last)) if last - _EDGE + 1 < self._columns else len(clock)
        return range(clock.before(self.until(first - 1)), stop)

    def until(self, cell: int) -> float:
        """Return the moment at which a cell ends."""
        return self.density.buckets.edge(max(0, cell - _EDGE + 1), self.scale, self._columns)

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
        """Return what is to be drawn."""
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
            self.cell_of(cursor),
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
