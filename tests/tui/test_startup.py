"""The start of the real program in a real terminal: what is typed early, and leaving early."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from codex_tui.sources.demo_sessions import session_path
from codex_tui.tui.startup import STARTING
from tests.test_layers import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("Windows has no such terminals", allow_module_level=True)

import pty
import termios

PATIENCE = 30.0
BEGIN, END = "\x1b[?1049h", "\x1b[?1049l"
TEXTUAL = "\x1b[?1004h"
"""What Textual's driver writes at its start, and the line before it doesn't."""

_STYLES = re.compile(r"\x1b(?:\[[0-9;:?<>=]*[a-zA-Z]|\][^\x07]*\x07)")


class Terminal:
    """A terminal with the program in it."""

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid = pid
        self.descriptor = descriptor
        self.before = termios.tcgetattr(descriptor)
        self.drawn = ""
        self.code: int | None = None

    @property
    def text(self) -> str:
        """All that was drawn, without its looks."""
        return _STYLES.sub("", self.drawn)

    def until(self, shows: str) -> None:
        """Wait until a text was drawn."""
        while shows not in self.text:
            assert self._read(), f"{shows!r} was never drawn, but {self.text[-400:]!r}"

    def press(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def end(self) -> int:
        """Wait for the end of the program, and give its exit code."""
        while self._read():
            pass
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code

    def _read(self) -> bool:
        if not select.select([self.descriptor], [], [], PATIENCE)[0]:
            return False
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:  # Linux's way of saying that the program has ended
            return False
        self.drawn += data.decode("utf-8", "replace")
        return bool(data)


@contextmanager
def started(
    home: Path, *arguments: str, program: tuple[str, ...] = ("-m", "codex_tui")
) -> Iterator[Terminal]:
    environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environ |= {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environ |= {"COLUMNS": "120", "LINES": "36"}
    pid, descriptor = pty.fork()
    if not pid:
        command = [sys.executable, *program, *arguments]
        os.execve(sys.executable, command, environ)
    terminal = Terminal(pid, descriptor)
    try:
        yield terminal
    finally:
        if terminal.code is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(descriptor)


def test_what_is_typed_before_the_panes_are_there_is_in_the_composer(tmp_path: Path) -> None:
    with started(tmp_path) as terminal:
        terminal.until(STARTING)
        terminal.press("why is it so slow, my dear?")  # letters that are commands elsewhere
        terminal.until("why is it so slow, my dear?")
        assert terminal.drawn.count(BEGIN) == 1  # entered again, a screen may be cleared
        assert terminal.drawn.index(BEGIN) < terminal.drawn.index(STARTING)  # kept out of the shell
        terminal.press("\x11")
        assert terminal.end() == 0
        assert termios.tcgetattr(terminal.descriptor) == terminal.before


def test_what_is_pressed_before_a_file_is_there_is_done_to_all_of_it(tmp_path: Path) -> None:
    with started(tmp_path, "replay", str(session_path("retry-loop")), "--paused") as terminal:
        terminal.until(STARTING)
        terminal.press("G")
        terminal.until("✓ completed  14 s")
        terminal.press("\x11")
        assert terminal.end() == 0


@pytest.mark.parametrize(("keys", "code"), [("\x11", 0), ("\x03", 130)], ids=["ctrl+q", "ctrl+c"])
def test_it_can_be_left_before_textual_is_there(tmp_path: Path, keys: str, code: int) -> None:
    with started(tmp_path) as terminal:
        terminal.until(STARTING)
        terminal.press(keys)
        assert terminal.end() == code
        assert TEXTUAL not in terminal.drawn
        assert terminal.drawn.rstrip().endswith(END)
        assert termios.tcgetattr(terminal.descriptor) == terminal.before


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"])
def test_a_signal_leaves_the_terminal_as_it_was(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    with started(tmp_path) as terminal:
        terminal.until(STARTING)
        os.kill(terminal.pid, number)
        assert terminal.end() == 128 + number
        assert terminal.drawn.endswith(END)
        assert termios.tcgetattr(terminal.descriptor) == terminal.before


_SIGNALLED = """
import os, signal, sys
import codex_tui.cli.app
class Sends:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.SIGTERM)
def run(*arguments, **named):
    class Made:  # as modules that are being imported make many
        attribute = Sends()
codex_tui.cli.app._run = run
from codex_tui.cli import main
sys.exit(main(["demo"]))
"""


def test_a_signal_while_a_class_is_made_is_no_crash(tmp_path: Path) -> None:
    with started(tmp_path, program=("-c", _SIGNALLED)) as terminal:
        assert terminal.end() == 128 + signal.SIGTERM
        assert terminal.drawn.endswith(END)
        assert termios.tcgetattr(terminal.descriptor) == terminal.before
        assert list(tmp_path.rglob("crash-*")) == []


def test_what_is_refused_is_refused_in_a_line_and_draws_nothing(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no stream\n")
    with started(tmp_path, "replay", str(file)) as terminal:
        assert terminal.end() == 2
        assert "text of another kind" in terminal.text
        assert BEGIN not in terminal.drawn


def test_the_line_loads_next_to_nothing() -> None:
    code = (
        "import os, codex_tui.cli.app, codex_tui.cli.program\n"
        "from codex_tui.config import load\n"
        "from codex_tui.tui.startup import starting\n"
        "load({}, {})\n"
        "with starting(): pass"
    )
    others = ("textual", "rich", "httpx", "asyncio", "ssl")
    ours = ("codex_tui.wire", "codex_tui.recording", "codex_tui.sources", "codex_tui.model")
    assert loaded(code, *others, *ours) == []
