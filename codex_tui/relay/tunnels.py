"""What is said to a proxy before it passes bytes on: CONNECT (RFC 9110), or SOCKS 5 (RFC 1928)."""

from __future__ import annotations

import asyncio
import re
from typing import cast

HEAD_LIMIT = 64 << 10
"""Bytes of a proxy's answer: one that is longer is none."""

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n")
_SOCKS_WORDS = {
    2: "it does not allow it",
    3: "the network is unreachable",
    4: "the host is unreachable",
    5: "the connection was refused",
}


class NoTunnelError(Exception):
    """The proxy gave no connection; the text says why."""


class Talk(asyncio.Protocol):
    """Questions to a proxy and its answers, before the connection is somebody else's."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._news = asyncio.Event()
        self._over = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._heard += data
        self._news.set()

    def eof_received(self) -> None:
        """The proxy sends no more."""
        self._over = True
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.eof_received()

    def say(self, data: bytes) -> None:
        """Send bytes."""
        if self._transport is not None:
            self._transport.write(data)

    async def exactly(self, size: int) -> bytes:
        """The next bytes, that many.

        Raises:
            NoTunnelError: The proxy hung up before.
        """
        while len(self._heard) < size:
            await self._more()
        heard = bytes(self._heard[:size])
        del self._heard[:size]
        return heard

    async def head(self) -> bytes:
        """A head of HTTP, with its empty line.

        Raises:
            NoTunnelError: The proxy hung up before, or says too much.
        """
        while (end := self._heard.find(b"\r\n\r\n")) < 0:
            if len(self._heard) > HEAD_LIMIT:
                raise NoTunnelError("its answer is no HTTP")
            await self._more()
        return await self.exactly(end + 4)

    async def _more(self) -> None:
        if self._over:
            raise NoTunnelError("it closed the connection")
        self._news.clear()
        await self._news.wait()


async def connect_through(talk: Talk, host: str, port: int, authorization: str) -> None:
    """Have an HTTP proxy connect to a server.

    Raises:
        NoTunnelError: It does not.
    """
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if authorization:
        lines.append(f"Proxy-Authorization: {authorization}")
    talk.say("\r\n".join([*lines, "", ""]).encode())
    head = await talk.head()
    found = _STATUS.match(head)
    if found is None:
        raise NoTunnelError("its answer is no HTTP")
    if not found[1].startswith(b"2"):
        raise NoTunnelError((found[1] + b" " + (found[2] or b"")).decode("latin-1").strip())


async def socks_through(talk: Talk, host: str, port: int, user: str, password: str) -> None:
    """Have a SOCKS proxy connect to a server; the name is resolved there.

    Raises:
        NoTunnelError: It does not.
    """
    talk.say(b"\x05\x02\x00\x02" if user else b"\x05\x01\x00")
    version, method = await talk.exactly(2)
    if version != 5 or method == 0xFF:
        raise NoTunnelError("it wants another way to log in" if version == 5 else _NO_SOCKS)
    if method == 2:
        await _log_in(talk, user.encode(), password.encode())
    name = host.encode("idna")
    talk.say(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
    version, reply, _, kind = await talk.exactly(4)
    if version != 5 or reply != 0:
        raise NoTunnelError(_SOCKS_WORDS.get(reply, f"SOCKS reply {reply}"))
    length = {1: 4, 4: 16}.get(kind)
    await talk.exactly(2 + (length or (await talk.exactly(1))[0]))


async def _log_in(talk: Talk, user: bytes, password: bytes) -> None:
    talk.say(b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password)
    _, status = await talk.exactly(2)
    if status != 0:
        raise NoTunnelError("it does not accept the user name and the password")


_NO_SOCKS = "it does not speak SOCKS 5"
