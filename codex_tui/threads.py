"""Threads of ours: what blocks is done by a daemon thread, and its errors are told where one waits.

A pipe that is silent, or a slow disk, holds nobody; an error that a thread could not tell anybody
is kept until somebody waits for its work.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from functools import partial
from threading import Condition, Thread
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

_PATIENCE = 0.1 if os.name == "nt" else None
"""Seconds that a thread waits before it looks again: on Windows no signal ends a wait."""


class Background(Generic[Item]):
    """Items that a thread finds, handed to one event loop, or to one thread that waits for them.

    The thread may begin before there is a loop. What ends it, be it a mistake of ours, is raised
    where the items are taken.

    Args:
        find: Yields the items, in the thread.
        name: The thread's.
        ahead: How much it finds before it is taken.
        weigh: How much an item is of that.
    """

    def __init__(
        self,
        find: Callable[[], Iterator[Item]],
        *,
        name: str,
        ahead: int,
        weigh: Callable[[Item], int] = lambda _: 1,
    ) -> None:
        self._find = find
        self._ahead = ahead
        self._weigh = weigh
        self._found: deque[Item] = deque()
        self._held = 0  # the weight of what was found
        self._failure: Exception | None = None
        self._over = self._stopped = self._begun = False
        self._changed = Condition()
        self._wake: Callable[[], object] = lambda: None  # the loop that takes the items
        self._thread = Thread(target=self._work, name=name, daemon=True)

    def begin(self) -> None:
        """Have the thread begin; taking the first item does so too."""
        if not self._begun:
            self._begun = True
            self._thread.start()

    @property
    def over(self) -> bool:
        """Whether nothing more comes: all was taken, or nobody wants it."""
        with self._changed:
            return self._stopped or (self._over and not self._found)

    def __iter__(self) -> Iterator[Item]:
        self.begin()
        while self._waited():
            yield self._taken()
        self._raise()

    async def __aiter__(self) -> AsyncIterator[Item]:
        import asyncio  # a thread may begin long before there is a loop

        news = asyncio.Event()
        with self._changed:
            self._wake = partial(asyncio.get_running_loop().call_soon_threadsafe, news.set)
        self.begin()
        while not self.over:
            news.clear()
            if self._found:
                yield self._taken()
            elif not self.over:
                await news.wait()
        self._raise()

    def stop(self) -> None:
        """Let the thread go, and whoever waits for it."""
        self._stopped = True
        with self._changed:
            self._tell()

    # -- who takes -----------------------------------------------------------------------------

    def _waited(self) -> bool:
        """Wait until there is an item; False where there will be none."""
        with self._changed:
            while not (self._found or self._over or self._stopped):
                self._changed.wait(_PATIENCE)
            return bool(self._found) and not self._stopped

    def _taken(self) -> Item:
        with self._changed:
            item = self._found.popleft()
            self._held -= self._weigh(item)
            self._changed.notify_all()
        return item

    def _raise(self) -> None:
        if self._failure is not None and not self._stopped:
            raise self._failure

    # -- the thread ----------------------------------------------------------------------------

    def _work(self) -> None:
        with Caught() as caught:
            for item in self._find():
                if not self._kept(item):
                    return
        with self._changed:
            self._failure, self._over = caught.error, True
            self._tell()

    def _kept(self, item: Item) -> bool:
        """Keep an item once there is room for it; False where nobody wants it."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._held < self._ahead)
            self._held += self._weigh(item)
            self._found.append(item)
            self._tell()
            return not self._stopped

    def _tell(self) -> None:
        self._changed.notify_all()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._wake()
