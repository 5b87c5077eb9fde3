"""A client of a WebSocket: one request, and all that comes of it until its turn or the socket ends.

It is wsproto's, with a socket that blocks: what is wrong with a frame is an exception of its own.
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Event,
    Ping,
    TextMessage,
)
from wsproto.events import Request as Upgrade

if TYPE_CHECKING:
    from urllib.parse import SplitResult

T = TypeVar("T", bound=Event)

_ENDS = ("response.completed", "response.failed", "error")


class Heard(NamedTuple):
    """What a client heard.

    Attributes:
        messages: The server's, as JSON.
        pings: How many came.
        end: How it ended: `turn`, `close CODE`, `closed`, `reset`, `silence`.
    """

    messages: list[Any]
    pings: int
    end: str


class SocketClient:
    """Speaks over a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.messages: list[Any] = []
        self.pings = 0
        self._connection = connection
        self._spoken = WSConnection(ConnectionType.CLIENT)
        self._text = ""

    def say(self, event: Event) -> None:
        self._connection.sendall(self._spoken.send(event))

    def ask(self, place: SplitResult, body: dict[str, Any]) -> None:
        self.say(Upgrade(host=place.netloc, target=f"{place.path}/responses"))
        assert self._read(AcceptConnection)
        self.say(TextMessage(data=json.dumps({"type": "response.create", **body})))

    def hear(self) -> str:
        """Hear until the turn or the connection is over; return how."""
        try:
            while not (self.messages and self.messages[-1]["type"] in _ENDS):
                if (last := self._read(CloseConnection)) is not None:
                    return f"close {int(last.code)}"
        except ConnectionResetError:
            return "reset"
        except TimeoutError:
            return "silence"
        except EOFError:
            return "closed"
        return "turn"

    def _read(self, wanted: type[T]) -> T | None:
        """Take in what comes next; return the last event of it if it is one that is wanted."""
        if not (data := self._connection.recv(65536)):
            raise EOFError
        self._spoken.receive_data(data)
        event = None
        for event in self._spoken.events():
            self._take(event)
        return event if isinstance(event, wanted) else None

    def _take(self, event: Event) -> None:
        match event:
            case TextMessage():
                self._text += event.data
                if event.message_finished:
                    self.messages.append(json.loads(self._text))
                    self._text = ""
            case Ping():
                self.pings += 1


def ask_socket(url: str, body: dict[str, Any], timeout: float) -> Heard:
    """Open a socket at a base URL, ask, and hear the answer."""
    place = urlsplit(url)
    address = (place.hostname or "", place.port or 0)
    with socket.create_connection(address, timeout=timeout) as connection:
        client = SocketClient(connection)
        client.ask(place, body)
        end = client.hear()
    return Heard(client.messages, client.pings, end)
