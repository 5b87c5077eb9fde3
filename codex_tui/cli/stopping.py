"""Signals that end programs: the first one asks, the second one ends at once."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from codex_tui.cli.ended import ending_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def handling(stop: Callable[[int], None]) -> Iterator[None]:
    """Call `stop` at the first signal that ends programs; the second one ends this one at once."""
    loop = asyncio.get_running_loop()
    numbers = ending_signals()

    def first(number: int) -> None:
        leave()
        stop(number)

    def leave() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    with contextlib.suppress(NotImplementedError):  # Windows: ctrl+c is a KeyboardInterrupt there
        for number in numbers:
            loop.add_signal_handler(number, first, number)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            leave()
