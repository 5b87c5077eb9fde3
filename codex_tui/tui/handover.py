"""Textual's driver, where the outline is on the terminal already."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codex_tui.tui.outline.terminal import ENTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.driver import Driver

    from codex_tui.tui.outline.terminal import OutlinedTerminal


def taking_over(terminal: OutlinedTerminal, driver: type[Driver]) -> type[Driver]:
    """Return a driver's class that takes over a terminal on which the outline is.

    Entering the alternate screen again would clear it in some terminals, a tenth of a second
    before the app draws on it. And the modes to go back to are not those of the outline.
    """
    if sys.platform == "win32":
        return driver  # there is no outline there
    from textual.drivers.linux_driver import LinuxDriver

    class TakingOver(LinuxDriver):
        def start_application_mode(self) -> None:
            taken_over = terminal.entered
            if taken_over:
                terminal.hand_over()
            start: Callable[[], None] = super().start_application_mode  # which has no types
            start()
            if taken_over:
                self.attrs_before = terminal.attributes

        def write(self, data: str) -> None:
            if terminal.entered and data == ENTER:
                terminal.entered = False
            else:
                super().write(data)

    return type("OutlineDriver", (TakingOver, driver), {})
