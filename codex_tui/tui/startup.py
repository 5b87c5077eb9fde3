"""The terminal from the first moment until Textual takes it over: one line says what is coming.

Loading Textual and the panes is nearly all of the start, so nothing here imports Textual before it
is asked for. The line stands on the alternate screen, which Textual then draws on: so it is gone
with the first paint, and nothing of it is left among what was on the terminal before. Keys that are
typed meanwhile wait in the terminal's own queue, where Textual finds them. ctrl+c and ctrl+q end
the program at once: the terminal makes signals of them. Windows has no such terminals.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from codex_tui._version import __version__
from codex_tui.terminal import takes_unicode

if sys.platform != "win32":
    import termios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from textual.driver import Driver

STARTING = f"codex-tui {__version__} starting"

_KEYS, _SCREEN = 0, 2  # what Textual reads and writes
_ENTER = "\x1b[?1049h"  # to the alternate screen
_BEGIN = f"{_ENTER}\x1b[?25l\x1b[?2004h"  # no cursor; what is pasted comes in brackets, as later
_END = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l"
_QUIT = b"\x11"  # ctrl+q, which does what ctrl+z does elsewhere: that must not stop it here
_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT", "SIGTSTP")

if sys.platform != "win32":
    # What Textual's own driver sets.
    _LINE_MODES = termios.ECHO | termios.ICANON | termios.IEXTEN
    _INPUT_MODES = termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR


class StartingTerminal:
    """A terminal that shows the line, and how it was before.

    Attributes:
        entered: Whether it is on the alternate screen already, for whoever would enter it again.
    """

    def __init__(self) -> None:
        self.attributes: list[Any] = termios.tcgetattr(_KEYS)
        self.entered = False
        self._handlers: dict[int, Any] = {}

    def show(self, line: str) -> None:
        """Write the line, echo nothing, and leave in order when a signal ends the program."""
        self.entered = True
        for name in _ENDING:
            number = getattr(signal, name)
            if number == signal.SIGTSTP or signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._leave)
        self._set(ctrl_keys=True)
        _write(f"{_BEGIN}\x1b[H{line}")

    def hand_over(self) -> None:
        """Let signals and keys be what they are while the app runs."""
        self._restore_signals()
        self._set(ctrl_keys=False)

    def restore(self) -> None:
        """Leave the terminal as it was; nothing where the app has taken it over."""
        if self.entered:
            self.entered = False
            self._give_back()
            self._restore_signals()

    def _give_back(self) -> None:
        with contextlib.suppress(OSError, termios.error):  # a terminal that is gone
            _write(_END)
            termios.tcsetattr(_KEYS, termios.TCSANOW, self.attributes)

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        """End at once: nothing is open yet but the terminal.

        What is raised here would be raised within an import, which may make another error of it.
        """
        self._give_back()
        os._exit(0 if number == signal.SIGTSTP else 128 + number)

    def _restore_signals(self) -> None:
        for number, handler in self._handlers.items():
            if signal.getsignal(number) == self._leave:  # else the app has one of its own already
                signal.signal(number, handler)
        self._handlers.clear()

    def _set(self, *, ctrl_keys: bool) -> None:
        iflag, oflag, cflag, lflag, ispeed, ospeed, characters = self.attributes
        characters = characters.copy()
        characters[termios.VMIN], characters[termios.VTIME] = 1, 0
        lflag &= ~_LINE_MODES
        if ctrl_keys:
            characters[termios.VSUSP] = _QUIT
        else:
            lflag &= ~termios.ISIG
        flags = [iflag & ~_INPUT_MODES, oflag, cflag, lflag]
        termios.tcsetattr(_KEYS, termios.TCSANOW, [*flags, ispeed, ospeed, characters])


def _write(text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(_SCREEN, data) :]


@contextlib.contextmanager
def starting() -> Iterator[StartingTerminal | None]:
    """Say that the app is coming until it takes the terminal over; None where it can't be said."""
    if _unfit():
        yield None
        return
    terminal = StartingTerminal()
    try:
        terminal.show(f"{STARTING} {'…' if takes_unicode() else '...'}")
        yield terminal
    finally:
        terminal.restore()


def _unfit() -> bool:
    """Whether Textual draws elsewhere, or the terminal has no screens to switch between."""
    elsewhere = sys.platform == "win32" or bool(os.environ.get("TEXTUAL_DRIVER"))
    dumb = os.environ.get("TERM", "").lower() in ("", "dumb", "unknown")
    return elsewhere or dumb or not (os.isatty(_KEYS) and os.isatty(_SCREEN))


def taking_over(terminal: StartingTerminal, driver: type[Driver]) -> type[Driver]:
    """Return a driver's class that takes over a terminal on which the line is.

    Entering the alternate screen again would clear it in some terminals, a tenth of a second
    before the app draws on it. And the modes to go back to are not those of the start.
    """
    if sys.platform == "win32":
        return driver  # there is no line there
    from textual.drivers.linux_driver import LinuxDriver

    class TakingOver(LinuxDriver):
        def start_application_mode(self) -> None:
            taken_over = terminal.entered
            if taken_over:
                terminal.hand_over()
            start: Callable[[], None] = super().start_application_mode  # which has no types
            start()
            if taken_over:
                self.attrs_before = terminal.attributes

        def write(self, data: str) -> None:
            if terminal.entered and data == _ENTER:
                terminal.entered = False
            else:
                super().write(data)

    return type("StartedDriver", (TakingOver, driver), {})
