"""The screen as an observer of the engine: what it is told becomes the messages of the panes.

Where pieces of one item alone come, only those panes hear of it that show the item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.engine.observer import Observer
from codex_tui.engine.playback import ending_in
from codex_tui.tui.messages import (
    ClockTicked,
    FindingsChanged,
    Noted,
    PlaybackMoved,
    RecordsArrived,
    SessionSought,
)
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.wire.registry import is_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.message import Message

    from codex_tui.engine.checking import Check
    from codex_tui.engine.observer import Arrival, SessionMoment
    from codex_tui.model.conversation import Conversation
    from codex_tui.model.items import Item
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.player import Player
    from codex_tui.tui.viewer import Viewer


class ScreenObserver(Observer):
    """Shows one session in a viewer.

    Args:
        viewer: Where it is shown.
        over: Called when a replay has played all there is.
    """

    def __init__(self, viewer: Viewer, over: Callable[[], None]) -> None:
        self._viewer = viewer
        self._over = over
        self._ended: tuple[Player | None, int, str] = (None, 0, "")
        self._item: Item | None = None  # that was spoken of last, of what streams
        self._second: int | None = None  # that passed last, of a replay that plays

    @property
    def _up(self) -> bool:
        """Whether there is a screen: while the app is taken down, panes are missing."""
        return self._viewer.app.is_running

    def took(self, arrival: Arrival) -> None:
        """Wait for the whole batch."""

    def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
        """Hand a batch to every pane."""
        if not self._up:
            return
        conversation, log, position = shown.conversation, shown.log, shown.position
        if position is None:
            self._show_arrivals(conversation, log, arrivals)
        else:
            self._show(lambda: RecordsArrived(conversation, log, arrivals, position))
            self._reach(conversation, position)

    def _show_arrivals(
        self, conversation: Conversation, log: EventLog, arrivals: Sequence[Arrival]
    ) -> None:
        """Hand what has come to every pane that it concerns, and mark the one that receives."""
        viewer = self._viewer
        item = self._going_on(arrivals)
        viewer.broadcast(lambda: RecordsArrived(conversation, log, arrivals), item)
        if item is None:
            viewer.arrangement.mark_receiving(conversation)
        if item is None or viewer.provenance.scan is not None:
            viewer.provenance.moved(conversation)
        if arrivals:
            viewer.inspection.arrived(arrivals[-1])
            if viewer.provenance.lit is not None and viewer.timeline.cursor.follows:
                viewer.provenance.clear()

    def _going_on(self, arrivals: Sequence[Arrival]) -> Item | None:
        """Return the item that was spoken of last, if a batch brings pieces of that one alone."""
        before, self._item = self._item, arrivals[-1].item if arrivals else None
        same = all(each.item is before and is_piece(each.event) for each in arrivals)
        return before if same and arrivals else None

    def _show(self, make: Callable[[], Message]) -> None:
        self._item = None
        self._viewer.broadcast(make)

    def _reach(self, conversation: Conversation, position: int) -> None:
        """Let what is beside the panes follow to a moment of a replay, which they show."""
        viewer = self._viewer
        if not viewer.told.is_set():
            viewer.query_one(TimelinePane).call_later(viewer.told.set)  # when it has its rows
        viewer.arrangement.mark_receiving(conversation)
        viewer.provenance.moved(conversation)
        viewer.inspection.moved(position - 1 if position else None)

    def checked(self, check: Check) -> None:
        """Say in every pane that marks it what is wrong."""
        if self._up:
            self._viewer.broadcast(lambda: FindingsChanged(check))

    def sought(self, shown: SessionMoment) -> None:
        """Show another moment in every pane."""
        if not self._up:
            return
        conversation, log = shown.conversation, shown.log
        position = len(log) if shown.position is None else shown.position
        self._show(lambda: SessionSought(conversation, log, position))
        self._reach(conversation, position)

    def moved(self, player: Player, note: str) -> None:
        """Show where a replay stands."""
        if not self._up:
            return
        self._show(lambda: self._moved(player, note))
        if self._viewer.timeline.cursor.follows:
            self._light_latest(player)

    def _light_latest(self, player: Player) -> None:
        # What plays would flicker; who steps wants to see what each event brings.
        newest, number = self._viewer.inspection.newest, player.log.events_before(player.position)
        if player.playing or not number or newest is None:
            self._viewer.provenance.clear()
        else:
            self._viewer.provenance.light(newest)

    def passed(self, t: float | None) -> None:
        """Let time pass in the status, and each second in the place of the answer.

        A replay's strip has no now.
        """
        if not self._up:
            return
        self._viewer.query_one(StatusBar).post_message(ClockTicked(t))
        second = None if t is None else int(t)
        if second != self._second:
            self._second = second
            self._viewer.query_one(OutputPane).post_message(ClockTicked(t))

    def noted(self, sentence: str, error: Exception | None = None) -> None:
        """Say in the status what went wrong."""
        self._viewer.broadcast(lambda: Noted(sentence, wrong=True))

    def remarked(self, sentences: Sequence[str]) -> None:
        """Say in the status what has to be known of a file."""
        self._viewer.broadcast(lambda: Noted(" ".join(sentences), wrong=True, of=len(sentences)))

    def stopped(self) -> None:
        """Show nothing of a replay any more."""
        self._viewer.broadcast(lambda: PlaybackMoved(0))

    def over(self) -> None:
        """Leave, where that was wished."""
        self._over()

    def _moved(self, player: Player, note: str) -> PlaybackMoved:
        return PlaybackMoved(
            total=player.total,
            number=player.log.events_before(player.position),
            events=player.log.events,
            position=player.position,
            t=player.moment,
            playing=player.playing,
            speed=player.speed,
            loop=player.loop,
            note=note,
            loading=not player.complete,
            live=player.live and player.following,
            ended=self._ending(player),
        )

    def _ending(self, player: Player) -> str:
        """How all of it ended; read once."""
        if not player.complete or not player.total:
            return ""
        if self._ended[:2] != (player, player.total):
            self._ended = (player, player.total, ending_in(player.log))
        return self._ended[2]
