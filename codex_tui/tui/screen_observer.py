"""The screen as an observer of the engine: what it is told becomes the messages of the panes."""

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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.engine.checking import Check
    from codex_tui.engine.observer import Arrival, SessionMoment
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
            self._viewer.show_arrivals(RecordsArrived(conversation, log, arrivals))
        else:
            self._viewer.show_moment(lambda: RecordsArrived(conversation, log, arrivals, position))

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
        self._viewer.show_moment(lambda: SessionSought(conversation, log, position))

    def moved(self, player: Player, note: str) -> None:
        """Show where a replay stands."""
        if self._up:
            self._viewer.show_moment(lambda: self._moved(player, note))

    def passed(self, t: float | None) -> None:
        """Let time pass in the status."""
        if self._up:
            self._viewer.pass_time(ClockTicked(t))

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
