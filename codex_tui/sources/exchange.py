"""One request and its answer: the only task that touches the network.

It hands over the head of the answer and then each read, and can be stopped at any moment. A read
is what one wake-up of the socket delivered: chunks between which nothing was waited for belong to
one, so that "84 events in 3 reads" can be told from a smooth stream.
"""

from __future__ import annotations

import asyncio
import errno
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpcore
import httpx

from codex_tui.network import proxy_of, reason_of
from codex_tui.sources.failures import FAULTS, Failure, Limits, Phase, failure_of, timed_out
from codex_tui.wire.content_encoding import decoder_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager

MOST_WAITING = 8 << 20
"""Bytes that wait for a slow reader; beyond, the server has to wait."""

MOST_REDIRECTS = 5
_SOCKET_READ = 64 << 10
_CLOSING: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent; its headers hold the key."""

    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    content: bytes = field(repr=False, default=b"")
    method: str = "POST"


@dataclass(slots=True)
class Head:
    """The status line and the headers of the answer; `t` in seconds since the request was sent."""

    t: float
    response: httpx.Response


@dataclass(slots=True)
class Read:
    """What one wake-up of the socket delivered, decoded; reads count from 1."""

    t: float
    number: int
    chunks: list[bytes] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        """All of it."""
        return self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)


class Exchange:
    """Sends a request and reads the answer, in a task of its own.

    Args:
        opening: Opens the client, and closes it if that is to be done.
        outgoing: What to send.
        limits: How long to wait.
        clock: A monotonic clock, in seconds.
        before: What it goes on with: its clock and its counts are those of that one.
    """

    def __init__(
        self,
        opening: AbstractAsyncContextManager[httpx.AsyncClient],
        outgoing: Outgoing,
        limits: Limits,
        clock: Callable[[], float],
        before: Exchange | None = None,
    ) -> None:
        self.phase: Phase = "ready"
        self.failure: Failure | None = None
        self.bytes_received: int = before.bytes_received if before else 0
        self.reads: int = before.reads if before else 0
        self._opening = opening
        self._outgoing = outgoing
        self._limits = limits
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._deadline = asyncio.timeout(None)
        self._arrivals: deque[Head | Read] = deque()
        self._waiting_bytes = 0
        self._socket: httpcore.AsyncNetworkStream | None = None
        self._switched: httpcore.AsyncNetworkStream | None = None
        self._open: Read | None = None
        self._fresh = False
        self._over = False
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._start: float = before._start if before else clock()
        self._goes_on = before is not None
        self._task = asyncio.create_task(self._run(), name="codex-tui exchange")
        self._task.add_done_callback(self._ended)

    def elapsed(self) -> float:
        """Seconds since the request was sent."""
        return self._clock() - self._start

    async def next(self, within: float | None = None) -> Head | Read | None:
        """The next arrival; None when all has been handed over: then `failure` says how it ended.

        Raises:
            TimeoutError: Nothing arrived within so many seconds.
        """
        async with asyncio.timeout(within):
            while not self._arrivals and not self._over:
                self._news.clear()
                await self._news.wait()
        if not self._arrivals:
            self._raise_what_is_no_fault()
            return None
        arrival = self._arrivals.popleft()
        if isinstance(arrival, Read):
            self._waiting_bytes -= sum(map(len, arrival.chunks))
            self._room.set()
        return arrival

    def stop(self) -> None:
        """Let go of the connection; what has arrived can still be had by `next`."""
        self._close_read()
        self._over = True
        self._news.set()
        if not self._task.done():
            _CLOSING.add(self._task)
            self._task.add_done_callback(_CLOSING.discard)
            self._task.cancel()

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._close_read()
        self._over = True
        self._news.set()

    def _raise_what_is_no_fault(self) -> None:
        """An error of ours in the task belongs to who waits for it, not to the loop's log."""
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    async def _run(self) -> None:
        try:
            async with self._opening as client:
                # Made later than the task, since opening a client is not the server's time.
                self._start = self._start if self._goes_on else self._clock()
                response = await self._send(client)
                try:
                    self._arrive(Head(self.elapsed(), response))
                    await (self._read_socket if switched(response) else self._read)(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            self.failure = timed_out(self.phase, self._limits, self._host())
        except FAULTS as error:
            self.failure = failure_of(error, self.phase, self._host())
        finally:
            await self._close_half_open()

    async def _close_half_open(self) -> None:
        """Close what httpcore forgets: a connection whose TLS handshake was cut short."""
        if self.phase == "connecting" and self._socket is not None:
            await self._socket.aclose()

    def _host(self) -> str:
        """Who did not answer: it may have been a proxy, which has to be named."""
        host = urlsplit(self._outgoing.url).netloc.rpartition("@")[2]
        proxy = proxy_of(self._outgoing.url) if self.phase != "reading" else ""
        return f"{host} (through the proxy {proxy})" if proxy else host

    async def _send(self, client: httpx.AsyncClient) -> httpx.Response:
        """Send, and send again to where a server of the same origin points with 307 or 308."""
        request = self._request(client, self._outgoing.url)
        for _ in range(MOST_REDIRECTS):
            self.phase = "ready"
            # httpx has no limit for a whole block of headers, nor for all of connecting.
            async with asyncio.timeout(None) as self._deadline:
                response = await client.send(request, stream=True)
            target = followable(response)
            if target is None:
                break
            await response.aclose()
            request = self._request(client, target)
        self._enter("reading")
        return response

    def _request(self, client: httpx.AsyncClient, url: httpx.URL | str) -> httpx.Request:
        sent = self._outgoing
        trace = {"trace": self._traced}
        return client.build_request(
            sent.method, url, headers=sent.headers, content=sent.content, extensions=trace
        )

    async def _traced(self, name: str, info: dict[str, Any]) -> None:
        """What httpcore tells of itself; the only way to know that a connection stands."""
        if self.phase == "ready":
            self._enter("connecting")
        if name.endswith("connect_tcp.complete"):
            self._socket = info["return_value"]
        if info.get("request") is None or info["request"].method == b"CONNECT":
            return
        match name:
            case "http11.send_request_headers.started":
                self._enter("sending")
            case "http11.receive_response_headers.started":
                self._enter("waiting")

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        limit = self._limits.of(phase)
        if phase != "reading":
            self._deadline.reschedule(None if limit is None else self._loop.time() + limit)

    async def _read(self, response: httpx.Response) -> None:
        decoder = decoder_for(response.headers.get("content-encoding", ""))
        chunks = response.aiter_raw()
        while True:
            async with asyncio.timeout(self._limits.idle):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            for piece in (chunk,) if decoder is None else decoder.feed(chunk):
                await self._make_room()
                self._take(piece)

    async def _read_socket(self, response: httpx.Response) -> None:
        self._switched = stream = response.extensions["network_stream"]
        with _as_of_httpx():
            while chunk := await stream.read(_SOCKET_READ):
                await self._make_room()
                self._take(chunk)

    @property
    def switched(self) -> bool:
        """Whether the connection has left HTTP."""
        return self._switched is not None

    async def write(self, data: bytes) -> None:
        """Send bytes over a connection that has left HTTP.

        Raises:
            OSError: It is gone; who reads is told why.
        """
        if self._switched is None or self._over:
            raise OSError(errno.ENOTCONN, "the connection is closed")
        try:
            with _as_of_httpx():
                await self._switched.write(data)
        except httpx.TransportError as error:
            raise OSError(errno.EPIPE, reason_of(error)) from error

    async def _make_room(self) -> None:
        while self._waiting_bytes > MOST_WAITING:
            self._room.clear()
            await self._room.wait()

    def _take(self, chunk: bytes) -> None:
        self.bytes_received += len(chunk)
        self._waiting_bytes += len(chunk)
        self._fresh = True
        if self._open is None:
            self.reads += 1
            self._open = Read(self.elapsed(), self.reads)
            self._loop.call_soon(self._settle)
        self._open.chunks.append(chunk)

    def _settle(self) -> None:
        """Close the read once a pass of the loop went by without a further chunk.

        A pass with a chunk is granted another: of what the socket delivered, the transport hands
        over 64 KB a pass. A new wake-up of the socket takes two passes, so it can't slip in.
        """
        if self._fresh:
            self._fresh = False
            self._loop.call_soon(self._settle)
        else:
            self._close_read()

    def _close_read(self) -> None:
        if self._open is not None:
            read, self._open = self._open, None
            self._arrive(read)

    def _arrive(self, arrival: Head | Read) -> None:
        self._arrivals.append(arrival)
        self._news.set()


def switched(response: httpx.Response) -> bool:
    """Whether the connection has left HTTP with this answer."""
    return response.status_code == 101


@contextmanager
def _as_of_httpx() -> Iterator[None]:
    """Raise what httpcore does as httpx would have: a stream of bytes is none of its own."""
    try:
        yield
    except httpcore.NetworkError as error:
        raise httpx.ReadError(str(error)) from error


def followable(response: httpx.Response) -> httpx.URL | None:
    """Where to send the same request again: only what is said by 307 or 308, and only at home."""
    if response.status_code not in (307, 308) or response.next_request is None:
        return None
    here, there = response.request.url, response.next_request.url
    same = (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)
    return there if same else None
