"""An answer over HTTP/1.1: its head, its body in chunks, and its end, told as they go out.

Of the recorded headers none is left out but those of how the recorded connection was used.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import h11

    from codex_tui.relay.leg import Leg
    from codex_tui.relay.passing import Passing
    from codex_tui.relay.tee import Headers
    from codex_tui.serve.script import AnswerScript, Closing, Write

_BODILESS = (204, 304)
_LAST_CHUNK = b"0\r\n\r\n"
_LINE_ENDS = str.maketrans("\r\n\0", "   ")


class Outlet:
    """The way to one client: what is sent is told, and a client that reads slowly is waited for.

    Args:
        leg: Its connection.
        now: The time, in seconds.

    Attributes:
        passing: The exchange that goes on; None between two.
    """

    def __init__(self, leg: Leg, now: Callable[[], float]) -> None:
        self._leg, self._now = leg, now
        self._room = asyncio.Event()
        self._room.set()
        self._held = 0.0
        self._since: float | None = None
        self._why = ""
        self.passing: Passing | None = None

    def write(self, data: bytes) -> None:
        """Send bytes at once, and tell of them."""
        self._leg.write(data)
        if self.passing is not None:
            self.passing.answered(data)

    def full(self, full: bool) -> None:
        """Hear whether more waits for the client than may."""
        now = self._now()
        if full:
            self._room.clear()
            self._since = now
        else:
            self._room.set()
            self._held += now - (self._since or now)
            self._since = None

    async def ready(self) -> None:
        """Wait until the client has read enough."""
        await self._room.wait()

    def broke(self, why: str) -> None:
        """Take down why there is no more to send, as a sentence."""
        self._why = why

    def taken_why(self) -> str:
        """Why there was no more to send; "" where all was sent, or that was asked before."""
        why, self._why = self._why, ""
        return why

    def taken_held(self) -> float:
        """Seconds that a client was waited for since this was asked last."""
        held, self._held = self._held, 0.0
        return held


class HttpCarrier:
    """Carries one answer.

    Args:
        outlet: The way to its client.
        request: What is answered.
    """

    def __init__(self, outlet: Outlet, request: h11.Request) -> None:
        self._outlet = outlet
        self._chunked = request.http_version >= b"1.1"
        self._to_head = request.method == b"HEAD"
        self._goes_on = self._chunked and _header(request, b"connection").lower() != "close"
        self._origin = _header(request, b"origin")
        self._begun = False
        self._bodiless = False
        self.ready, self.broke = outlet.ready, outlet.broke

    def head(self, script: AnswerScript) -> None:
        """Send the head."""
        self._begun = True
        self._bodiless = self._to_head or script.status in _BODILESS
        own = [] if script.status in _BODILESS else self._own_headers()
        self._outlet.write(head_bytes(script.status, (*script.headers, *self._for_pages(), *own)))

    def _for_pages(self) -> Headers:
        """What lets a page read the answer; who may ask was looked at before."""
        if not self._origin:
            return ()
        allowed = ("access-control-allow-origin", self._origin)
        return (allowed, ("access-control-expose-headers", "*"))

    def _own_headers(self) -> Headers:
        framed = (("transfer-encoding", "chunked"),) if self._chunked else ()
        return framed if self._goes_on else (*framed, ("connection", "close"))

    def send(self, write: Write) -> None:
        """Send some of the body."""
        if self._bodiless:
            return
        data = write.data
        chunk = b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data
        self._outlet.write(chunk)

    def end(self, closing: Closing) -> bool:
        """Send what ends a body; return whether the connection may be used again."""
        if closing != "clean" or not self._begun:
            return False
        if self._chunked and not self._bodiless:
            self._outlet.write(_LAST_CHUNK)
        return self._goes_on


def head_bytes(status: int, headers: Headers) -> bytes:
    """The head of an answer, with its empty line; a recording's line ends can't end a header."""
    lines = [f"HTTP/1.1 {status} {_phrase(status)}"]
    lines += [f"{name}: {text.translate(_LINE_ENDS)}" for name, text in headers if _is_name(name)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "").isalnum()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _header(request: h11.Request, name: bytes) -> str:
    values = (value for each, value in request.headers if each == name)
    return next(values, b"").decode("latin-1").strip()


def preflight(request: h11.Request) -> Headers:
    """What a page is answered that asks, by OPTIONS, whether it may send its request."""
    wanted = _header(request, b"access-control-request-headers") or "*"
    methods = ("access-control-allow-methods", "GET, POST")
    return (methods, ("access-control-allow-headers", wanted))
