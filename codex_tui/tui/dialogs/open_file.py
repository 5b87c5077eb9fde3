"""The dialog that opens a file: a path with completion, and in one line why it can't be opened.

A folder is listed by a thread, once: it can have very many files, or be on a server that is gone.
"""

from __future__ import annotations

import os
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from codex_tui.safe_text import clean_line
from codex_tui.threads import Background
from codex_tui.tui.dialogs.dialog import Box, Dialog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from textual.app import ComposeResult

SHOWN = 8
"""How many names are shown below what is typed."""

_MOST = 100_000  # entries of a folder that are looked at
_LOOKING = "looking into the folder …"


def folder_of(typed: str) -> str:
    """The folder that a path is typed in, with its slash."""
    before, slash, _ = typed.rpartition("/")
    return before + slash


def names_in(folder: str) -> list[str]:
    """The names in a folder, folders with a slash; none if nobody may look."""
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            few = (entry for _, entry in zip(range(_MOST), entries, strict=False))
            return sorted(entry.name + ("/" if entry.is_dir() else "") for entry in few)
    except (OSError, ValueError, RuntimeError):  # no such folder, a NUL, no such user
        return []


def completions(typed: str, names: Iterable[str]) -> list[str]:
    """Those of a folder's names that what was typed in it can go on to."""
    start = typed.removeprefix(folder_of(typed))
    hidden = start.startswith(".")
    return [name for name in names if name.startswith(start) and (hidden or name[0] != ".")]


def common_start(names: list[str]) -> str:
    """What all of some names begin with."""
    first, last = min(names), max(names)
    same = (a == b for a, b in zip(first, last, strict=False))
    return first[: sum(1 for _ in takewhile(bool, same))]


class OpenDialog(Dialog[Path]):
    """Asks for a file; the result is its path.

    Args:
        refusal: Says why a file can't be opened, or nothing.
        folder: Where one begins to look.
    """

    DEFAULT_CSS = """
    OpenDialog {
        & > .dialog { height: 13; }
        & Input, & Input:focus { border: none; height: 1; padding: 0; background: $surface; }
        & #names { height: 1fr; color: $quiet; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete the path", id="open.complete", priority=True),
        Binding("up", "move(-1)", "Name above", id="open.up"),
        Binding("down", "move(1)", "Name below", id="open.down"),
    ]

    def __init__(self, refusal: Callable[[Path], str], folder: Path) -> None:
        super().__init__()
        self._refusal = refusal
        self._folder = folder
        self._listed: str | None = None  # the folder that was listed last, or is being listed
        self._names: list[str] | None = None  # what is in it, once that is known
        self._at: int | None = None  # which of the names is chosen with the arrows
        self._to_complete: str | None = None  # what stood there at tab, if it was too early

    def compose(self) -> ComposeResult:
        """Show the path over the names that it can go on with."""
        with Box("Open a file", "↑ ↓ choose · tab completes · enter opens · esc closes"):
            yield Input(f"{self._folder}/", select_on_focus=False)
            yield Static(id="names", markup=False)
            yield Static("", classes="dialog-error", markup=False)

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value

    @on(Input.Changed)
    def _go_on(self) -> None:
        self._say("")
        self._at = None
        self._look()

    def _look(self) -> None:
        """Show what can be typed next, as soon as it is known what the folder has."""
        if (folder := folder_of(self._typed)) != self._listed:
            self._listed, self._names = folder, None
            self._list(folder)
        self._show()

    @work(group="names", exclusive=True)
    async def _list(self, folder: str) -> None:
        def find() -> Iterator[list[str]]:
            yield names_in(folder)

        async for names in Background(find, name="completing", ahead=1):
            self._names = names
            self._show()
            if self._to_complete == self._typed:
                self.action_complete()

    def _show(self) -> None:
        """Show the first of the names; what was found in another folder is not shown."""
        if self._names is None or folder_of(self._typed) != self._listed:
            lines = [Content(_LOOKING)]
        else:
            lines = _few(completions(self._typed, self._names), self._at)
        self.query_one("#names", Static).update(Content("\n").join(lines))

    def action_move(self, step: int) -> None:
        """Choose the name below or above; above the first nothing is chosen."""
        if found := completions(self._typed, self._names or ()):
            at = (-1 if self._at is None else self._at) + step
            self._at = min(at, len(found) - 1) if at >= 0 else None
            self._show()

    def _take_chosen(self) -> bool:
        """Put the chosen name where the path is typed; False if none is chosen."""
        found = completions(self._typed, self._names or ())
        if self._at is None or self._at >= len(found):
            return False
        field = self.query_one(Input)
        field.value = folder_of(field.value) + found[self._at]
        field.action_end()
        return True

    def action_complete(self) -> None:
        """Go on as far as there is only one way to; what is typed meanwhile is left alone."""
        if self._take_chosen():
            return
        self._look()
        self._to_complete = self._typed if self._names is None else None
        if found := completions(self._typed, self._names or ()):
            field = self.query_one(Input)
            field.value = folder_of(field.value) + common_start(found)
            field.action_end()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._take_chosen() and self._typed.endswith("/"):
            return  # into the folder
        try:
            path = Path(self._typed.strip()).expanduser()
        except RuntimeError:
            self._say("can't be opened: there is no such user")
            return
        if reason := self._refusal(path):
            self._say(f"can't be opened: {reason}")
        else:
            self.dismiss(path)

    def _say(self, reason: str) -> None:
        self.query_one(".dialog-error", Static).update(Content(clean_line(reason)))


def _few(names: list[str], at: int | None) -> list[Content]:
    """The names around the chosen one, which stands out; and how many there are below them."""
    first = min(max(0, (at or 0) - SHOWN + 2), max(0, len(names) - SHOWN))
    last = min(first + SHOWN, len(names))
    looks = ["bold reverse" if number == at else "" for number in range(first, last)]
    shown = zip(names[first:last], looks, strict=True)
    lines = [Content.styled(clean_line(name), look) for name, look in shown]
    if last < len(names):
        lines[-1] = Content(f"… and {len(names) - last + 1} more")
    return lines
