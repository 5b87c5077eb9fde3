"""Private files that are there whole or not at all, and never half in the place of another.

What replaces a file of ours is written beside it; what a user asks for takes a name that is free,
or is put over another file only where that was asked for. Folders of ours are private under any
umask, and a file of ours that is read is a regular one: a pipe in its place is never waited for.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
if sys.platform == "win32":
    _NEW |= os.O_BINARY | os.O_NOINHERIT
    _READ = os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT
else:
    _NEW |= os.O_NOFOLLOW | os.O_CLOEXEC
    _READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def make_private_folder(folder: Path) -> None:
    """Make a folder and what leads to it, all that is new with mode 0700 under any umask.

    Where the folder exists, is the user's own and others may enter it, it is tightened; one that is
    shared (sticky, as /tmp) or somebody else's is left as it is, and so is all above it.

    Raises:
        OSError: it can't be made, or is no folder.
    """
    if folder.is_dir():
        _tighten(folder)
        return
    if not folder.parent.is_dir():
        make_private_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, "Not a folder", str(folder)) from None
    folder.chmod(0o700)


def _tighten(folder: Path) -> None:
    if sys.platform == "win32":
        return
    status = folder.stat()
    loose = status.st_mode & 0o077
    if loose and status.st_uid == os.geteuid() and not status.st_mode & stat.S_ISVTX:
        folder.chmod(stat.S_IMODE(status.st_mode) & ~0o077)


def open_regular(path: Path) -> BinaryIO:
    """Open a file of ours to read it; a pipe or a device in its place is not waited for.

    Raises:
        OSError: There is none, it can't be read, or it is no regular file.
    """
    file = os.fdopen(os.open(path, _READ), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "Not a regular file", str(path))


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a private file to write, which takes a path's place once that is done without an error.

    Raises:
        OSError: It can't be made, or put there; what was there stands, and nothing else is left.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def write_atomically(path: Path, text: str) -> None:
    """Write a private file so that a reader sees the old text or the new one, never a half.

    Raises:
        OSError: It can't be written; the old file stands.
    """
    make_private_folder(path.parent)
    with replacing(path) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # Windows can't open a folder to flush it; its rename is as durable as it gets.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_new(folder: Path, stem: str, suffix: str, pieces: Iterable[bytes]) -> Path:
    """Write a file whose name is free: where it is not, a number is added. Return its path.

    Raises:
        OSError: It can't be written; nothing is left of it then.
    """
    for path in _names(folder, stem, suffix):
        try:
            descriptor = os.open(path, _NEW, 0o600)
        except FileExistsError:
            continue
        _fill(descriptor, path, pieces)
        return path
    raise AssertionError("names never end")


def write_to(path: Path, pieces: Iterable[bytes], *, replace: bool = False) -> None:
    """Write a file of a given name; one that is there is replaced only if that was asked for.

    A device or a pipe, as `/dev/null` or `/dev/stdout`, holds nothing that could be lost: it is
    written to, and stays what it is. A link goes on pointing to where it points. A terminal and a
    disk get nothing: what is drawn has to be made safe first, and a disk holds what can be lost.

    Raises:
        FileExistsError: It is there.
        OSError: It can't be written; what was there before is there still.
    """
    if _takes_bytes(path):
        _pour(path, pieces)
        return
    if not replace:
        _fill(os.open(path, _NEW, 0o600), path, pieces)
        return
    path = path.resolve()
    beside = write_new(path.parent, f".{path.name}", "part", pieces)
    try:
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _takes_bytes(path: Path) -> bool:
    """Whether a device, a pipe or a socket is there: renaming a file over it would destroy it."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _pour(path: Path, pieces: Iterable[bytes]) -> None:
    if not (path.is_char_device() or path.is_fifo()):
        raise OSError(errno.EINVAL, "Neither a file nor a pipe", str(path))
    with path.open("wb") as place:
        if place.isatty():
            raise OSError(errno.EINVAL, "A terminal: `-o -` prints there", str(path))
        place.writelines(pieces)


def _names(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{stem}.{suffix}"
    for number in count(2):
        yield folder / f"{stem}-{number}.{suffix}"


def _fill(descriptor: int, path: Path, pieces: Iterable[bytes]) -> None:
    try:
        with open(descriptor, "wb", buffering=256 * 1024) as file:
            if sys.platform != "win32":
                os.fchmod(descriptor, 0o600)
            file.writelines(pieces)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
