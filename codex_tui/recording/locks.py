"""Who has a file: a program holds its recording as long as it writes it, whatever ends it.

The lock is advisory and the kernel's (flock): it goes with the process, killed or not, so it tells
a stream that runs from one that was cut off. Windows has none that others may read beside, and
some network file systems have none at all; there nobody can tell, and the answer is None.
"""

from __future__ import annotations

import contextlib
import os
import sys
from time import sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK_NAME = ".lock"
"""The file in a folder that `alone_in` locks; it stays there, empty."""

_TRIES, _PAUSE = 20, 0.0005
"""How often a file is tried to be held, and the seconds between: a look at a lock takes it, for
some microseconds."""

if sys.platform == "win32":
    import msvcrt

    def hold(descriptor: int, pause: Callable[[float], None] = sleep) -> None:
        """Do nothing: a lock on this open file would keep others from reading."""
        del descriptor, pause

    def is_held(path: Path) -> bool | None:
        """Return None: whether a program holds a file can't be told."""
        del path
        return None

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def hold(descriptor: int, pause: Callable[[float], None] = sleep) -> None:
        """Hold an open file until it is closed; nothing where the file system has no locks.

        Who looks whether it is held has the lock for a moment: so it is tried again, after a
        `pause` of so many seconds, and never waited for.
        """
        for _ in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pause(_PAUSE)
                continue
            except OSError:
                pass
            return

    def is_held(path: Path) -> bool | None:
        """Whether a program holds a file now; None where that can't be told.

        Raises:
            OSError: The file can't be opened.
        """
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return None
        finally:
            os.close(descriptor)
        return False

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only program that changes something in a folder; others wait, for they are quick.

    Where the file system has no locks, it goes on without.

    Raises:
        OSError: The folder is not there, or nothing can be written in it.
    """
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with contextlib.suppress(OSError):
            _lock(descriptor)
        yield
    finally:
        os.close(descriptor)
