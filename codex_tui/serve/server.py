"""The server: it listens where clients are told to ask, and answers them by what was recorded."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codex_tui.relay.connected import Connected
from codex_tui.relay.descriptors import most_connections
from codex_tui.relay.hosts import Gate, is_loopback
from codex_tui.relay.listening import Listening
from codex_tui.relay.messages import RequestReader
from codex_tui.relay.passing import Passing
from codex_tui.serve.connection import ClientConnection, House
from codex_tui.serve.http_carrier import head_bytes
from codex_tui.serve.playing import RealClock

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from codex_tui.relay.tee import Recorder
    from codex_tui.serve.answers import Answers
    from codex_tui.serve.playing import Clock


class ReplayServer:
    """A server.

    Args:
        answers: What requests are answered.
        recorder: Makes copies of what is exchanged.
        host: Where to listen: an address of this machine; 127.0.0.1 brings ::1, where it can.
        port: The port; 0 takes a free one.
        gate: Who may ask.
        fault: Told of what a copy raised; the exchange goes on without it.
        clock: The time by which answers are told.

    Raises:
        ValueError: Others than programs of this machine could ask without a token.
    """

    def __init__(
        self,
        answers: Answers,
        recorder: Recorder,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        gate: Gate | None = None,
        fault: Callable[[Exception], None] = lambda _: None,
        clock: Clock | None = None,
    ) -> None:
        gate = gate or Gate()
        if not (gate.token or is_loopback(host)):
            raise ValueError(f"who listens on {host} needs a token")
        self._house = House(answers, gate, recorder, clock or RealClock(), fault)
        self._listening = Listening(self._accept, host, port)
        self._token = gate.token
        self._connections = Connected[ClientConnection]()

    async def start(self) -> list[str]:
        """Listen; the base URLs to ask, the one with the address that was named first.

        Raises:
            OSError: The address or the port can't be had.
        """
        most_connections()  # raises the limit of open files
        _rehearse()
        return await self._listening.open(self._token)

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._connections)

    @property
    def exchanges(self) -> int:
        """How many exchanges are under way; a socket is one until it is closed."""
        return self._connections.busy

    def _accept(self) -> asyncio.Protocol:
        connection = ClientConnection(self._house, self._connections.gone)
        self._connections.add(connection)
        return connection.leg

    async def close(self) -> None:
        """Listen no more, and break what is under way."""
        self._listening.close()
        await self._connections.leave()


def _rehearse() -> None:
    """Read a request and an answer that nobody sent: what is made for the first makes none late."""
    request = RequestReader()
    head = request.head_in(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    request.body_in(b"")
    if head is not None:
        answer = Passing(None, head.request, time.monotonic, lambda _: None)
        chunked = (("transfer-encoding", "chunked"),)
        answer.answered(head_bytes(200, chunked) + b"1\r\n\n\r\n0\r\n\r\n")
