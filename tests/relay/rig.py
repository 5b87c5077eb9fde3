"""A relay between a raw client and a raw server on loopback, and the copies that it tells of.

async with relaying(server.url) as relay:
    client = await relay.connect()
    client.write(b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codex_tui.relay.destination import Destination
from codex_tui.relay.proxy import Relay
from codex_tui.relay.tee import ExchangeEnd, RequestHead, ResponseHead
from tests.servers import serving

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable

    from tests.servers import Handler, Server

GET = b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass
class Copy:
    """What was told of one exchange."""

    head: RequestHead
    told: list[tuple[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def request_body(self, data: bytes) -> None:
        self.told.append(("asked", data))

    def request_done(self) -> None:
        self.told.append(("asked all", None))

    def response(self, head: ResponseHead) -> None:
        self._heard("head", head, head.t)

    def response_body(self, data: bytes, t: float) -> None:
        self._heard("answered", data, t)

    def switched(self, t: float) -> None:
        self._heard("switched", None, t)

    def sent(self, data: bytes, t: float) -> None:
        self._heard("sent", data, t)

    def received(self, data: bytes, t: float) -> None:
        self._heard("received", data, t)

    def ended(self, end: ExchangeEnd) -> None:
        self._heard("ended", end, end.t)
        self.over.set()

    def _heard(self, name: str, what: Any, t: float) -> None:
        self.told.append((name, what))
        self.times.append(t)

    # -- what a test asks ----------------------------------------------------------------------

    def all(self, name: str) -> list[Any]:
        return [what for told, what in self.told if told == name]

    def bytes(self, name: str) -> bytes:
        return b"".join(self.all(name))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.told]

    @property
    def statuses(self) -> list[int]:
        return [head.status for head in self.all("head")]

    @property
    def end(self) -> ExchangeEnd:
        (end,) = self.all("ended")
        assert isinstance(end, ExchangeEnd)
        return end

    @property
    def ending(self) -> tuple[str, str]:
        return self.end.by, self.end.how


@dataclass
class Copies:
    """A recorder that keeps what it is told."""

    all: list[Copy] = field(default_factory=list)

    def begin(self, head: RequestHead) -> Copy:
        copy = Copy(head)
        self.all.append(copy)
        return copy

    async def ended(self, number: int = 1) -> Copy:
        """The copy of an exchange, by its number, once it is over."""
        await until(lambda: len(self.all) >= number)
        await self.all[number - 1].over.wait()
        return self.all[number - 1]


@dataclass
class Client:
    """A program's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def read(self) -> bytes:
        """What comes until the other end closes; raises where it resets."""
        return await self.reader.read(-1)

    async def heads(self) -> bytes:
        return await self.reader.readuntil(b"\r\n\r\n")

    def finish(self) -> None:
        self.writer.write_eof()

    def reset(self) -> None:
        reset(self.writer)

    async def gone(self) -> BaseException | None:
        """How the other end went: None closed, else what broke."""
        try:
            await self.reader.read(-1)
        except ConnectionError as error:
            return error
        return None


async def until(happens: Callable[[], bool]) -> None:
    """Let the loop turn until something is so."""
    turn = asyncio.Event()
    while not happens():
        asyncio.get_running_loop().call_soon(turn.set)
        await turn.wait()
        turn.clear()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection without the manners of TCP."""
    if (sock := writer.get_extra_info("socket")) is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@dataclass
class Running:
    """A relay that runs, and the server behind it where the test has one."""

    relay: Relay
    urls: list[str]
    copies: Copies
    chosen: list[str]
    faults: list[Exception]
    clients: list[Client] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)

    @property
    def server(self) -> Server:
        return self.servers[0]

    @property
    def port(self) -> int:
        return urlsplit(self.urls[0]).port or 0

    async def connect(self, host: str = "127.0.0.1", **how: Any) -> Client:
        client = Client(*await asyncio.open_connection(host, self.port, **how))
        self.clients.append(client)
        return client

    async def ask(self, data: bytes) -> bytes:
        """Everything that one connection gets for some bytes; it closes when it has sent them."""
        client = await self.connect()
        client.write(data)
        client.finish()
        return await client.read()


@asynccontextmanager
async def relaying(
    to: str | None, environ: dict[str, str] | None = None, **how: Any
) -> AsyncIterator[Running]:
    """A relay on a free port, for as long as the context is open."""
    copies, chosen, faults = how.pop("copies", None) or Copies(), list[str](), list[Exception]()
    destination = Destination(to, environ or {}, chosen.append)
    relay = Relay(copies, destination, fault=faults.append, **how)
    running = Running(relay, await relay.start(), copies, chosen, faults)
    try:
        yield running
    finally:
        for client in running.clients:
            client.writer.transport.abort()
            with suppress(ConnectionError):
                await client.writer.wait_closed()
        await relay.close()


@asynccontextmanager
async def between(
    answer: Handler,
    *,
    path: str = "",
    reads_request: bool = True,
    tls: ssl.SSLContext | None = None,
    **how: Any,
) -> AsyncIterator[Running]:
    """A relay to a server that answers so, whose base URL goes on with a path."""
    async with (
        serving(answer, tls=tls, reads_request=reads_request) as server,
        relaying(server.url + path, **how) as relay,
    ):
        relay.servers.append(server)
        yield relay
