"""A saved file played line by line: at its pace or another, from any place, as the app plays it."""

from __future__ import annotations

import asyncio
import sys
from time import monotonic
from typing import TYPE_CHECKING

import click

from codex_tui import units
from codex_tui.cli.folded import Folded
from codex_tui.cli.output import Output
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.cli.stopping import handling
from codex_tui.formats.files import OpenFile
from codex_tui.recording.loading import Loading
from codex_tui.recording.log import EventLog
from codex_tui.timeline.goto import GotoError
from codex_tui.timeline.player import Player

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.config import Settings

TICK = 1 / 20


class PlainReplay:
    """Plays one file.

    Args:
        path: Whatever can be read as records.
        settings: How it is played.
        clock: What measures the time, in seconds.

    Raises:
        OSError: It can't be opened.
        UnreadableError: It is nothing that can be read as records.
    """

    def __init__(
        self, path: Path, settings: Settings, clock: Callable[[], float] = monotonic
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._file = OpenFile(path)
        self._log = EventLog(self._file.keeper)
        self._loading = Loading(
            path,
            self._log,
            maker=self._file.maker(self._log),
            cache=settings.paths.cache / "index",
            follow=settings.follow,
        )
        self._player = Player(
            self._log,
            speed=settings.speed or 1.0,
            idle_limit=settings.idle_limit,
            loop=settings.loop,
            playing=False,
        )
        self._player.complete = False
        self._output = Output(sys.stdout)
        self._there = asyncio.Event()
        self._signal = 0
        self._broken: OSError | None = None
        self._begin()

    def _begin(self) -> None:
        self._printed = 0
        self._folded = Folded()
        self._printer = PlainPrinter(self._output)

    async def run(self) -> int:
        """Play it, and give the exit code: 0 only if the last response was completed.

        Raises:
            OSError: The file can't be read, or the output is closed.
            click.ClickException: The place to begin is not there.
        """
        with handling(self._stop):
            loading = asyncio.create_task(self._loading.run(self._grown))
            loading.add_done_callback(lambda _: self._there.set())
            try:
                if self._settings.at:  # a place can be gone to when all is there
                    await self._there.wait()
                self._start()
                await self._play(loading)
            finally:
                loading.cancel()
        code = self._ended()
        if self._broken is not None and not self._signal:
            raise self._broken
        return code

    def _grown(self) -> None:
        if self._loading.caught_up:
            self._there.set()

    async def _play(self, loading: asyncio.Task[None]) -> None:
        while not self._over():
            if loading.done():
                self._take_end(loading)
            self._player.complete = self._loading.complete
            self._tick()
            await asyncio.sleep(0 if self._catching_up() else TICK)

    def _take_end(self, loading: asyncio.Task[None]) -> None:
        """Print what was read before something kept the file from being read on."""
        try:
            loading.result()
        except OSError as error:
            self._broken, self._player.loop = error, False
            self._loading.complete = True

    def _start(self) -> None:
        player, settings = self._player, self._settings
        while player.take_up():
            pass
        if settings.at:
            try:
                player.go(settings.at)
            except GotoError as error:
                raise click.ClickException(f"--at: {error}") from None
            self._print()
            word = "paused at" if settings.paused else "playing from"
            self._printer.say(f"{word} {settings.at}")
        player.live = settings.follow
        player.playing = not settings.paused and settings.speed is not None

    def _tick(self) -> None:
        player = self._player
        player.take_up()
        if self._settings.speed is None and not self._settings.paused:
            player.seek_entry(player.total)
        player.tick(self._clock())
        if player.position < self._printed:
            self._printer.ended(self._folded.conversation.turns[-1])
            self._printer.say("again from the beginning")
            self._begin()
        self._print()
        self._printer.passed(player.turn_seconds)

    def _print(self) -> None:
        position = self._player.position
        for record in self._log.records(self._printed, position):
            self._printer.took(self._folded.take(record))
        if position > self._printed:
            self._printer.arrived(self._folded.conversation.turns[-1])
        self._printed = position

    def _catching_up(self) -> bool:
        return self._settings.speed is None and self._player.total < len(self._log)

    def _over(self) -> bool:
        player = self._player
        if self._signal or self._settings.paused:
            return True
        all_there = self._loading.complete and player.total == len(self._log)
        return all_there and player.at_end and not player.loop

    def _ended(self) -> int:
        conversation = self._folded.conversation
        if not (self._signal or self._settings.paused):
            conversation.finish()
        if not conversation.turns:
            return 0
        turn = conversation.turns[-1]
        self._printer.ended(turn)
        if self._file.reader.trouble:
            self._printer.say("trouble", self._file.reader.trouble)
        if self._signal:
            t = self._player.turn_seconds
            self._printer.say("stopped" if t is None else f"stopped at {units.seconds(t)}")
            return 128 + self._signal
        return 0 if self._settings.paused or turn.how == "completed" else 1

    def _stop(self, number: int) -> None:
        self._signal = number
        self._there.set()
