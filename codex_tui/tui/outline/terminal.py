"""The terminal while only the outline is there, until Textual takes it over.

Keys that are typed meanwhile wait in the terminal's own queue, where Textual finds them. ctrl+c
and ctrl+q end the program at once: the terminal makes signals of them. Windows has no such
terminals: there the first thing on the screen is the app.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from shutil import get_terminal_size  # whose size Textual takes as well
from typing import TYPE_CHECKING, Any

from codex_tui.terminal import takes_unicode
from codex_tui.tui.outline.drawing import draw
from codex_tui.tui.outline.looks import codes_for, colors_of

if sys.platform != "win32":
    import termios

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from codex_tui.config import Settings

_KEYS, _SCREEN = 0, 2  # what Textual reads and writes
ENTER = "\x1b[?1049h"
"""Switches to the alternate screen."""

_BEGIN = f"{ENTER}\x1b[?25l\x1b[?2004h"  # no cursor; what is pasted comes in brackets, as later
_END = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l"
_QUIT = b"\x11"  # ctrl+q, which does what ctrl+z does elsewhere: that must not stop it here
_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT", "SIGTSTP")

if sys.platform != "win32":
    # What Textual's own driver sets.
    _LINE_MODES = termios.ECHO | termios.ICANON | termios.IEXTEN
    _INPUT_MODES = termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR


class OutlinedTerminal:
    """A terminal that shows the outline, and how it was before.

    Attributes:
        entered: Whether it is on the alternate screen already, for whoever would enter it again.
    """

    def __init__(self) -> None:
        self.attributes: list[Any] = termios.tcgetattr(_KEYS)
        self.entered = False
        self._handlers: dict[int, Any] = {}

    def show(self, outline: str) -> None:
        """Draw, take no line for a command, and leave in order when a signal ends the program."""
        self.entered = True
        for name in _ENDING:
            number = getattr(signal, name)
            if number == signal.SIGTSTP or signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._leave)
        self._set(ctrl_keys=True)
        _write(_BEGIN + outline)

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
def outlined(settings: Settings, *, replaying: bool) -> Iterator[OutlinedTerminal | None]:
    """Show the outline until the app takes the terminal over; None where it can't be shown.

    Args:
        settings: what the user chose, the theme above all.
        replaying: whether the app opens on a replay.
    """
    terminal = None if _unfit() else OutlinedTerminal()
    if terminal is None:
        yield None
        return
    try:
        terminal.show(_text(settings, *get_terminal_size(), replaying=replaying))
        yield terminal
    finally:
        terminal.restore()


def _unfit() -> bool:
    """Whether Textual draws elsewhere, or the terminal can't show what an outline needs."""
    elsewhere = sys.platform == "win32" or bool(os.environ.get("TEXTUAL_DRIVER"))
    dumb = os.environ.get("TERM", "").lower() in ("", "dumb", "unknown")
    seen = os.isatty(_KEYS) and os.isatty(_SCREEN) and takes_unicode()
    return elsewhere or dumb or not seen


def _text(settings: Settings, width: int, height: int, *, replaying: bool) -> str:
    codes = codes_for(colors_of(settings), os.environ)
    rows = draw(width, height, replaying=replaying)
    lines = ("".join(codes[piece.look] + piece.text for piece in row) for row in rows)
    return "".join(f"\x1b[{y};1H{line}" for y, line in enumerate(lines, 1)) + "\x1b[0m"
