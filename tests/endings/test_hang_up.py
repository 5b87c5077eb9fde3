"""A terminal that goes away without a word, and job control in odd orders."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from tests.endings.streaming import (
    events_shown,
    frames_in,
    how_it_ended,
    recordings,
    records_of,
    stream_on,
)
from tests.hostile.evil_server import in_thread
from tests.hostile.terminal import PATIENCE, PROGRAM, Terminal, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Server

HANG_UP = 129
LOOK = 0.05  # seconds between two looks at what is recorded


@pytest.fixture
def server() -> Iterator[Server]:
    with in_thread(stream_on) as serving:
        yield serving


def without_control(home: Path, server: Server) -> Terminal:
    """The app in a terminal that does not control its session: nobody will tell it of a hang-up."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "--base-url", server.url, "-m", "m", "a prompt"],
        env=environment(home, OPENAI_API_KEY="sk-test", COLUMNS="140", LINES="40"),
        start_new_session=True,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    return Terminal(process, master, slave)


def test_a_terminal_that_goes_away_without_a_signal_ends_the_app(
    tmp_path: Path, server: Server
) -> None:
    terminal = without_control(tmp_path, server)
    terminal.until("word 20")
    shown = events_shown(terminal.text())
    os.close(terminal.slave)
    os.close(terminal.master)
    assert terminal.process.wait(10) == HANG_UP
    (recording,) = recordings(tmp_path)
    records = records_of(recording)
    assert frames_in(records) >= shown > 0
    assert how_it_ended(records) == "cancelled"


def test_who_ignores_hang_ups_leaves_all_the_same_when_the_terminal_is_gone(
    tmp_path: Path, server: Server
) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    program = ("/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh", *PROGRAM)
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    terminal = Terminal.run(arguments, environ, program=program)
    terminal.until("word 20")
    os.close(terminal.slave)
    os.close(terminal.master)
    assert terminal.process.wait(10) == HANG_UP
    (recording,) = recordings(tmp_path)
    assert how_it_ended(records_of(recording)) == "cancelled"


def frames_beyond(home: Path, count: int) -> int:
    """How many events are recorded by now, once there are more than so many."""
    (recording,) = recordings(home)
    end = monotonic() + PATIENCE
    while (found := recording.read_bytes().count(b"\ndata: ")) <= count:
        assert monotonic() < end, "the stream stands"
        sleep(LOOK)  # the app is to have the processor
    return found


def test_a_terminal_that_takes_nothing_holds_neither_the_stream_nor_a_signal(
    tmp_path: Path, server: Server
) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    with Terminal.run(arguments, environ) as terminal:
        terminal.until("word 20")
        recorded = frames_beyond(tmp_path, 0)  # from here on nobody reads what is drawn
        frames_beyond(tmp_path, frames_beyond(tmp_path, recorded + 1000) + 1000)
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.process.wait(PATIENCE) == 128 + signal.SIGTERM
    (recording,) = recordings(tmp_path)
    assert how_it_ended(records_of(recording)) == "cancelled"


def test_a_terminal_that_takes_something_again_shows_all(tmp_path: Path, server: Server) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    with Terminal.run(arguments, environ) as terminal:
        terminal.until("word 20")
        recorded = frames_beyond(tmp_path, 0)
        frames_beyond(tmp_path, frames_beyond(tmp_path, recorded + 1000) + 1000)
        start = len(terminal.received)
        terminal.until("Timeline", start)  # which stands there all the time: it is painted anew
        terminal.send("\x11")
        assert terminal.wait() == 0


def test_a_stop_that_cannot_be_handled_is_gone_on_from(tmp_path: Path, server: Server) -> None:
    environ = environment(tmp_path, OPENAI_API_KEY="sk-test")
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    with Terminal.run(arguments, environ) as terminal:
        terminal.until("word 20")
        os.kill(terminal.pid, signal.SIGSTOP)
        start = len(terminal.received)
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.until("Timeline", start)
        terminal.until("word ", len(terminal.received))
        terminal.send("\x11")
        assert terminal.wait() == 0
