"""Textual's driver, for a terminal that may go away or come back at any time; POSIX alone.

A terminal that is gone (a closed window, a lost ssh) fails every write and has nothing to read.
Textual 8.2.8's writer thread ends with the first, and the app then waits for it forever; its input
thread reads that nothing over and over, with all that a core gives. And the signals of job control
are handled wherever the program happens to be, in the middle of the writer's queue too. What is
written while there is no writer, as between a stop and the return from it, fills a queue that
nobody empties: so it is dropped, and all is painted when the terminal is taken again. A terminal
that takes nothing, as over a connection that stalls, fills it too, and the loop waited for it, so
that nothing was read, recorded or heard: it is dropped as well.

The kernel sends SIGCONT behind the SIGHUP of a terminal that goes. Handled after the app had given
the terminal back, or before it had taken it, that began a second input thread which nobody stops,
and the process waited for it for ever. So the terminal is taken again only between the two, and
no thread of a driver keeps a process from ending.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
from functools import partial
from queue import Full
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from collections.abc import Callable


PATIENCE = 0.3
"""Seconds that the app waits for a terminal that takes nothing, before it goes on without it."""

_PIECE = 1 << 16  # bytes that are held until there is a break


class LastingFile:
    """A terminal's file whose writing never fails: what can't be taken any more is dropped.

    It writes to the descriptor itself: Python waits at its end for whoever writes to a file of its
    own, and a terminal that takes nothing may keep a thread for ever.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._held = bytearray()

    def write(self, text: str) -> int:
        """Write what can be written, at a break or when it is much."""
        self._held += text.encode(self._file.encoding or "utf-8", self._file.errors or "replace")
        if len(self._held) > _PIECE:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Hand on what can be handed on."""
        data, self._held = memoryview(self._held), bytearray()
        try:
            while data:
                data = data[os.write(self._file.fileno(), data) :]
        except (OSError, ValueError):  # the latter of what has been closed
            self._give_up()

    def _give_up(self) -> None:
        # What Python has buffered still would fail when it exits, and make the exit code 120.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with contextlib.suppress(ValueError):
            os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)

    def fileno(self) -> int:
        """The descriptor of the file."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal, or was."""
        return self._file.isatty()


class PatientWriter(WriterThread):
    """Textual's writer, for a terminal that may take nothing for a while.

    Textual waits for it with the whole app. Here what comes meanwhile is left out, and all is
    painted when the terminal takes something again.

    Args:
        file: What is written to.
        caught_up: Called in the thread when something was left out, and the rest has been written.
    """

    def __init__(self, file: LastingFile, caught_up: Callable[[], object]) -> None:
        super().__init__(cast("TextIO", file))
        self._caught_up = caught_up
        self._stuck = False
        self._written = Event()

    def write(self, text: str) -> None:
        """Have a piece written, unless the terminal takes nothing."""
        self._written.clear()
        if not self._stuck:
            try:
                self._queue.put(text, timeout=PATIENCE)
            except Full:
                self._stuck = True
                with contextlib.suppress(Full):  # it has caught up at this very moment
                    self._queue.put_nowait("")

    def settle(self, seconds: float) -> None:
        """Wait until all is written, for so long at most."""
        self._written.wait(seconds)

    def leave(self) -> None:
        """Keep all that comes from now on: it gives the terminal back."""
        self._stuck, self._queue.maxsize = False, 0

    def run(self) -> None:
        """Write what comes, to its end."""
        while (text := self._queue.get()) is not None:
            self._file.write(text)
            if self._queue.qsize() == 0:
                self._file.flush()
                self._written.set()
                self._recover()
        self._file.flush()

    def _recover(self) -> None:
        if self._stuck:
            self._stuck = False
            self._caught_up()

    def stop(self) -> None:
        """End when all is written; who waits for a terminal that takes nothing is left behind."""
        self.leave()
        self._queue.put(None)
        self.join(PATIENCE)


_SAME = 0.5
"""Seconds in which a SIGCONT is of the stop that we have just come back from."""


class LastingDriver(LinuxDriver):
    """Leaves as at a hang-up when the terminal is gone; stops and goes on between two steps."""

    leave: Callable[[int], object]
    """Has the app leave, in its loop, as if a signal of that number had come; of the class."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._loop = asyncio.get_running_loop()
        self._lasting: Any = LastingFile(sys.__stderr__ or sys.stderr)
        self._file: Any = self._lasting
        self._told = partial(_tell, self._loop, self.leave)
        self._has_terminal = self._is_suspending = self._came_back = False
        if self.input_tty:
            watched = (self.fileno, self._told)
            Thread(target=_wait_for_hang_up, args=watched, daemon=True).start()
        _handle_in_turn(signal.SIGTSTP, self._sigtstp_application)
        _handle_in_turn(signal.SIGCONT, self._sigcont_application)

    def __setattr__(self, name: str, value: object) -> None:
        # Both are set before they are started, and nobody else can say what they are to be.
        if name == "_key_thread" and isinstance(value, Thread):
            value.daemon = True
        if name == "_writer_thread" and isinstance(value, WriterThread):
            value = PatientWriter(self._lasting, self._paint_all)
        super().__setattr__(name, value)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:  # nothing can be read any more; Textual would print a traceback of it
            self._told()

    def start_application_mode(self) -> None:
        """Take the terminal, and have somebody who writes, be it into nothing."""
        self._has_terminal = True
        start: Callable[[], None] = super().start_application_mode  # which has no types
        start()
        # Of a terminal that is gone by now Textual takes nothing: not even a writer is there.
        if not self._has_writer:
            self._writer_thread = PatientWriter(self._lasting, self._paint_all)
            self._writer_thread.start()

    def settle(self, seconds: float) -> None:
        """Wait until the terminal has all that was written, for so long at most."""
        if isinstance(self._writer_thread, PatientWriter):
            self._writer_thread.settle(seconds)

    def _paint_all(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has left already
            self._loop.call_soon_threadsafe(self._repaint)

    def _repaint(self) -> None:
        if self._has_terminal and self._app._running:
            self._app.screen.refresh(layout=True)

    @property
    def _has_writer(self) -> bool:
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def write(self, data: str) -> None:
        """Have something written; nothing where nobody would write it."""
        if self._has_writer:
            super().write(data)

    def close(self) -> None:
        """Let the writer end, if there is one."""
        if self._has_writer:
            super().close()

    def suspend_application_mode(self) -> None:
        """Give the terminal back for a while."""
        self._is_suspending = True
        super().suspend_application_mode()
        self._is_suspending = False

    def stop_application_mode(self) -> None:
        """Give the terminal back, for good unless it is for a while."""
        self._has_terminal = self._is_suspending  # else it is given back for good
        if isinstance(self._writer_thread, PatientWriter):
            self._writer_thread.leave()
        super().stop_application_mode()

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart and self._has_terminal:
            self.suspend_application_mode()
            self._must_signal_resume = True
        _stop()
        self._come_back()
        self._came_back = True  # of the same return the signal may tell too, or there was no stop
        asyncio.get_running_loop().call_later(_SAME, setattr, self, "_came_back", False)

    def _sigcont_application(self, *_: object) -> None:
        if not self._came_back:
            self._come_back()

    def _come_back(self) -> None:
        if not self._has_terminal:
            return
        # Who was stopped by SIGSTOP never left the terminal, and must not enter it twice.
        if self._auto_restart and not self._must_signal_resume:
            self.suspend_application_mode()
            self._must_signal_resume = True  # so that all is painted again
        super()._sigcont_application()


def _stop() -> None:
    """Stop as a program without a handler does; return when it goes on.

    The kernel stops nobody whom no shell could bring back: the last ctrl+z before the terminal
    went, or one in a container. SIGSTOP, which Textual sends itself, would stop it for good.
    """
    before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, before)


def _wait_for_hang_up(terminal: int, told: Callable[[], None]) -> None:
    """Wait until a terminal is gone, then tell it, whoever ignores the signal of that."""
    waiting = select.poll()
    waiting.register(terminal, 0)  # hang-ups are told of all the same
    with contextlib.suppress(OSError):
        waiting.poll()
        told()


def _tell(loop: asyncio.AbstractEventLoop, leave: Callable[[int], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: it has left already
        loop.call_soon_threadsafe(leave, signal.SIGHUP)


def _handle_in_turn(number: int, handle: Callable[[], None]) -> None:
    """Have a signal handled by the loop, where no lock is held."""
    with contextlib.suppress(RuntimeError, ValueError):
        asyncio.get_running_loop().add_signal_handler(number, handle)
