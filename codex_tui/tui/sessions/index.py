"""The index of the sessions, read and brought up to date in threads, for one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.worker import get_current_worker

from codex_tui.tui.sessions.shelf import LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from codex_tui.library.library import Progress
    from codex_tui.library.saved import SavedSession
    from codex_tui.tui.sessions.shelf import Shelf

Rows = list[tuple["SavedSession", str]]
"""Sessions, each with the words that it is filtered by."""


class _LeftError(Exception):
    """The screen is gone: reading on is for nobody."""


class SessionIndex:
    """Hands rows over as the index gets to know them.

    Args:
        screen: Whose threads they are; nothing is handed over once it is gone.
        shelf: The library.
        take: Called on the loop with the rows and with what is to be said of them; None leaves what
            is there.
    """

    def __init__(
        self, screen: Screen[Any], shelf: Shelf, take: Callable[[Rows | None, str | None], None]
    ) -> None:
        self._screen = screen
        self._shelf = shelf
        self._take = take
        self.complete = False
        """Whether all files have been looked at."""

    def refresh(self) -> None:
        """Hand over what the index knows, and again as it is brought up to date."""
        self._screen.run_worker(
            self._refresh, thread=True, group="index", exclusive=True, exit_on_error=False
        )

    def _refresh(self) -> None:
        worker = get_current_worker()

        def pause() -> None:
            if worker.is_cancelled:
                raise _LeftError

        def tell(progress: Progress) -> None:
            left = progress.total - progress.read
            self.hand_over(f"reading {left:,} more" if left else "")

        try:
            self.hand_over("looking at the files …")
            self._shelf.refresh(tell, pause)
            self.complete = True
            self.hand_over(self._shelf.trouble)
        except _LeftError:
            return
        except LibraryError as error:
            self.hand_over(str(error))

    def hand_over(self, state: str | None = None) -> None:
        """Hand over what the index knows now; called in a thread.

        An index that can't be read is made anew by the next look at the files.
        """
        rows: Rows | None = None
        try:
            rows = self._shelf.rows()
        except LibraryError as error:
            state = str(error)
        if not get_current_worker().is_cancelled:
            self._screen.app.call_from_thread(self._take, rows, state)
