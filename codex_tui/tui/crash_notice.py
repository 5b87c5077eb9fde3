"""What is shown when the app has failed: a dialog of its own, since the failed app shows nothing.

The terminal was restored and the recording closed before; nothing of the failed app is used here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from codex_tui.safe_text import clean, clean_line
from codex_tui.tui.mends.fatal_error import DiscreetApp
from codex_tui.tui.mends.terminal_driver import lasting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.driver import Driver

    from codex_tui.crash import Crash
    from codex_tui.redact import Secret

_KEYS, _SCREEN = 0, 2  # what Textual reads and writes
_KEPT = "The recording is closed, and nothing that was recorded is lost."
_REPORT = """\
Please report it with this file:

{path}

It says where in the code it happened, and no values: no keys, and nothing that a model wrote. \
What the errors say helps to find the cause, but may quote such text; it is added only if you \
press a. Keys are masked in it."""
_ADDED = "Added: what the errors say is in the file now."


def show_crash(crash: Crash, secrets: Sequence[Secret]) -> None:
    """Show what happened, where there is a terminal, until the user leaves.

    Args:
        crash: What happened.
        secrets: What must not stand in the file, whatever the user agrees to.
    """
    if os.isatty(_KEYS) and os.isatty(_SCREEN):
        CrashNotice(crash, secrets).run()


class CrashNotice(DiscreetApp[None]):
    """Says what happened and where the file lies; adds what the errors say if the user agrees."""

    ENABLE_COMMAND_PALETTE = False

    CSS = """
    Screen { align: center middle; }
    #notice {
        width: 84; max-width: 96%; height: auto; max-height: 90%;
        border: round $error; border-title-style: bold; padding: 0 1;
    }
    #said { margin-top: 1; height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape,q,ctrl+c,ctrl+q", "leave", "Leave", key_display="enter"),
        Binding("a", "add", "Add what the errors say"),
    ]

    def __init__(self, crash: Crash, secrets: Sequence[Secret]) -> None:
        super().__init__()
        self._crash = crash
        self._secrets = secrets

    def compose(self) -> ComposeResult:
        """Lay out the box and the two keys."""
        path = self._crash.path
        about = "" if path is None else _REPORT.format(path=path)
        with Vertical(id="notice") as box:
            box.border_title = Content("codex-tui failed")
            yield Static(Content(clean_line(f"{self._crash.what}. {_KEPT}")))
            yield Static(Content(clean(about)), id="said")
        yield Footer(show_command_palette=False)

    def get_driver_class(self) -> type[Driver]:
        """Use a driver that outlives its terminal."""
        return lasting(super().get_driver_class(), lambda _: self.exit())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to add to the file only where there is one."""
        return action != "add" or self._crash.path is not None

    def action_leave(self) -> None:
        """Leave; the exit code is the crash's."""
        self.exit()

    def action_add(self) -> None:
        """Add what the errors say."""
        try:
            self._crash.add_messages(self._secrets)
            said = f"{_ADDED}\n\n{self._crash.path}"
        except OSError as error:
            said = f"It could not be added: {error.strerror or error}\n\n{self._crash.path}"
        self.query_one("#said", Static).update(Content(clean(said)))
