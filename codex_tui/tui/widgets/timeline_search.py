"""A search through the bytes of a log, in slices: a file may hold millions of events."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget
    from textual.worker import Worker

    from codex_tui.recording.log import EventLog

_SLICE = 0.008  # seconds that a search may hold the loop


class TimelineSearch:
    """What is searched for in a view's log; `found` is called with the entry that holds it."""

    def __init__(self, view: Widget, found: Callable[[int], None]) -> None:
        self._view = view
        self._found = found
        self._needles: frozenset[bytes] = frozenset()
        self._running: Worker[None] | None = None

    def seek(self, text: str) -> None:
        """Search for a text from now on, in either case; nothing for an empty one."""
        self.stop()
        self._needles = _cased(text) if text else frozenset()

    def stop(self) -> None:
        """Look no further."""
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def go(self, log: EventLog | None, start: int, step: int) -> None:
        """Look for it from an entry on, forward (1) or backward (-1)."""
        self.stop()
        if self._needles and log is not None:
            # No coroutine yet: it may be left before it begins.
            self._running = self._view.run_worker(partial(self._look, log, start, step))

    async def _look(self, log: EventLog, start: int, step: int) -> None:
        try:
            entry = await self._next(log, start, step)
        except OSError as error:
            said = f"can't be searched: {clean_line(error.strerror or str(error))}"
            self._view.notify(said, severity="error", markup=False)
            return
        if entry is None:
            self._view.app.bell()
        else:
            self._found(entry)

    async def _next(self, log: EventLog, entry: int, step: int) -> int | None:
        deadline = perf_counter() + _SLICE
        while 0 <= entry < len(log):
            block = log.block(entry).lower()
            if any(needle in block for needle in self._needles):
                return entry
            entry += step
            if perf_counter() > deadline:
                await asyncio.sleep(0)
                deadline = perf_counter() + _SLICE
        return None


def _cased(text: str) -> frozenset[bytes]:
    """What may stand for a text, as it is or in JSON, in bytes whose ASCII letters are small."""
    forms = [
        form
        for each in (text, text.lower(), text.upper())
        for form in (each, json.dumps(each)[1:-1], json.dumps(each, ensure_ascii=False)[1:-1])
    ]
    return frozenset(form.encode(errors="replace").lower() for form in forms)
