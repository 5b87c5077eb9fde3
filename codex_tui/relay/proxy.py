"""The relay: it listens where programs are told to ask, and passes on what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.relay.connected import Connected
from codex_tui.relay.descriptors import most_connections
from codex_tui.relay.desk import Desk
from codex_tui.relay.hosts import Gate, is_loopback
from codex_tui.relay.listening import Listening
from codex_tui.relay.pair import Pair
from codex_tui.relay.refusals import NotPassedError
from codex_tui.relay.upstream import Upstream

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from codex_tui.relay.destination import Destination
    from codex_tui.relay.tee import Recorder


class Relay:
    """A reverse proxy.

    Args:
        recorder: Makes the copies.
        to: Where requests go.
        host: Where to listen: an address of this machine; 127.0.0.1 brings ::1, where it can.
        port: The port; 0 takes a free one.
        gate: Who may ask.
        fault: Told of what a copy raised; the exchange goes on without it.
        program: The program's name, where the relay is there for one.
        most: How many connections there can be; None as many as the system allows.

    Raises:
        ValueError: Others than programs of this machine could ask without a token.
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
        most: int | None = None,
    ) -> None:
        gate = gate or Gate()
        if not (gate.token or is_loopback(host)):
            raise ValueError(f"who listens on {host} needs a token")
        self._most = most
        self._token = gate.token
        self._listening = Listening(self._accept, host, port)
        self._upstream = Upstream()
        self._desk = Desk(recorder, to, gate, self._upstream, fault, program)
        self._pairs = Connected[Pair]()

    async def start(self) -> list[str]:
        """Listen; the base URLs to ask, the one with the address that was named first.

        Raises:
            OSError: The address or the port can't be had.
        """
        if self._most is None:
            self._most = most_connections()
        urls = await self._listening.open(self._token)
        self._upstream.ours.update(self._listening.places)
        return urls

    @property
    def connections(self) -> int:
        """How many programs are connected now; one may keep a connection for its next request."""
        return len(self._pairs)

    @property
    def exchanges(self) -> int:
        """How many exchanges are under way; a socket is one until it is closed."""
        return self._pairs.busy

    def _accept(self) -> asyncio.Protocol:
        full = self._most is not None and len(self._pairs) >= self._most
        pair = Pair(self._desk, self._pairs.gone, _too_many() if full else None)
        self._pairs.add(pair)
        return pair.program

    async def close(self) -> None:
        """Listen no more, and break what is under way: each exchange is told that it was left."""
        self._listening.close()
        await self._pairs.leave()


def _too_many() -> NotPassedError:
    sentence = (
        "codex-tui tap has as many connections as it can have open files: raise `ulimit -n`, or"
        " send fewer requests at once."
    )
    return NotPassedError(503, "too_many_connections", sentence)
