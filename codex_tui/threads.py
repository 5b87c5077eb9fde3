"""Threads of ours: what blocks is done by a daemon thread, and its errors are told where one waits.

A pipe that is silent, or a slow disk, holds nobody; an error that a thread could not tell anybody
is kept until somebody waits for its work.
"""

from __future__ import annotations

import asyncio
from collections import deque
from threading import Lock, Semaphore, Thread
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import TracebackType


class Caught:
    """Ends its block at any `Exception`, and keeps it in `error`.

    For borders alone, where somebody tells the user of it or raises it again: a thread that ended
    with it would keep everybody waiting.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None


Item = TypeVar("Item")


class Background(Generic[Item]):
    """Items that a thread finds, handed to one event loop.

    The thread may begin before there is a loop. What ends it, be it a mistake of ours, is raised
    where the items are taken.

    Args:
        find: Yields the items, in the thread.
        name: The thread's.
        ahead: How many items it finds before they are taken.
    """

    def __init__(self, find: Callable[[], Iterator[Item]], *, name: str, ahead: int) -> None:
        self._find = find
        self._room = Semaphore(ahead)
        self._found: deque[Item] = deque()
        self._failure: Exception | None = None
        self._over = self._stopped = self._begun = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._lock = Lock()  # of the loop, which the thread wakes
        self._thread = Thread(target=self._work, name=name, daemon=True)

    def begin(self) -> None:
        """Have the thread begin; taking the first item does so too."""
        if not self._begun:
            self._begun = True
            self._thread.start()

    async def __aiter__(self) -> AsyncIterator[Item]:
        with self._lock:
            self._loop = asyncio.get_running_loop()
        self.begin()
        while not self._stopped:
            self._news.clear()
            over = self._over  # before the look at what was found: nothing comes after it
            if self._found:
                yield self._found.popleft()
                self._room.release()
            elif over:
                break
            else:
                await self._news.wait()
        if self._failure is not None and not self._stopped:
            raise self._failure

    def stop(self) -> None:
        """Let the thread go, and whoever waits for it; in the loop's thread."""
        self._stopped = True
        self._room.release()
        self._news.set()

    def _work(self) -> None:
        with Caught() as caught:
            for item in self._find():
                self._room.acquire()
                if self._stopped:
                    return
                self._found.append(item)
                self._wake()
        self._failure = caught.error
        self._over = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._news.set)
