"""Strips of the timeline: what a row looks like, painted once and kept until the row changes."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from codex_tui.tui.widgets.timeline_row import cells_of

if TYPE_CHECKING:
    from rich.style import Style
    from textual.widget import Widget

    from codex_tui.recording.log import EventLog
    from codex_tui.tui.widgets.rows import Row

_KEPT = 250  # of some screens, since each takes Textual more than a kilobyte


class TimelinePainter:
    """Paints the rows of one timeline in its theme's styles."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self._kept: dict[tuple[Row, bool, bool, int], Strip] = {}
        self._ground: Style | None = None

    def forget_rows(self) -> None:
        """Drop what was painted of another log."""
        self._kept.clear()

    def forget(self) -> None:
        """Drop what was painted in other colours."""
        self._kept.clear()
        self._ground = None

    def row(self, log: EventLog, row: Row, width: int, *, chosen: bool, ahead: bool) -> Strip:
        """Paint a row; one under the cursor is marked, one that is yet to come is paler."""
        key = (row, chosen and self._view.has_focus, ahead, -width if chosen else width)
        if key not in self._kept:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            self._kept[key] = self._paint(log, row, width, chosen=chosen, ahead=ahead)
        return self._kept[key]

    def _paint(self, log: EventLog, row: Row, width: int, *, chosen: bool, ahead: bool) -> Strip:
        base = self._base
        if chosen:
            base += self._view.get_component_rich_style("timeline--cursor")
        cells = cells_of(log, row, width - 1)
        marked = [("▌" if chosen else " ", cells[0][1] if cells else "text"), *cells]
        looks = ((text, "muted" if ahead else name) for text, name in marked)
        segments = [Segment(text, base + self._style(name)) for text, name in looks]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def empty(self, text: str, y: int, width: int, height: int) -> Strip:
        """Paint a line of a view without rows: what will stand here, in the middle."""
        style = self._base + self._style("muted")
        lines = wrap(text, max(1, width - 4))
        line = y - (height - len(lines)) // 2
        said = lines[line] if 0 <= line < len(lines) else ""
        return Strip([Segment(said.center(width), style)]).crop_extend(0, width, style)

    @property
    def _base(self) -> Style:
        """The style of the view itself; Textual makes it anew from all its ancestors."""
        if self._ground is None:
            self._ground = self._view.rich_style
        return self._ground

    def _style(self, name: str) -> Style:
        return self._view.get_component_rich_style(f"timeline--{name}", partial=True)
