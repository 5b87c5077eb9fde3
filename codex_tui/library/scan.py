"""Which files there are, and what tells each from itself after a change: nothing is opened here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.library.about import SUFFIX, about_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


_LARGEST = (1 << 63) - 1
"""What the index can keep. Inodes of Windows and of network shares are larger, as are times after
the year 2262, which copies from broken clocks have."""


class Stamp(NamedTuple):
    """What changes when a file does; `about` is the same of the user's words beside it, 0 for none.

    `inode` is 0 for a row that was made before its file was read.
    """

    size: int
    mtime_ns: int
    inode: int
    about: int = 0


class Scanned(NamedTuple):
    """The files by their names below the folder, and folders that can't be read, with the reason.

    Names that begin with a dot are left out: files that are being made, and those of systems.
    """

    files: dict[str, Stamp]
    problems: dict[str, str]


def scan(folder: Path) -> Scanned:
    """Look at all files below a folder; one that isn't there is empty."""
    found = Scanned({}, {})
    about: dict[str, int] = {}
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            with os.scandir(folder / prefix) as entries:
                waiting += _look(entries, prefix, found.files, about)
        except FileNotFoundError:
            continue
        except OSError as error:
            found.problems[prefix] = error.strerror or str(error)
    for name, stamp in about.items():
        if name in found.files:
            found.files[name] = found.files[name]._replace(about=stamp)
    return found


def _look(
    entries: Iterable[os.DirEntry[str]],
    prefix: str,
    files: dict[str, Stamp],
    about: dict[str, int],
) -> list[str]:
    """Note the files of one folder; return the folders in it."""
    folders = []
    for entry in entries:
        own = entry.name
        name = prefix + own
        if own[0] == ".":
            continue
        if entry.is_dir(follow_symlinks=False):
            folders.append(f"{name}/")
        elif own.endswith(SUFFIX):
            about[name.removesuffix(SUFFIX)] = _about_stamp(entry)
        else:
            files[name] = _stamp(entry)
    return folders


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    try:
        return stamp_of(entry.stat())
    except OSError:  # gone meanwhile, or a link that leads nowhere: reading it says which
        return Stamp(0, 0, -1)


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file."""
    mtime_ns = max(-_LARGEST, min(status.st_mtime_ns, _LARGEST))
    return Stamp(status.st_size, mtime_ns, status.st_ino & _LARGEST or -1)


def about_stamp(recording: Path) -> int:
    """The stamp of what the user says of a recording; 0 where nothing is said."""
    return _about_stamp(about_path(recording))


def _about_stamp(file: Path | os.DirEntry[str]) -> int:
    try:
        status = file.stat()
    except OSError:  # as above: the rest of the folder is there all the same
        return 0
    return (status.st_mtime_ns ^ status.st_size) & _LARGEST
