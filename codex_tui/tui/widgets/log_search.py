"""A search through the bytes of a log, in slices: a file may hold millions of events."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from codex_tui.sessions.log import EventLog

_SLICE = 0.008  # seconds that a search may hold the loop


class LogSearch:
    """What is searched for in a view's log; `found` is called with the entry that holds it."""

    def __init__(self, view: Widget, found: Callable[[int], None]) -> None:
        self._view = view
        self._found = found
        self._needle = b""

    def seek(self, text: str) -> None:
        """Search for a text from now on, in either case; nothing for an empty one."""
        self._needle = text.lower().encode()

    def go(self, log: EventLog | None, start: int, step: int) -> None:
        """Look for it from an entry on, forward (1) or backward (-1)."""
        if self._needle and log is not None:
            self._view.run_worker(self._look(log, start, step), group="search", exclusive=True)

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
            if self._needle in log.block(entry).lower():
                return entry
            entry += step
            if perf_counter() > deadline:
                await asyncio.sleep(0)
                deadline = perf_counter() + _SLICE
        return None
