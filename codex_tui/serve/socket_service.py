"""A client's WebSocket: each `response.create` is answered by a turn, also several at once.

Pings are answered and a close frame is returned, as RFC 6455 (5.5) wants it; all else that a client
says is recorded and changes nothing: what comes was recorded already.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from contextlib import suppress
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from codex_tui.relay.refusals import NotPassedError
from codex_tui.serve.framing import close_frame, socket_frame
from codex_tui.serve.playing import play, told_of
from codex_tui.wire.web_socket import SocketReader

if TYPE_CHECKING:
    from collections.abc import Callable

    import h11

    from codex_tui.relay.tee import Headers
    from codex_tui.serve.answers import Answers, Given
    from codex_tui.serve.http_carrier import Outlet
    from codex_tui.serve.playing import Clock
    from codex_tui.serve.script import AnswerScript, Closing, Write
    from codex_tui.wire.web_socket import SocketFrame

_CREATE = "response.create"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_PROTOCOL_ERROR = 1002
_GOOD_BYE = 1.0  # seconds in which a client answers a close frame


def upgrade_headers(request: h11.Request) -> Headers:
    """What an answer of 101 says to a request for a socket; no compression is agreed upon."""
    asked = dict[bytes, bytes](request.headers)
    key = asked.get(b"sec-websocket-key", b"").strip()
    accept = b64encode(sha1(key + _GUID, usedforsecurity=False).digest()).decode("ascii")
    headers = (
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-accept", accept),
    )
    protocol = asked.get(b"sec-websocket-protocol", b"").decode("latin-1").partition(",")[0].strip()
    return (*headers, ("sec-websocket-protocol", protocol)) if protocol else headers


def asks_for_socket(request: h11.Request) -> bool:
    """Whether a request is to go over to a WebSocket."""
    asked = dict[bytes, bytes](request.headers)
    return request.method == b"GET" and asked.get(b"upgrade", b"").strip().lower() == b"websocket"


class SocketService:
    """Serves one socket.

    Args:
        answers: What is answered.
        outlet: The way to the client.
        clock: The time.
        over: Called once, with how the connection is to end; None where the client closed it.
    """

    def __init__(
        self,
        answers: Answers,
        outlet: Outlet,
        clock: Clock,
        over: Callable[[Closing | None], None],
    ) -> None:
        self._answers, self._outlet, self._clock, self._over = answers, outlet, clock, over
        self._reader = SocketReader(masked=True)
        self._lanes: dict[str | None, asyncio.Task[None]] = {}
        self._said_goodbye = False
        self._returned = asyncio.Event()
        self.ready, self.broke = outlet.ready, outlet.broke

    def take(self, data: bytes, now: float) -> None:
        """Take in what the client sent by that time."""
        for frame in self._reader.feed(data):
            self._take(frame, now)

    def leave(self) -> None:
        """Let go of all that goes on."""
        for task in self._lanes.values():
            task.cancel()

    def _take(self, frame: SocketFrame, now: float) -> None:
        match frame.kind:
            case "text":
                self._hear(frame.data, now)
            case "ping":
                self._outlet.write(socket_frame("pong", frame.data))
            case "close":
                self._close(frame)
            case "bytes" if frame.reason:
                self._outlet.write(close_frame(_PROTOCOL_ERROR, frame.reason[:100]))
                self._over("cut")

    def _close(self, frame: SocketFrame) -> None:
        self._returned.set()
        if not self._said_goodbye:
            self._outlet.write(socket_frame("close", frame.data))
            self._over(None)

    def _hear(self, data: bytes, now: float) -> None:
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            return
        if isinstance(message, dict) and message.get("type") == _CREATE:
            self._begin(message, now)

    def _begin(self, message: dict[str, Any], now: float) -> None:
        """Answer a request; what is left of the one before it in its lane comes no more."""
        said = message.get("stream_id")
        lane = said if isinstance(said, str) else None
        if (before := self._lanes.get(lane)) is not None:
            before.cancel()
        try:
            given = self._answers.to_message(message)
        except (NotPassedError, OSError) as error:
            self._outlet.write(socket_frame("text", error_message(told_of(error))))
            return
        self._lanes[lane] = asyncio.ensure_future(self._answer(given, now))

    async def _answer(self, given: Given, came: float) -> None:
        with self._answers.giving(given):
            closing = await play(given.treated.script, self, self._clock, came)
        if closing in ("cut", "reset"):
            if self._said_goodbye:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._returned.wait(), _GOOD_BYE)
            self._over(closing)

    # -- what carries its answers --------------------------------------------------------------

    def head(self, script: AnswerScript) -> None:
        """Nothing: a socket has none but that of its upgrade."""

    def send(self, write: Write) -> None:
        """Send frames."""
        self._said_goodbye |= any(piece.name == "close" for piece in write.pieces)
        self._outlet.write(write.data)


def error_message(error: NotPassedError) -> bytes:
    """A refusal as the API's message of an error on a socket."""
    said = {"message": error.sentence, "type": error.type, "param": None, "code": None}
    return json.dumps({"type": "error", "status": error.status, "error": said}).encode()
