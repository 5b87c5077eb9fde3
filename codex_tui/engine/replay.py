"""Replays: a file or a pipe plays while it is loaded, and a stream that has ended can be played.

One player plays them all. What may leap goes to any moment at once, since what was loaded is folded
ahead of it; what may not, as lines that are printed, is told of every record in order.
The pace is a timer that runs only while something plays.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic, perf_counter, time
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.engine.loading import Loading, OpenPipe
from codex_tui.engine.playback import Playback
from codex_tui.formats import said_of
from codex_tui.formats.open_file import OpenFile
from codex_tui.model.conversation import Conversation
from codex_tui.recording.records import moment_of
from codex_tui.threads import Caught
from codex_tui.timeline.goto import GotoError
from codex_tui.timeline.player import Player

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.engine.session import Session
    from codex_tui.model.conversation import Turn

TAKEN, FOLDED, FIRST = 2_000, 500, 32
"""Entries that are taken up and folded at a time, at most: some three milliseconds of deltas; and
that are folded at first: what there is is to be told."""

SLICE = 0.005
"""Seconds that folding may take at a time: where entries are large, fewer are folded."""

REST = 0.001  # seconds between two such slices
HEAD = 2_000
"""Entries that are shown while the file is still being indexed: something is to be seen at once,
but the thread that indexes and the loop keep each other waiting for the interpreter. A million
events took 34 s of CPU beside all that the panes do with them."""

TELL_EVERY = 0.1  # seconds between two looks of an observer at a file that is being loaded
TELL_INDEXING = 2.0  # while it is indexed: what is found then costs much
_TELLING = 0.1  # the share of the time that these looks may take
POLL = 0.1  # seconds between two looks at a file that grows


class Replayed(Struct, frozen=True):
    """What is to be replayed, and how.

    Attributes:
        opened: The file or the pipe.
        speed: 2.0 is double; None shows all of it at once.
        paused: Begin paused.
        idle_limit: Seconds of a silence that are played; None for all.
        loop: Begin again at the end.
        at: Where to begin, as `#1200`, `12.5s` or `50%`; "" for the beginning.
        follow: Go on with what is still being written to the file.
        exit: Leave when it has ended.
        writing: Says whether somebody still writes what is followed; None where nobody can tell.
    """

    opened: OpenFile | OpenPipe
    speed: float | None = 1.0
    paused: bool = False
    idle_limit: float | None = None
    loop: bool = False
    at: str = ""
    follow: bool = False
    exit: bool = False
    writing: Callable[[], bool] | None = None


def _always() -> bool:
    return True


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
        broken: What kept the file from being read on, if something did.
        clock: What measures the time while it plays.
        file: What is replayed; None where a session that was live is.
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
        self.broken: OSError | None = None
        self.file: Replayed | None = None
        self._session = session
        self._observer = session.observer
        self._cache = cache
        self._every = tick
        self._leaps = leaps
        self.clock = clock
        self._wall = wall
        self._timer: asyncio.TimerHandle | None = None
        self._playback: Playback | None = None
        self._loading: asyncio.Task[object] | None = None
        self._news = asyncio.Event()
        self._begun = False
        self._folding = FIRST
        self._folds_on = leaps  # what can't be read back is not folded
        self.shown = asyncio.Event()
        """Unset while the observer is about to show what it was told: nothing is folded then."""
        self.shown.set()
        self.checks = False
        """Whether what is there is checked, where somebody asks: the rules are loaded."""
        self._untold = False  # whether there is anything that was not told yet
        self._tell_at = 0.0  # when it is next to be said how far loading has come
        self._waiting: asyncio.Future[None] | None = None  # for the end of playing

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
        turn = playback.conversation.turn
        asked = turn.request if turn is not None and not turn.ended else None
        began = moment_of(asked.wall) if asked is not None else None
        player = playback.player
        if asked is None or began is None or not player.following or player.complete:
            return None
        return max(0.0, self._wall() - began + (asked.t or 0.0))

    # -- a file or a pipe --------------------------------------------------------------------

    async def load(self, file: Replayed) -> None:
        """Load a file or a pipe and play it; return when all of it is there.

        It has been opened: what is there can be played meanwhile.
        """
        if file is not self.file:
            return  # something else is shown by now
        opened, log, self._loading = file.opened, self._session.log, asyncio.current_task()
        source = opened.path if isinstance(opened, OpenFile) else opened.file
        cache = self._cache if opened.indexed else None
        loading = Loading(
            source,
            log,
            maker=opened.maker(log),
            cache=cache,
            follow=file.follow,
            writing=file.writing or _always,
        )
        tasks = [asyncio.create_task(work) for work in (self._read(loading), self._fold(loading))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()  # where another session is shown by now
        if said := said_of(opened.reader):
            self._observer.remarked(said)

    def open(self, file: Replayed) -> None:
        """Get ready to play a file or a pipe, which `load` loads."""
        self.file, self.broken, self._begun = file, None, False
        player = Player(
            self._session.log,
            speed=file.speed or 1.0,
            idle_limit=file.idle_limit,
            loop=file.loop,
            playing=not file.paused and not file.at and file.speed is not None,
        )
        player.complete = False
        if self._session.check is not None:
            self._session.check.follow(self._session.log)
            self._observer.checked(self._session.check)
        self._folds_on = self._leaps
        self._begin(player, Conversation())

    async def _read(self, loading: Loading) -> None:
        try:
            await loading.run(self._news.set)
        except OSError as error:
            self.broken = error
            self._observer.noted(f"the file could not be read on: {error.strerror or error}")
            loading.complete = loading.caught_up = True
            self._news.set()

    async def _fold(self, loading: Loading) -> None:
        """Go through what is loaded in small slices, until all of it is."""
        while not self._caught_up() or not loading.complete:
            waiting = not loading.caught_up and len(self._session.folds.timing) >= HEAD
            worked = not waiting and (await self._read_large() or self._slice())
            self._untold = self._untold or worked or waiting
            if not worked and self.checks and loading.caught_up:
                worked = await self._check_slice()
            if self._tell(waiting=waiting):
                await self.shown.wait()
            if not self._begun and loading.caught_up and self._caught_up():
                self._arrive()
            await self._rest(worked=worked, waiting=waiting)
        self._complete()

    async def check(self) -> None:
        """Check what is there behind what is shown, if all is there; return when it is checked.

        What is still being loaded is checked by `load`, where `checks` allows it.
        """
        check = self._session.check if self.complete else None
        while check is self._session.check and await self._check_slice():
            pass
        if check is not None and check is self._session.check:
            if self.complete:
                check.finish()
            self._observer.checked(check)

    async def _check_slice(self) -> bool:
        """Check a little; False if there was nothing, or nobody asks."""
        await asyncio.sleep(REST)  # what else is to be done goes first
        check = self._session.check
        if check is None or not await check.advance() or check is not self._session.check:
            return False
        if not check.behind or perf_counter() > self._check_told + TELL_EVERY:
            self._check_told = perf_counter()
            self._observer.checked(check)
        return True

    _check_told = 0.0  # when it was last told how far the check has come

    async def _rest(self, *, worked: bool, waiting: bool) -> None:
        if worked or waiting:
            await asyncio.sleep(REST if worked else POLL)
            return
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL):
                await self._news.wait()

    def _tell(self, *, waiting: bool) -> bool:
        """Tell how far it has come, now and then; False if it was not told."""
        if not self._untold or (began := perf_counter()) <= self._tell_at:
            return False
        self._untold = False
        self._grown()
        took = perf_counter() - began
        pause = TELL_INDEXING if waiting else TELL_EVERY
        self._tell_at = perf_counter() + max(pause, took / _TELLING)
        return True

    async def _read_large(self) -> bool:
        """Fold a large entry if it is next, read beside the loop; False if it is not."""
        folds = self._session.folds
        if not self._folds_on or (entry := folds.large) is None:
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
        text = f"the file could not be read back: {error.strerror or error}"
        self._observer.noted(text, error)
        self._folds_on = False

    def _slice(self) -> bool:
        """Take up and fold a little of what is loaded; False if there was nothing."""
        if self._playback is None or self._caught_up():
            return False
        self._playback.player.take_up(TAKEN)
        if not self._leaps:
            self._go_on(self._playback)
        elif self._folds_on:
            self._fold_slice()
        return True

    def _fold_slice(self) -> None:
        try:
            began = perf_counter()
            self._session.folds.catch_up(self._folding)
            self._pace(perf_counter() - began)
        except OSError as error:
            self._no_more(error)

    def _pace(self, took: float) -> None:
        fitting = int(self._folding * SLICE / max(took, 1e-6))
        self._folding = max(1, min(FOLDED, fitting, 2 * self._folding))

    def _caught_up(self) -> bool:
        player = self.player
        taken = player is None or player.total == len(self._session.log)
        return taken and not (self._folds_on and self._session.folds.behind)

    def _grown(self) -> None:
        if (playback := self._playback) is not None:
            playback.grown()
            self._go_on(playback)

    def _go_on(self, playback: Playback) -> None:
        """Show what is there by now, where all is to be shown at once."""
        player, file = playback.player, self.file
        if file is not None and file.speed is None and self._shows_all(file):
            # While it loads, to where nothing has to be folded again to get there.
            latest = self._session.folds.checkpoints.latest if self._leaps else player.total
            player.seek_entry(player.total if player.complete else min(latest, player.total))
        playback.catch_up()

    def _shows_all(self, file: Replayed) -> bool:
        if self._leaps:
            return not file.at
        return not file.paused and (self._begun or not file.at)

    def _arrive(self) -> None:
        """Begin where it was asked for, now that what is there has been read."""
        playback, file, self._begun = self._playback, self.file, True
        if playback is None or file is None:
            return
        if file.at:
            try:
                playback.player.go(file.at)
            except GotoError as error:
                self._observer.noted(str(error), error)
            playback.player.playing = not file.paused and file.speed is not None
        playback.player.live = file.follow
        playback.catch_up()
        self._observer.begun()
        self._run()

    def _complete(self) -> None:
        if (playback := self._playback) is not None:
            self._session.conversation.finish()
            playback.player.complete = True
            self._grown()
            if not self._begun:
                self._arrive()
            playback.end()
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
        self.file = self._loading = None
        self._halt()
        if playback is None:
            return
        playback.player.seek_entry(playback.player.total)
        playback.show_all(self._session.conversation)
        self._observer.stopped()

    # -- playing -----------------------------------------------------------------------------

    def command(self, word: str, argument: str = "") -> None:
        """Do what a key of the transport asks for: a word of `playback.COMMANDS`."""
        if self._playback is not None:
            self._playback.command(word, argument)
            self._run()

    def _begin(self, player: Player, conversation: Conversation) -> None:
        checkpoints = self._session.folds.checkpoints if self._leaps else None
        self._playback = Playback(player, self._observer, conversation, checkpoints)
        self._playback.catch_up()
        self._run()

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
