"""The signals that end programs, for both faces: raised where no loop takes them, and on a loop.

Whatever is open is closed on the way out, and the exit code is that of a shell. Windows has neither
SIGHUP nor SIGQUIT, and no handlers on its loop: there ctrl+c is a KeyboardInterrupt.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


def ending_signals() -> list[int]:
    """The signals that end programs, but for those that whoever started this one ignores.

    As under nohup, or behind a shell's `trap '' INT`: they are to end nothing.
    """
    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def on_signals(heard: Callable[[int], None]) -> Callable[[], None]:
    """Call `heard` with the number of each signal that comes while the running loop runs.

    Returns what lets them end the program again.
    """
    from asyncio import get_running_loop  # what runs no loop is to load none

    loop, numbers = get_running_loop(), ending_signals()

    def leave() -> None:
        with contextlib.suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)

    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # no main thread
        for number in numbers:
            loop.add_signal_handler(number, heard, number)
    return leave


@contextlib.contextmanager
def handling(stop: Callable[[int], None]) -> Iterator[None]:
    """Call `stop` at the first signal that ends programs; the second one ends this one at once."""

    def first(number: int) -> None:
        leave()
        stop(number)

    leave = on_signals(first)
    try:
        yield
    finally:
        leave()


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
    """Raise the first signal that ends programs; the second one ends this one at once.

    For as long as a loop runs that hears of them, it raises none.
    """
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
