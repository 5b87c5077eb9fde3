"""Replays: a file is loaded while it plays already, and a stream that has ended can be played too.

The pace is a timer that runs only while something plays.
"""

from __future__ import annotations

import asyncio
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from codex_tui.model.conversation import Conversation
from codex_tui.recording.loading import Loading
from codex_tui.timeline.goto import GotoError
from codex_tui.timeline.player import Player
from codex_tui.tui.messages import ClockTicked, Noted, PlaybackMoved
from codex_tui.tui.playback import Playback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.timer import Timer
    from textual.worker import Worker

    from codex_tui.formats.files import OpenFile
    from codex_tui.tui.opening import Replayed
    from codex_tui.tui.session import Session
    from codex_tui.tui.viewer import Viewer

TICK = 1 / 30
TAKEN, FOLDED = 2_000, 500
"""Entries that are taken up and folded at a time, at most: some three milliseconds of deltas."""

SLICE = 0.005
"""Seconds that folding may take at a time: where entries are large, fewer are folded."""

REST = 0.001  # seconds between two such slices
HEAD = 2_000
"""Entries that are shown while the file is still being indexed: something is to be seen at once,
but the thread that indexes and the loop keep each other waiting for the interpreter. A million
events took 34 s of CPU beside all that the panes do with them."""

TELL_EVERY = 0.1  # seconds between two looks of the panes at a file that is being loaded
TELL_INDEXING = 2.0  # while it is indexed: what they find then costs them much
_TELLING = 0.1  # the share of the time that these looks may take
POLL = 0.1  # seconds between two looks at a file that grows


class Replay:
    """Plays the session of a viewer; `leave` is called at the end of a replay that is to exit.

    `cache` is the folder of saved indexes, None to save none.
    """

    def __init__(
        self, viewer: Viewer, session: Session, leave: Callable[[], None], cache: Path | None
    ) -> None:
        self._viewer = viewer
        self._cache = cache
        self._session = session
        self._leave = leave
        self._file: Replayed | None = None
        self._timer: Timer | None = None
        self._playback: Playback | None = None
        self._folding = FOLDED
        self._tell_at = 0.0  # when it is next to be said how far loading has come

    @property
    def playable(self) -> bool:
        """Whether there is something to play."""
        return self._playback is not None

    def place(self) -> str:
        """Where it stands, as `go-to` takes it; empty at the end."""
        player = self._playback.player if self._playback is not None else None
        if player is None or player.position >= player.total:
            return ""
        return f"#{max(player.log.events_before(player.position), 1)}"

    # -- a file ------------------------------------------------------------------------------

    def open(
        self,
        file: Replayed,
        opened: OpenFile | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Load a file and play it; one whose format is not said is a recording or a dump.

        `then` is called when all of it is there.
        """
        self._file = file
        player = Player(
            self._session.log,
            speed=file.speed or 1.0,
            idle_limit=file.idle_limit,
            loop=file.loop,
            playing=not file.paused and not file.at and file.speed is not None,
        )
        player.complete = False
        self._folds_on = True
        self._begin(player, Conversation())
        work = self._load(file, opened, then)
        self._loading = self._viewer.run_worker(work, group="stream", exclusive=True)

    _loading: Worker[None] | None = None
    _folds_on = True  # what can't be read back is not folded

    async def _load(
        self, file: Replayed, opened: OpenFile | None, then: Callable[[], None] | None
    ) -> None:
        log = self._session.log
        maker = opened.maker(log) if opened is not None else None
        loading = Loading(file.path, log, maker=maker, cache=self._cache, follow=file.follow)
        folding = asyncio.create_task(self._fold(file, loading))
        try:
            await self._read(loading)
            await folding
        finally:
            folding.cancel()  # where another session is shown by now
        if opened is not None and opened.reader.trouble:
            self._say(opened.reader.trouble)
        if then is not None:
            then()

    async def _read(self, loading: Loading) -> None:
        try:
            await loading.run()
        except OSError as error:
            self._say(f"the file could not be read on: {error.strerror or error}")
            loading.complete = loading.caught_up = True

    async def _fold(self, file: Replayed, loading: Loading) -> None:
        """Go through what is loaded in small slices, until all of it is."""
        begun = False
        while not self._caught_up() or not loading.complete:
            waiting = not loading.caught_up and len(self._session.folds.timing) >= HEAD
            worked = not waiting and (await self._read_large() or self._slice())
            if (began := perf_counter()) > self._tell_at:
                self._grown()
                took = perf_counter() - began
                pause = TELL_INDEXING if waiting else TELL_EVERY
                self._tell_at = perf_counter() + max(pause, took / _TELLING)
            if not begun and loading.caught_up and self._caught_up():
                begun = True
                self._arrive(file)
            await asyncio.sleep(REST if worked else POLL)
        self._complete(file, begun=begun)

    async def _read_large(self) -> bool:
        """Fold a large entry if it is next, read beside the loop; False if it is not."""
        folds = self._session.folds
        if (entry := folds.large) is None or not self._folds_on:
            return False
        try:
            record, event = await asyncio.to_thread(folds.log.decoded, entry)
        except OSError as error:
            self._no_more(error)
            return True
        folds.take_up(record, event)
        folds.note()
        return True

    def _no_more(self, error: OSError) -> None:
        self._say(f"the file could not be read back: {error.strerror or error}")
        self._folds_on = False

    def _slice(self) -> bool:
        """Take up and fold a little of what is loaded; False if there was nothing."""
        if self._playback is None or self._caught_up():
            return False
        self._playback.player.take_up(TAKEN)
        try:
            began = perf_counter()
            self._session.folds.catch_up(self._folding)
            self._pace(perf_counter() - began)
        except OSError as error:
            self._no_more(error)
        return True

    def _pace(self, took: float) -> None:
        fitting = int(self._folding * SLICE / max(took, 1e-6))
        self._folding = max(1, min(FOLDED, fitting, 2 * self._folding))

    def _caught_up(self) -> bool:
        player = self._playback.player if self._playback is not None else None
        taken = player is None or player.total == len(self._session.log)
        return taken and not (self._folds_on and self._session.folds.behind)

    def _grown(self) -> None:
        if (playback := self._playback) is not None:
            playback.grown()
            self._catch_up(playback)

    def _catch_up(self, playback: Playback) -> None:
        if self._file is not None and self._file.speed is None and not self._file.at:
            # While it loads, to where nothing has to be folded again to get there.
            latest = self._session.folds.checkpoints.latest
            player = playback.player
            player.seek_entry(player.total if player.complete else min(latest, player.total))
        playback.catch_up()

    def _arrive(self, file: Replayed) -> None:
        """Begin where it was asked for, now that what is there has been read."""
        playback = self._playback
        if playback is None:
            return
        if file.at:
            try:
                playback.player.go(file.at)
            except GotoError as error:
                self._say(str(error))
            playback.player.playing = not file.paused and file.speed is not None
        playback.player.live = file.follow
        playback.catch_up()
        self._run()

    def _complete(self, file: Replayed, *, begun: bool) -> None:
        if self._playback is not None:
            self._session.conversation.finish()
            self._playback.player.complete = True
            self._grown()
            if not begun:
                self._arrive(file)
            self._playback.end()
            self._end_if_over()

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
        if self._loading is not None:
            self._loading.cancel()
        if self._timer is not None:
            self._timer.pause()
        if playback is None:
            return
        playback.player.seek_entry(playback.player.total)
        playback.show_all(self._session.conversation)
        self._viewer.broadcast(lambda: PlaybackMoved(0))

    # -- playing -----------------------------------------------------------------------------

    def command(self, word: str, argument: str) -> None:
        """Do what a key of the transport asks for."""
        if self._playback is not None:
            self._playback.command(word, argument)
            self._run()

    def _begin(self, player: Player, conversation: Conversation) -> None:
        show = self._viewer.show_moment
        self._playback = Playback(
            player, self._session.folds.checkpoints, conversation, show, self._say
        )
        self._playback.catch_up()
        self._run()

    def _run(self) -> None:
        playing = self._playback is not None and self._playback.player.playing
        if self._timer is None:
            self._timer = self._viewer.set_interval(TICK, self._tick, pause=True)
        if playing:
            self._timer.resume()
        else:
            self._timer.pause()

    def _tick(self) -> None:
        if (playback := self._playback) is None:
            return
        playback.tick(monotonic())
        now = playback.player.turn_seconds
        self._viewer.pass_time(ClockTicked(now))
        if not playback.player.playing:
            self._run()
            self._end_if_over()

    def _end_if_over(self) -> None:
        playback, file = self._playback, self._file
        if playback is None or file is None or not file.exit:
            return
        if playback.player.complete and playback.player.at_end and not file.loop:
            self._leave()

    def _say(self, text: str) -> None:
        self._viewer.broadcast(lambda: Noted(text, wrong=True))
