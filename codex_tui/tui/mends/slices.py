"""Long work in slices, between which everybody else has a turn.

In Textual 8.2.8 a pump that posts to itself never finds its queue empty, so it never lets the loop
go on: with `call_later` alone the screen stands still until all is done. And what is to be called
next wakes the pump by a message, with all that comes with one, and has its signature worked out
again: a tenth of what a calm stream costs.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

BREATH = 0.001
"""Seconds between two slices: a key goes through several queues, each a turn of the loop."""


def after_a_breath(
    pump: MessagePump, work: Callable[[], object], seconds: float = BREATH
) -> asyncio.TimerHandle:
    """Have the next slice of work done by a pump once the loop has been free for a moment."""
    return asyncio.get_running_loop().call_later(seconds, pump.call_later, work)


def call_soon(pump: MessagePump, work: Callable[[], None]) -> None:
    """Have a piece of work done once those who have their turn now have had it."""
    asyncio.get_running_loop().call_soon(_call, pump, work)


def _call(pump: MessagePump, work: Callable[[], None]) -> None:
    with Caught() as caught, pump._context():
        work()
    if caught.error is not None:  # Textual leaves and shows it, as of any handler
        pump.app._handle_exception(caught.error)
