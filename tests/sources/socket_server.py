"""A server's end of a WebSocket on loopback, written out frame by frame."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wsproto.frame_protocol import FrameProtocol
from wsproto.utilities import generate_accept_token

from codex_tui.wire.web_socket import SocketReader

if TYPE_CHECKING:
    from codex_tui.wire.web_socket import SocketFrame
    from tests.servers import Peer


class ServerSocket:
    """What a handler has once the connection is a socket."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._frames = FrameProtocol(client=False, extensions=[])
        self._reader = SocketReader(masked=True)
        self._heard: list[SocketFrame] = []

    @classmethod
    async def opened(cls, peer: Peer, **headers: str) -> ServerSocket:
        """Answer the opening handshake."""
        key = peer.request.headers["sec-websocket-key"].encode()
        told = {"Upgrade": "websocket", "Connection": "Upgrade", **headers}
        told.setdefault("Sec-WebSocket-Accept", generate_accept_token(key).decode())
        lines = ["HTTP/1.1 101 Switching", *(f"{n}: {v}" for n, v in told.items()), "", ""]
        await peer.send("\r\n".join(lines).encode())
        return cls(peer)

    async def say(self, *messages: dict[str, Any]) -> None:
        """Send messages, all in one write."""
        frames = (self._frames.send_data(json.dumps(message)) for message in messages)
        await self._peer.send(b"".join(map(bytes, frames)))

    async def respond(self, id_: str, text: str = "Hello", **more: Any) -> None:
        """Begin a response, and complete it with one message of text."""
        part = {"type": "output_text", "text": text}
        item = {"id": f"msg_{id_}", "type": "message", "role": "assistant", "content": [part]}
        begun = {"id": id_, "status": "in_progress", "output": []}
        done = {"id": id_, "status": "completed", "output": [item]}
        await self.say(
            {"type": "response.created", "response": begun, **more},
            {"type": "response.output_item.done", "output_index": 0, "item": item, **more},
            {"type": "response.completed", "response": done, **more},
        )

    async def ping(self, data: bytes) -> None:
        await self._peer.send(bytes(self._frames.ping(data)))

    async def close(self, code: int, reason: str = "") -> None:
        await self._peer.send(bytes(self._frames.close(code, reason)))

    async def frame(self) -> SocketFrame:
        """The next frame from the client.

        Raises:
            ConnectionError: It has gone.
        """
        while not self._heard:
            data = await self._peer.reader.read(65536)
            if not data:
                raise ConnectionError
            self._heard += self._reader.feed(data)
        return self._heard.pop(0)

    async def message(self) -> Any:
        """The next message from the client."""
        frame = await self.frame()
        if frame.kind == "close":
            raise ConnectionError
        assert frame.kind == "text", frame
        return json.loads(frame.data)
