"""Two sides read, folded and compared, and compared anew as they grow.

One coroutine does all of it in turns: what is compared in a thread is folded no further meanwhile.
A comparison takes a small part of the time, however long it is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.comparison import Comparison
from codex_tui.tui.comparison.parts import told_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.tui.comparison.parts import ToldComparison
    from codex_tui.tui.comparison.side import ComparedSide

SLICE, REST = 0.004, 0.001
"""Seconds that folding a side may take at a time, and between two such slices."""

EVERY, SHARE = 0.3, 0.2
"""Seconds between two comparisons of what grows, at least, and the part of the time they take."""

TELL_EVERY = 0.1
"""Seconds between two looks of the screen at what has come."""

AT_ONCE = 4_000
"""Events of both sides that are compared at once, in some milliseconds; more in a thread."""


class ComparingWork:
    """Compares a turn of one side with a turn of the other.

    Args:
        a: One side.
        b: The other.
        turns: Which turns, from 1; None for the first, or the latest of what grows.
        grown: Called when more has come.
        told: Called when there is another comparison; with None where one side has no such turn.
        width: Says for how many cells it is to be laid out.
    """

    def __init__(
        self,
        a: ComparedSide,
        b: ComparedSide,
        turns: tuple[int | None, int | None],
        grown: Callable[[], None],
        told: Callable[[ToldComparison | None], None],
        width: Callable[[], int] = lambda: 1,
    ) -> None:
        self.a, self.b = a, b
        self._grown, self._told, self._width = grown, told, width
        self._asked = turns
        self._chosen: tuple[int, int] | None = None  # by the user
        self._news = asyncio.Event()
        self._compare_at = self._tell_at = 0.0
        self._stale = True
        self._begun = False  # whether the files are being read

    # -- which turns -------------------------------------------------------------------------

    @property
    def turns(self) -> tuple[int, int]:
        """The turns that are compared, from 1."""
        if self._chosen is not None:
            return self._chosen
        both = min(len(self.a.runs), len(self.b.runs))
        latest = max(both, 1) if self.a.grows or self.b.grows else 1
        return self._asked[0] or latest, self._asked[1] or latest

    def may_step(self, way: int) -> bool:
        """Whether there is another pair of turns that way; one side is enough to have it."""
        a, b = (turn + way for turn in self.turns)
        return min(a, b) >= 1 and (a <= len(self.a.runs) or b <= len(self.b.runs))

    def step(self, way: int) -> None:
        """Compare the next turns, or the previous ones."""
        if self.may_step(way):
            a, b = self.turns
            self._chosen = a + way, b + way
            self._stale, self._compare_at = True, 0.0
            self._news.set()

    # -- the work ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Read both files to their end and compare them; return when nothing is left to do.

        After a step it is to be run again, if it has returned.
        """
        sides = () if self._begun else (self.a, self.b)
        self._begun = True
        readers = [asyncio.create_task(side.load(self._news.set)) for side in sides]
        for reader in readers:
            reader.add_done_callback(lambda _: self._news.set())
        try:
            while not self._is_done:
                await self._go_on()
                for reader in filter(asyncio.Task.done, readers):
                    reader.result()  # what went wrong in it, but for the file, is a mistake
        finally:
            for reader in readers:
                reader.cancel()

    @property
    def _is_done(self) -> bool:
        return self.a.complete and self.b.complete and not self._stale

    async def _go_on(self) -> None:
        folded = await self._fold()
        self._stale = self._stale or folded
        if folded and perf_counter() > self._tell_at:
            self._tell_at = perf_counter() + TELL_EVERY
            self._grown()
        if self._stale and not (folded and self._is_reading) and self._is_time:
            await self._compare()
        elif not folded and not self._is_done:
            await self._rest()

    async def _fold(self) -> bool:
        folded = False
        for side in (self.a, self.b):
            if await side.take(perf_counter() + SLICE):
                folded = True
                await asyncio.sleep(REST)
        return folded

    @property
    def _is_reading(self) -> bool:
        """Whether a file is still being read that has all of its events already."""
        return not all(side.complete or side.grows for side in (self.a, self.b))

    @property
    def _is_time(self) -> bool:
        return perf_counter() >= self._compare_at or (self.a.complete and self.b.complete)

    async def _compare(self) -> None:
        began, self._stale = perf_counter(), False
        a, b = self.turns
        turns = self.a.turn(a), self.b.turn(b)
        if turns[0] is None or turns[1] is None:
            self._told(None)
        elif sum(turn.events.total for turn in turns if turn is not None) <= AT_ONCE:
            self._told(self._compared(a, b, self._width()))
        else:
            self._told(await asyncio.to_thread(self._compared, a, b, self._width()))
        took = perf_counter() - began
        self._compare_at = perf_counter() + max(EVERY, took / SHARE)
        self._grown()

    def _compared(self, a: int, b: int, width: int) -> ToldComparison:
        comparison = Comparison.of(self.a.runs.run(a), self.b.runs.run(b))
        told = told_of(comparison, (self.a.times(a), self.b.times(b)))
        for part in told.parts.values():
            part.lay_out(width)
        return told

    async def _rest(self) -> None:
        """Wait for what comes, or until it is time."""
        self._news.clear()
        wait = max(self._compare_at - perf_counter(), REST) if self._stale else None
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._news.wait()
