"""A response as it streams, from a live server: a request, sent again where that was asked for.

Records go out before they are looked into, so that whoever reads them can write them down first.
A terminal event ends the turn at once, whatever the server does with the socket.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codex_tui.recording.mask import Mask
from codex_tui.recording.records import EndRecord
from codex_tui.sources.attempt import Again, Asking
from codex_tui.sources.failures import Limits
from codex_tui.sources.http_attempt import HttpAttempt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    import httpx

    from codex_tui.recording.records import Record
    from codex_tui.sources.attempt import Attempt
    from codex_tui.sources.failures import Phase
    from codex_tui.sources.heard import HeardSoFar
    from codex_tui.sources.providers import Provider
    from codex_tui.sources.socket_attempt import SocketLine

BACK_OFF = 0.5
LONGEST_BACK_OFF = 8.0
"""Seconds before a request is sent again where the server names none: doubled each time."""


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


class LiveSource:
    """The records of one request, sent again up to `retries` times.

    Each try is a turn of its own: request, response, events and end.

    Args:
        provider: The server.
        body: The request's JSON.
        client: The client to use, which stays open; by default one is made and closed.
        line: The WebSocket that it goes over; None for HTTP.
        heard: The response whose rest is listened to, in the place of what is asked.
        limits: How long to wait for what.
        retries: How often to send again, by itself, after 429, 5xx or a connection error.
        turn: The number of the first turn.
        clock: A monotonic clock, in seconds.
        wall: The time of day.
        back_off: Seconds before the first of the retries, where the server names none.

    Attributes:
        turn: The number of the turn that runs or ran last.
        resends_in: While it waits to send again: for how many seconds; else None.
    """

    def __init__(
        self,
        provider: Provider,
        body: Mapping[str, Any],
        *,
        client: httpx.AsyncClient | None = None,
        line: SocketLine | None = None,
        heard: HeardSoFar | None = None,
        retold: Callable[[], Mapping[str, Any]] | None = None,
        limits: Limits | None = None,
        retries: int = 0,
        turn: int = 1,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
        back_off: float = BACK_OFF,
    ) -> None:
        self.turn = turn
        self.resends_in: float | None = None
        mask = Mask(provider.secrets())
        self._asking = Asking(provider, dict(body), limits or Limits(), mask, clock, wall, retold)
        self._client = client
        self._line = line
        self._heard = heard
        self._retries = retries
        self._back_off = back_off
        self._attempt: Attempt | None = None
        self._cancelled = asyncio.Event()

    @property
    def _again(self) -> Again:
        return self._attempt.again if self._attempt else Again()

    @property
    def retryable(self) -> bool:
        """After a turn: whether sending again may help."""
        return self._again.may_help

    @property
    def retry_after(self) -> float | None:
        """After a turn: how many seconds the server asks to wait first, if it does."""
        return self._again.wait

    @property
    def listens_in(self) -> float | None:
        """While it waits to listen to a response again: for how many seconds; else None."""
        return self._attempt.listens_in if self._attempt else None

    @property
    def phase(self) -> Phase:
        """How far the request has come."""
        return self._attempt.phase if self._attempt else "ready"

    @property
    def bytes_received(self) -> int:
        """Bytes of this turn's answer so far, decoded: they grow while one large event arrives."""
        return self._attempt.bytes_received if self._attempt else 0

    @property
    def reads(self) -> int:
        """Reads of this turn so far."""
        return self._attempt.reads if self._attempt else 0

    def now(self) -> float | None:
        """Seconds since the running request was sent, as its records have it; None before."""
        return self._attempt.elapsed() if self._attempt else None

    def cancel(self) -> None:
        """End the turn as `cancelled`; what has arrived is still handed on."""
        self._cancelled.set()
        if self._attempt:
            self._attempt.stop()

    def heard(self) -> HeardSoFar | None:
        """What was heard of a response that its server makes in the background."""
        attempt = self._attempt
        return attempt.heard if attempt is not None else None

    def left_behind(self) -> str | None:
        """What the server goes on with though we listen no more, and what can be done about it."""
        return self._attempt.left_behind() if self._attempt else None

    async def steer(self, text: str) -> bool:
        """Have the response that is streaming go on otherwise; False where it can't be."""
        return self._attempt is not None and await self._attempt.steer(text)

    def returned(self) -> tuple[str, str] | None:
        """The next text that should have steered it and was given back, and why."""
        return self._attempt.returned() if self._attempt else None

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Yield the records, a batch for each read, as `Source` says."""
        for left in range(self._retries, -1, -1):
            async with aclosing(self._turn()) as turn:
                async for batch in turn:
                    yield batch
            if not (left and self.retryable) or not await self._wait(self._retries - left):
                return
            self.turn += 1

    async def _wait(self, tried: int) -> bool:
        """Wait before sending again; False if it was cancelled meanwhile."""
        wait = self.retry_after
        if wait is None:
            wait = min(self._back_off * 2**tried, LONGEST_BACK_OFF)
        self.resends_in = wait
        try:
            async with asyncio.timeout(wait):
                await self._cancelled.wait()
        except TimeoutError:
            pass
        self.resends_in = None
        return not self._cancelled.is_set()

    async def _turn(self) -> AsyncGenerator[Sequence[Record]]:
        attempt = self._attempt = self._made_attempt()
        yield attempt.beginning()
        if self._cancelled.is_set():
            yield [EndRecord(self.turn, 0.0, "cancelled", "Cancelled before it was sent.")]
            return
        try:
            async with aclosing(attempt.batches()) as batches:
                async for batch in batches:
                    yield batch
            self.turn = attempt.turn
            yield [attempt.end(cancelled=self._cancelled.is_set())]
        finally:
            attempt.stop()

    def _made_attempt(self) -> Attempt:
        if self._heard is not None or (self._asking.body.get("background") and not self._line):
            from codex_tui.sources.background import BackgroundAttempt  # with what that needs

            return BackgroundAttempt(self.turn, self._asking, self._client, self._heard)
        if self._line is None:
            return HttpAttempt(self.turn, self._asking, self._client)
        from codex_tui.sources.socket_attempt import SocketAttempt  # with what frames need

        return SocketAttempt(self.turn, self._asking, self._line)
