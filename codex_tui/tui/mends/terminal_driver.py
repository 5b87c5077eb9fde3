"""Which driver of Textual's is used, and what has to be painted when the program goes on.

Who comes back from a stop finds, with Textual 8.2.8, only what has changed meanwhile, on a terminal
that has forgotten all of it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.driver import Driver

_PATIENCE = 0.02
"""Seconds that the loop waits for the terminal, at most."""


def paint_on_return(app: App[Any]) -> None:
    """Have all of the screen painted when the program goes on after a stop."""
    app.app_resume_signal.subscribe(app, lambda _: app.screen.refresh(layout=True))


def show_painted(app: App[Any]) -> None:
    """Let the terminal have what was painted before anything else is done, if it takes it.

    The thread that writes waits its turn, which whoever is busy gives up after 5 ms, for each of
    the pieces of 4 KB that a terminal takes at once.
    """
    settle: Callable[[float], None] = getattr(app._driver, "settle", lambda _: None)
    settle(_PATIENCE)


def lasting(driver: type[Driver], leave: Callable[[int], object]) -> type[Driver]:
    """A driver's class as it is to be used: ours in place of Textual's for POSIX terminals.

    Args:
        driver: The class that Textual would use.
        leave: Has the app leave, in its loop, as if a signal of that number had come.
    """
    if sys.platform == "win32":
        return driver  # there the console is never lost, and nobody stops a program
    from textual.drivers.linux_driver import LinuxDriver

    if driver is not LinuxDriver:
        return driver
    from codex_tui.tui.mends.lasting_driver import LastingDriver

    return type("LeavingDriver", (LastingDriver,), {"leave": staticmethod(leave)})
