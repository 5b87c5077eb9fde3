"""HTTP servers on loopback, written out byte by byte, for tests of what comes over a network.

    async def answer(peer: Peer) -> None:
        await peer.stream(b"data: {}\n\n")

    async with serving(answer) as server:
        ...  # server.url

A handler runs once for each connection, after the request was read; when it returns, the
connection is closed.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CERTIFICATE = Path(__file__).with_name("loopback.pem")
EXPIRED = Path(__file__).with_name("expired.pem")
EVENT_STREAM = {"Content-Type": "text/event-stream"}


@dataclass
class Request:
    """What a client sent; header names in lower case."""

    method: str = ""
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Peer:
    """The server's end of one connection."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """The status line and headers of an answer whose body ends with the connection."""
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{n}: {v}" for n, v in (headers or {}).items())]
        await self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode())

    async def reply(
        self, status: int, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> None:
        """A whole answer."""
        await self.head(status, {**(headers or {}), "Content-Length": str(len(body))})
        await self.send(body)

    async def reply_json(self, status: int, value: object, **headers: str) -> None:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        body = json.dumps(value).encode()
        await self.reply(status, {"Content-Type": "application/json", **named}, body)

    async def stream(self, *pieces: bytes) -> None:
        """A stream of events with these bytes, each piece a write; the connection stays open."""
        await self.head(200, EVENT_STREAM)
        for piece in pieces:
            await self.send(piece)

    async def chunk(self, data: bytes) -> None:
        """One chunk of `Transfer-Encoding: chunked`."""
        await self.send(chunked(data))

    async def hold(self) -> None:
        """Wait until the client has gone."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass

    def reset(self) -> None:
        """Break the connection without the manners of TCP: the client gets an RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Server:
    """A server that runs."""

    port: int
    scheme: str
    requests: list[Request] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a handler has returned or its client left."""

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """A base URL for a provider."""
        return f"{self.origin}/v1"


def certificate(file: Path = CERTIFICATE) -> ssl.SSLContext:
    """What a server needs to speak TLS as 127.0.0.1; nobody vouches for it.

    `EXPIRED` is one that was good for a day of 2020.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


Handler = Callable[[Peer], Awaitable[None]]


def chunked(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def event(kind: str, **fields: object) -> bytes:
    """A frame as OpenAI writes it."""
    data = json.dumps({"type": kind, **fields}, separators=(",", ":"))
    return f"event: {kind}\ndata: {data}\n\n".encode()


CREATED = event("response.created", response={"id": "resp_1", "status": "in_progress"})
DELTA = event("response.output_text.delta", delta="Hello", output_index=0)
COMPLETED = event(
    "response.completed", response={"id": "resp_1", "status": "completed", "output": []}
)


@asynccontextmanager
async def serving(
    handler: Handler, *, tls: ssl.SSLContext | None = None, reads_request: bool = True
) -> AsyncIterator[Server]:
    """A server on a free port of 127.0.0.1, for as long as the context is open."""
    running: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            request = await read_request(reader) if reads_request else Request()
            server.requests.append(request)
            await handler(Peer(request, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            running.discard(task)
            server.gone.set()
            writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    server = Server(listening.sockets[0].getsockname()[1], scheme)
    try:
        yield server
    finally:
        listening.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> Request:
    """A request with a Content-Length body, or none."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)
