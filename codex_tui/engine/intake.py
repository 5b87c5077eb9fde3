"""One file or pipe that comes in: taken up, folded ahead and checked behind while it is played.

All of it is done in small slices of the loop, whatever there is to be done: what somebody does
meanwhile goes first. The rest it leaves the loop says which of them was done.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.engine.loading import Loading, OpenPipe
from codex_tui.formats import said_of
from codex_tui.formats.open_file import OpenFile
from codex_tui.timeline.goto import GotoError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.engine.file_check import FileCheck
    from codex_tui.engine.observer import Observer
    from codex_tui.engine.playback import Playback
    from codex_tui.engine.session import Session
    from codex_tui.model.folds import Folds

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


class FoldAhead:
    """Folds what is loaded, ahead of what is shown, so that any moment can be gone to at once.

    Args:
        folds: What is folded.
        observer: Is told what can't be read back; nothing is folded from then on.
        wanted: Whether anything is.
    """

    def __init__(self, folds: Folds, observer: Observer, *, wanted: bool) -> None:
        self._folds = folds
        self._observer = observer
        self._goes_on = wanted
        self._most = FIRST

    @property
    def behind(self) -> bool:
        """Whether there is more to fold."""
        return self._goes_on and self._folds.behind > 0

    async def fold_large(self) -> bool:
        """Fold a large entry if it is next, read beside the loop; False if it is not."""
        folds = self._folds
        if not self._goes_on or (entry := folds.large) is None:
            return False
        try:
            record, event = await asyncio.to_thread(folds.log.decoded, entry)
        except OSError as error:
            self._no_more(error)
            return True
        folds.take_up(record, event)
        folds.note()
        return True

    def fold(self) -> None:
        """Fold as much as fits into a slice of the loop."""
        if not self._goes_on:
            return
        began = perf_counter()
        try:
            self._folds.catch_up(self._most)
        except OSError as error:
            self._no_more(error)
        else:
            self._pace(perf_counter() - began)

    def _pace(self, took: float) -> None:
        fitting = int(self._most * SLICE / max(took, 1e-6))
        self._most = max(1, min(FOLDED, fitting, 2 * self._most))

    def _no_more(self, error: OSError) -> None:
        text = f"the file could not be read back: {error.strerror or error}"
        self._observer.noted(text, error)
        self._goes_on = False


class Intake:
    """Takes in one file or pipe, and has it played from where it was asked for.

    Args:
        file: What is loaded; it has been opened: what is there can be played meanwhile.
        session: Whose log and fold it becomes.
        playback: Plays it.
        check: Checks it, where that is allowed.
        leaps: Whether the observer can be shown any moment at once.
        shown: Unset while the observer is about to show what it was told: nothing is done then.

    Attributes:
        broken: What kept it from being read on, if something did.
    """

    def __init__(
        self,
        file: Replayed,
        session: Session,
        playback: Playback,
        check: FileCheck,
        *,
        leaps: bool,
        shown: asyncio.Event,
    ) -> None:
        self.broken: OSError | None = None
        self._file = file
        self._session = session
        self._observer = session.observer
        self._playback = playback
        self._check = check
        self._leaps = leaps
        self._shown = shown
        self._ahead = FoldAhead(session.folds, session.observer, wanted=leaps)
        self._news = asyncio.Event()
        self._begun = False
        self._untold = False  # whether there is anything that was not told yet
        self._tell_at = 0.0  # when it is next to be said how far it has come
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self, cache: Path | None, arrived: Callable[[], None]) -> None:
        """Take all of it in; return when it is there.

        Args:
            cache: The folder of saved indexes, None to save none.
            arrived: Called when it stands where it is to begin.
        """
        opened, loading = self._file.opened, self._loading(cache)
        works = self._read(loading), self._fold(loading, arrived)
        self._tasks = [asyncio.create_task(work) for work in works]
        try:
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            self.cancel()
        if said := said_of(opened.reader):
            self._observer.remarked(said)

    def cancel(self) -> None:
        """Take nothing in any more: another session is shown by now."""
        for task in self._tasks:
            task.cancel()

    def _loading(self, cache: Path | None) -> Loading:
        file, opened, log = self._file, self._file.opened, self._session.log
        return Loading(
            opened.path if isinstance(opened, OpenFile) else opened.file,
            log,
            maker=opened.maker(log),
            cache=cache if opened.indexed else None,
            follow=file.follow,
            writing=file.writing or _always,
        )

    async def _read(self, loading: Loading) -> None:
        try:
            await loading.run(self._news.set)
        except OSError as error:
            self.broken = error
            self._observer.noted(f"the file could not be read on: {error.strerror or error}")
            loading.complete = loading.caught_up = True
            self._news.set()

    async def _fold(self, loading: Loading, arrived: Callable[[], None]) -> None:
        """Go through what is loaded in small slices, until all of it is."""
        while not self._caught_up() or not loading.complete:
            waiting = not loading.caught_up and len(self._session.folds.timing) >= HEAD
            worked = not waiting and (await self._ahead.fold_large() or self._slice())
            self._untold = self._untold or worked or waiting
            if not worked and self._check.allowed and loading.caught_up:
                worked = await self._check.slice()
            if self._tell(waiting=waiting):
                await self._shown.wait()
            if not self._begun and loading.caught_up and self._caught_up():
                self._arrive(arrived)
            await self._rest(worked=worked, waiting=waiting)
        self._complete(arrived)

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

    def _slice(self) -> bool:
        """Take up and fold a little of what is loaded; False if there was nothing."""
        if self._caught_up():
            return False
        self._playback.player.take_up(TAKEN)
        if self._leaps:
            self._ahead.fold()
        else:
            self._go_on()
        return True

    def _caught_up(self) -> bool:
        taken = self._playback.player.total == len(self._session.log)
        return taken and not self._ahead.behind

    def _grown(self) -> None:
        self._playback.grown()
        self._go_on()

    def _go_on(self) -> None:
        """Show what is there by now, where all is to be shown at once."""
        player = self._playback.player
        if self._file.speed is None and self._shows_all():
            # While it loads, to where nothing has to be folded again to get there.
            latest = self._session.folds.checkpoints.latest if self._leaps else player.total
            player.seek_entry(player.total if player.complete else min(latest, player.total))
        self._playback.catch_up()

    def _shows_all(self) -> bool:
        file = self._file
        if self._leaps:
            return not file.at
        return not file.paused and (self._begun or not file.at)

    def _arrive(self, arrived: Callable[[], None]) -> None:
        """Begin where it was asked for, now that what is there has been read."""
        player, file, self._begun = self._playback.player, self._file, True
        if file.at:
            try:
                player.go(file.at)
            except GotoError as error:
                self._observer.noted(str(error), error)
            player.playing = not file.paused and file.speed is not None
        player.live = file.follow
        self._playback.catch_up()
        self._observer.begun()
        arrived()

    def _complete(self, arrived: Callable[[], None]) -> None:
        self._session.conversation.finish()
        self._playback.player.complete = True
        self._grown()
        if not self._begun:
            self._arrive(arrived)
        self._playback.end()
