"""A server of recordings on loopback, with a clock that jumps, and raw clients of it.

async with serving(paths) as served:
    client = await served.connect()
    client.post()
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wsproto.frame_protocol import FrameProtocol

from codex_tui.serve.answers import Answers
from codex_tui.serve.files import opened
from codex_tui.serve.programme import Programme
from codex_tui.serve.server import ReplayServer
from tests.relay.fake_relay import FakeRelay, records_of
from tests.relay.rig import Client, Copies

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from codex_tui.recording.records import Record
    from codex_tui.relay.hosts import Gate
    from codex_tui.relay.tee import Recorder
    from codex_tui.serve.playing import Clock

ASKED = {"model": "gpt-5", "input": "Why?", "stream": True}
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3


class JumpingClock:
    """A clock on which nobody waits: whoever waits for a time is there."""

    def __init__(self) -> None:
        self._now = 100.0

    def now(self) -> float:
        return self._now

    async def until(self, t: float) -> None:
        self._now = max(self._now, t)
        await asyncio.sleep(0)


@dataclass
class Served:
    """A server.

    Attributes:
        url: Its base URL.
        server: The server itself.
        copies: What it told of.
    """

    url: str
    server: ReplayServer
    copies: Copies
    clients: list[RawClient] = field(default_factory=list)

    async def connect(self) -> RawClient:
        parts = urlsplit(self.url)
        streams = await asyncio.open_connection(parts.hostname, parts.port)
        self.clients.append(RawClient(*streams))
        return self.clients[-1]

    async def ask(self, body: object = ASKED, **more: str) -> bytes:
        """All bytes of an answer, on a connection of its own."""
        client = await self.connect()
        client.post(body, connection="close", **more)
        return await client.read()


class RawClient(Client):
    """A client that says what it is told to, and reads what comes."""

    def post(self, body: object = ASKED, target: str = "/v1/responses", **headers: str) -> None:
        """Ask."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Host": "127.0.0.1", "Content-Type": "application/json", **headers}
        lines = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in named.items())
        head = f"POST {target} HTTP/1.1\r\n{lines}Content-Length: {len(data)}\r\n\r\n"
        self.write(head.encode() + data)

    async def upgrade(self) -> bytes:
        """Ask for a socket; return the head of the answer."""
        named = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": _KEY}
        lines = "".join(f"{name}: {text}\r\n" for name, text in named.items())
        self.write(f"GET /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode())
        return await self.heads()


class SocketClient:
    """A client's end of a WebSocket."""

    def __init__(self, client: RawClient) -> None:
        self.raw = client
        self._frames = FrameProtocol(client=True, extensions=[])

    def say(self, message: object) -> None:
        """Send a text."""
        self.raw.write(bytes(self._frames.send_data(json.dumps(message))))

    def ping(self, payload: bytes) -> None:
        self.raw.write(bytes(self._frames.ping(payload)))

    def close(self, code: int = 1000) -> None:
        self.raw.write(bytes(self._frames.close(code)))

    async def hear(self, count: int) -> list[Any]:
        """So many frames: the JSON of texts, of others `(opcode, payload)`."""
        heard: list[Any] = []
        while len(heard) < count:
            data = await self.raw.reader.read(65536)
            assert data, f"closed after {heard}"
            self._frames.receive_bytes(data)
            heard += map(_told, self._frames.received_frames())
        return heard


def _told(frame: Any) -> Any:
    if isinstance(frame.payload, str):
        return json.loads(frame.payload)
    payload = frame.payload
    return frame.opcode.name.lower(), bytes(payload) if isinstance(payload, bytearray) else payload


@asynccontextmanager
async def serving(
    paths: Sequence[Path],
    *,
    recorder: Recorder | None = None,
    clock: Clock | None = None,
    gate: Gate | None = None,
    speed: float | None = 1.0,
    **options: Any,
) -> AsyncIterator[Served]:
    """Serve files, by a clock that jumps."""
    copies = Copies()
    turns = [turn for path in paths for turn in opened(path).turns]
    server = ReplayServer(
        Answers(Programme(turns, **options), speed),
        recorder or copies,
        gate=gate,
        clock=clock or JumpingClock(),
        fault=_raise,
    )
    [url, *_] = await server.start()
    served = Served(url, server, copies)
    try:
        yield served
    finally:
        await server.close()
        for client in served.clients:
            client.writer.close()
            with suppress(ConnectionError):
                await client.writer.wait_closed()


def _raise(error: Exception) -> None:
    raise error


def tapped(folder: Path) -> FakeRelay:
    """A recorder, and who tells it."""
    folder.mkdir(parents=True, exist_ok=True)
    return FakeRelay(folder)


def only_file(relay: FakeRelay) -> Path:
    """The one recording that was made."""
    relay.work()
    [path] = relay.files()
    return path


def all_records(relay: FakeRelay) -> list[Record]:
    """The records of the one recording."""
    return records_of(only_file(relay))


__all__ = ["ASKED", "SocketClient", "serving", "tapped"]
