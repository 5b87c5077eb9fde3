"""The line in which a search or a filter is typed; nothing stands on it before it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget


class Finder(Horizontal):
    """An input with a name before it and a result behind it; hidden until it is opened."""

    DEFAULT_CSS = """
    Finder {
        height: 1;
        display: none;
        &.-open { display: block; }
        & > .finder-name { width: auto; color: $line-focus; padding: 0 1; }
        & > .finder-result {
            width: 12; color: $quiet; padding: 0 1; text-align: right;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > Input { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        & > Input:focus { border: none; }
    }
    """

    @dataclass(eq=False, repr=False)
    class Asked(Message):
        """Something was typed; `done` when enter closed the input."""

        purpose: str
        text: str
        done: bool

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.purpose = ""

    def _line(self) -> Iterator[Widget]:
        yield Static("", classes="finder-name", markup=False)
        yield Input()
        yield Static("", classes="finder-result", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether the line is shown."""
        return self.has_class("-open")

    def open(self, purpose: str, name: str, text: str = "") -> None:
        """Show the line for a purpose and put the cursor in it."""
        self.purpose = purpose
        self.add_class("-open")
        if not self.children:
            self.mount_all(self._line())
        self.query_one(".finder-name", Static).update(Content(name))
        self.say("")
        field = self.query_one(Input)
        with field.prevent(Input.Changed):
            field.value = text
        self.screen.set_focus(field)  # at once: what is typed next is on its way already
        # Once it has its width: before, it would not know how far to scroll.
        field.call_after_refresh(field.action_end)

    def close(self) -> None:
        """Hide the line."""
        self.remove_class("-open")

    def say(self, result: str) -> None:
        """Show what came of it."""
        self.query_one(".finder-result", Static).update(Content(result))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Asked(self.purpose, event.value, done=False))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Asked(self.purpose, event.value, done=True))
