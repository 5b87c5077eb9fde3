"""The lines around the list of sessions: what there is of them, what is typed, what keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from codex_tui import units
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from codex_tui.tui.sessions.index import Rows

_KEYS = (
    "enter opens · f1 all keys · ctrl+g goes on · ctrl+f {other} · esc leaves"
    " · ctrl+space marks · alt+enter compares · f6 sorts · shift+↑↓ preview · ctrl+d deletes"
    " · ctrl+x undoes · ctrl+s star · ctrl+t tag · ctrl+e title"
)
_PADDING = 2  # cells


class HeadLine(Static):
    """How many sessions there are, how large they are, and what is going on with them."""

    DEFAULT_CSS = """
    HeadLine { height: 1; padding: 0 1; color: $quiet; text-style: $quiet-style; }
    """

    def __init__(self) -> None:
        super().__init__(id="sessions-head", markup=False)

    def tell(self, rows: Rows, *said: str) -> None:
        """Say what there is.

        Args:
            rows: All that the index knows.
            said: What else is to be said: the first of it before the sessions.
        """
        size = units.size(sum(session.size for session, _ in rows))
        marked, *more = said
        parts = [marked, units.count(len(rows), "session"), size, *more]
        words = " · ".join(filter(None, ["Sessions", *parts]))
        self.update(Content(clean_line(words)))


_HINT = "words, 11-28, yesterday, model:… how:… tool:… findings:>0"


class TypedLine(Horizontal):
    """Where one types what the sessions must have, or what is searched for."""

    DEFAULT_CSS = """
    TypedLine {
        height: 1;
        & > Static { width: auto; padding: 0 1; color: $line-focus; }
        & Input, & Input:focus { width: 1fr; height: 1; border: none; padding: 0;
            background: transparent; }
    }
    """

    def compose(self) -> ComposeResult:
        """Say what the line does, before it."""
        yield Static("filter", markup=False)
        yield Input(placeholder=_HINT, select_on_focus=False)

    @property
    def typed(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    def clear(self) -> None:
        """Take away what is typed."""
        self.query_one(Input).value = ""

    def say(self, what: str) -> None:
        """Say what the line does."""
        self.query_one(Static).update(Content(what))


class KeysLine(Static):
    """As many of the keys as there is room for, each of them whole."""

    DEFAULT_CSS = """
    KeysLine {
        height: 1; padding: 0 1; color: $quiet; text-style: $quiet-style;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__(id="sessions-keys", markup=False)
        self._other = ""

    def offer(self, other: str) -> None:
        """Say the keys.

        Args:
            other: What the line that is typed in can do besides what it does.
        """
        self._other = other
        self.on_resize()

    def on_resize(self) -> None:
        """Say as many as there is room for."""
        room = (self.outer_size.width or self.app.size.width) - _PADDING
        self.update(Content(fitting(_KEYS.format(other=self._other), room)))


def fitting(keys: str, room: int) -> str:
    """Return as many of the keys as fit, whole, and one at least."""
    shown = keys.split(" · ")
    while len(shown) > 1 and len(" · ".join(shown)) > room:
        shown.pop()
    return " · ".join(shown)
