"""A source read to its end: each batch is recorded, then folded, then printed.

A signal ends it as a user's cancel does; what has arrived is printed and recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from codex_tui.cli.output import say
from codex_tui.model.conversation import left

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from codex_tui.cli.folded import Folded
    from codex_tui.cli.printers import Printer
    from codex_tui.cli.recorder import Recorder
    from codex_tui.recording.records import Record
    from codex_tui.sources import Source

TICK = 0.5
"""Seconds between two looks at the clock, for what has to be said while nothing comes."""


class Streaming:
    """Reads one source.

    Args:
        folded: What the records are folded into.
        printers: What prints them.
        passing: Called now and then while it waits, for whoever speaks of silences.

    Attributes:
        signal: The number of the signal that ended it; 0 where none did.
    """

    def __init__(
        self,
        folded: Folded,
        printers: Sequence[Printer],
        passing: Callable[[Source], None] | None = None,
    ) -> None:
        self.signal = 0
        self._folded = folded
        self._printers = printers
        self._passing = passing
        self._source: Source | None = None
        self._broken: OSError | None = None
        self._trouble = ""
        self._task = asyncio.current_task()

    async def read(self, source: Source, recorder: Recorder) -> None:
        """Read a source to its end.

        Raises:
            OSError: The output is closed, or full; the recording is closed before.
        """
        self._source = source
        try:
            async with self._ticking(source), aclosing(source.batches()) as batches:
                async for batch in batches:
                    await recorder.keep(batch)
                    self._warn(recorder)
                    self._print(batch)
            if self._broken is not None:
                raise self._broken
        finally:
            recorder.close(self._unended())
            self._warn(recorder)

    def _warn(self, recorder: Recorder) -> None:
        """Say why it is not recorded, when that begins, and when it is recorded again."""
        trouble, self._trouble = self._trouble, recorder.trouble
        if self._trouble and self._trouble != trouble:
            for printer in self._printers:
                printer.make_way()
            say(self._trouble)

    def _print(self, batch: Sequence[Record]) -> None:
        for record in batch:
            step = self._folded.take(record)
            for printer in self._printers:
                printer.took(step)
        for printer in self._printers:
            printer.arrived(self._folded.conversation.turns[-1])

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
            self._broken = error
            source.cancel()

    def _unended(self) -> list[Record]:
        """The end of a turn that we broke off: the output was closed, or a second ctrl+c came."""
        turn = self._folded.conversation.turn
        if turn is None or turn.ended or self._source is None:
            return []
        return [left(turn.number, self._source.now(), turn, "The program was ended.")]

    def stop(self, number: int) -> None:
        """End because of a signal, as a user's cancel does."""
        self.signal = number
        if self._source is not None:
            self._source.cancel()
        elif self._task is not None:
            self._task.cancel()
