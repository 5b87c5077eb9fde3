"""The question before a request is sent again: it costs money, and `r` is a letter like others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from codex_tui.safe_text import clean_line
from codex_tui.tui.dialogs.dialog import Box, Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

TYPED = "letters were typed: enter sends nothing now, esc closes"


class ResendDialog(Dialog[bool]):
    """Asks whether a request is to be sent again; the result is True if it is.

    What else is typed was meant for somewhere else, and the enter behind it too: it sends nothing.

    Args:
        told: What would be sent, and what it cost before, by lines.
        question: What is asked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send again", id="resend.send"),
    ]

    def __init__(self, told: Sequence[str], question: str = "Send the last request again?") -> None:
        super().__init__()
        self._question = question
        self._told = told
        self._typed = False

    def compose(self) -> ComposeResult:
        """Say what would be sent."""
        with Box(self._question, "enter sends · esc closes"):
            for line in self._told:
                yield Static(Content(clean_line(line)))
            yield Static("", classes="dialog-note", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Take letters for what they are: a word that was meant for the composer."""
        if event.is_printable:
            event.stop()
            self._typed = True
            self.query_one(".dialog-note", Static).update(Content(TYPED))

    def action_send(self) -> None:
        """Send it, unless something else was being typed."""
        if not self._typed:
            self.dismiss(True)
