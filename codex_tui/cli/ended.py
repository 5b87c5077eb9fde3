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
_NUMBERS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


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
    before = {}
    with contextlib.suppress(ValueError):  # only the main thread may
        for number in _NUMBERS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                before[number] = signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, _frame: FrameType | None) -> None:
    for other in _NUMBERS:
        signal.signal(other, signal.SIG_DFL)
    raise SignalledError(number)
