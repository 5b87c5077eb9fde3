"""The frame of every dialog: a titled box in the middle that esc closes."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from codex_tui.tui.closing import ClosingScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result], ClosingScreen[Result]):
    """A modal screen whose first child is the box."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        & > .dialog {
            width: 84;
            max-width: 96%;
            height: auto;
            max-height: 90%;
            border: round $line-focus;
            border-title-color: $line-focus;
            border-title-style: bold;
            border-subtitle-color: $quiet;
            background: $background;
            padding: 0 1;
        }
        & .dialog-note { color: $quiet; text-style: $quiet-style; height: auto; }
        & .dialog-error { color: $event-error; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before what is focused in the dialog: a text area would take escape for itself.
        Binding("escape", "close", "Close", id="dialog.close", priority=True),
    ]

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)
