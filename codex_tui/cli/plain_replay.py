"""A saved stream played line by line: at its pace or another, from any place, as in the app."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

import click

from codex_tui import units
from codex_tui.cli.output import Output
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.engine.keeping import borrowed
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.replay import Replay
from codex_tui.engine.session import Session
from codex_tui.engine.signals import handling
from codex_tui.formats.readers import ADVICE
from codex_tui.timeline.goto import GotoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.engine.intake import Replayed
    from codex_tui.engine.observer import Arrival, SessionMoment
    from codex_tui.model.conversation import Turn
    from codex_tui.redact import KnownSecrets

TICK = 1 / 20


class PlainReplay(Observer):
    """Prints one replay.

    Args:
        file: What is played, and how.
        cache: The folder of saved indexes.
        clock: What measures the time, in seconds.
        known: The secrets that must not be printed.
    """

    def __init__(
        self,
        file: Replayed,
        cache: Path,
        clock: Callable[[], float] = monotonic,
        known: KnownSecrets | None = None,
    ) -> None:
        self._file = file
        self._output = Output(sys.stdout, known)
        self._signal = 0
        self._turn: Turn | None = None
        self._printer = PlainPrinter(self._output)
        session = Session(borrowed(file.opened.keeper), self, AtOnce)
        self.replay = Replay(session, cache, tick=TICK, leaps=False, clock=clock)

    async def run(self) -> int:
        """Play it, and give the exit code: 0 only if the last response was completed.

        Raises:
            OSError: The file can't be read, or the output is closed.
            click.ClickException: The place to begin is not there.
        """
        with handling(self._stop):
            await self.replay.play(self._file)
        code = self._ended()
        if self.replay.broken is not None and not self._signal:
            raise self.replay.broken
        return code

    def _stop(self, number: int) -> None:
        self._signal = number
        self.replay.leave()

    # -- what is told ------------------------------------------------------------------------

    def took(self, arrival: Arrival) -> None:
        """Print what a record brought."""
        self._turn = arrival.turn
        self._printer.took(arrival)

    def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
        """Hand on what was printed."""
        if arrivals:
            self._printer.arrived(arrivals[-1].turn)

    def sought(self, shown: SessionMoment) -> None:
        """Say that it begins again: lines are only ever added."""
        if self._turn is not None:
            self._printer.ended(self._turn)
        self._printer.say("again from the beginning")
        self._printer = PlainPrinter(self._output)

    def begun(self) -> None:
        """Say where it begins, unless that is the end; where it is to stand still, that is all."""
        player, file = self.replay.player, self._file
        over = player is not None and player.at_end and not (file.paused or file.follow)
        if file.at and not over:
            word = "paused at" if file.paused else "playing from"
            self._printer.say(f"{word} {file.at}")
        if file.paused:
            self.replay.leave()

    def passed(self, t: float | None) -> None:
        """Say how long nothing has come."""
        self._printer.passed(t)

    def noted(self, sentence: str, error: Exception | None = None) -> None:
        """End where it can't go on; what was read before a file broke off is played to its end.

        Raises:
            click.ClickException: The place to begin is not there.
            Exception: What is played can't be read back.
        """
        if isinstance(error, GotoError):
            raise click.ClickException(f"--at: {error}")
        if error is not None:
            raise error
        if self.replay.broken is not None and self.replay.player is not None:
            self.replay.player.loop = False

    # -- the end -----------------------------------------------------------------------------

    def _ended(self) -> int:
        turn = self._turn
        if turn is not None:
            self._printer.ended(turn)
        self._tell_of_the_whole()
        if turn is None:
            return 128 + self._signal if self._signal else self._without_turns()
        if self._signal:
            t = self.replay.player.turn_seconds if self.replay.player is not None else None
            self._printer.say("stopped" if t is None else f"stopped at {units.seconds(t)}")
            return 128 + self._signal
        cut = self._file.opened.reader.limit
        return 0 if self._file.paused or (turn.how == "completed" and not cut) else 1

    def _tell_of_the_whole(self) -> None:
        reader = self._file.opened.reader
        for remark in reader.remarks:
            self._printer.say("note", remark)
        if reader.limit:
            self._printer.say("trouble", f"{reader.limit} {ADVICE}")
        elif reader.trouble:
            self._printer.say("trouble", reader.trouble)

    def _without_turns(self) -> int:
        """Say that nothing was played; where playing begins further on, something may be there."""
        if self.replay.player is not None and self.replay.player.total:
            return 0
        self._printer.say("no turn", "there is nothing in it that could be played")
        return 1
