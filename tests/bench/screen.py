"""A terminal that shows nothing and notes when what was painted on it.

Textual's own headless driver is not painted on at all, and so hides what drawing costs.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Self

from textual import events
from textual.drivers.headless_driver import HeadlessDriver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.app import App

SIZE = (120, 36)
WIDE = (160, 48)
_MARK = re.compile("[\u4e00-\u9fff]")


def mark(number: int) -> str:
    """A character that stands for a number, and that nothing else puts on the screen."""
    return chr(0x4E00 + number % 0x5000)


class Screen(HeadlessDriver):
    """The driver. `painted` is set by each paint; `watch` is called with its text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.painted = asyncio.Event()
        self.paints = 0
        self.watch: Callable[[str], None] | None = None

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.paints += 1
        self.painted.set()
        if self.watch is not None:
            self.watch(data)

    def flush(self) -> None: ...

    async def paint(self) -> None:
        """Wait for the next paint, and until nothing more follows from it."""
        self.painted.clear()
        await self.painted.wait()

    def press(self, character: str) -> None:
        """Let the user type a character."""
        self.process_message(events.Key(character, character))


@asynccontextmanager
async def running(app: App[Any], size: tuple[int, int] = SIZE) -> AsyncIterator[Screen]:
    """An app on such a terminal, once its first screen has been painted."""
    app.driver_class = Screen
    ended = asyncio.ensure_future(app.run_async(size=size, mouse=False))
    while not isinstance(app._driver, Screen) or not app._driver.paints:
        if ended.done():
            raise AssertionError(f"the app ended at once: {ended.exception()}")
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    try:
        with app._context():
            yield app._driver
    finally:
        app.exit()
        await ended


async def until(done: Callable[[], bool], seconds: float = 600) -> None:
    """Wait until something has come about, looking a hundred times a second."""
    for _ in range(int(seconds * 100)):
        if done():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


class Marks:
    """When marks were first painted, by `time.monotonic`, which all processes share."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}

    def __call__(self, data: str) -> None:
        """Note the marks in what is painted."""
        for found in _MARK.findall(data):
            self.seen.setdefault(found, monotonic())


class Stalls:
    """How late the loop was, sampled every five milliseconds while the context is open."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __aenter__(self) -> Self:
        self._task = asyncio.ensure_future(self._sample())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _sample(self) -> None:
        while True:
            due = perf_counter() + 0.005
            await asyncio.sleep(0.005)
            self.seconds.append(max(0.0, perf_counter() - due))
