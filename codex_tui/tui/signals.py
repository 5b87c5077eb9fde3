"""The signals that end the program, where the system has them.

Textual leaves the terminal in its own state when one of them comes; so each is made an ordinary
exit. Windows has neither SIGHUP nor SIGQUIT, and no handlers on the loop: there Python's own stand.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT")


def on_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with the signal's number when one that ends the program comes."""
    loop = asyncio.get_running_loop()
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, leave, number)


def on_lost_errors(tell: Callable[[Exception], None]) -> None:
    """Call `tell` with what fails in a callback of the loop: asyncio would log it, and go on."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and "handle" in context:
            tell(error)
        else:
            loop.default_exception_handler(context)

    asyncio.get_running_loop().set_exception_handler(handle)
