"""The mouse on the time strip: a click goes to a moment, a drag chooses a range.

The playhead of a replay can be taken along, and where there are no times there is nothing else to
drag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codex_tui.tui.widgets.strip_axis import RangeSelection

if TYPE_CHECKING:
    from textual import events

    from codex_tui.timeline.density import Density
    from codex_tui.tui.widgets.strip_axis import Axis, Playhead
    from codex_tui.tui.widgets.strip_cells import Labels

_NEAR = 1
"""Cells beside the playhead at which it is taken too."""


class Pointable(Protocol):
    """The strip, as the mouse needs to know it."""

    played: Playhead | None

    @property
    def density(self) -> Density | None:
        """Return what is shown of the log."""

    def laid_out(self, density: Density, /) -> tuple[Labels, Axis]:
        """Return where everything stands."""

    def choose(self, axis: Axis, cell: int, /) -> None:
        """Say which moment was pointed at."""

    def show_range(self, selection: RangeSelection | None, /) -> None:
        """Show the range that is dragged over."""

    def take_range(self, chosen: RangeSelection, /) -> None:
        """Say that a range was chosen."""


class Grip:
    """What is held of a strip while a button of the mouse is down."""

    def __init__(self, strip: Pointable) -> None:
        self._strip = strip
        self._start: int | None = None
        self._latest: int | None = None
        self._has_head = False

    def take(self, event: events.MouseEvent) -> bool:
        """Take what is pointed at; False if there is nothing."""
        found = self._pointed(event)
        self._start = self._latest = None if found is None else found[1]
        self._has_head = found is not None and self._is_head(*found)
        return found is not None

    def _is_head(self, axis: Axis, cell: int) -> bool:
        played = self._strip.played
        if not axis.density.timed:
            return True
        return played is not None and abs(played.cell(axis) - cell) <= _NEAR

    def _pointed(self, event: events.MouseEvent) -> tuple[Axis, int] | None:
        density = self._strip.density
        if density is None or not density.log.events:
            return None
        labels, axis = self._strip.laid_out(density)
        return axis, max(0, min(event.x - len(labels.left[0]), labels.cells - 1))

    def drag(self, event: events.MouseEvent) -> None:
        """Take the playhead along, or show the range that is dragged over."""
        if self._start is None or (found := self._pointed(event)) is None:
            return
        axis, cell = found
        if (chosen := self._range(axis, cell)) is not None:
            self._strip.show_range(chosen)
        elif self._has_head and cell != self._latest:
            self._strip.choose(axis, cell)
        self._latest = cell

    def let_go(self, event: events.MouseEvent) -> None:
        """Take the moment, or the range."""
        if self._start is not None and (found := self._pointed(event)) is not None:
            axis, cell = found
            if (chosen := self._range(axis, cell)) is not None:
                self._strip.take_range(chosen)
            elif cell == self._start:
                self._strip.choose(axis, cell)
        self._start = None

    def _range(self, axis: Axis, cell: int) -> RangeSelection | None:
        """Return the range of the cells between where the button went down and here."""
        start = self._start
        if start is None or cell == start or self._has_head:
            return None
        entries = axis.entries(min(start, cell), max(start, cell))
        return RangeSelection(entries.start, entries.stop - 1) if entries else None
