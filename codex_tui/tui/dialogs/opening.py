"""The dialog that opens a file: a path with completion, and in one line why it can't be opened."""

from __future__ import annotations

import os
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from codex_tui.safe_text import clean_line
from codex_tui.tui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

SHOWN = 8
"""How many names are shown below what is typed."""

_MOST = 5_000  # entries of a folder that are looked at


def completions(typed: str) -> list[str]:
    """The paths that begin with what was typed, folders with a slash; none if nobody may look."""
    start = typed.rpartition("/")[2]
    before = typed[: len(typed) - len(start)]
    names = []
    try:
        with os.scandir(Path(before or ".").expanduser()) as entries:
            for _, entry in zip(range(_MOST), entries, strict=False):
                hidden = entry.name.startswith(".") and not start.startswith(".")
                if entry.name.startswith(start) and not hidden:
                    names.append(entry.name + ("/" if entry.is_dir() else ""))
    except (OSError, ValueError, RuntimeError):  # no such folder, a NUL, no such user
        return []
    return [before + name for name in sorted(names)]


def common_start(paths: list[str]) -> str:
    """What all of some paths begin with."""
    first, last = min(paths), max(paths)
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
        & Input, & Input:focus { border: none; height: 1; padding: 0; background: $surface; }
        & #names { height: 8; color: $quiet; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete the path", id="open.complete", priority=True),
    ]

    def __init__(self, refusal: Callable[[Path], str], folder: Path) -> None:
        super().__init__()
        self._refusal = refusal
        self._folder = folder

    def compose(self) -> ComposeResult:
        """Show the path over the names that it can go on with."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(" Open a file ")
            box.border_subtitle = Content(" tab completes · enter opens · esc closes ")
            yield Input(f"{self._folder}/", select_on_focus=False)
            yield Static(id="names", markup=False)
            yield Static("", classes="dialog-error", markup=False)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        folder = event.value.rpartition("/")[0]
        names = [name.removeprefix(f"{folder}/") for name in completions(event.value)]
        more = [f"… and {len(names) - SHOWN + 1} more"] if len(names) > SHOWN else []
        shown = names[: SHOWN - len(more)] if more else names
        self.query_one("#names", Static).update(Content("\n".join(map(clean_line, shown + more))))
        self._say("")

    def action_complete(self) -> None:
        """Go on as far as there is only one way to."""
        field = self.query_one(Input)
        if found := completions(field.value):
            field.value = common_start(found)
            field.action_end()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            path = Path(event.value.strip()).expanduser()
        except RuntimeError:
            self._say("can't be opened: there is no such user")
            return
        if reason := self._refusal(path):
            self._say(f"can't be opened: {reason}")
        else:
            self.dismiss(path)

    def _say(self, reason: str) -> None:
        self.query_one(".dialog-error", Static).update(Content(clean_line(reason)))
