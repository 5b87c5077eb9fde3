"""The framing of a body in chunks (RFC 9112, 7.1), which raw captures of a connection show."""

from __future__ import annotations

import re

_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_BEGINS = re.compile(_SIZE.pattern + rb"(?:event:|data:|id:|retry:|:|\s*[{\[])")
_MAY_BEGIN = re.compile(
    rb"(?:[0-9a-fA-F]{1,8}[ \t]*(?:;[^\r\n]*)?(?:\r?\n(?:[a-z]{0,5}|\s+)|\r)?)?"
)
_LONGEST = 4096  # of a line with a size


def is_chunked(body: bytes) -> bool:
    """Whether a body begins with the size of a chunk, and its data behind it."""
    return _BEGINS.match(body) is not None


def may_be_chunked(body: bytes) -> bool:
    """Whether more is needed to tell that."""
    return len(body) < _LONGEST and _MAY_BEGIN.fullmatch(body) is not None


def unchunked(body: bytes) -> bytes:
    """The beginning of what a body in chunks says."""
    return Chunks().feed(body)


class Chunks:
    """Takes the data out of chunks; from where it is none on, bytes stay as they are."""

    def __init__(self) -> None:
        self.count = 0
        self._held = b""
        self._left = 0  # of the data of a chunk
        self._state = "size"

    def feed(self, data: bytes) -> bytes:
        """What some more bytes say."""
        self._held += data
        out = bytearray()
        while self._held and self._step(out):
            pass
        return bytes(out)

    def close(self) -> bytes:
        """What is left where no more bytes come."""
        left, self._held = self._held, b""
        return left if left.strip() else b""

    def _step(self, out: bytearray) -> bool:
        match self._state:
            case "data":
                out += self._held[: self._left]
                taken = min(self._left, len(self._held))
                self._held, self._left = self._held[taken:], self._left - taken
                self._state = "size" if not self._left else "data"
            case "size":
                return self._size()
            case "over":
                self._held = b""  # trailers
            case _:
                out += self._held
                self._held = b""
        return True

    def _size(self) -> bool:
        """Take a size, and the line end before it; False where more is needed to tell."""
        begins = self._held.lstrip(b"\r\n") if self.count else self._held
        found = _SIZE.match(begins)
        if found is None:
            if b"\n" not in begins and len(begins) < _LONGEST:
                return False
            self._state = "none"
            return True
        self._held, self._left = begins[found.end() :], int(found[1], 16)
        self.count += self._left > 0
        self._state = "data" if self._left else "over"
        return True
