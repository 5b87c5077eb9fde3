"""The program in a pseudo-terminal, and what the terminal got: every byte of it, taken apart."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PROGRAM = (sys.executable, "-m", "codex_tui")
PATIENCE = 30.0
"""Seconds after which something that should have come is missed."""

SEQUENCE = re.compile(
    r"\x1b\[(?P<csi>[0-?]*[ -/]*[@-~])"
    r"|\x1b\](?P<osc>.*?)(?:\x07|\x1b\\)"
    r"|\x1b(?P<string>[PX^_].*?)\x1b\\"
    r"|\x1b(?P<escape>[ -/]*[0-Z\\`-~])",
    re.DOTALL,
)


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment with a home of its own and no keys."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    return {
        **kept,
        **folders,
        "XDG_CACHE_HOME": str(home / "cache"),
        "HOME": str(home),
        "TERM": "xterm-256color",
        "TEXTUAL_ANIMATIONS": "none",
        "ESCDELAY": "20",  # milliseconds that a key after escape has to be one with it
        "EDITOR": "true",
        "PYTHONWARNINGS": "ignore",
        **more,
    }


@dataclass
class Terminal:
    """A pseudo-terminal with the program in it; `received` is all that the program wrote."""

    process: subprocess.Popen[bytes]
    master: int
    slave: int
    received: bytearray = field(default_factory=bytearray)

    @classmethod
    def run(
        cls,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        size: tuple[int, int] = (140, 40),
        program: Sequence[str] = PROGRAM,
        redirect: str = '<"$0" >"$0" 2>&1',
    ) -> Terminal:
        """Start the program with arguments, in a terminal of so many columns and lines.

        A shell opens the terminal, which becomes the one that controls the new session: to fork
        here would copy the locks of threads. `redirect` says to which streams it is given.
        """
        master, slave = pty.openpty()
        _resize(master, size)
        shell = ("/bin/sh", "-c", f': <"$0"; exec "$@" {redirect}', os.ttyname(slave))
        process = subprocess.Popen(
            [*shell, *program, *arguments],
            env=dict(environ),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        return cls(process, master, slave)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self.process.pid

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs; below zero: the signal that ended it."""
        return self.process.poll()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.code is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size; the program gets a SIGWINCH."""
        _resize(self.master, size)

    def send(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def read(self, seconds: float) -> bool:
        """Take what comes within some seconds; whether anything did."""
        if not select.select([self.master], [], [], max(seconds, 0))[0]:
            return False
        piece = os.read(self.master, 1 << 20)
        self.received += piece
        return bool(piece)

    def until(self, text: str, start: int = 0, seconds: float = PATIENCE) -> None:
        """Read until a text has been drawn, whatever colours it has; `start` skips bytes."""
        end = monotonic() + seconds
        while text not in self.text(start):
            self.read(min(end - monotonic(), 1))
            late, ended = monotonic() > end, self.gone()
            if text in self.text(start):
                return
            drawn = self.text(start)[-3000:]
            assert not late, f"{text!r} did not come; the end of what did: {drawn!r}"
            assert not ended, f"it ended before {text!r} came: {drawn!r}"

    def settle(self, quiet: float = 0.25, seconds: float = PATIENCE) -> None:
        """Read until nothing has come for a while."""
        end = monotonic() + seconds
        while self.read(quiet) and monotonic() < end:
            pass

    def begin(self, text: str = "") -> None:
        """Read until the app has the terminal and has drawn, a text if need be, or has ended."""
        end = monotonic() + PATIENCE
        while not (self._taken and text in self.text()) and not self.gone() and monotonic() < end:
            self.read(0.1)
        self.settle(0.5)

    @property
    def _taken(self) -> bool:
        """Whether the app has the terminal: before it there is no mouse."""
        return b"\x1b[?1000h" in self.received

    def press(self, keys: str, quiet: float = 0.15) -> None:
        """Press keys, and read what they bring."""
        self.send(keys)
        self.settle(quiet)

    def text(self, start: int = 0) -> str:
        """What was drawn, without the sequences that say where and how."""
        return SEQUENCE.sub("", bytes(self.received[start:]).decode("utf-8", "replace"))

    def gone(self) -> bool:
        """Whether the program has ended."""
        return self.code is not None

    @property
    def cpu(self) -> float:
        """Seconds of CPU that the program has used, threads and the kernel's work included.

        What others do on the machine is not its fault.
        """
        after_name = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")

    def wait(self, seconds: float = PATIENCE) -> int:
        """Read to the end, and return the exit code; below zero: the signal that ended it."""
        end = monotonic() + seconds
        while not self.gone() and monotonic() < end:
            self.read(0.05)
        self.settle(0)
        code = self.code
        assert code is not None, "it did not end"
        return code


def _resize(terminal: int, size: tuple[int, int]) -> None:
    columns, lines = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def sequences(data: bytes) -> Iterator[str]:
    """The escape sequences in what was written, as they stand."""
    for found in SEQUENCE.finditer(data.decode("utf-8", "replace")):
        yield found[0]


def shapes(data: bytes) -> set[str]:
    """The sequences with their numbers left out, but for modes that are set or reset."""
    found = set()
    for sequence in sequences(data):
        is_mode = sequence.startswith("\x1b[?") and sequence[-1] in "hl"
        found.add(sequence if is_mode else re.sub(r"[0-9;:]+", "N", sequence))
    return found
