"""Textual's driver, for a terminal that may go away or come back at any time.

A terminal that is gone (a closed window, a lost ssh) fails every write and has nothing to read.
Textual 8.2.8's writer thread ends with the first, and the app then waits for it forever; its input
thread reads that nothing over and over, with all that a core gives. And the signals of job control
are handled wherever the program happens to be, in the middle of the writer's queue too; who comes
back from them finds what has changed meanwhile, on a terminal that has forgotten all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
from threading import Thread
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.driver import Driver


class LastingFile:
    """A text file whose writing never fails: what a terminal can't take any more is dropped."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write what can be written."""
        try:
            self._file.write(text)
        except OSError:
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Hand on what can be handed on."""
        try:
            self._file.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        # What is buffered still would fail again when Python exits, and make the exit code 120.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)

    def fileno(self) -> int:
        """The descriptor of the file."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal, or was."""
        return self._file.isatty()


def paint_on_return(app: App[Any]) -> None:
    """Have all of the screen painted when the program goes on after a stop."""
    app.app_resume_signal.subscribe(app, lambda _: app.screen.refresh(layout=True))


def lasting(driver: type[Driver]) -> type[Driver]:
    """A driver's class as it is to be used: ours in place of Textual's for POSIX terminals."""
    if sys.platform == "win32":
        return driver  # there the console is never lost, and nobody stops a program
    from textual.drivers.linux_driver import LinuxDriver

    return _lasting_driver() if driver is LinuxDriver else driver


def _lasting_driver() -> type[Driver]:
    from textual.drivers.linux_driver import LinuxDriver

    class LastingDriver(LinuxDriver):
        """Leaves as at a hang-up when the terminal is gone; stops and goes on between two steps."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            file: Any = LastingFile(sys.__stderr__ or sys.stderr)
            self._file = file
            if self.input_tty:
                watch = Thread(target=_wait_for_hang_up, args=(self.fileno,), daemon=True)
                watch.start()
            _handle_in_turn(signal.SIGTSTP, self._sigtstp_application)
            _handle_in_turn(signal.SIGCONT, self._sigcont_application)

        def _sigcont_application(self, *_: object) -> None:
            # Who was stopped by SIGSTOP never left the terminal, and must not enter it twice.
            if self._auto_restart and not self._must_signal_resume:
                self.suspend_application_mode()
                self._must_signal_resume = True  # so that all is painted again
            super()._sigcont_application()

    return LastingDriver


def _wait_for_hang_up(terminal: int) -> None:
    """Wait until a terminal is gone, then do as if the signal of that had come."""
    if sys.platform == "win32":
        return
    waiting = select.poll()
    waiting.register(terminal, 0)  # hang-ups are told of all the same
    with contextlib.suppress(OSError):
        waiting.poll()
        os.kill(os.getpid(), signal.SIGHUP)


def _handle_in_turn(number: int, handle: Callable[[], None]) -> None:
    """Have a signal handled by the loop, where no lock is held."""
    with contextlib.suppress(RuntimeError, ValueError):
        asyncio.get_running_loop().add_signal_handler(number, handle)
