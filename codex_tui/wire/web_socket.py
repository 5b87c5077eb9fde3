"""Frames of a WebSocket to messages (RFC 6455, section 5), compressed ones too (RFC 7692).

One side of a connection is read as it comes, in pieces of any size. Nothing is answered and nothing
raised: what is no valid frame is given as the bytes that it is, with why, and all behind it too,
for nobody knows where the next frame would begin.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Literal, NamedTuple

from codex_tui.wire.sse import MAX_EVENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["text", "binary", "close", "ping", "pong", "bytes"]

_KINDS: dict[int, Kind] = {1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
_CONTINUED = 0
_CONTROL = 8  # opcodes from here on are of control frames
_LARGEST_CONTROL = 125
_FIN, _COMPRESSED, _RESERVED, _OPCODE = 0x80, 0x40, 0x30, 0x0F
_MASKED, _LENGTH = 0x80, 0x7F
_FLUSHED = b"\x00\x00\xff\xff"  # what a message lacks at its end (RFC 7692, section 7.2.2)
_WINDOW = 32 << 10
_DEFLATE = "permessage-deflate"
_TOO_LARGE = "a message that is larger than any event may be"


class SocketFrame(NamedTuple):
    """A message, a control frame, or bytes that are neither.

    Attributes:
        kind: What it is.
        data: What it carries, unpacked; of a close frame all of its payload.
        wire: Bytes of its payload as they went over the wire.
        reason: Why bytes are no frame, with the first of them; else nothing.
    """

    kind: Kind
    data: bytes
    wire: int
    reason: str = ""

    @property
    def close_code(self) -> int | None:
        """The code of a close frame; None where it has none."""
        return int.from_bytes(self.data[:2]) if len(self.data) > 1 else None

    @property
    def close_reason(self) -> str | None:
        """The reason of a close frame; None where it has no code either."""
        return self.data[2:].decode("utf-8", "replace") if len(self.data) > 1 else None


class _BrokenFrameError(Exception):
    """What comes is no valid frame; the text says why."""


class _FrameHead(NamedTuple):
    final: bool
    compressed: bool
    opcode: int
    mask: bytes
    start: int
    length: int


class SocketReader:
    """Reads what one side of a WebSocket sends.

    Args:
        masked: Whether that side masks its frames, as clients must and servers must not.
        extensions: The header `Sec-WebSocket-Extensions` of the answer: what was agreed upon.
        most: Bytes of one message, at most, packed or not.
    """

    def __init__(self, *, masked: bool, extensions: str = "", most: int = MAX_EVENT_BYTES) -> None:
        self._masked = masked
        self._inflater = _Inflater(most) if _deflates(extensions) else None
        self._most = most
        self._held = bytearray()
        self._broken = False
        self._fragments: list[bytes] = []
        self._size = 0  # of the fragments
        self._kind: Kind | None = None  # of the message that has begun
        self._compressed = False

    def feed(self, data: bytes) -> list[SocketFrame]:
        """The messages and frames that some more bytes complete."""
        if self._broken:
            return [SocketFrame("bytes", data, len(data))] if data else []
        self._held += data
        return list(self._frames())

    def close(self) -> list[SocketFrame]:
        """What is left where the connection ends: a message or a frame that never did."""
        if self._broken or not (self._held or self._fragments):
            return []
        return [self._break("the connection ended inside a message", 0)]

    def _frames(self) -> Iterator[SocketFrame]:
        start = 0
        try:
            while (head := self._head(start)) is not None:
                end = head.start + head.length
                if end > len(self._held):
                    break
                payload = bytes(self._held[head.start : end])
                found = self._take(head, _unmasked(payload, head.mask))
                start = end
                if found is not None:
                    yield found
        except _BrokenFrameError as error:
            yield self._break(str(error), start)
        else:
            del self._held[:start]

    def _break(self, reason: str, start: int) -> SocketFrame:
        """Give up: what was begun, and the bytes from a place on, are bytes."""
        data = b"".join(self._fragments) + bytes(self._held[start:])
        self._broken = True
        self._fragments, self._kind, self._size = [], None, 0
        self._held.clear()
        return SocketFrame("bytes", data, len(data), reason)

    def _head(self, start: int) -> _FrameHead | None:
        """The head of the frame at a place; None where it is not whole.

        Raises:
            _BrokenFrameError: It is none.
        """
        held = self._held
        if len(held) < start + 2:
            return None
        first, second = held[start], held[start + 1]
        size = {126: 2, 127: 8}.get(second & _LENGTH, 0)
        begin = start + 2 + size
        masked = bool(second & _MASKED)
        if masked != self._masked:
            raise _BrokenFrameError("a masked frame" if masked else "a frame that is not masked")
        if len(held) < begin + 4 * masked:
            return None
        length = int.from_bytes(held[start + 2 : begin]) if size else second & _LENGTH
        mask = bytes(held[begin : begin + 4 * masked])
        head = _FrameHead(
            *(bool(first & _FIN), bool(first & _COMPRESSED), first & _OPCODE, mask),
            *(begin + len(mask), length),
        )
        self._check(head, reserved=bool(first & _RESERVED))
        return head

    def _check(self, head: _FrameHead, *, reserved: bool) -> None:
        """See whether a frame may stand where it does.

        Raises:
            _BrokenFrameError: It may not.
        """
        control = head.opcode >= _CONTROL
        begins = head.opcode in (1, 2)
        faults = {
            "a reserved bit": reserved,
            "a compressed frame where that was not agreed upon": head.compressed
            and (self._inflater is None or not begins),
            f"the reserved opcode {head.opcode}": head.opcode not in (_CONTINUED, *_KINDS),
            "a control frame in fragments": control and not head.final,
            "a control frame of more than 125 bytes": control and head.length > _LARGEST_CONTROL,
            "a close frame of one byte": _KINDS.get(head.opcode) == "close" and head.length == 1,
            "a fragment of no message": head.opcode == _CONTINUED and self._kind is None,
            "a message inside another": begins and self._kind is not None,
            _TOO_LARGE: head.length + self._size > self._most,
        }
        if (reason := next((name for name, holds in faults.items() if holds), "")) != "":
            raise _BrokenFrameError(reason)

    def _take(self, head: _FrameHead, payload: bytes) -> SocketFrame | None:
        """What a frame completes."""
        if head.opcode >= _CONTROL:
            return SocketFrame(_KINDS[head.opcode], payload, len(payload))
        if head.opcode != _CONTINUED:
            self._kind, self._compressed = _KINDS[head.opcode], head.compressed
        self._fragments.append(payload)
        self._size += len(payload)
        return self._whole() if head.final else None

    def _whole(self) -> SocketFrame:
        """The message that is complete.

        Raises:
            _BrokenFrameError: It can't be unpacked.
        """
        packed = b"".join(self._fragments)
        data = packed
        if self._compressed and self._inflater is not None:
            data = self._inflater.unpacked(packed)
        kind, self._kind, self._fragments, self._size = self._kind or "binary", None, [], 0
        return SocketFrame(kind, data, len(packed))


class _Inflater:
    """Unpacks the messages of one side; what one says may refer to those before it.

    Where a side forgets its context behind each message, its messages refer to none, and can be
    read all the same; so it is with smaller windows.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._window = b""

    def unpacked(self, packed: bytes) -> bytes:
        """A message unpacked.

        Raises:
            _BrokenFrameError: It can't be, or is too large.
        """
        found = bytearray()
        rest = packed + _FLUSHED
        while rest:
            try:
                piece = self._stream.decompress(rest, self._most + 1 - len(found))
            except zlib.error as error:
                raise _BrokenFrameError(f"a message that can't be unpacked ({error})") from None
            found += piece
            if len(found) > self._most:
                raise _BrokenFrameError(_TOO_LARGE)
            rest = self._stream.unconsumed_tail
            self._window = (self._window + piece)[-_WINDOW:]
            if self._stream.eof:  # a last block ends a stream and no message (section 7.2.3.4)
                rest = self._stream.unused_data
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS, zdict=self._window)
        return bytes(found)


def _deflates(extensions: str) -> bool:
    """Whether it was agreed upon that messages may be compressed."""
    names = (each.partition(";")[0].strip().lower() for each in extensions.split(","))
    return _DEFLATE in names


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    """A payload without its mask (section 5.3): one exclusive or over all of it."""
    if not mask or not payload:
        return payload
    count = len(payload)
    key = (mask * (count // 4 + 1))[:count]
    return (int.from_bytes(payload) ^ int.from_bytes(key)).to_bytes(count)
