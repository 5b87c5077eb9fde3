"""The timeline: every event in the order of its arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.panes.words import PANES
from codex_tui.tui.widgets.timeline_view import TimelineView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from codex_tui.tui.messages import (
        FindingsChanged,
        RangeChanged,
        RecordsArrived,
        SessionOpened,
        SessionSought,
    )


class TimelinePane(Pane):
    """Rows over the log; the lower border counts the events."""

    TITLE = PANES["timeline"]

    _events = 0
    _range: tuple[int, int] | None = None

    def __init__(self, *, id: str | None = None, ids: bool = False) -> None:
        super().__init__(id=id)
        self.timeline = TimelineView(id="timeline-view", ids=ids)

    def compose(self) -> ComposeResult:
        """Hold the view."""
        yield self.timeline

    def on_session_opened(self, message: SessionOpened) -> None:
        """Show the rows of another log."""
        self.timeline.show_log(message.log)
        self._events, self._range = message.log.events, None
        self._count()

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Show the rows that came."""
        self.timeline.take_up(message.position)
        self._events = message.log.events
        self._count()

    def on_session_sought(self, message: SessionSought) -> None:
        """Go to another moment: what came later still stands there, and paler."""
        self.timeline.cursor.follow(newest=True)
        self.timeline.take_up(message.position)

    def on_findings_changed(self, message: FindingsChanged) -> None:
        """Flag what is wrong, be it known only later than the moment that is shown."""
        self.timeline.flag(message.check.culprits)

    def on_range_changed(self, message: RangeChanged) -> None:
        """Show a range of entries alone, or all again."""
        self._range = message.entries
        self.timeline.show_range(message.entries)
        self._count()

    def filter(self, words: str) -> None:
        """Show only types whose name holds every word."""
        self.timeline.filter_names(words)
        self._count()

    def toggle_ids(self) -> bool:
        """Show the ids of the events, or no longer; return whether they are shown now."""
        shown = self.timeline.toggle_ids()
        self._count()
        return shown

    def _count(self) -> None:
        view = self.timeline
        words = [f"filter: {view.filter_words}"] if view.filter_words else []
        if view.shows_ids:
            words.append("ids")
        if self._range is not None:
            words.append("range")
        if view.filter_words or self._range is not None:
            words.append(units.count(view.shown, "row"))
        if self._events:
            words.append(units.count(self._events, "event"))
        self.say(" · ".join(words))
