"""A program in a pseudo-terminal: when something comes on it, and how much CPU that took.

What is typed is there before the program is, as for somebody who does not wait.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import tempfile
import termios
from contextlib import suppress
from pathlib import Path
from select import select
from time import clock_gettime, perf_counter
from typing import TYPE_CHECKING, NamedTuple, Self

from tests.bench.children import environ
from tests.bench.environment import CHECKOUT
from tests.bench.tmux import PATIENCE, NeverSeenError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

SIZE = (36, 120)
IDLE = 1.0
"""Seconds in which a program that loads nothing more takes next to no CPU."""

_NOTHING = 0.03  # of these seconds
_STYLES = re.compile(rb"\x1b(?:\[[0-9;:?<>=$]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


class Moment(NamedTuple):
    """Seconds since the program was started, and seconds of CPU that it has used by then."""

    wall: float
    cpu: float


class Program:
    """A program that has a terminal to itself, and keys in it already."""

    def __init__(self, command: Sequence[str], keys: str = "") -> None:
        self._command = command
        self._keys = keys.encode()
        self._drawn = b""
        self._read_at = Moment(0, 0)

    def __enter__(self) -> Self:
        self._home = tempfile.TemporaryDirectory()
        self._terminal, slave = pty.openpty()
        _quiet(slave)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        os.write(self._terminal, self._keys)
        self._began = perf_counter()
        self._process = subprocess.Popen(
            self._command,
            env=environ(Path(self._home.name)) | {"PYTHONPATH": str(CHECKOUT)},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)
        self._home.cleanup()

    def until(self, shows: str) -> Moment:
        """Wait until what a pattern describes has been drawn."""
        pattern = re.compile(shows.encode())
        while not pattern.search(_STYLES.sub(b"", self._drawn)):
            if not self._read(PATIENCE):
                raise NeverSeenError(f"{shows!r} never came on the screen")
        return self._read_at  # looking for it takes longer than much of what is measured

    def at_rest(self) -> Moment:
        """Wait until it has done nothing for a while, and give the moment before that."""
        before, now = Moment(0, -1), self._now()
        while now.cpu - before.cpu > _NOTHING:
            before, end = now, now.wall + IDLE
            while (left := end - self._now().wall) > 0:
                self._read(left)
            now = self._now()
        return before

    def _now(self) -> Moment:
        # The clock of another process's CPU (clock_getcpuclockid); Python has no name for it.
        cpu = clock_gettime((~self._process.pid << 3) | 2)
        return Moment(perf_counter() - self._began, cpu)

    def _read(self, seconds: float) -> bool:
        if not select([self._terminal], [], [], seconds)[0]:
            return False
        data = b""
        with suppress(OSError):  # Linux's way of saying that the program has ended
            data = os.read(self._terminal, 65536)
        self._read_at = self._now()
        self._drawn += data
        return bool(data)


def _quiet(terminal: int) -> None:
    """Have the terminal echo nothing: what is seen is what the program draws."""
    modes = termios.tcgetattr(terminal)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, modes)
