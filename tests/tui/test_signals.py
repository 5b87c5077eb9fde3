"""The program in a real terminal, ended by a signal."""

from __future__ import annotations

import os
import select
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.sessions.reader import read_records
from codex_tui.sessions.records import EndRecord

if TYPE_CHECKING:
    from pathlib import Path

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")

DEMO = (sys.executable, "-m", "codex_tui", "demo")


def started(home: Path) -> tuple[int, int]:
    """Start the demo in a terminal of its own; return its process and the terminal."""
    environ = {
        **os.environ,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "XDG_DATA_HOME": str(home),
    }
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(DEMO[0], DEMO, environ)
    return pid, terminal


def read_until(terminal: int, text: bytes, seconds: float = 30.0) -> bytes:
    """Read what the program draws until a text has come or nothing more comes."""
    seen = b""
    while text not in seen and select.select([terminal], [], [], seconds)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    return seen


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_signal_restores_the_terminal_and_ends_the_recording(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    pid, terminal = started(tmp_path)
    read_until(terminal, b"reasoning")
    os.kill(pid, number)
    rest = read_until(terminal, b"\x1b[?1049l")
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert b"\x1b[?1049l" in rest
    assert os.waitstatus_to_exitcode(status) == 128 + number
    (recording,) = tmp_path.rglob("*.sse")
    *_, (_, last) = read_records(recording)
    assert isinstance(last, EndRecord)
    assert last.how == "cancelled"
