"""A response as it streams: `POST {base_url}/responses`, the request sent once.

Records go out before they are looked into, so that whoever reads them can write them down first.
A terminal event ends the turn at once, whatever the server does with the socket.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codex_tui.recording.mask import Mask
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    recordable_request,
    recordable_response,
)
from codex_tui.redact import mask_url
from codex_tui.sources.answers import (
    Answer,
    Body,
    Ending,
    EventStream,
    Refusal,
    RefusedStream,
)
from codex_tui.sources.client import location_of, make_client
from codex_tui.sources.errors import retry_after, status_advice, with_wait
from codex_tui.sources.exchange import Exchange, Head, Outgoing
from codex_tui.sources.failures import Failure, Limits
from codex_tui.wire.content_type import is_stream
from codex_tui.wire.registry import DONE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    import httpx

    from codex_tui.recording.records import Record
    from codex_tui.sources.failures import Phase
    from codex_tui.sources.providers import Provider

BACK_OFF = 0.5
LONGEST_BACK_OFF = 8.0
"""Seconds before a request is sent again where the server names none: doubled each time."""

_JSON = "application/json"


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
        limits: How long to wait for what.
        retries: How often to send again, by itself, after 429, 5xx or a connection error.
        turn: The number of the first turn.
        clock: A monotonic clock, in seconds.
        wall: The time of day.
        back_off: Seconds before the first of the retries, where the server names none.

    Attributes:
        turn: The number of the turn that runs or ran last.
        retryable: After a turn: whether sending again may help.
        retry_after: After a turn: how many seconds the server asks to wait first, if it does.
        resends_in: While it waits to send again: for how many seconds; else None.
    """

    def __init__(
        self,
        provider: Provider,
        body: Mapping[str, Any],
        *,
        client: httpx.AsyncClient | None = None,
        limits: Limits | None = None,
        retries: int = 0,
        turn: int = 1,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
        back_off: float = BACK_OFF,
    ) -> None:
        self.turn = turn
        self.retryable = False
        self.retry_after: float | None = None
        self.resends_in: float | None = None
        self._provider = provider
        self._body = dict(body)
        self._client = client
        self._limits = limits or Limits()
        self._retries = retries
        self._clock = clock
        self._wall = wall
        self._back_off = back_off
        self._mask = Mask(provider.secrets())
        self._exchange: Exchange | None = None
        self._cancelled = asyncio.Event()

    @property
    def phase(self) -> Phase:
        """How far the request has come."""
        return self._exchange.phase if self._exchange else "ready"

    @property
    def bytes_received(self) -> int:
        """Bytes of this turn's answer so far, decoded: they grow while one large event arrives."""
        return self._exchange.bytes_received if self._exchange else 0

    @property
    def reads(self) -> int:
        """Reads of this turn so far."""
        return self._exchange.reads if self._exchange else 0

    def now(self) -> float | None:
        """Seconds since the running request was sent; None before."""
        return self._exchange.elapsed() if self._exchange else None

    def cancel(self) -> None:
        """End the turn as `cancelled`; what has arrived is still handed on."""
        self._cancelled.set()
        if self._exchange:
            self._exchange.stop()

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
        self.retryable, self.retry_after = False, None
        outgoing = self._outgoing()
        yield [self._request_record(outgoing)]
        if self._cancelled.is_set():
            yield [EndRecord(self.turn, 0.0, "cancelled", "Cancelled before it was sent.")]
            return
        exchange = Exchange(self._open_client(), outgoing, self._limits, self._clock)
        self._exchange = exchange
        try:
            turn = _Turn(self.turn, exchange, self._mask, self._provider.login_hint)
            async with aclosing(turn.batches()) as batches:
                async for batch in batches:
                    yield batch
            yield [self._end(turn, exchange)]
        finally:
            exchange.stop()

    def _open_client(self) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return nullcontext(self._client) if self._client else _own_client()

    def _outgoing(self) -> Outgoing:
        own = {name.lower(): value for name, value in self._provider.request_headers().items()}
        headers = {
            "accept": _JSON if self._body.get("stream") is False else "text/event-stream",
            # What is compressed on its way is held back on its way: no time would be true.
            "accept-encoding": "identity",
            **own,
            "content-type": _JSON,
        }
        url = self._provider.url("/responses")
        return Outgoing(url, headers, json.dumps(self._body).encode())

    def _request_record(self, outgoing: Outgoing) -> RequestRecord:
        moment = self._wall().astimezone(UTC).isoformat(timespec="milliseconds")
        return recordable_request(
            RequestRecord(
                turn=self.turn,
                wall=moment.replace("+00:00", "Z"),
                url=self._mask.text(outgoing.url),
                headers=outgoing.headers,
                body=self._mask.json(self._body),
            )
        )

    def _end(self, turn: _Turn, exchange: Exchange) -> EndRecord:
        ending = turn.ending(cancelled=self._cancelled.is_set())
        status = turn.status
        refused = ending.how == "http_error" and (status == 429 or status >= 500)
        self.retryable = refused or ending.how == "connect_error"
        if ending.how in ("http_error", "failed", "api_error"):
            now = self._wall().timestamp()
            self.retry_after = retry_after(turn.headers, ending.sentence or "", now)
        detail = ending.detail
        if refused and detail and self.retry_after is not None:
            detail = with_wait(detail, self.retry_after)
        return EndRecord(self.turn, exchange.elapsed(), ending.how, detail)


class _Turn:
    """One try: from the head of the answer to the ending."""

    def __init__(self, number: int, exchange: Exchange, mask: Mask, login_hint: str) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self._number = number
        self._exchange = exchange
        self._mask = mask
        self._login_hint = login_hint
        self._head: Head | None = None
        self._answer: Answer | None = None
        self._events = 0

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Yield the records of the answer, without the end."""
        while (batch := await self._next()) is not None:
            if batch:
                yield self._numbered(batch)
            if self._answer and self._answer.over(batch):
                break
        self._exchange.stop()
        if rest := self._answer.rest(self._exchange.elapsed()) if self._answer else []:
            yield self._numbered(rest)

    def _numbered(self, batch: list[Record]) -> list[Record]:
        for record in batch:
            record.turn = self._number
        return batch

    async def _next(self) -> list[Record] | None:
        """The records of the next arrival; None when there is no more to wait for."""
        try:
            arrival = await self._exchange.next(self._patience())
        except TimeoutError:
            return None
        match arrival:
            case None:
                return None
            case Head():
                return [self._begin(arrival)]
            case _:
                self._answer = self._answer or self._recognized(arrival.data)
                records = self._answer.take(arrival)
                self._events += sum(map(_is_event, records))
                return records

    def _patience(self) -> float | None:
        if self._answer is None or self._answer.deadline is None:
            return None
        return max(self._answer.deadline - self._exchange.elapsed(), 0.0)

    def _begin(self, head: Head) -> ResponseRecord:
        self._head = head
        self.status = head.response.status_code
        self.headers = dict(head.response.headers)
        if not head.response.is_success:
            self._answer = self._refused(head)
        headers = {name: self._mask.text(value) for name, value in self.headers.items()}
        record = ResponseRecord(self._number, head.t, self.status, headers)
        return recordable_response(record)

    def _refused(self, head: Head) -> Answer:
        refusal = Refusal(self.status, self._advice(head.response))
        if is_stream(self._kind(), b""):
            return RefusedStream(self._mask, refusal, head.t)
        return Body(self._mask, head, refusal)

    def _recognized(self, first: bytes) -> Answer:
        """What a success turns out to be by its content type and its first bytes."""
        if self._head is None or is_stream(self._kind(), first):
            return EventStream(self._mask)
        return Body(self._mask, self._head, first=first)

    def _kind(self) -> str:
        return self.headers.get("content-type", "")

    def _advice(self, response: httpx.Response) -> str:
        if response.is_redirect:
            target = self._mask.message(mask_url(location_of(response)))
            if not target:
                return "It doesn't say where else to go. Check the base URL."
            return f"It points to {target}, where nothing is sent; set that as the base URL."
        if self.status == 401:
            return self._login_hint
        return status_advice(self.status)

    def ending(self, *, cancelled: bool) -> Ending:
        """How the turn ended."""
        failure = self._exchange.failure
        if cancelled:
            failure = Failure("cancelled", "Cancelled")
        elif self._head is None and failure:
            return Ending(failure.how, self._mask.message(failure.words(self._after())))
        answer = self._answer or self._recognized(b"")
        return answer.ending(failure, self._after())

    def _after(self) -> str:
        events = "1 event" if self._events == 1 else f"{self._events:,} events"
        size = f"{self._exchange.bytes_received:,} bytes"
        seconds = self._exchange.elapsed()
        return f"after {events}, {size} and {seconds:.{2 if seconds < 10 else 1}f} s"


def _is_event(record: Record) -> bool:
    """Whether it is a frame, and not the marker of an end."""
    return isinstance(record, FrameRecord) and record.frame.data != DONE


@asynccontextmanager
async def _own_client() -> AsyncIterator[httpx.AsyncClient]:
    async with await make_client() as client:
        yield client
