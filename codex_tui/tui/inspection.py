"""The entry that the inspector shows, and that is marked in the time strip.

It is the newest while the timeline's cursor goes with that, though not each one: nobody reads
twenty events a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.records import EndRecord
from codex_tui.tui.messages import EntrySelected
from codex_tui.tui.panes.inspector import InspectorPane

if TYPE_CHECKING:
    from textual.timer import Timer

    from codex_tui.engine.observer import Arrival
    from codex_tui.recording.log import EventLog
    from codex_tui.tui.panes_screen import PanesScreen

_EVERY = 0.4  # seconds: each time is a pane of JSON, and costs as much as a paint


class Inspection:
    """Inspects the entries of one screen's session.

    Attributes:
        log: The session's log; None before any.
        newest: The last entry that has come, or that had come by the moment that is shown.
    """

    def __init__(self, screen: PanesScreen) -> None:
        self._screen = screen
        self._timer: Timer | None = None
        self.log: EventLog | None = None
        self.newest: int | None = None

    def open(self, log: EventLog) -> None:
        """Inspect another session."""
        self._stop()
        self.log, self.newest = log, None

    def show(self, entry: int | None) -> None:
        """Show an entry in the inspector, and where it stands in time."""
        if (log := self.log) is not None:
            for widget in (self._screen.query_one(InspectorPane), self._screen.strip_pane):
                widget.post_message(EntrySelected(log, entry))

    def show_selected(self) -> None:
        """Show what the timeline's cursor stands on."""
        timeline = self._screen.timeline
        self.show(self.newest if timeline.cursor.follows else timeline.cursor.entry)

    def arrived(self, arrival: Arrival) -> None:
        """Show what has come: soon, or now where it is the end."""
        self.newest = arrival.entry
        if isinstance(arrival.record, EndRecord):
            self._show_newest()
        elif self._timer is None and self._screen.timeline.cursor.follows:
            self._timer = self._screen.set_timer(_EVERY, self._show_newest)

    def moved(self, newest: int | None) -> None:
        """Show what came last at another moment."""
        self.newest = newest
        self._show_newest()

    def _show_newest(self) -> None:
        self._stop()
        if self._screen.timeline.cursor.follows:
            self.show(self.newest)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
