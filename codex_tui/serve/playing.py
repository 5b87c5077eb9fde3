"""A script played in its time, over whatever carries it.

The next write is read from its file as soon as the one before it is out, so that nothing but a
timer stands between its moment and its bytes. A client that reads slowly is waited for.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from codex_tui.relay.refusals import NotPassedError

if TYPE_CHECKING:
    from codex_tui.serve.script import AnswerScript, Closing, Write


class Clock(Protocol):
    """Seconds that never go back, and who waits for them."""

    def now(self) -> float:
        """The time."""
        ...

    async def until(self, t: float) -> None:
        """Wait for a time; others get their turn even where it has passed."""
        ...


class RealClock:
    """The clock of the machine."""

    def now(self) -> float:
        """The time."""
        return time.monotonic()

    async def until(self, t: float) -> None:
        """Wait for a time; others get their turn even where it has passed."""
        await asyncio.sleep(max(0.0, t - time.monotonic()))


class Carrier(Protocol):
    """What carries an answer to its client."""

    def head(self, script: AnswerScript) -> None:
        """Send the head, where there is one."""
        ...

    def send(self, write: Write) -> None:
        """Send some of it at once."""
        ...

    async def ready(self) -> None:
        """Wait until the client has read so much that more may be sent."""
        ...

    def broke(self, why: str) -> None:
        """Take down why there is no more to send, as a sentence."""
        ...


async def play(script: AnswerScript, carrier: Carrier, clock: Clock, began: float) -> Closing:
    """Send an answer, each write when it is due; return how it is to end.

    A recording that can't be read any more cuts it off.
    """
    try:
        return await _played(script, carrier, clock, began)
    except OSError as error:
        carrier.broke(told_of(error).sentence)
        return "cut"


async def _played(script: AnswerScript, carrier: Carrier, clock: Clock, began: float) -> Closing:
    if script.status:
        await clock.until(began + script.head_at)
        carrier.head(script)
    for write in script.writes:
        await clock.until(began + write.at)
        await carrier.ready()
        if write.data:
            carrier.send(write)
        if write.closing is not None:
            return write.closing
    await clock.until(began + script.end_at)
    return script.closing


def told_of(error: NotPassedError | OSError) -> NotPassedError:
    """What a client is told of a recording that can't be read any more."""
    if isinstance(error, NotPassedError):
        return error
    name = f"{error.filename}: " if error.filename else ""
    return NotPassedError(500, "unreadable_recording", f"{name}{error.strerror or error}.")
