"""Whether an open file still holds what was read of it.

A file is shown for hours, and other programs write to it meanwhile. It may grow; of one that was
shortened or written over, the bytes at a known place are something else now, and none are shown.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHANGED = "changed by another program while it was open; open it again"
"""What is said of such a file."""

REPLACED = "replaced by another file while it was open; open it again"
"""What is said of one that has lost its name to another, as when logs are rotated."""

_ENDS = 4096  # bytes of its head and tail that are compared where its time is another


class FileChangedError(OSError):
    """A file that holds something else than it did; `strerror` says what to do."""


class _State(NamedTuple):
    size: int
    mtime_ns: int
    ends: bytes


class Unchanged:
    """Looks at an open file again and again; what has changed once stays changed.

    Args:
        descriptor: The file, which somebody else closes.
        read: Gives the bytes at a place of it.
        path: What it is called in the error.

    Raises:
        OSError: It can't be read.
    """

    def __init__(self, descriptor: int, read: Callable[[int, int], bytes], path: Path) -> None:
        self._descriptor = descriptor
        self._read = read
        self._path = path
        self._changed = False
        self._state = self._now(os.fstat(descriptor))

    def check(self) -> None:
        """Look whether it holds what it held.

        Raises:
            FileChangedError: It doesn't.
            OSError: It can't be read.
        """
        now = os.fstat(self._descriptor)
        state = self._state
        if not self._changed and (now.st_size, now.st_mtime_ns) != state[:2]:
            self._changed = now.st_size < state.size or self._ends(state.size) != state.ends
            self._state = self._now(now)
        if self._changed:
            raise FileChangedError(errno.ESTALE, CHANGED, str(self._path))

    @property
    def deleted(self) -> bool:
        """Whether it has no name any more; it can be read as long as it is open."""
        return os.fstat(self._descriptor).st_nlink == 0

    @property
    def replaced(self) -> bool:
        """Whether its path leads to another file now; it can be read as long as it is open."""
        try:
            named = self._path.stat()
        except OSError:  # it leads to none: the file is deleted or moved, and may grow yet
            return False
        return not os.path.samestat(named, os.fstat(self._descriptor))

    def _now(self, status: os.stat_result) -> _State:
        return _State(status.st_size, status.st_mtime_ns, self._ends(status.st_size))

    def _ends(self, size: int) -> bytes:
        start = max(0, size - _ENDS)
        return self._read(0, min(_ENDS, size)) + self._read(start, size - start)
