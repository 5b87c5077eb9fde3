"""One request over HTTP, `POST {base_url}/responses`, and its answer."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from codex_tui.recording.recording import iso
from codex_tui.recording.records import (
    EndRecord,
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
    how_much,
    is_event,
)
from codex_tui.sources.attempt import Again
from codex_tui.sources.client import location_of, make_client
from codex_tui.sources.exchange import Exchange, Head, Outgoing
from codex_tui.sources.failures import Failure
from codex_tui.wire.content_type import is_stream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence

    import httpx

    from codex_tui.recording.mask import Mask
    from codex_tui.recording.records import Record
    from codex_tui.sources.attempt import Asking
    from codex_tui.sources.failures import Phase

_JSON = "application/json"


class HttpAttempt:
    """A request over HTTP.

    Args:
        turn: The number of its turn.
        asking: What is asked of whom.
        client: The client to use, which stays open; by default one is made and closed.
        outgoing: What is sent, where it is something else than what is asked.
        before: The one whose answer it goes on with, if with any.
        advice: What to do about a status, where that depends on what is sent.
    """

    def __init__(
        self,
        turn: int,
        asking: Asking,
        client: httpx.AsyncClient | None = None,
        outgoing: Outgoing | None = None,
        before: HttpAttempt | None = None,
        advice: Callable[[int], str] | None = None,
    ) -> None:
        self.turn = turn
        self.again = Again()
        self.heard = self.listens_in = None
        self._asking = asking
        self._client = client
        self._outgoing = outgoing or self._made_outgoing()
        self._before, self._brought = (
            (None, 0) if before is None else (before._exchange, before.events)
        )
        self._advice = advice or asking.advice
        self._exchange: Exchange | None = None
        self._answer: HttpAnswer | None = None

    @property
    def phase(self) -> Phase:
        """How far it has come."""
        return self._exchange.phase if self._exchange else "ready"

    @property
    def bytes_received(self) -> int:
        """Bytes of its answer so far, decoded: they grow while one large event arrives."""
        return self._exchange.bytes_received if self._exchange else 0

    @property
    def reads(self) -> int:
        """Reads of its answer so far."""
        return self._exchange.reads if self._exchange else 0

    def elapsed(self) -> float | None:
        """Seconds since it was sent; None before."""
        return self._exchange.elapsed() if self._exchange else None

    @property
    def events(self) -> int:
        """Events so far, with those of what it goes on with."""
        return self._answer.events if self._answer else self._brought

    @property
    def status(self) -> int:
        """The status of its answer; 0 before there is one."""
        return self._answer.status if self._answer else 0

    @property
    def refused(self) -> bool:
        """Whether it was answered with a status that promises nothing."""
        return self.status >= 300

    def _made_outgoing(self) -> Outgoing:
        provider, body = self._asking.provider, self._asking.body
        own = {name.lower(): value for name, value in provider.request_headers().items()}
        headers = {
            "accept": _JSON if body.get("stream") is False else "text/event-stream",
            # What is compressed on its way is held back on its way: no time would be true.
            "accept-encoding": "identity",
            **own,
            "content-type": _JSON,
        }
        return Outgoing(provider.url("/responses"), headers, json.dumps(body).encode())

    def beginning(self) -> Sequence[Record]:
        """What is about to be sent."""
        mask = self._asking.mask
        sent = self._outgoing
        record = RequestRecord(
            turn=self.turn,
            wall=iso(self._asking.wall()),
            method=sent.method,
            url=mask.text(sent.url),
            headers=sent.headers,
            body=mask.json(dict(self._asking.body)) if sent.content else None,
        )
        return [recordable_request(record)]

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Send it, and yield the records of the answer, without the end."""
        asking = self._asking
        opening = nullcontext(self._client) if self._client else own_client()
        limits, clock = asking.limits, asking.clock
        exchange = Exchange(opening, self._outgoing, limits, clock, self._before)
        self._exchange = exchange
        self._answer = HttpAnswer(self.turn, exchange, asking.mask, self._advice, self._brought)
        async for batch in self._answer.batches():
            yield batch

    def left_behind(self) -> None:
        """Nothing: a server ends with the connection."""

    async def steer(self, text: str) -> bool:
        """Nothing: over HTTP no response can be steered."""
        return False

    def returned(self) -> None:
        """Nothing."""

    def end(self, *, cancelled: bool) -> EndRecord:
        """How it ended."""
        if self._answer is None or self._exchange is None:
            return EndRecord(self.turn, 0.0, "cancelled", "Cancelled before it was sent.")
        ending = self._answer.ending(cancelled=cancelled)
        headers, wall = self._answer.headers, self._asking.wall()
        self.again = Again.after(ending, self._answer.status, headers, wall)
        detail = self.again.told(ending)
        return EndRecord(self.turn, self._exchange.elapsed(), ending.how, detail)

    def stop(self) -> None:
        """Let go of the connection; what has arrived is still handed on."""
        if self._exchange is not None:
            self._exchange.stop()


class HttpAnswer:
    """The answer to one request over HTTP, from its head to its ending.

    Args:
        number: The number of its turn.
        exchange: What brings it.
        mask: What must stand nowhere.
        advice: What to do about a status that is no success, as a sentence.
        events: How many came before, where it goes on with an answer.

    Attributes:
        status: The answer's status; 0 before it has a head.
        headers: Its header fields, by their names in small letters.
        events: How many have come.
    """

    def __init__(
        self,
        number: int,
        exchange: Exchange,
        mask: Mask,
        advice: Callable[[int], str],
        events: int = 0,
    ) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self._number = number
        self._exchange = exchange
        self._mask = mask
        self._said_of = advice
        self._head: Head | None = None
        self._answer: Answer | None = None
        self.events = events

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
                return [self.begin(arrival)]
            case _:
                self._answer = self._answer or self._recognized(arrival.data)
                records = self._answer.take(arrival)
                self.events += sum(map(is_event, records))
                return records

    def _patience(self) -> float | None:
        if self._answer is None or self._answer.deadline is None:
            return None
        return max(self._answer.deadline - self._exchange.elapsed(), 0.0)

    def begin(self, head: Head) -> ResponseRecord:
        """Take the head in, and return its record."""
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
        return self._said_of(self.status)

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
        exchange = self._exchange
        return how_much(self.events, exchange.bytes_received, exchange.elapsed())


@asynccontextmanager
async def own_client() -> AsyncIterator[httpx.AsyncClient]:
    """A client for one connection, closed with it."""
    async with await make_client() as client:
        yield client
