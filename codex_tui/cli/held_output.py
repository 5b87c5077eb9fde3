"""What a program prints while a viewer has the terminal: kept, shown in part, and given out after.

Nothing of it is lost: what would have gone to the terminal goes there when the viewer has left it,
in the order in which it came; what goes into a file or a pipe goes there at once.
"""

from __future__ import annotations

import os
from collections import deque
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_IN_MEMORY = 1024 * 1024
_SHOWN = 500  # lines
_LONGEST = 2_000  # bytes of a line that is shown


class HeldOutput:
    """Takes what a program prints, in threads.

    Args:
        held: Which of its two streams, 1 and 2, would go to the terminal.
        write: Writes what came on a stream.
    """

    def __init__(
        self, held: Collection[int], write: Callable[[int, bytes], None] | None = None
    ) -> None:
        self._write = write or _write
        self._lock = Lock()
        self._kept = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - as long as the tap
        self._order: list[tuple[int, int]] = []  # streams, and bytes of them
        self._held = frozenset(held)
        self._lines: deque[bytes] = deque(maxlen=_SHOWN)
        self._open = {1: b"", 2: b""}  # lines without an end

    def take(self, number: int, data: bytes) -> None:
        """Take what came on a stream: 1 or 2."""
        with self._lock:
            self._show(number, data)
            if number in self._held:
                self._kept.write(data)
                self._order.append((number, len(data)))
            else:
                self._write(number, data)

    def _show(self, number: int, data: bytes) -> None:
        *whole, rest = (self._open[number] + data).split(b"\n")
        self._lines += [line[-_LONGEST:] for line in whole]
        self._open[number] = rest[-_LONGEST:]

    def lines(self) -> list[str]:
        """The latest lines of both streams; one without an end is the last."""
        with self._lock:
            shown = [*self._lines, *filter(None, self._open.values())]
        return [line.decode("utf-8", "replace").rstrip("\r") for line in shown]

    def release(self) -> None:
        """Give out what was held, and hold nothing from now on."""
        with self._lock:
            self._kept.seek(0)
            for number, size in self._order:
                self._write(number, self._kept.read(size))
            self._order.clear()
            self._kept.close()
            self._held = frozenset()


def _write(number: int, data: bytes) -> None:
    """Write all of it; where nobody reads, the program is not to hear of it from us."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(number, rest) :]
        except OSError:
            return
