"""The newest sessions in a line each, for the first page: read behind it, in a bounded time."""

from __future__ import annotations

from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

from codex_tui.library.library import Library, LibraryError
from codex_tui.model.endings import words_of_end
from codex_tui.tui.sessions.columns import local_time, mark_of, title_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.config import Paths
    from codex_tui.library.saved import SavedSession

_PATIENCE = 0.3  # seconds for files that are in no index: the newest are read first


class _TimeOverError(Exception):
    """What is not read by now is left to the sessions screen."""


def recent_lines(paths: Paths, masked: Callable[[str], str], most: int) -> list[str]:
    """The newest sessions, at most so many; none where no index can be had."""
    if not paths.sessions.is_dir():
        return []  # nobody needs an index of nothing
    try:
        library = Library(paths.sessions, paths.trash, paths.cache, masked)
        with closing(library):
            _refresh(library, monotonic() + _PATIENCE)
            return [_line(session) for session in library.sessions(most)]
    except (LibraryError, OSError):
        return []  # the sessions screen says why


def _refresh(library: Library, end: float) -> None:
    def pause() -> None:
        if monotonic() > end:
            raise _TimeOverError

    try:
        library.refresh(pause=pause)
    except _TimeOverError:
        return


def _line(session: SavedSession) -> str:
    mark, _ = mark_of(session)
    how = session.problem or words_of_end(session.how)
    return f"{local_time(session.recorded)}  {mark} {how:<11} {title_of(session)}"
