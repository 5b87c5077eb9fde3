"""A server that runs in a thread of its own, for whoever has no loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING

from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.serve.server import ReplayServer


class RunningServer:
    """A server and its thread.

    Args:
        make: Makes the server, in the thread.

    Attributes:
        urls: Where it is asked, the address that was named first.

    Raises:
        OSError: The address or the port can't be had.
        ValueError: Others than programs of this machine could ask without a token.
    """

    def __init__(self, make: Callable[[], ReplayServer]) -> None:
        self._make = make
        self._begun: Future[list[str]] = Future()
        self._thread = Thread(target=self._run, name="serving", daemon=True)
        self._thread.start()
        self.urls = self._begun.result()

    @property
    def exchanges(self) -> int:
        """How many exchanges are under way."""
        return self._server.exchanges

    def close(self) -> None:
        """Listen no more, and break what is under way."""
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    def _run(self) -> None:
        with Caught() as caught:
            asyncio.run(self._serve())
        if caught.error is not None and not self._begun.done():
            self._begun.set_exception(caught.error)

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._server = self._make()
        self._begun.set_result(await self._server.start())
        await self._ending.wait()
        await self._server.close()
