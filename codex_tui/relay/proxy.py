"""The relay: it listens where programs are told to ask, and passes on what they say."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codex_tui.relay.desk import Desk
from codex_tui.relay.hosts import Gate
from codex_tui.relay.pair import Pair
from codex_tui.relay.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.relay.destination import Destination
    from codex_tui.relay.tee import Recorder


class Relay:
    """A reverse proxy.

    Args:
        recorder: Makes the copies.
        to: Where requests go.
        host: Where to listen: an address of this machine; loopback listens on ::1 too, if it can.
        port: The port; 0 takes a free one.
        gate: Who may ask.
        fault: Told of what a copy raised.
        program: The program's name, where the relay is there for one.
    """

    def __init__(
        self,
        recorder: Recorder,
        to: Destination,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        gate: Gate | None = None,
        fault: Callable[[Exception], None] = lambda _: None,
        program: str = "",
    ) -> None:
        self._host, self._port = host, port
        self._desk = Desk(recorder, to, gate or Gate(), Upstream(), fault, program)
        self._servers: list[asyncio.Server] = []
        self._pairs: set[Pair] = set()

    async def start(self) -> list[str]:
        """Listen; the base URLs to ask, the one with the address that was named first.

        Raises:
            OSError: The address or the port can't be had.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._accept, self._host, self._port)
        self._servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return [f"http://{self._host}:{port}/v1"]

    def _accept(self) -> asyncio.Protocol:
        pair = Pair(self._desk, self._pairs.discard)
        self._pairs.add(pair)
        return pair.program

    async def close(self) -> None:
        """Listen no more, and break what is under way: each exchange is told that it was left."""
        for server in self._servers:
            server.close()
        for pair in list(self._pairs):
            pair.leave()
        await asyncio.sleep(0)
