"""Where streams may grow, and which files there are the newest: found without looking at all.

Recordings and rollouts lie in folders whose names sort by time. A folder is read again only when
its own time says that a name has come or gone.
"""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.library.about import SUFFIX
from codex_tui.streams.taps import EXCHANGES, TAP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST = 1_000
"""Files that are looked at, at most, in one place."""

DEEPEST = 6
_COARSE = 2.0  # seconds: a folder whose time is that close may change again without it
_ENDINGS = (".sse", ".jsonl", ".txt", ".json", ".ndjson", ".log")


_BESIDE = (EXCHANGES, TAP)


class _Names(NamedTuple):
    time: float
    read: float
    folders: list[Path]
    files: list[Path]


class WatchedFolder:
    """A folder below which streams may grow.

    Args:
        folder: The folder, which need not be there yet.
        named: How the names of the files begin that are meant.
    """

    def __init__(self, folder: Path, named: str = "") -> None:
        self.folder = folder
        self._named = named
        self._known: dict[Path, _Names] = {}

    def newest(self, now: float, most: int = MOST) -> list[Path]:
        """The files whose names sort last, at most so many, the last first."""
        return list(islice(self._files(self.folder, now, DEEPEST), most))

    def _files(self, folder: Path, now: float, depth: int) -> Iterator[Path]:
        names = self._read(folder, now)
        if names is not None:
            yield from names.files
            for each in names.folders if depth else ():
                yield from self._files(each, now, depth - 1)

    def _read(self, folder: Path, now: float) -> _Names | None:
        """The names in a folder, the last first; None where it can't be looked into."""
        known = self._known.get(folder)
        try:
            time = folder.stat().st_mtime
            if known is None or known.time != time or known.read - time < _COARSE:
                known = self._known[folder] = _Names(time, now, *self._names(folder))
        except OSError:
            self._known.pop(folder, None)
            return None
        return known

    def _names(self, folder: Path) -> tuple[list[Path], list[Path]]:
        folders, files = [], list[str]()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name[0] == ".":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif self._is_meant(entry.name):
                    files.append(entry.name)
        return _last_first(folder, folders), _last_first(folder, files)

    def _is_meant(self, name: str) -> bool:
        if not name.endswith(_ENDINGS) or name.endswith(SUFFIX) or name in _BESIDE:
            return False
        return name.startswith(self._named)


def _last_first(folder: Path, names: list[str]) -> list[Path]:
    return [folder / name for name in sorted(names, reverse=True)]


class WatchedFile:
    """A file that the user named."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest(self, now: float, most: int = MOST) -> list[Path]:
        """It, and no other."""
        del now
        return [self._path][:most]
