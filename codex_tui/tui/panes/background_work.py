"""What takes a pane long to work out, done beside the loop; only what is wanted last is shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

Result = TypeVar("Result")

AT_ONCE = 20_000
"""Events that are gone through at once, in a few milliseconds; more of them in a thread."""


class BackgroundWork:
    """Works for one widget in one thread at a time.

    Whoever steps through a session wants much that is passed before it has been worked out.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._wanted: tuple[Callable[[], Any], Callable[[Any], object]] | None = None
        self._working = False

    def want(self, work: Callable[[], Result], show: Callable[[Result], object]) -> None:
        """Have something worked out in a thread, and shown if nothing else is wanted by then."""
        self._wanted = work, show
        if not self._working:
            self._working = True
            self._widget.run_worker(self._work(), group="beside")

    def forget(self) -> None:
        """Want nothing more: a thread that works yet works for nobody."""
        self._wanted = None

    async def _work(self) -> None:
        try:
            while (wanted := self._wanted) is not None:
                work, show = wanted
                result = await asyncio.to_thread(work)
                if self._wanted is wanted:
                    self._wanted = None
                    if self._widget.children:  # else it is being taken down
                        show(result)
        finally:
            self._working = False
