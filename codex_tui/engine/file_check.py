"""The check of a file that a session shows: a slice at a time, and told now and then.

It goes on only as long as the session is the same: what is found is never told of another one.
"""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.engine.session import Session

REST = 0.001  # seconds between two slices
TELL_EVERY = 0.1  # seconds between two times that an observer is told


class FileCheck:
    """Has what a session has of a file checked in slices, and tells now and then what was found.

    Attributes:
        allowed: Whether what is being loaded is checked: the rules are there.
    """

    def __init__(self, session: Session) -> None:
        self.allowed = False
        self._session = session
        self._told = 0.0  # when it was last told how far the check has come

    def begin(self) -> None:
        """Check what the session's log gets from now on."""
        if (check := self._session.check) is not None:
            check.follow(self._session.log)
            self._session.observer.checked(check)

    async def run(self, complete: Callable[[], bool]) -> None:
        """Check all that is there; return when it is checked.

        Args:
            complete: Whether all of the file is there.
        """
        check = self._session.check
        while check is self._session.check and await self.slice():
            pass
        if check is not None and check is self._session.check:
            if complete():
                check.finish()
            self._session.observer.checked(check)

    async def slice(self) -> bool:
        """Check a little; False if there was nothing, or nobody asks."""
        await asyncio.sleep(REST)  # what else is to be done goes first
        check = self._session.check
        if check is None or not await check.advance() or check is not self._session.check:
            return False
        if not check.behind or perf_counter() > self._told + TELL_EVERY:
            self._told = perf_counter()
            self._session.observer.checked(check)
        return True
