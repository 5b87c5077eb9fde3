"""What is changed of a saved session: its star, its title and tags, and the trash."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from codex_tui.safe_text import clean_line
from codex_tui.tui.dialogs.asking import AskDialog
from codex_tui.tui.shelf import LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from codex_tui.library.saved import SavedSession
    from codex_tui.library.trash import Trashed
    from codex_tui.tui.indexing import Indexing
    from codex_tui.tui.shelf import Shelf

    Change = Callable[[], object]

UNDO = "ctrl+u brings it back from the trash"


class Changing:
    """Changes sessions of a shelf in threads, for one screen.

    Args:
        screen: Where it is asked, and said what could not be done.
        shelf: The library.
        indexing: What hands the changed rows over.
    """

    def __init__(self, screen: Screen[Any], shelf: Shelf, indexing: Indexing) -> None:
        self._screen = screen
        self._shelf = shelf
        self._indexing = indexing
        self._deleted: list[Trashed] = []

    def star(self, session: SavedSession) -> None:
        """Star it, or take the star away."""
        self._change(lambda: self._shelf.star(session))

    def rename(self, session: SavedSession) -> None:
        """Ask for a title."""
        self._ask("Title", session.shown_title, lambda said: self._shelf.rename(session, said))

    def tag(self, session: SavedSession) -> None:
        """Ask for tags."""
        self._ask("Tags", session.tags, lambda said: self._shelf.tag(session, said))

    def _ask(self, title: str, value: str, then: Callable[[str], None]) -> None:
        def answered(said: str | None) -> None:
            if said is not None:
                self._change(lambda: then(said))

        self._screen.app.push_screen(AskDialog(title, value), answered)

    def delete(self, session: SavedSession) -> None:
        """Move it to the trash."""
        self._change(lambda: self._deleted.append(self._shelf.delete(session)), UNDO)

    def undo(self) -> None:
        """Bring back what was deleted last."""
        if self._deleted:
            trashed = self._deleted.pop()
            self._change(lambda: self._restore(trashed), then=self._indexing.refresh)

    def _restore(self, trashed: Trashed) -> None:
        try:
            self._shelf.restore(trashed)
        except LibraryError:
            self._deleted.append(trashed)
            raise

    # -- in a thread -------------------------------------------------------------------------

    def _change(
        self, change: Change, state: str | None = None, then: Callable[[], None] | None = None
    ) -> None:
        """Change something; then say `state` of the rows, and call `then` on the loop."""
        work = partial(self._work, change, state, then)
        self._screen.run_worker(work, thread=True, group="change", exit_on_error=False)

    def _work(self, change: Change, state: str | None, then: Callable[[], None] | None) -> None:
        call = self._screen.app.call_from_thread
        try:
            change()
        except LibraryError as error:
            state = None
            said = clean_line(str(error))
            call(self._screen.notify, said, severity="warning", markup=False)
        self._indexing.hand_over(state)
        if then is not None and self._screen.is_attached:
            call(then)
