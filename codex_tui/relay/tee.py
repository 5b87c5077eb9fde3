"""The seam between passing on and recording: what is told of an exchange while it passes.

Who passes on tells each thing once, in the turn of the loop in which it goes on to the other side;
who takes the copy may neither wait nor raise. Times are seconds since the first byte of the
request left for the server (before that it is 0), on a monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

Headers = tuple[tuple[str, str], ...]
"""Header fields as they came: their order, and names in the case in which they were sent."""

Side = Literal["program", "server", "relay"]
"""Who ended an exchange: the program, its server, or the relay itself."""

Ending = Literal["whole", "closed", "reset", "timeout", "unreachable", "refused", "broken", "left"]
"""How an exchange ended.

`whole`: the answer came to its end, as its framing says, or the socket was closed with a close
frame's handshake; `closed`: a side closed before that (half closes too); `reset`: it was reset;
`timeout`: nothing came for too long; `unreachable`: no connection (DNS, refused, TLS);
`refused`: the relay did not pass the request on; `broken`: what came is no HTTP;
`left`: the relay itself was ended.
"""


@dataclass(slots=True, frozen=True)
class RequestHead:
    """What a program asked for: `target` as it stands in its request, `url` where it is sent to.

    `wall` is the time of day (UTC) when its first byte came.
    """

    number: int
    method: str
    target: str
    url: str
    headers: Headers
    wall: datetime
    program: str = ""
    """The program's name as far as the relay knows it (its `User-Agent` else); "" if unknown."""


@dataclass(slots=True, frozen=True)
class ResponseHead:
    """What the server answered with, 1xx too; 101 is told by `switched` as well."""

    status: int
    reason: str
    headers: Headers
    t: float


@dataclass(slots=True, frozen=True)
class ExchangeEnd:
    """How an exchange ended, at whose hands, and when; `detail` is a sentence, "" if none.

    `status` is what the relay answered itself, where it did so; else 0.
    """

    by: Side
    how: Ending
    t: float
    detail: str = ""
    status: int = 0


class Tee(Protocol):
    """Takes the copy of one exchange. Nothing here waits or raises, whatever a disk does."""

    def request_body(self, data: bytes) -> None:
        """A piece of the request's body, its transfer coding taken off, its encoding not."""
        ...

    def request_done(self) -> None:
        """The request is whole."""
        ...

    def response(self, head: ResponseHead) -> None:
        """The head of an answer has come."""
        ...

    def response_body(self, data: bytes, t: float) -> None:
        """What one wake-up of the server's socket brought of the body, its transfer coding off.

        A call is a read: what came at once is given at once.
        """
        ...

    def switched(self, t: float) -> None:
        """The server has answered 101: all that follows is a WebSocket's bytes."""
        ...

    def sent(self, data: bytes, t: float) -> None:
        """Bytes of the socket from the program."""
        ...

    def received(self, data: bytes, t: float) -> None:
        """Bytes of the socket from the server: what one wake-up brought."""
        ...

    def ended(self, end: ExchangeEnd) -> None:
        """The exchange is over; nothing is told of it any more."""
        ...


class Recorder(Protocol):
    """Makes the copies of a relay's exchanges."""

    def begin(self, head: RequestHead) -> Tee:
        """A request has come; `head` is known before anything of it was passed on."""
        ...
