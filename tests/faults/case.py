"""A fault as a row of a table: what a server does, and how the client has to end.

Servers are put together from what they send and from what they do then; nothing here knows the
client.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from codex_tui.sources.failures import Limits
from tests.servers import EVENT_STREAM, Peer

if TYPE_CHECKING:
    from codex_tui.recording.records import How
    from tests.servers import Handler

Then = Literal["close", "reset", "hold", "half close"]
"""What a server does once it has sent everything."""

SHORT = 0.05
"""Seconds: a limit that is soon over."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault.

    Attributes:
        name: Names the test.
        answer: What the server does with each request.
        how: The recording's word for how it ends.
        says: What the sentence holds, each.
        events: How many events are there afterwards.
        body: What is kept of a body that is no stream, if not None.
        cut: Whether an unfinished event is kept.
        limits: What the user has set.
        within: Seconds until it has ended.
        slow: Whether it takes longer than the others.
    """

    name: str
    answer: Handler
    how: How
    says: tuple[str, ...] = ()
    events: int = 0
    body: str | None = None
    cut: bool = False
    limits: Limits = field(default_factory=Limits)
    within: float = 5.0
    slow: bool = False


def sends(*pieces: bytes, then: Then = "close") -> Handler:
    """These bytes, each piece a write."""

    async def answer(peer: Peer) -> None:
        for piece in pieces:
            await peer.send(piece)
            await asyncio.sleep(0)
        await _finish(peer, then)

    return answer


def answers(
    status: int, body: bytes = b"", kind: str | None = None, *, then: Then = "close", **headers: str
) -> Handler:
    """A head, and a body that ends with the connection."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if kind is not None:
        named["Content-Type"] = kind

    async def answer(peer: Peer) -> None:
        await peer.head(status, named)
        await peer.send(body)
        await _finish(peer, then)

    return answer


def streams(*pieces: bytes, then: Then = "close", **headers: str) -> Handler:
    """A stream of events, each piece a write."""
    named = {**EVENT_STREAM, **{name.replace("_", "-"): text for name, text in headers.items()}}

    async def answer(peer: Peer) -> None:
        await peer.head(200, named)
        for piece in pieces:
            await peer.send(piece)
            await asyncio.sleep(0)
        await _finish(peer, then)

    return answer


def endlessly(start: bytes, piece: bytes) -> Handler:
    """The same piece again and again, as long as anybody takes it."""

    async def answer(peer: Peer) -> None:
        with suppress(ConnectionError):
            await peer.send(start)
            while True:
                await peer.send(piece)
                await asyncio.sleep(0)

    return answer


def framed(text: str) -> bytes:
    """A frame with no name."""
    return f"data: {text}\n\n".encode("utf-8", "surrogatepass")


async def _finish(peer: Peer, then: Then) -> None:
    match then:
        case "reset":
            peer.reset()
        case "half close":
            peer.writer.write_eof()
            await peer.hold()
        case "hold":
            await peer.hold()
