"""Signals that end the program where no loop takes them: quietly, with the code of a shell.

What is open is closed on the way out, as after an exception. The app and the verbs that stream
handle signals on their loops instead, for as long as those run.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


def ending_signals() -> list[int]:
    """The signals that end programs, but for those that whoever started this one ignores.

    As under nohup, or behind a shell's `trap '' INT`: they are to end nothing.
    """
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


class SignalledError(BaseException):
    """A signal came: no mistake, and nothing that code on the way should handle.

    Attributes:
        code: The exit code that a shell gives such an end.
    """

    code = 0  # of the latest: what was raised while a class is made comes out as another error

    def __init__(self, number: int) -> None:
        super().__init__(number)
        SignalledError.code = 128 + number


@contextlib.contextmanager
def raised_signals() -> Iterator[None]:
    """Raise the first signal that ends programs; the second one ends this one at once."""
    SignalledError.code = 0
    numbers, before = ending_signals(), {}

    def first(number: int, _frame: FrameType | None) -> None:
        for other in numbers:
            signal.signal(other, signal.SIG_DFL)
        raise SignalledError(number)

    with contextlib.suppress(ValueError):  # only the main thread may
        for number in numbers:
            before[number] = signal.signal(number, first)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
