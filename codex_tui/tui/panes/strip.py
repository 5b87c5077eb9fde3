"""The time strip as a pane: what happened, handed to the strip, which is the one axis of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from codex_tui.tui.widgets.strip_axis import RangeSelection
from codex_tui.tui.widgets.time_strip import TimeStrip

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from codex_tui.model.conversation import Turn
    from codex_tui.tui.messages import (
        ClockTicked,
        EntrySelected,
        FindingsChanged,
        PlaybackMoved,
        RangeChanged,
        RecordsArrived,
        SessionOpened,
        SessionSought,
    )


class TimeStripPane(Widget):
    """Time, above the timeline; it answers "is it stuck or thinking?" together with the status."""

    DEFAULT_CSS = """
    TimeStripPane { height: 1; background: $background; }
    """

    _running = False
    _live = False
    _newest = -1

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.strip = TimeStrip(id="time-strip")

    def compose(self) -> ComposeResult:
        """Hold the strip."""
        yield self.strip

    def on_session_opened(self, message: SessionOpened) -> None:
        """Show another log."""
        self.strip.show_log(message.log)
        self._newest = len(message.log) - 1
        self._running = self._live = False

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Show what came; what is replayed has no present, only a place where one is."""
        self._newest = len(message.log) - 1
        if message.position is not None and not self._live:
            self._running = False
            self.strip.take_up()
            return
        turn = message.conversation.turn
        self._running = turn is not None and not turn.ended
        self.strip.take_up(_latest(turn) if turn is not None and self._running else None)

    def on_clock_ticked(self, message: ClockTicked) -> None:
        """Let time pass: a silence grows."""
        if self._running:
            self.strip.show_now(message.now)

    def on_findings_changed(self, message: FindingsChanged) -> None:
        """Flag what is wrong."""
        self.strip.flag(message.check.culprits)

    def on_entry_selected(self, message: EntrySelected) -> None:
        """Mark the entry that the other panes show; the newest of a stream is the present."""
        live = self._running and message.entry is not None and message.entry >= self._newest
        self.strip.show_cursor(None if live else message.entry)

    def on_session_sought(self, message: SessionSought) -> None:
        """Show another moment; time itself stays as it is."""
        self._running = False
        self.strip.show_now(None)
        self.strip.show_played(message.position)

    def on_playback_moved(self, message: PlaybackMoved) -> None:
        """Show where it stands; where what is written is followed, its end is the present."""
        self._live = message.live
        stands = message.total and not message.live
        self.strip.show_played(message.position if stands else None, message.t)
        playable = message.total > 0 or message.loading
        if playable != self.playable:
            self.set_class(playable, "-playable")
            self.screen.refresh_bindings()

    @property
    def playable(self) -> bool:
        """Whether there is something that can be played and sought in."""
        return self.has_class("-playable")

    def on_range_changed(self, message: RangeChanged) -> None:
        """Show the range that was chosen, here or in another pane."""
        chosen = None if message.entries is None else RangeSelection(*message.entries, taken=True)
        self.strip.show_range(chosen)


def _latest(turn: Turn) -> float:
    """Return when something last came, 0 where nothing has."""
    return turn.reached or turn.began
