"""A search through the bytes of a log, in slices: a file may hold millions of events."""

from __future__ import annotations

import asyncio
import contextlib
import json
from array import array
from bisect import bisect_left, bisect_right
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.safe_text import clean_line
from codex_tui.tui.mends.slices import SLICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget
    from textual.worker import Worker, WorkType

    from codex_tui.recording.log import EventLog

_TELL_EVERY = 0.2  # seconds between two figures of how much was found


class TimelineSearch:
    """What is searched for in a view's log.

    All entries that hold it are noted behind what is shown; one that is gone to before they are is
    looked for by itself.

    Args:
        view: Whose workers it runs in.
        place: Returns the entry that one stands on.
        found: Called with an entry that holds it, to go there.
        counted: Called when it is known of more entries whether they do.
    """

    def __init__(
        self,
        view: Widget,
        place: Callable[[], int],
        found: Callable[[int], None],
        counted: Callable[[], None],
    ) -> None:
        self._view = view
        self._place = place
        self._found = found
        self._counted = counted
        self._log: EventLog | None = None
        self._needles: frozenset[bytes] = frozenset()
        self._running: list[Worker[None]] = []
        self._looking = False
        self._steps: list[int] = []  # further ones that were asked for while it looks for one
        self._entries = array("I")
        self._passed = 0  # of how many entries it is known

    def open(self, log: EventLog) -> None:
        """Search for the same in another log."""
        self._log = log
        self._begin_anew()

    def seek(self, text: str) -> None:
        """Go to the first entry from here on whose bytes hold a text, in either case.

        Nothing is searched for any more where the text is empty.
        """
        self._begin_anew()
        self._needles = _cased(text) if text else frozenset()
        self._go(self._place(), 1)

    def go(self, step: int) -> None:
        """Go to the next entry that holds the text (1), or to the one before (-1)."""
        self._go(self._place() + step, step)

    def _begin_anew(self) -> None:
        self._stop()
        self._entries, self._passed = array("I"), 0

    def _stop(self) -> None:
        """Look no further."""
        for worker in self._running:
            worker.cancel()
        self._running, self._steps, self._looking = [], [], False

    @property
    def matches(self) -> str:
        """Which of the entries that hold it one stands on, `3/22`; "" without a search."""
        if not self._needles or self._log is None:
            return ""
        here = self._place()
        place = bisect_left(self._entries, here)
        is_there = self._entries[place : place + 1] == array("I", [here])
        more = self._passed < len(self._log)
        return units.place_among(place + 1 if is_there else 0, len(self._entries), more=more)

    def _go(self, start: int, step: int) -> None:
        """Look for it from an entry on, forward (1) or backward (-1), and begin anew at the end."""
        if not self._needles or (log := self._log) is None:
            return
        if self._looking:
            self._steps.append(step)
            return
        self._stop()
        # No coroutine yet: it may be left before it begins.
        if self._passed < len(log):
            self._looking = True
            self._run(partial(self._look, log, start, step))
            self._run(partial(self._note_all, log))
        elif not self._entries:
            self._view.app.bell()
        else:
            found = self._entries
            place = bisect_right(found, start) - 1 if step < 0 else bisect_left(found, start)
            self._found(found[place % len(found)])

    def _run(self, work: WorkType[None]) -> None:
        self._running.append(self._view.run_worker(work))

    async def _look(self, log: EventLog, start: int, step: int) -> None:
        try:
            entry = await self._around(log, start, step)
            while entry is not None and self._steps:
                step = self._steps.pop(0)
                entry = await self._around(log, entry + step, step)
        except OSError as error:
            said = f"can't be searched: {clean_line(error.strerror or str(error))}"
            self._view.notify(said, severity="error", markup=False)
            entry = None
        self._looking = False  # not where it was cancelled: another one looks by then
        if entry is None:
            self._view.app.bell()
        else:
            self._found(entry)

    async def _around(self, log: EventLog, start: int, step: int) -> int | None:
        """Look from an entry to the end, and from the other end to it."""
        found = await self._next(log, range(start, -1 if step < 0 else len(log), step))
        if found is not None:
            return found
        return await self._next(log, range(len(log) - 1, start, -1) if step < 0 else range(start))

    async def _next(self, log: EventLog, entries: range) -> int | None:
        deadline = perf_counter() + SLICE
        for entry in entries:
            if self._holds(log, entry):
                return entry
            if perf_counter() > deadline:
                await asyncio.sleep(0)
                deadline = perf_counter() + SLICE
        return None

    def _holds(self, log: EventLog, entry: int) -> bool:
        block = log.block(entry).lower()
        return any(needle in block for needle in self._needles)

    async def _note_all(self, log: EventLog) -> None:
        with contextlib.suppress(OSError):  # it is said where one looks for the next
            await self._note_slices(log)
        self._counted()

    async def _note_slices(self, log: EventLog) -> None:
        deadline, tell_at = perf_counter() + SLICE, perf_counter() + _TELL_EVERY
        while self._passed < len(log):
            if self._holds(log, self._passed):
                self._entries.append(self._passed)
            self._passed += 1
            if perf_counter() > deadline:
                if perf_counter() > tell_at:
                    self._counted()
                    tell_at = perf_counter() + _TELL_EVERY
                await asyncio.sleep(0)
                deadline = perf_counter() + SLICE


def _cased(text: str) -> frozenset[bytes]:
    """What may stand for a text, as it is or in JSON, in bytes whose ASCII letters are small."""
    forms = [
        form
        for each in (text, text.lower(), text.upper())
        for form in (each, json.dumps(each)[1:-1], json.dumps(each, ensure_ascii=False)[1:-1])
    ]
    return frozenset(form.encode(errors="replace").lower() for form in forms)
