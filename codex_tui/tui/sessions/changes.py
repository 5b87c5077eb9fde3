"""What is changed of a saved session: its star, its title and tags, and the trash."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from textual import on
from textual.widgets import Input

from codex_tui.safe_text import clean_line
from codex_tui.tui.dialogs.dialog import Box, Dialog
from codex_tui.tui.sessions.shelf import LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.screen import Screen

    from codex_tui.library.saved import SavedSession
    from codex_tui.library.trash import Trashed
    from codex_tui.tui.sessions.index import SessionIndex
    from codex_tui.tui.sessions.shelf import Shelf

    Work = Callable[[], object]

Change = Literal["star", "rename", "tag", "delete"]
"""What a key does to the session under the cursor."""

UNDO = "ctrl+x brings it back from the trash"


class SessionChanges:
    """Changes sessions of a shelf in threads, for one screen.

    Args:
        screen: Where it is asked, and said what could not be done.
        shelf: The library.
        index: What hands the changed rows over.
    """

    def __init__(self, screen: Screen[Any], shelf: Shelf, index: SessionIndex) -> None:
        self._screen = screen
        self._shelf = shelf
        self._index = index
        self._deleted: list[Trashed] = []

    def make(self, change: Change, session: SavedSession) -> None:
        """Change a session, or ask what it is to be changed to."""
        shelf = self._shelf
        match change:
            case "star":
                self._change(lambda: shelf.star(session))
            case "rename":
                self._ask("Title", session.shown_title, lambda said: shelf.rename(session, said))
            case "tag":
                self._ask("Tags", session.tags, lambda said: shelf.tag(session, said))
            case "delete":
                self._change(lambda: self._deleted.append(shelf.delete(session)), UNDO)

    def _ask(self, title: str, value: str, then: Callable[[str], None]) -> None:
        def answered(said: str | None) -> None:
            if said is not None:
                self._change(lambda: then(said))

        self._screen.app.push_screen(AskDialog(title, value), answered)

    def undo(self) -> None:
        """Bring back what was deleted last."""
        if self._deleted:
            trashed = self._deleted.pop()
            self._change(lambda: self._restore(trashed), then=self._index.refresh)

    def _restore(self, trashed: Trashed) -> None:
        try:
            self._shelf.restore(trashed)
        except LibraryError:
            self._deleted.append(trashed)
            raise

    # -- in a thread -------------------------------------------------------------------------

    def _change(
        self, change: Work, state: str | None = None, then: Callable[[], None] | None = None
    ) -> None:
        """Change something; then say `state` of the rows, and call `then` on the loop."""
        work = partial(self._work, change, state, then)
        self._screen.run_worker(work, thread=True, group="change", exit_on_error=False)

    def _work(self, change: Work, state: str | None, then: Callable[[], None] | None) -> None:
        call = self._screen.app.call_from_thread
        try:
            change()
        except LibraryError as error:
            state = None
            said = clean_line(str(error))
            call(self._screen.notify, said, severity="warning", markup=False)
        self._index.hand_over(state)
        if then is not None and self._screen.is_attached:
            call(then)


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
