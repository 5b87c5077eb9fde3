"""A search in the texts of all sessions, in threads, for one screen: the latest one counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.worker import get_current_worker

from codex_tui.tui.sessions.shelf import LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from codex_tui.library.library import Hit
    from codex_tui.tui.sessions.shelf import Shelf

HITS = 200
"""How many hits of a search are listed; all are counted."""


class TextSearch:
    """Looks for words.

    Args:
        screen: Whose threads they are.
        shelf: The library.
        take: Called on the loop with what was searched for, the hits, and how many there are.
        fail: Called on the loop with why there are none.
    """

    def __init__(
        self,
        screen: Screen[Any],
        shelf: Shelf,
        take: Callable[[str, list[Hit], int], None],
        fail: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._shelf = shelf
        self._take = take
        self._fail = fail

    def search(self, typed: str) -> None:
        """Search for what is typed, and no longer for what was."""
        self._screen.run_worker(
            partial(self._search, typed),
            thread=True,
            group="search",
            exclusive=True,
            exit_on_error=False,
        )

    def _search(self, typed: str) -> None:
        worker, call = get_current_worker(), self._screen.app.call_from_thread
        try:
            hits, total = self._shelf.search(typed, HITS)
        except LibraryError as error:
            call(self._fail, str(error))
            return
        if not worker.is_cancelled:
            call(self._take, typed, hits, total)
