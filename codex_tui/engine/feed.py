"""From a source's batches to an observer: the one place that writes a session's state.

A source is read as fast as it yields; what it yields is kept (recorded) at once, and folded and
told in ticks, whose pace is the observer's. When much is pending the source waits, so a fast one
can't drown us.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from codex_tui.engine.observer import Arrival, SessionMoment
from codex_tui.engine.pace import TICK
from codex_tui.model.conversation import left
from codex_tui.recording.log import event_of
from codex_tui.recording.records import EndRecord, RequestRecord
from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.engine.checking import Check
    from codex_tui.engine.observer import Observer
    from codex_tui.engine.pace import Pace
    from codex_tui.model.folds import Folds
    from codex_tui.recording.payload import Keeper
    from codex_tui.recording.records import Record
    from codex_tui.sources import Source

CROWDED = 512
"""How many pending records make the source wait."""


class Feed:
    """Reads one source into the folds of a session, and tells of it.

    Args:
        folds: Where it is folded.
        keeper: Where it is kept.
        observer: Who is told.
        pace: When.
        check: What checks it; None where nobody asks.
    """

    def __init__(
        self,
        folds: Folds,
        keeper: Keeper,
        observer: Observer,
        pace: Pace,
        check: Check | None = None,
    ) -> None:
        self._folds = folds
        self._keeper = keeper
        self._observer = observer
        self._check = check
        self._pace = pace
        self._pending: deque[tuple[Record, tuple[int, int]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._room = asyncio.Event()
        self._source: Source | None = None
        self._open: list[int] = []  # the numbers of the turns that have no end yet
        self._begun = False
        self._abandoned = False
        self._reading: asyncio.Task[object] | None = None
        self._failure: Exception | None = None
        self.awaiting = False
        """Whether something is pending that was not kept yet when it was looked at."""

    async def run(self, source: Source) -> None:
        """Read a source to its end, and return when all of it has been told.

        Raises:
            Exception: what the observer raised, or `fail` was given.
        """
        self._source, self._reading = source, asyncio.current_task()
        try:
            await self._read(source)
        except asyncio.CancelledError:
            if self._failure is None:
                raise
            if self._reading is not None:
                self._reading.uncancel()
        finally:
            self._reading = None
        if self._failure is not None:  # outside of the handler: it has nothing to do with a cancel
            raise self._failure

    async def _read(self, source: Source) -> None:
        async with aclosing(source.batches()) as batches:
            async for batch in batches:
                self.take(batch)
                self._schedule()
                while len(self._pending) > CROWDED:
                    self._room.clear()
                    await self._room.wait()
        while self._pending:
            self._schedule()
            self._room.clear()
            await self._room.wait()

    def take(self, batch: Sequence[Record]) -> None:
        """Keep a batch; it is folded by a later tick."""
        self._pending.extend(zip(batch, self._keeper.keep(batch), strict=True))
        for record in batch:
            self._follow(record)

    def _follow(self, record: Record) -> None:
        """Note which turns have no end yet."""
        if isinstance(record, RequestRecord):
            self._open = [*(self._open if record.beside else ()), record.turn]
        elif isinstance(record, EndRecord):
            others = [number for number in self._open if number != record.turn]
            self._open = others if len(self._open) > 1 else []
        elif not self._begun:
            self._open = [1]  # of a pipe, where no request is known
        self._begun = True

    def abandon(self, why: str) -> None:
        """End the turns that are open, since the program leaves: a recording gets an ending.

        Nothing is folded by itself any more, for what it would be shown on is being taken down.
        """
        if self._open and self._keeper.recorded():
            t = self._source.now() if self._source is not None else None
            turns = self._folds.conversation.turns
            folded = {number: turn for turn in turns for number in self._open if turn.has(number)}
            self.take([left(number, t, folded.get(number), why) for number in self._open])
        self._abandoned = True
        self.stop()

    def fail(self, error: Exception) -> None:
        """End reading with an error, which is raised where the source is read."""
        self._failure = self._failure or error
        self.stop()
        if self._reading is not None:
            self._reading.cancel()

    def wake(self) -> None:
        """Fold what is pending as soon as may be: more of it has been kept."""
        if self._pending:
            self.stop()
            self._schedule()

    def stop(self) -> None:
        """Fold nothing more by itself; what is pending waits for `flush`."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self, at: float = 0.0) -> None:
        if self._timer is None and not self._abandoned and self._failure is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(at, self._pace.due(thread_time())), self._tick)

    def _tick(self) -> None:
        self._timer = None
        with Caught() as caught:
            self._go_on()
        if caught.error is not None:
            self.fail(caught.error)

    def _go_on(self) -> None:
        now, spent = asyncio.get_running_loop().time(), thread_time()
        if now < self._pace.due(spent):
            self._schedule()
            return
        told = self.flush(perf_counter() + self._pace.budget)
        if told:  # a look at what has not been written yet costs nothing
            self._pace.tick(now, spent)
        self._room.set()
        if self._pending:
            self._schedule(0.0 if told else now + TICK)

    def flush(self, deadline: float = float("inf")) -> bool:
        """Fold what is pending and has been kept, until the deadline, and tell of it.

        Returns:
            Whether there was any.
        """
        arrivals: list[Arrival] = []
        took = self._observer.took
        self.awaiting = True  # from before it looks: what is kept meanwhile wakes it
        while self._pending:
            record, span = self._pending[0]
            if not self._keeper.settled(sum(span)):
                break
            self._pending.popleft()
            arrival = self._fold(record, span)
            took(arrival)
            arrivals.append(arrival)
            if len(arrivals) % 32 == 0 and perf_counter() > deadline:
                break
        self.awaiting = bool(self._pending)
        if arrivals:
            self._folds.note()
            self._observer.arrived(
                SessionMoment(self._folds.conversation, self._folds.log), arrivals
            )
            if self._check is not None and self._check.has_news():
                self._observer.checked(self._check)
        return bool(arrivals)

    def _fold(self, record: Record, span: tuple[int, int]) -> Arrival:
        event = event_of(record)
        folds = self._folds
        item = folds.take(record, event, span)
        if self._check is not None:
            self._check.take(record, event, folds.conversation.current)
        return Arrival(len(folds.log) - 1, record, folds.conversation.current, event, item)
