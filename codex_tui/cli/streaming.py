"""A source printed to its end: the engine records it, folds it and tells printers of it.

A signal ends it as a user's cancel does; what has arrived is printed and recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from codex_tui.cli.output import say
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.recording.writer import PATIENCE, finish, unfinished

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from codex_tui.cli.printers import Printer
    from codex_tui.engine.checking import Check
    from codex_tui.engine.keeping import Keep
    from codex_tui.engine.observer import Arrival, SessionMoment
    from codex_tui.sources import Source

TICK = 0.5
"""Seconds between two looks at the clock, for what has to be said while nothing comes."""

WAITING = "the disk is slow: waiting for it to take the end of the recording (ctrl+c: not)"
_LOOK_EVERY = 0.1  # seconds


class Streaming(Observer):
    """Prints one source.

    Args:
        keep: Makes the place where it is kept.
        passing: Called now and then while it waits, for whoever speaks of silences.
        check: Makes what checks it; None where nobody asks.

    Attributes:
        signal: The number of the signal that ended it; 0 where none did.
        session: What the source became.
        printers: What prints it; they are there before it is read.
    """

    def __init__(
        self,
        keep: Keep,
        passing: Callable[[Source], None] | None = None,
        check: Callable[[], Check] | None = None,
    ) -> None:
        self.signal = 0
        self.session = Session(keep, self, AtOnce, check=check)
        self.printers: list[Printer] = []
        self._passing = passing
        self._trouble = ""
        self._task = asyncio.current_task()

    async def read(self, source: Source) -> None:
        """Read a source to its end.

        Raises:
            OSError: The output is closed, or full; the recording is closed before.
        """
        try:
            async with self._ticking(source):
                await self.session.stream(source)
        finally:
            self.session.close()
            await disk_has_taken_it()
            self._warn()

    def took(self, arrival: Arrival) -> None:
        """Print what a record brought, after what is wrong with its recording."""
        self._warn()
        for printer in self.printers:
            printer.took(arrival)

    def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
        """Hand on what was printed."""
        for printer in self.printers:
            printer.arrived(arrivals[-1].turn)

    def _warn(self) -> None:
        """Say why it is not recorded, when that begins, and when it is recorded again."""
        trouble, self._trouble = self._trouble, self.session.kept.trouble()
        if self._trouble and self._trouble != trouble:
            for printer in self.printers:
                printer.make_way()
            say(self._trouble)

    @property
    def outcome(self) -> tuple[str, str] | None:
        """What became of the recording: a word and where, or why not; None where none was wanted.

        Known when it is closed.
        """
        kept = self.session.kept
        if not kept.recorded():
            return None
        error, place = kept.trouble(), kept.place()
        if kept.lasts():
            return "recorded", str(place)
        if place is None:
            return "not recorded", error.removeprefix("not recorded: ")
        return "recorded in part", f"{place}: {error}"

    @asynccontextmanager
    async def _ticking(self, source: Source) -> AsyncIterator[None]:
        if self._passing is None:
            yield
            return
        ticks = asyncio.create_task(self._tick(source, self._passing))
        try:
            yield
        finally:
            ticks.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticks

    async def _tick(self, source: Source, passing: Callable[[Source], None]) -> None:
        try:
            while True:
                await asyncio.sleep(TICK)
                passing(source)
        except OSError as error:  # the output: whoever reads the source has to hear of it
            self.session.fail(error)

    def stop(self, number: int) -> None:
        """End because of a signal, as a user's cancel does."""
        self.signal = number
        if self.session.running:
            self.session.cancel()
        elif self._task is not None:
            self._task.cancel()


async def disk_has_taken_it() -> None:
    """Wait for a slow disk to take the end of what was recorded, and say so; a signal ends it."""
    if not unfinished():
        return
    say(WAITING)
    for _ in range(round(PATIENCE / _LOOK_EVERY)):
        if not unfinished():
            break
        await asyncio.sleep(_LOOK_EVERY)
    finish(0)
