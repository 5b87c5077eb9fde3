"""What a program prints while a viewer has the terminal: kept, shown in part, and given out after.

Nothing of it is lost: what would have gone to the terminal goes there when the viewer has left it,
in the order in which it came; what goes into a file or a pipe goes there at once.
"""

from __future__ import annotations

import os
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

from codex_tui.recording.files import AppendFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

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
        self._kept: AppendFile | None = None
        self._order: list[tuple[int, int]] = []  # streams, and bytes of them
        self._held = frozenset(held)
        self._lines: deque[bytes] = deque(maxlen=_SHOWN)
        self._open = {1: b"", 2: b""}  # lines without an end

    def take(self, number: int, data: bytes) -> None:
        """Take what came on a stream: 1 or 2."""
        with self._lock:
            self._show(number, data)
            if number not in self._held or not self._hold(number, data):
                self._write(number, data)

    def _hold(self, number: int, data: bytes) -> bool:
        """Keep it; where there is no room for that, give out what was kept, and hold no more."""
        try:
            self._kept = self._kept or AppendFile.temporary()
            self._kept.append(data)
        except OSError:
            self._give_out()
            return False
        self._order.append((number, len(data)))
        return True

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
            self._give_out()

    def _give_out(self) -> None:
        place, self._held = 0, frozenset()
        if (kept := self._kept) is not None:
            for number, size in self._order:
                self._write(number, kept.read(place, size))
                place += size
        self._order.clear()
        self._kept = None


def _write(number: int, data: bytes) -> None:
    """Write all of it; where nobody reads, the program is not to hear of it from us."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(number, rest) :]
        except OSError:
            return
