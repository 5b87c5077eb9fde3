"""The trash: what was deleted, with where it came from, until the user empties it.

A folder for each deletion, with the recording, what the user said of it, and a note. Moving is
renaming within one file system: a crash in between leaves the recording in one of the two places.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from codex_tui.atomic_files import make_private_folder, open_regular, write_atomically
from codex_tui.library.about import about_path
from codex_tui.library.saved import key_of
from codex_tui.recording.locks import alone_in

_NOTE = "deleted.json"


class Trashed(NamedTuple):
    """One deletion.

    Attributes:
        key: What the session was called by.
        name: Where it was, below the folder of recordings.
        deleted: When, ISO 8601 in UTC.
        size: Bytes of the recording.
        folder: Where it is now.
    """

    key: str
    name: str
    deleted: str
    size: int
    folder: Path

    @property
    def recording(self) -> Path:
        """The recording in the trash."""
        return self.folder / PurePosixPath(self.name).name


class Trash:
    """The trash of a folder of recordings.

    Args:
        folder: Where what is deleted lies, in the file system of the recordings.
        sessions: The folder of recordings.
    """

    def __init__(self, folder: Path, sessions: Path) -> None:
        self._folder = folder
        self._sessions = sessions

    def put(self, name: str, now: datetime) -> Trashed:
        """Move a recording here.

        Raises:
            OSError: It can't be moved; it is where it was.
        """
        recording = self._sessions / name
        make_private_folder(self._folder)
        with alone_in(self._folder):
            folder = _new_folder(self._folder, key_of(name))
            size, deleted = recording.stat().st_size, f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            write_atomically(folder / _NOTE, json.dumps({"name": name, "deleted": deleted}))
            trashed = Trashed(key_of(name), name, deleted, size, folder)
            try:
                recording.rename(trashed.recording)
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            with contextlib.suppress(FileNotFoundError):
                about_path(recording).rename(about_path(trashed.recording))
        return trashed

    def listed(self) -> list[Trashed]:
        """What is here, the latest deletion first."""
        try:
            folders = [each for each in self._folder.iterdir() if _is_folder(each)]
        except FileNotFoundError:
            return []
        found = (_read(folder) for folder in folders)
        known = [trashed for trashed in found if trashed is not None]
        return sorted(known, key=lambda trashed: trashed.deleted, reverse=True)

    def restore(self, trashed: Trashed) -> str:
        """Move a recording back, beside what may have taken its name since; return its name.

        Raises:
            OSError: It can't be moved.
        """
        with alone_in(self._folder):
            name = _free_name(self._sessions, trashed.name)
            path = self._sessions / name
            make_private_folder(path.parent)
            with contextlib.suppress(FileNotFoundError):
                about_path(trashed.recording).rename(about_path(path))
            trashed.recording.rename(path)
            shutil.rmtree(trashed.folder, ignore_errors=True)
        return name

    def empty(self) -> list[Trashed]:
        """Delete for good what is here, links and not what they lead to; return what it was.

        Raises:
            OSError: Something can't be deleted; everything else is gone all the same.
        """
        if not self._folder.is_dir():
            return []
        failures: list[OSError] = []
        with alone_in(self._folder):
            gone = self.listed()
            for each in [*self._folder.iterdir()]:
                try:
                    _delete(each)
                except OSError as error:
                    failures.append(error)
        if failures:
            raise failures[0]
        return gone


def _is_folder(path: Path) -> bool:
    """Whether it is one of ours: a link to a folder is somebody else's."""
    return path.is_dir() and not path.is_symlink()


def _delete(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


def _new_folder(parent: Path, key: str) -> Path:
    for count in range(1, 1000):
        folder = parent / (key if count == 1 else f"{key}-{count}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            return folder
    raise FileExistsError(f"{parent} is full of {key}")


def _free_name(sessions: Path, name: str) -> str:
    pure = PurePosixPath(name)
    names = (name, *(str(pure.with_name(f"{n}-{pure.name}")) for n in range(2, 1000)))
    return next(each for each in names if not (sessions / each).exists())


def _read(folder: Path) -> Trashed | None:
    """One deletion; None for a folder whose recording is gone again."""
    try:
        with open_regular(folder / _NOTE) as file:
            note = json.loads(file.read())
        name, deleted = str(note["name"]), str(note["deleted"])
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts:
            return None  # a note that somebody else wrote must not lead out of the folder
        size = (folder / pure.name).stat().st_size
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return Trashed(key_of(name), name, deleted, size, folder)
