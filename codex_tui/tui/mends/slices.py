"""Long work in slices, between which everybody else has a turn.

In Textual 8.2.8 a pump that posts to itself never finds its queue empty, so it never lets the loop
go on: with `call_later` alone the screen stands still until all is done.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

SLICE = 0.008
"""Seconds of work at a time; then the keys have their turn."""

BREATH = 0.001
"""Seconds between two slices: a key goes through several queues, each a turn of the loop."""


def after_a_breath(
    pump: MessagePump, work: Callable[[], object], seconds: float = BREATH
) -> asyncio.TimerHandle:
    """Have the next slice of work done by a pump once the loop has been free for a moment."""
    return asyncio.get_running_loop().call_later(seconds, pump.call_later, work)
