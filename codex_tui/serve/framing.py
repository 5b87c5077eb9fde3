"""How a payload is framed by a server: as a block of a stream, or as a frame of a WebSocket.

Frames of a server are not masked (RFC 6455, 5.1), and none is compressed: so each stands for
itself, whatever was sent before it.
"""

from __future__ import annotations

from typing import Literal

from codex_tui.wire.sse import SSEDecoder

Framing = Literal["stream", "socket", "body"]

_OPCODES = {"text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}
_FINAL = 0x80
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_LENGTHS = {_TWO_BYTES: 4, _EIGHT_BYTES: 10}  # of a frame's head


def framed(framing: Framing, name: str, data: bytes) -> bytes:
    """An event's JSON, which is one line, as it goes over the wire; a body is its bytes."""
    match framing:
        case "stream":
            named = f"event: {name}\n".encode() if name else b""
            return named + b"data: " + data + b"\n\n"
        case "socket":
            return socket_frame("text", data)
        case "body":
            return data


def payload_of(framing: Framing, framed: bytes) -> bytes:
    """The data of what `framed` gives, or a server wrote in its own way; nothing if it has none."""
    match framing:
        case "stream":
            return "".join(frame.data for frame in SSEDecoder().feed(framed)).encode()
        case "socket":
            return framed[_LENGTHS.get(framed[1], 2) :]
        case "body":
            return framed


def socket_frame(opcode: str, payload: bytes) -> bytes:
    """A whole frame of a server; opcodes as records call them.

    Raises:
        KeyError: There is no such opcode.
    """
    return bytes([_FINAL | _OPCODES[opcode]]) + _length(len(payload)) + payload


def _length(size: int) -> bytes:
    """The length of a payload (RFC 6455, 5.2)."""
    if size < _TWO_BYTES:
        return bytes([size])
    if size < 1 << 16:
        return bytes([_TWO_BYTES]) + size.to_bytes(2)
    return bytes([_EIGHT_BYTES]) + size.to_bytes(8)


def close_frame(code: int | None, reason: str | None) -> bytes:
    """A close frame as it was recorded: without a code it carries nothing."""
    payload = b"" if code is None else code.to_bytes(2) + (reason or "").encode()
    return socket_frame("close", payload)
