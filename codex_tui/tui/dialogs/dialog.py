"""The frame of every dialog: a titled box in the middle that esc closes."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from codex_tui.safe_text import clean_line
from codex_tui.tui.mends.closing import ClosingScreen

Result = TypeVar("Result")

_FRAME = 6  # cells of the lower border that are none of the keys'


def fitting(keys: str, room: int) -> str:
    """As many of the keys as there is room for, each whole; the last, which closes, stays."""
    *others, last = keys.split(" · ")
    while others and len(" · ".join([*others, last])) > room:
        others.pop()
    return " · ".join([*others, last])


class Box(Vertical):
    """The box of a dialog, with what it is in the upper border and its keys in the lower one."""

    def __init__(self, title: str, keys: str) -> None:
        super().__init__(classes="dialog")
        self.border_title = Content(clean_line(title))
        self._keys = keys

    def on_resize(self) -> None:
        """Say as many keys as there is room for."""
        self.border_subtitle = Content(fitting(self._keys, self.outer_size.width - _FRAME))


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
