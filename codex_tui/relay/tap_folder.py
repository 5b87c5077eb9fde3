"""A tap's own folder: what the tap is (`tap.json`), what passed that is no recording, and a lock.

The lock is held as long as the relay lives, so that a tap that runs can be told from one that was.
`exchanges.jsonl` is append-only and never larger than its limit: bodies are left out first.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codex_tui.atomic_files import make_private_folder, write_atomically
from codex_tui.json_text import to_json
from codex_tui.recording.files import AppendFile
from codex_tui.recording.locks import LOCK_NAME, hold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST = 64 << 20
"""Bytes of `exchanges.jsonl`, at most."""

_FOR_LINES = 1 << 20  # of them are kept for lines without bodies
_BODIES = ("request", "answer")


class TapFolder:
    """The folder of one tap.

    Args:
        path: The folder, which is made; None makes a private temporary one.
        say: Is told what a user has to hear.
        largest: Bytes of the lines, at most.

    Attributes:
        path: The folder.
        private: Whether it goes with the tap.

    Raises:
        OSError: It can't be made.
    """

    def __init__(
        self, path: Path | None, say: Callable[[str], None], largest: int = LARGEST
    ) -> None:
        self.private = path is None
        self.path = path or Path(tempfile.mkdtemp(prefix="codex-tui-tap-"))
        make_private_folder(self.path)
        self._lock = _locked(self.path / LOCK_NAME)
        self._say = say
        self._largest = largest
        self._lines: AppendFile | None = None
        self._said: set[str] = set()

    def describe(self, tap: Mapping[str, Any]) -> None:
        """Write what the tap is.

        Raises:
            OSError: It can't be written.
        """
        write_atomically(self.path / "tap.json", to_json(tap) + "\n")

    def note(self, exchange: Mapping[str, Any]) -> None:
        """Add the line of an exchange that has ended, as far as there is room for it."""
        line = _line(exchange)
        size = 0 if self._lines is None else self._lines.size
        if size + len(line) > self._largest - _FOR_LINES:
            line = _line({name: exchange[name] for name in exchange if name not in _BODIES})
            self._say_once("The list of exchanges is nearly full: bodies are left out of it.")
        if size + len(line) > self._largest:
            self._say_once("The list of exchanges is full: only recordings are kept from now on.")
        else:
            self._append(line)

    def _append(self, line: bytes) -> None:
        try:
            if self._lines is None:
                self._lines = AppendFile.create(self.path / "exchanges.jsonl")
            self._lines.append(line)
        except OSError as error:
            self._say_once(f"Exchanges are not listed: {(error.strerror or str(error)).lower()}.")

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._say(sentence)

    def close(self) -> None:
        """Let go of it; a private one is removed."""
        if self._lines is not None:
            self._lines.close()
        os.close(self._lock)
        if self.private:
            shutil.rmtree(self.path, ignore_errors=True)


def _locked(path: Path) -> int:
    """Hold the file of that path, which is made, until it is closed."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags, 0o600)
    if sys.platform != "win32":
        os.fchmod(descriptor, 0o600)
    hold(descriptor)
    return descriptor


def _line(exchange: Mapping[str, Any]) -> bytes:
    return (to_json(exchange) + "\n").encode("ascii", "backslashreplace")
