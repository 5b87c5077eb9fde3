"""Where programs are told to ask: an address of this machine, of which loopback has two."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from codex_tui.redact import MASK

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.redact import Secret

_BACKLOG = 1024


class Listening:
    """Listens, and has each connection taken.

    Args:
        accept: Makes what takes one.
        host: An address of this machine; 127.0.0.1 brings ::1, where it can.
        port: The port; 0 takes a free one.

    Attributes:
        places: The addresses and ports that it listens on, once it does.
    """

    def __init__(self, accept: Callable[[], asyncio.Protocol], host: str, port: int) -> None:
        self._accept = accept
        self._host, self._port = host, port
        self._servers: list[asyncio.Server] = []
        self.places: list[tuple[str, int]] = []

    async def open(self, token: Secret) -> list[str]:
        """Listen; the base URLs to ask, the one with the address that was named first.

        Args:
            token: What paths begin with; none where it is empty.

        Raises:
            OSError: The address or the port can't be had.
        """
        port = await self._listen(self._host, self._port)
        hosts = [self._host]
        if self._host in ("127.0.0.1", "localhost"):
            with suppress(OSError):
                await self._listen("::1", port)
                hosts.append("::1")
        return [_url(host, port, token) for host in hosts]

    async def _listen(self, host: str, port: int) -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._accept, host, port, backlog=_BACKLOG)
        self._servers.append(server)
        places = [sock.getsockname()[:2] for sock in server.sockets]
        self.places += places
        return int(places[0][1])

    def close(self) -> None:
        """Listen no more."""
        for server in self._servers:
            server.close()


def _url(host: str, port: int, token: Secret) -> str:
    path = f"/{token.reveal()}" if token else ""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{path}/v1"


def why_not(error: OSError) -> str:
    """Why an address can't be listened on, and what to do; asyncio's own words name it again."""
    if error.errno == errno.EADDRINUSE:
        return "address already in use: --port 0 takes a free port"
    known = error.errno is not None and error.errno in errno.errorcode
    return os.strerror(error.errno or 0).lower() if known else error.strerror or str(error)


def without_token(url: str, token: str) -> str:
    """An address as it may be written down."""
    return url.replace(f"/{token}/", f"/{MASK}/") if token else url
