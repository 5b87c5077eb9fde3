"""Signals end the program without a loss, and leave the terminal as it was."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from codex_tui.sources.demo_sessions import session_path
from tests.endings.streaming import (
    events_shown,
    frames_in,
    how_it_ended,
    recordings,
    records_of,
    stream_on,
    torn_tails,
)
from tests.hostile.evil_server import in_thread
from tests.hostile.terminal import PROGRAM, Terminal, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.servers import Server

ENDINGS = {"SIGTERM": 143, "SIGHUP": 129, "SIGINT": 130, "SIGQUIT": 131}
WITHIN = 2.0
MODES = ("1049", "2004", "1000", "1003", "1006", "1004")
"""Alternate screen, bracketed paste, the mouse, focus."""


@pytest.fixture(autouse=True)
def _heeded() -> Iterator[None]:
    """Signals that the tests' own program ignores, as under nohup, its children would ignore."""
    numbers = [getattr(signal, name) for name in ENDINGS]
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture
def server() -> Iterator[Server]:
    with in_thread(stream_on) as serving:
        yield serving


def app(home: Path, server: Server, program: Sequence[str] = PROGRAM) -> Terminal:
    environ = environment(home, OPENAI_API_KEY="sk-test")
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    return Terminal.run(arguments, environ, program=program)


def reset(received: bytes | bytearray, mode: str) -> bool:
    """Whether a mode is off at the end."""
    settings = re.findall(rb"\x1b\[\?" + mode.encode() + rb"([hl])", received)
    return not settings or settings[-1] == b"l"


def moment(seed: int, low: float, high: float) -> float:
    return Random(seed).uniform(low, high)  # noqa: S311 - it is no secret


def assert_nothing_lost(home: Path, shown: int, how: str = "cancelled") -> None:
    (recording,) = recordings(home)
    records = records_of(recording)
    assert frames_in(records) >= shown > 0
    assert torn_tails(records) == 0
    assert how_it_ended(records) == how


@pytest.mark.parametrize(
    "name", ["SIGTERM", *(pytest.param(n, marks=pytest.mark.slow) for n in list(ENDINGS)[1:])]
)
def test_a_signal_ends_the_app_in_order(tmp_path: Path, server: Server, name: str) -> None:
    with app(tmp_path, server) as terminal:
        before = termios.tcgetattr(terminal.slave)
        terminal.until("word 40")
        started = monotonic()
        os.kill(terminal.pid, getattr(signal, name))
        assert terminal.wait() == ENDINGS[name]
        assert monotonic() - started < WITHIN
        assert termios.tcgetattr(terminal.slave)[:4] == before[:4]
    assert [mode for mode in MODES if not reset(terminal.received, mode)] == []
    assert_nothing_lost(tmp_path, events_shown(terminal.text()))


@pytest.mark.slow
@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("seed", range(8))
def test_a_signal_ends_the_app_in_order_at_any_moment(
    tmp_path: Path, server: Server, name: str, seed: int
) -> None:
    with app(tmp_path, server) as terminal:
        end = monotonic() + moment(seed, 0.25, 2.5)
        while monotonic() < end:
            terminal.read(end - monotonic())
        os.kill(terminal.pid, getattr(signal, name))
        code = terminal.wait()
    if b"\x1b[?1049h" not in terminal.received:
        return  # it had not begun yet: the system's own way is right
    starting = b"\x1b[?1000h" not in terminal.received  # ctrl+q is a SIGQUIT there
    assert code == ENDINGS[name] or (code == 0 and starting and name == "SIGQUIT")
    assert [mode for mode in MODES if not reset(terminal.received, mode)] == []
    if shown := events_shown(terminal.text()):
        assert_nothing_lost(tmp_path, shown)


FED = 'mkfifo "$HOME/fifo"; exec 4<>"$HOME/fifo"; exec "$0" -m codex_tui - <&4'
STARTS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "demo": (["demo"], PROGRAM),
    "replay": (["replay", str(session_path("retry-loop"))], PROGRAM),
    "nothing": (["--base-url", "http://127.0.0.1:9/v1", "-m", "m"], PROGRAM),
    "a pipe": ([], ("/bin/sh", "-c", FED, sys.executable)),
}
"""What is started, and how; a pipe that nobody writes to is open for as long as the app."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("start", STARTS)
def test_a_signal_ends_the_app_in_order_while_it_starts(
    tmp_path: Path, start: str, name: str
) -> None:
    arguments, program = STARTS[start]
    for moment in range(20 * list(ENDINGS).index(name), 1500, 80):  # of all signals each 20 ms
        home = tmp_path / str(moment)
        home.mkdir()
        with Terminal.run(arguments, environment(home), program=program) as terminal:
            before = termios.tcgetattr(terminal.slave)
            end = monotonic() + moment / 1000
            while monotonic() < end:
                terminal.read(end - monotonic())
            os.kill(terminal.pid, getattr(signal, name))
            code = terminal.wait()
            assert termios.tcgetattr(terminal.slave)[:4] == before[:4], moment
        if b"\x1b[?1049h" in terminal.received:  # else the system's own way is right
            assert code == ENDINGS[name], moment
        assert [mode for mode in MODES if not reset(terminal.received, mode)] == [], moment
        assert list(home.rglob("crash-*")) == [], moment


@pytest.mark.slow
def test_a_terminal_that_goes_away_ends_the_app_and_loses_nothing(
    tmp_path: Path, server: Server
) -> None:
    terminal = app(tmp_path, server)
    terminal.until("word 40")
    shown = events_shown(terminal.text())
    os.close(terminal.slave)
    os.close(terminal.master)
    assert terminal.process.wait(10) == ENDINGS["SIGHUP"]
    assert_nothing_lost(tmp_path, shown)


def test_ctrl_z_stops_the_app_and_fg_paints_it_again(tmp_path: Path, server: Server) -> None:
    shell = ("/bin/sh", "-mc", '"$@"; echo stopped; read line; fg', "sh", *PROGRAM)
    with app(tmp_path, server, shell) as terminal:
        terminal.until("word 20")
        terminal.send("\x1a")
        terminal.until("stopped")
        assert reset(terminal.received, "1049")
        start = len(terminal.received)
        terminal.send("\n")
        terminal.until("Timeline", start)
        later = len(terminal.received)
        terminal.until("word ", later)
        terminal.send("\x11")
        assert terminal.wait() == 0
    assert_nothing_lost(tmp_path, events_shown(terminal.text()))


def test_ctrl_z_stops_nothing_that_nobody_could_bring_back(tmp_path: Path, server: Server) -> None:
    with app(tmp_path, server) as terminal:  # the first process of its session, as in a container
        terminal.until("word 20")
        terminal.send("\x1a")
        start = len(terminal.received)
        terminal.until("Timeline", start)
        terminal.until("word ", len(terminal.received))
        terminal.send("\x11")
        assert terminal.wait() == 0
    assert_nothing_lost(tmp_path, events_shown(terminal.text()))


# -- SIGKILL -----------------------------------------------------------------------------------

SEEDS = range(100)


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] if seed else []) for seed in SEEDS]
)
def test_what_was_shown_before_a_kill_is_in_the_recording(
    tmp_path: Path, server: Server, seed: int
) -> None:
    with app(tmp_path, server) as terminal:
        terminal.until("word 8")
        end = monotonic() + moment(seed, 0, 2)
        while monotonic() < end:
            terminal.read(end - monotonic())
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.wait() == -signal.SIGKILL
    (recording,) = recordings(tmp_path)
    records = records_of(recording)
    if "recording behind" not in terminal.text():
        assert frames_in(records) >= events_shown(terminal.text()) > 0
    assert torn_tails(records) <= 1


# -- without the app ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SIGTERM", pytest.param("SIGQUIT", marks=pytest.mark.slow)])
def test_a_signal_ends_run_in_order(tmp_path: Path, server: Server, name: str) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    arguments = ["run", "hi", "--base-url", server.url, "-m", "m"]
    with Terminal.run(arguments, environ) as terminal:
        terminal.until("word 40")
        started = monotonic()
        os.kill(terminal.pid, getattr(signal, name))
        assert terminal.wait() == ENDINGS[name]
        assert monotonic() - started < WITHIN
    printed = [int(number) for number in re.findall(r"word (\d+) ", terminal.text())]
    assert_nothing_lost(tmp_path, printed[-1])
