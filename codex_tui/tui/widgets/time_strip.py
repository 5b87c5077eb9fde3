"""The time strip: points at a moment or chooses a range, with the mouse or with keys.

What is chosen goes up as messages; what is drawn is the view's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from codex_tui.tui.messages import MomentChosen, RangeCleared, RangeSelected
from codex_tui.tui.widgets.range_selection import RangeSelection
from codex_tui.tui.widgets.strip_view import StripView

if TYPE_CHECKING:
    from textual import events


class TimeStrip(StripView):
    """A log over time, on which moments and ranges are chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "begin_range", "Select a range", id="strip.range"),
        Binding("left", "move(-1)", "Earlier", id="strip.left"),
        Binding("right", "move(1)", "Later", id="strip.right"),
        Binding("shift+left", "move(-10)", "Far earlier", id="strip.far-left", show=False),
        Binding("shift+right", "move(10)", "Far later", id="strip.far-right", show=False),
        Binding("enter", "take_range", "Take the range", id="strip.take"),
        Binding("escape", "leave_range", "Leave the range", id="strip.leave"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._grabbed: int | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the arrows and enter for a range that is being chosen: else others have them."""
        choosing = self.selection is not None and not self.selection.taken
        match action:
            case "move" | "take_range":
                return choosing
            case "leave_range":
                return self.selection is not None
            case _:
                return True

    def action_begin_range(self) -> None:
        """Begin a range at the cursor, else at the newest entry."""
        density = self.density
        if density is None or not density.timed:
            return
        newest = len(density.clock) - 1
        entry = newest if self.cursor is None else min(self.cursor, newest)
        self.show_range(RangeSelection(entry, entry))

    def action_move(self, cells: int) -> None:
        """Move the end of the range by cells, and over a silence at once."""
        if self.density is not None and self.selection is not None:
            _, axis = self.laid_out(self.density)
            self.show_range(self.selection.moved(axis.moved(self.selection.head, cells)))

    def action_take_range(self) -> None:
        """Say that this is the range."""
        if self.selection is not None:
            self._take(self.selection)

    def _take(self, chosen: RangeSelection) -> None:
        self.show_range(chosen.take())
        self.post_message(RangeSelected(chosen.first, chosen.last))

    def action_leave_range(self) -> None:
        """Choose nothing."""
        self.show_range(None)
        self.post_message(RangeCleared())

    # -- the mouse ---------------------------------------------------------------------------

    def _pointed(self, event: events.MouseEvent) -> int | None:
        density = self.density
        if density is None or not density.timed:
            return None
        labels, _ = self.laid_out(density)
        return max(0, min(event.x - len(labels.left[0]), labels.cells - 1))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to point at a moment, or to drag over a range."""
        self._grabbed = self._pointed(event)
        self.capture_mouse(self._grabbed is not None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show the range that is dragged over."""
        if (chosen := self._dragged(event)) is not None:
            self.show_range(chosen)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Take the moment, or the range."""
        start, chosen = self._grabbed, self._dragged(event)
        clicked = start is not None and start == self._pointed(event)
        self._grabbed = None
        self.release_mouse()
        if chosen is not None:
            self._take(chosen)
        elif start is not None and clicked:
            self._choose(start)

    def _dragged(self, event: events.MouseEvent) -> RangeSelection | None:
        """Return the range of the cells between where the button went down and here."""
        start, cell, density = self._grabbed, self._pointed(event), self.density
        if start is None or cell is None or density is None or cell == start:
            return None
        _, axis = self.laid_out(density)
        entries = axis.entries(min(start, cell), max(start, cell))
        return RangeSelection(entries.start, entries.stop - 1) if entries else None

    def _choose(self, cell: int) -> None:
        if (density := self.density) is not None:
            _, axis = self.laid_out(density)
            last = axis.entries(cell, cell).stop - 1
            self.post_message(
                MomentChosen(min(axis.until(cell), density.clock.latest), max(0, last))
            )
