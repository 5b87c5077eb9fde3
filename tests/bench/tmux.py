"""A terminal in tmux that tells when a text comes on the screen, without asking it again and again.

tmux's control mode writes a line for everything that a program draws.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Timer
from time import perf_counter
from typing import TYPE_CHECKING, Self

from tests.bench.children import environ

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE = 30.0
"""Seconds after which a text will never come."""

_ESCAPES = re.compile(rb"\\(\d{3})")
_STYLES = re.compile(rb"\x1b(?:\[[0-9;:?<>=]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\\\))")


class NeverSeenError(Exception):
    """A text did not come on the screen."""


class Terminal:
    """A tmux server of its own with one window of 120 by 36."""

    def __enter__(self) -> Self:
        self._home = tempfile.TemporaryDirectory()
        home = Path(self._home.name)
        command = ["tmux", "-S", str(home / "socket"), "-f", "/dev/null", "-C"]
        self._tmux = subprocess.Popen(
            [*command, "new-session", "-x", "120", "-y", "36", "sleep 1000"],
            env=environ(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._until(b"%session-changed")
        self._say("set -g remain-on-exit on")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with suppress(BrokenPipeError, NeverSeenError, ProcessLookupError):
            self._say("display-message -p 'process=#{pane_pid}'")
            # Not every program leaves when its terminal goes.
            os.kill(int(self._until(b"process=").partition(b"=")[2]), signal.SIGKILL)
            self._say("kill-server")
        self._tmux.communicate()
        self._home.cleanup()

    def until(self, command: str, shows: str) -> float:
        """Seconds from starting a command until a text of its is on the screen."""
        self._began = perf_counter()
        self._say(f"respawn-pane -k '{command}'")
        self._until(shows.encode())
        return perf_counter() - self._began

    def echo(self, text: str) -> float:
        """Seconds from starting the command until what is typed now is on the screen."""
        self._say(f"send-keys -l {text}")
        self._until(text.encode())
        return perf_counter() - self._began

    def _say(self, command: str) -> None:
        assert self._tmux.stdin is not None
        self._tmux.stdin.write(command.encode() + b"\n")
        self._tmux.stdin.flush()

    def _until(self, text: bytes) -> bytes:
        assert self._tmux.stdout is not None
        timer = Timer(PATIENCE, self._tmux.kill)
        timer.start()
        for line in self._tmux.stdout:
            if text in _plain(line):
                timer.cancel()
                return line
        raise NeverSeenError(f"{text!r} never came on the screen")


def _plain(line: bytes) -> bytes:
    """What a line of control mode draws, without its colours."""
    drawn = _ESCAPES.sub(lambda found: bytes([int(found[1], 8)]), line)
    return _STYLES.sub(b"", drawn)
