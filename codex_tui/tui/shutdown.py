"""The ways in which the app ends: asked to, by a signal, and by an error of its own.

Whichever it is, the session is closed first, and the terminal is left as it was.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.worker import WorkerFailed

from codex_tui.engine.signals import on_signals
from codex_tui.safe_text import clean_line
from codex_tui.tui.mends.early_keys import EarlyKeys
from codex_tui.tui.mends.fatal_error import DiscreetApp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.crash import Crash


def on_lost_errors(tell: Callable[[Exception], None]) -> None:
    """Call `tell` with what fails in a callback of the loop: asyncio would log it, and go on."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and "handle" in context:
            tell(error)
        else:
            loop.default_exception_handler(context)

    asyncio.get_running_loop().set_exception_handler(handle)


class OrderlyApp(EarlyKeys[int], DiscreetApp[int]):
    """An app that ends in order.

    Args:
        log: The folder of what is written of an error.
    """

    _ended_by = 0
    """The signal that ends the app, if one does."""

    crash: Crash | None = None
    """What the app failed of, if it did."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log_folder = log

    def close_session(self) -> None:
        """Have everything written; nothing is shown from then on."""
        raise NotImplementedError

    def on_load(self) -> None:
        """Be ready for signals, and for errors in callbacks, before the terminal is changed."""
        on_signals(self._leave)
        on_lost_errors(self._handle_exception)

    async def action_quit(self) -> None:
        """Close the recording and leave."""
        self.close_session()
        self.exit(0)

    # -- signals -----------------------------------------------------------------------------

    def _leave(self, number: int) -> None:
        """Leave because of a signal, with the exit code that a shell expects.

        While the panes are being built they can't be taken down: then, as soon as they are there.
        """
        self._ended_by = number
        if not self.takes_keys:
            return
        self.close_session()
        self.exit(return_code=128 + number)

    def leave_if_ended(self) -> None:
        """Leave if a signal has come while the panes were being built."""
        if self._ended_by:
            self._leave(self._ended_by)

    # -- errors ------------------------------------------------------------------------------

    def _handle_exception(self, error: Exception) -> None:
        if self._ended_by:  # what is taken down half-built or half-closed is no mistake of ours
            self.exit(return_code=128 + self._ended_by)
        if self._exit and self.crash is None:
            self._close_messages_no_wait()
            return
        # Textual would print a traceback with the values of all variables, keys among them.
        super()._handle_exception(error)
        if self.crash is not None:
            return  # the first error is the one to tell
        with contextlib.suppress(Exception):
            self.close_session()
        self.workers.cancel_all()  # a stream that goes on would keep the app from leaving
        from codex_tui.crash import report_crash

        cause = error.error if isinstance(error, WorkerFailed) else error
        self.crash = report_crash(cause, self._log_folder)
        self._exit_renderables[:] = [Text(clean_line(self.crash.sentence))]
