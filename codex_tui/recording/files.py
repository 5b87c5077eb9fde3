"""Private files: made new, appended to in whole groups, read at any place.

All that differs between platforms stands here and in `locks`. On Windows there are no POSIX modes
(a user's profile is private by its ACL), no O_NOFOLLOW and no pread; nothing else is given up.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import weakref
from threading import Lock
from typing import TYPE_CHECKING

from codex_tui.recording.locks import hold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

if sys.platform == "win32":
    READ_ONLY = os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT
    _NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_BINARY | os.O_NOINHERIT
else:
    READ_ONLY = os.O_RDONLY | os.O_CLOEXEC
    _NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


LEFT_FREE = 100_000_000
"""Bytes that what is made of a file leaves on a disk; below them a disk may well be full soon."""

_LOOK = 4 << 20  # bytes between two looks at what a disk has left


class NoRoomError(OSError):
    """A disk would be left with less than is to stay free on it: `left` bytes."""

    def __init__(self, left: int) -> None:
        free = f"{left // 1_000_000:,} MB"
        said = f"it would leave less than {free} free on the disk (--no-limit takes them)"
        super().__init__(errno.ENOSPC, said)


class AppendFile:
    """An open file that grows by whole groups, and can be read as long as this object lives.

    `size` is what was appended so far, in bytes: the length of the file, since nobody else writes
    to it. `write` is `os.write`, or what stands for it in a test. `left` is how many bytes are to
    stay free on the disk, as far as one that grows by more than a few megabytes can take them.
    """

    def __init__(
        self, descriptor: int, write: Callable[[int, bytes], int] = os.write, left: int = 0
    ) -> None:
        self.size = 0
        self._left = left
        self._looked = 0  # how large it was when the disk was looked at
        self._descriptor = descriptor
        self._write = write
        self._broken = False
        self._seeking = Lock()
        self.close = weakref.finalize(self, os.close, descriptor)

    @classmethod
    def create(
        cls, path: Path, write: Callable[[int, bytes], int] = os.write, left: int = 0
    ) -> AppendFile:
        """Make a file that only the user can read, under any umask; it is held while it is open.

        Raises:
            OSError: it exists already (a link that leads nowhere included), or can't be made.
        """
        return cls(_new_file(path), write, left)

    @classmethod
    def temporary(cls, left: int = 0) -> AppendFile:
        """Make a file without a name, which is gone when nobody has it open.

        Raises:
            OSError: there is no room for temporary files.
        """
        with tempfile.TemporaryFile(buffering=0) as file:
            return cls(os.dup(file.fileno()), left=left)

    def append(self, data: bytes) -> None:
        """Write a group: all of it, or nothing.

        Raises:
            NoRoomError: it would leave too little on the disk.
            OSError: nothing of the group stands in the file; if not even that could be had (the
                disk refuses to take a part back), nothing is ever appended again.
        """
        if self._broken:
            raise OSError(errno.EIO, "the file ends inside a record")
        if self._left and self.size + len(data) - self._looked > _LOOK:
            self._leave_free(len(data))
        try:
            self._write_all(data)
        except OSError:
            self._take_back()
            raise
        self.size += len(data)

    def _leave_free(self, size: int) -> None:
        self._looked = self.size + size
        if free_on(self._descriptor) - size < self._left:
            raise NoRoomError(self._left)

    def _write_all(self, data: bytes) -> None:
        # One call, as a rule; a second one tells why the first was cut short.
        while data:
            count = self._write(self._descriptor, data)
            if count <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            data = data[count:]

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._descriptor, self.size)
            os.lseek(self._descriptor, self.size, os.SEEK_SET)
        except OSError:
            self._broken = True

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place, fewer at the end of the file.

        Raises:
            OSError: the disk fails.
        """
        return read_at(self._descriptor, offset, length, self._seeking)

    def sync(self) -> None:
        """Have the disk hold what was appended.

        Raises:
            OSError: the disk fails.
        """
        os.fsync(self._descriptor)

    @property
    def linked(self) -> bool:
        """Whether the file still has a name: one that was deleted goes with its descriptor."""
        return os.fstat(self._descriptor).st_nlink > 0

    @property
    def shrunk(self) -> bool:
        """Whether somebody else took something of it away."""
        return os.fstat(self._descriptor).st_size < self.size


def _new_file(path: Path) -> int:
    """A new file of that name, held; those that look for its holder never find it unheld.

    So it is made under a name that is left out where files are looked for, and gets its own by a
    link, which never takes the place of another file. Where that can't be it is made in its place.
    """
    if sys.platform == "win32":
        return _made_in_place(path)
    making = path.with_name(f".{path.name}")
    descriptor = os.open(making, _NEW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        hold(descriptor)
        os.link(making, path)
    except FileExistsError:
        os.close(descriptor)
        raise
    except OSError:  # no links here, as on FAT
        os.close(descriptor)
        return _made_in_place(path)
    finally:
        making.unlink()
    return descriptor


def _made_in_place(path: Path) -> int:
    descriptor = os.open(path, _NEW, 0o600)
    if sys.platform != "win32":
        os.fchmod(descriptor, 0o600)
    hold(descriptor)
    return descriptor


def free_on(descriptor: int) -> int:
    """The bytes that the disk of an open file has left for the user; many where nobody says."""
    if sys.platform == "win32":
        return sys.maxsize
    status = os.fstatvfs(descriptor)
    return status.f_bavail * status.f_frsize


def read_at(descriptor: int, offset: int, length: int, seeking: Lock) -> bytes:
    """Read without moving where others read; fewer bytes at the end of the file only."""
    parts = []
    while length > 0:
        part = _read_once(descriptor, offset, length, seeking)
        if not part:
            break
        parts.append(part)
        offset, length = offset + len(part), length - len(part)
    return b"".join(parts)


def _read_once(descriptor: int, offset: int, length: int, seeking: Lock) -> bytes:
    if sys.platform != "win32":
        return os.pread(descriptor, length, offset)
    with seeking:
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, length)
