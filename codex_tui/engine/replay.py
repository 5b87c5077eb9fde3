"""Replays: a file or a pipe plays while it is loaded, and a stream that has ended can be played.

One player plays them all. What may leap goes to any moment at once, since what was loaded is folded
ahead of it; what may not, as lines that are printed, is told of every record in order.
The pace is a timer that runs only while something plays.
"""

from __future__ import annotations

import asyncio
from time import monotonic, time
from typing import TYPE_CHECKING

from codex_tui.engine.file_check import FileCheck
from codex_tui.engine.intake import Intake, Replayed
from codex_tui.engine.playback import Playback
from codex_tui.model.conversation import Conversation
from codex_tui.threads import Caught
from codex_tui.timeline.player import Player

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.engine.session import Session
    from codex_tui.model.conversation import Turn


class Replay:
    """Plays a session.

    Args:
        session: What is played, and whose observer is told.
        cache: The folder of saved indexes, None to save none.
        tick: Seconds between two looks at the clock while it plays.
        leaps: Whether the observer can be shown any moment at once.
        clock: What measures the time, in seconds.
        wall: The time of day, in seconds since 1970.

    Attributes:
        clock: What measures the time while it plays.
        file: What is replayed; None where a session that was live is.
        file_check: Checks what is replayed, where that is allowed.
        shown: Unset while the observer is about to show what it was told: nothing is folded then.
    """

    def __init__(
        self,
        session: Session,
        cache: Path | None,
        *,
        tick: float,
        leaps: bool = True,
        clock: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        self.clock = clock
        self.file: Replayed | None = None
        self.file_check = FileCheck(session)
        self.shown = asyncio.Event()
        self.shown.set()
        self._session = session
        self._observer = session.observer
        self._cache = cache
        self._every = tick
        self._leaps = leaps
        self._wall = wall
        self._timer: asyncio.TimerHandle | None = None
        self._playback: Playback | None = None
        self._intake: Intake | None = None
        self._loading: asyncio.Task[object] | None = None
        self._waiting: asyncio.Future[None] | None = None  # for the end of playing

    @property
    def broken(self) -> OSError | None:
        """What kept the file from being read on, if something did."""
        return self._intake.broken if self._intake is not None else None

    @property
    def playable(self) -> bool:
        """Whether there is something to play."""
        return self._playback is not None

    @property
    def complete(self) -> bool:
        """Whether all of what is played is there."""
        return self._playback is not None and self._playback.player.complete

    @property
    def player(self) -> Player | None:
        """The position; None where nothing can be played."""
        return self._playback.player if self._playback is not None else None

    @property
    def turn(self) -> Turn | None:
        """The turn that is shown."""
        return self._playback.conversation.turn if self._playback is not None else None

    def place(self) -> str:
        """Where it stands, as `go-to` takes it; empty at the end."""
        player = self.player
        if player is None or player.position >= player.total:
            return ""
        return f"#{max(player.log.events_before(player.position), 1)}"

    def present(self) -> float | None:
        """Seconds since the request of a turn that another program is just having answered.

        None where nothing of that kind is shown as it happens: its last record's time is all that
        is known then.
        """
        playback, file = self._playback, self.file
        if playback is None or file is None or file.writing is None:
            return None
        turn, player = playback.conversation.turn, playback.player
        if turn is None or not player.following or player.complete:
            return None
        return turn.present(self._wall())

    # -- a file or a pipe --------------------------------------------------------------------

    async def load(self, file: Replayed) -> None:
        """Load a file or a pipe that was opened and play it; return when all of it is there."""
        if file is not self.file or self._intake is None:
            return  # something else is shown by now
        self._loading = asyncio.current_task()
        await self._intake.run(self._cache, self._run)
        self._end_if_over()

    def open(self, file: Replayed) -> None:
        """Get ready to play a file or a pipe, which `load` loads."""
        self.file = file
        player = Player(
            self._session.log,
            speed=file.speed or 1.0,
            idle_limit=file.idle_limit,
            loop=file.loop,
            playing=not file.paused and not file.at and file.speed is not None,
        )
        player.complete = False
        self.file_check.begin()
        playback = self._begin(player, Conversation())
        self._intake = Intake(
            file,
            self._session,
            playback,
            self.file_check,
            leaps=self._leaps,
            shown=self.shown,
        )

    async def check(self) -> None:
        """Check what is there behind what is shown, if all is there; return when it is checked.

        What is still being loaded is checked by `load`, where that is allowed.
        """
        if self.complete:
            await self.file_check.run(lambda: self.complete)

    # -- a session that was live -------------------------------------------------------------

    def offer(self) -> None:
        """Let the session be played, which stands at its end."""
        player = Player(self._session.log, playing=False)
        while player.take_up():
            pass
        player.seek_entry(player.total)
        self._begin(player, self._session.conversation)

    def stop(self) -> None:
        """Play nothing any more: a stream begins, and what it brings is shown."""
        playback, self._playback = self._playback, None
        if self._intake is not None:
            self._intake.cancel()
        if self._loading is not None:
            self._loading.cancel()
        self.file = self._loading = None
        self._halt()
        if playback is None:
            return
        playback.player.seek_entry(playback.player.total)
        playback.show_all(self._session.conversation)
        self._observer.stopped()

    # -- playing -----------------------------------------------------------------------------

    def command(self, word: str, argument: str = "") -> None:
        """Do what a key of a player asks for: a word of `playback.COMMANDS`."""
        if self._playback is not None:
            self._playback.command(word, argument)
            self._run()

    def _begin(self, player: Player, conversation: Conversation) -> Playback:
        checkpoints = self._session.folds.checkpoints if self._leaps else None
        self._playback = playback = Playback(player, self._observer, conversation, checkpoints)
        playback.catch_up()
        self._run()
        return playback

    def _run(self) -> None:
        """Let the time pass while it plays."""
        if self._playback is None or not self._playback.player.playing:
            self._halt()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._every, self._tick)

    def _halt(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = None
        with Caught() as caught:
            self._pass_time()
        if caught.error is not None:
            self._fail(caught.error)

    def _pass_time(self) -> None:
        if (playback := self._playback) is None:
            return
        playback.tick(self.clock())
        if self.present() is None:  # else the clock of the one that looks tells it
            self._observer.passed(playback.player.turn_seconds)
        self._run()
        if not playback.player.playing:
            self._end_if_over()

    def _end_if_over(self) -> None:
        player = self.player
        if player is None or self.file is None or player.loop:
            return
        if player.complete and player.at_end:
            self._observer.over()
            self.leave()

    # -- waiting for the end -----------------------------------------------------------------

    async def play(self, file: Replayed) -> None:
        """Load a file or a pipe and play it; return when all was played, or it was left.

        Raises:
            Exception: what the observer raised.
        """
        self._waiting = asyncio.get_running_loop().create_future()
        self.open(file)
        loading = asyncio.create_task(self.load(file))
        loading.add_done_callback(self._loaded)
        try:
            await self._waiting
        finally:
            loading.cancel()
            self._halt()

    def leave(self) -> None:
        """Let go of who waits for the end."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _loaded(self, loading: asyncio.Task[None]) -> None:
        if not loading.cancelled() and (error := loading.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """Raise a mistake where one waits for the end, or else where all of them are told."""
        if self._waiting is None:
            raise error
        if not self._waiting.done():
            self._waiting.set_exception(error)
