"""The library for a screen: asked from threads, so that the screen never waits for a disk.

One connection brings the index up to date, another answers meanwhile; where the index is kept in
memory there is only one.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from codex_tui.library.library import Library, LibraryError
from codex_tui.library.saved import real_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from codex_tui.config import Paths
    from codex_tui.library.about import About
    from codex_tui.library.library import Hit, Progress
    from codex_tui.library.saved import SavedSession, TurnText
    from codex_tui.library.trash import Trashed

__all__ = ["LibraryError", "Shelf"]


class Shelf:
    """The library of one data folder; every method may be called from any thread."""

    def __init__(self, paths: Paths, masked: Callable[[str], str] = str) -> None:
        self._masked = masked
        self._paths = paths
        self._lock = Lock()
        self._refreshing = Lock()
        self._answering: Library | None = None
        self._indexing: Library | None = None

    def _opened(self) -> Library:
        if self._answering is None:
            self._answering = self._open()
        return self._answering

    def _open(self) -> Library:
        return Library(self._paths.sessions, self._paths.trash, self._paths.cache, self._masked)

    @contextmanager
    def _asked(self) -> Iterator[Library]:
        """The library that answers."""
        with self._lock:
            yield self._opened()

    def close(self) -> None:
        """Close the index."""
        with self._refreshing, self._lock:
            for library in {self._answering, self._indexing} - {None}:
                if library is not None:
                    library.close()
            self._answering = self._indexing = None

    # -- looking -----------------------------------------------------------------------------

    @property
    def trouble(self) -> str:
        """What the index lacks."""
        with self._asked() as library:
            return library.trouble

    def rows(self) -> list[tuple[SavedSession, str]]:
        """The sessions as the index knows them, each with the words that it is filtered by."""
        with self._asked() as library:
            return [(session, session.words) for session in library.sessions()]

    def refresh(self, tell: Callable[[Progress], None], pause: Callable[[], None]) -> None:
        """Bring the index up to date; as `Library.refresh`."""
        with self._asked() as library:
            answering = library
        with self._refreshing:
            if self._indexing is None:
                self._indexing = answering if answering.in_memory else self._open()
            self._indexing.refresh(tell, pause)
            if self._indexing.in_memory:
                self._answer_from(self._indexing)

    def _answer_from(self, library: Library) -> None:
        """Have the library answer whose index is in memory: nobody else sees what stands there."""
        with self._lock:
            if self._answering is not None and self._answering is not library:
                self._answering.close()
            self._answering = library

    def search(self, typed: str, most: int) -> tuple[list[Hit], int]:
        """The sessions in which what was typed is found, and how many there are."""
        with self._asked() as library:
            return library.search(typed, most)

    def texts(self, session: SavedSession) -> list[TurnText]:
        """The words of a session, turn by turn."""
        with self._asked() as library:
            return library.texts(session)

    def path(self, session: SavedSession) -> Path:
        """A session's file."""
        return self._paths.sessions / real_name(session.name)

    # -- changing ----------------------------------------------------------------------------

    def describe(self, session: SavedSession, change: Callable[[About], About]) -> None:
        """Change what the user says of a session; raises `LibraryError`."""
        with self._asked() as library:
            library.describe(session, change)

    def rename(self, session: SavedSession, title: str) -> None:
        """Give a session a title; raises `LibraryError`."""
        self.describe(session, lambda about: replace(about, title=" ".join(title.split())))

    def tag(self, session: SavedSession, tags: str) -> None:
        """Give a session other tags; raises `LibraryError`."""
        self.describe(session, lambda about: replace(about, tags=()).tagged(tuple(tags.split())))

    def star(self, session: SavedSession) -> None:
        """Star a session, or take the star away; raises `LibraryError`."""
        self.describe(session, lambda about: replace(about, starred=not about.starred))

    def delete(self, session: SavedSession) -> Trashed:
        """Move a session to the trash; raises `LibraryError`."""
        with self._asked() as library:
            return library.delete(session)

    def restore(self, trashed: Trashed) -> None:
        """Take a session out of the trash; raises `LibraryError`."""
        with self._asked() as library:
            library.restore(trashed)
