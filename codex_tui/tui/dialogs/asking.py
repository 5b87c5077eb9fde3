"""A dialog that asks for one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from codex_tui.safe_text import clean_line
from codex_tui.tui.dialogs.dialog import Box, Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult


class AskDialog(Dialog[str]):
    """Asks for a line; the result is what was typed, or None.

    Args:
        title: What is asked.
        value: What stands there at first.
    """

    DEFAULT_CSS = """
    AskDialog Input, AskDialog Input:focus {
        border: none; height: 1; padding: 0; background: $surface;
    }
    """

    def __init__(self, title: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value

    def compose(self) -> ComposeResult:
        """Show the line."""
        with Box(self._title, "enter takes it · esc closes"):
            yield Input(clean_line(self._value))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)
