"""The driver takes the terminal only while the app has it, and keeps no process from ending."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App

from codex_tui.tui.mends.terminal_driver import lasting

if sys.platform != "win32":
    from codex_tui.tui.mends import lasting_driver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
pytestmark = posix


class Ends:
    """A pseudo-terminal that can go away; the program reads `keys` and writes on `screen`."""

    def __init__(self) -> None:
        import pty

        self._master, slave = pty.openpty()
        self.screen = os.fdopen(os.dup(slave), "w", encoding="utf-8")
        self.keys = os.fdopen(slave, encoding="utf-8")

    def hang_up(self) -> None:
        os.close(self._master)

    def close(self) -> None:
        for closing in (self.hang_up, self.screen.close, self.keys.close):
            with contextlib.suppress(OSError):
                closing()


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    numbers = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)
    kept = {number: signal.getsignal(number) for number in numbers}
    terminal = Ends()
    monkeypatch.setattr(sys, "__stdin__", terminal.keys)
    monkeypatch.setattr(sys, "__stderr__", terminal.screen)
    yield terminal
    terminal.close()
    for number, handler in kept.items():
        signal.signal(number, handler)


def named(name: str) -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == name]


def readers() -> list[threading.Thread]:
    return named("textual-input")


def driver_of(leave: Callable[[int], None]) -> Any:
    from textual.drivers.linux_driver import LinuxDriver

    return lasting(LinuxDriver, leave)(App[None]())


async def told() -> None:
    """Let the loop hear of a signal that was raised."""
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.usefixtures("ends")
async def test_nothing_is_taken_before_the_app_begins_or_after_it_has_ended() -> None:
    driver = driver_of(lambda _: None)
    signal.raise_signal(signal.SIGCONT)
    await told()
    assert readers() == []
    driver.start_application_mode()
    assert [each.daemon for each in readers()] == [True]
    driver.stop_application_mode()
    signal.raise_signal(signal.SIGCONT)
    await told()
    assert readers() == []
    driver.close()


@pytest.mark.usefixtures("ends")
async def test_who_comes_back_from_a_stop_has_the_terminal_again() -> None:
    driver = driver_of(lambda _: None)
    driver.start_application_mode()
    signal.raise_signal(signal.SIGCONT)  # as behind a SIGSTOP, which nobody hears of
    await told()
    assert len(readers()) == 1
    driver.stop_application_mode()
    driver.close()
    assert readers() == []


@pytest.mark.usefixtures("ends")
async def test_two_stops_in_short_order_give_the_terminal_back_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lasting_driver, "_stop", lambda: None)  # and the shell says `fg` at once
    driver = driver_of(lambda _: None)
    driver.start_application_mode()
    for _ in range(3):
        signal.raise_signal(signal.SIGTSTP)
        await told()
        signal.raise_signal(signal.SIGCONT)
        await told()
        assert (len(readers()), len(named("textual-output"))) == (1, 1)
    driver.stop_application_mode()
    driver.close()
    assert readers() == []


@pytest.mark.usefixtures("ends")
async def test_what_is_written_while_nobody_writes_waits_for_nobody() -> None:
    driver = driver_of(lambda _: None)
    driver.write("before it has the terminal")
    driver.start_application_mode()
    driver.suspend_application_mode()
    writing = threading.Thread(target=lambda: [driver.write("x") for _ in range(200)], daemon=True)
    writing.start()
    writing.join(30)
    assert not writing.is_alive()
    driver.stop_application_mode()
    driver.close()


async def test_what_is_written_to_a_terminal_that_is_gone_waits_for_nobody(ends: Ends) -> None:
    ends.hang_up()
    driver = driver_of(lambda _: None)
    driver.start_application_mode()
    for _ in range(200):  # more than its queue takes
        driver.write("x" * 4096)
    driver.stop_application_mode()
    driver.close()
    assert readers() == []


async def test_the_app_is_told_that_its_terminal_is_gone_whoever_ignores_the_signal(
    ends: Ends,
) -> None:
    left: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def leave(number: int) -> None:
        if not left.done():
            left.set_result(number)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        driver = driver_of(leave)
        driver.start_application_mode()
        ends.hang_up()
        assert await asyncio.wait_for(left, 30) == signal.SIGHUP
    finally:
        signal.signal(signal.SIGHUP, before)
    driver.stop_application_mode()
    driver.close()
    assert readers() == []


async def test_what_is_written_to_a_terminal_that_takes_nothing_holds_nobody() -> None:
    nobody_reads, end = os.pipe()
    caught_up = threading.Event()
    with os.fdopen(end, "w", encoding="utf-8") as file:
        writer = lasting_driver.PatientWriter(lasting_driver.LastingFile(file), caught_up.set)
        writer.start()
        for _ in range(200):
            writer.write("x" * 65536)
        writer.stop()
        assert not caught_up.is_set()
        os.close(nobody_reads)


def read_all(descriptor: int) -> None:
    with os.fdopen(descriptor, "rb") as file:
        file.read()


async def test_it_is_said_when_a_terminal_takes_something_again() -> None:
    somebody_reads, end = os.pipe()
    caught_up = threading.Event()
    with os.fdopen(end, "w", encoding="utf-8") as file:
        writer = lasting_driver.PatientWriter(lasting_driver.LastingFile(file), caught_up.set)
        writer.start()
        for _ in range(200):
            writer.write("x" * 65536)
        reading = threading.Thread(target=read_all, args=(somebody_reads,), daemon=True)
        reading.start()
        assert caught_up.wait(30)
        writer.write("again")
        writer.stop()
        assert not writer.is_alive()
    reading.join(30)


async def test_what_is_written_can_be_waited_for_but_not_for_ever() -> None:
    somebody_reads, end = os.pipe()
    with os.fdopen(end, "w", encoding="utf-8") as file:
        writer = lasting_driver.PatientWriter(lasting_driver.LastingFile(file), lambda: None)
        writer.start()
        writer.write("painted")
        writer.settle(30)
        os.set_blocking(somebody_reads, False)
        assert os.read(somebody_reads, 100) == b"painted"
        writer.write("x" * 2**20)
        writer.settle(0.001)  # more than a pipe takes, and nobody reads
        os.close(somebody_reads)
        writer.stop()
