"""Compressed bytes unpacked in pieces of bounded size, and no more of them than is allowed.

Live answers and files go the same way. A piece depends on the bytes alone and never on how they
were cut, so that what is refused is refused at the same byte; all that came before it is given.
"""

from __future__ import annotations

import sys
import zlib
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECE = 1 << 20
"""No piece is longer, where the algorithm lets us say so."""

FREE = 16 << 20
"""Bytes that may come out of however few."""

GZIP = b"\x1f\x8b"
"""How each member of a gzip file begins (RFC 1952, section 2.3.1)."""

_NARROW = 100
"""How many times their size bytes of gzip and deflate may hold, which look back 32 KB. Of 440 real
streams and sessions none reaches 20; a made-up one of numbered line breaks, 56; a bomb, 1,032."""

_WIDE = 1000
"""The same of zstd and brotli, which look back over megabytes: a conversation that is sent again
with each turn is there but once. Real ones reach 25; such a recording 850; a bomb, 60,000."""

_WINDOW_LOG = 27  # zstd may look back at 128 MB, at most; the Codex CLI's files ask for 8
_BROTLI_SLICE = 64  # bytes that go in at once where brotli can't be told how much to give


class UnpackError(ValueError):
    """Bytes are not of the form; all that could be read was given before."""


class StrangeTailError(ValueError):
    """Behind the end of what is packed stands something else."""

    def __init__(self) -> None:
        super().__init__("something else stands behind its end")


class TooMuchError(ValueError):
    """Bytes hold more than is allowed.

    Attributes:
        ratio: How many times their size they may hold.
    """

    def __init__(self, ratio: int) -> None:
        super().__init__(f"they hold more than {ratio:,} times their size")
        self.ratio = ratio


class Unpacker(Protocol):
    """Unpacks bytes as they come.

    Attributes:
        ratio: How many times their size real ones may hold.
        step: Bytes that are to be fed at once, at most.
        begun: Whether what has begun has not ended.
    """

    ratio: int
    step: int
    begun: bool

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold, in pieces.

        Raises:
            UnpackError: They can't be read.
            StrangeTailError: They can't be read on.
        """
        ...


class Allowance:
    """How much may come out of all that one input packs, at whatever depth and in how many parts.

    Args:
        free: Bytes that may come out of however few; None for any number.
    """

    def __init__(self, free: int | None = FREE) -> None:
        self._free = free
        self._earned = 0
        self._given = 0

    def earn(self, room: int) -> None:
        """Allow as many bytes for some that went in."""
        self._earned += room

    def of(self, piece: bytes) -> bytes:
        """As much of a piece as may come out."""
        if self._free is None:
            return piece
        room = max(self._free, self._earned) - self._given
        self._given += len(piece)
        return piece if len(piece) <= room else piece[: max(room, 0)]


class Guarded:
    """Unpacks as much as is allowed.

    Args:
        unpacker: What unpacks.
        allowance: How much may come out.
        earns: Whether the bytes that go in allow others to come out. Those of what is packed twice
            over do not: else a small file would allow itself anything.
    """

    def __init__(self, unpacker: Unpacker, allowance: Allowance, *, earns: bool = True) -> None:
        self._unpacker = unpacker
        self._allowance = allowance
        self._room = unpacker.ratio * unpacker.step if earns else 0
        self._offset = 0

    @property
    def begun(self) -> bool:
        """Whether what has begun has not ended."""
        return self._unpacker.begun

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold.

        Raises:
            UnpackError: They can't be read.
            StrangeTailError: They can't be read on.
            TooMuchError: They hold more than is allowed, which was given; be left then.
        """
        start = 0
        while start < len(data):
            into = self._offset % self._unpacker.step
            if not into:
                self._allowance.earn(self._room)
            end = start + self._unpacker.step - into
            yield from self._allowed(self._unpacker.feed(data[start:end]))
            self._offset += min(end, len(data)) - start
            start = end

    def _allowed(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            allowed = self._allowance.of(piece)
            if allowed:
                yield allowed
            if len(allowed) < len(piece):
                raise TooMuchError(self._unpacker.ratio)


# -- algorithms ------------------------------------------------------------------------------------


class Gzip:
    """gzip, of several members as well (RFC 1952, section 2.2)."""

    ratio = _NARROW
    step = 16 << 10

    def __init__(self) -> None:
        self.begun = False
        self._stream = _Inflated(zlib.MAX_WBITS | 16)
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold; zeros between members are nothing."""
        while data := data if self.begun else self._beginning(data):
            self.begun = True
            yield from self._stream.feed(data)
            data = b""
            if self._stream.over:
                data, self._stream = self._stream.rest, _Inflated(zlib.MAX_WBITS | 16)
                self.begun = False
                self._members += 1

    def _beginning(self, data: bytes) -> bytes:
        data = data.lstrip(b"\0") if self._members else data
        if self._members and not data.startswith(GZIP[: len(data)]):
            raise StrangeTailError
        return data


class Deflate:
    """deflate, which some servers send without the zlib wrapper that the standard asks for."""

    ratio = _NARROW
    step = 16 << 10

    def __init__(self) -> None:
        self.begun = False
        self._head = b""
        self._stream: _Inflated | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold."""
        if self._stream is None:
            data = self._head = self._head + data
            self.begun = bool(data)
            if len(data) < 2:
                return
            wrapped = data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._stream = _Inflated(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        yield from self._stream.feed(data)
        self.begun = not self._stream.over


class _Inflated:
    """One stream of zlib's."""

    def __init__(self, wbits: int) -> None:
        self.rest = b""
        self._stream = zlib.decompressobj(wbits)

    @property
    def over(self) -> bool:
        """Whether it has ended; what stood behind it is the `rest`."""
        return self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._stream.eof:
            before = self._stream.copy()
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error as error:
                yield _sound(before, data)
                raise UnpackError(str(error)) from None
            yield piece
            data = self._stream.unconsumed_tail
            if not data and len(piece) < PIECE:  # else it may hold some back
                break
        self.rest = self._stream.unused_data


def _sound(stream: Any, data: bytes) -> bytes:
    """What can be read of data that are broken; the whole call gave nothing."""
    sound = bytearray()
    with suppress(zlib.error):
        for start in range(len(data)):
            sound += stream.decompress(data[start : start + 1])
    return bytes(sound)


class Zstd:
    """Zstandard (RFC 8878), of several frames as well; what unpacks it is loaded by the first."""

    ratio = _WIDE
    step = 256  # of what is broken, all is kept that came before

    def __init__(self) -> None:
        self.begun = False
        self._zstd = _zstd()
        self._frame = self._new()
        self._frames = 0

    def _new(self) -> Any:
        window = {self._zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
        return self._zstd.ZstdDecompressor(options=window)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold."""
        while data:
            self.begun = True
            yield from self._pieces(data)
            data = b""
            if self._frame.eof:
                data, self.begun = self._frame.unused_data, False
                self._frame = self._new()
                self._frames += 1

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while True:
                piece = self._frame.decompress(data, PIECE)
                if piece:
                    yield piece
                if self._frame.needs_input or self._frame.eof:
                    return
                data = b""
        except self._zstd.ZstdError as error:
            raise (StrangeTailError() if self._frames else UnpackError(str(error))) from None


def _zstd() -> Any:
    """What unpacks zstd."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


class Brotli:
    """Brotli (RFC 7932); what unpacks it is loaded by the first."""

    ratio = _WIDE
    step = 1 << 10

    def __init__(self) -> None:
        brotli: Any = import_module("brotli")
        self.begun = False
        self._stream = brotli.Decompressor()
        self._error: type[Exception] = brotli.error

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold."""
        self.begun = True
        step = self._within if hasattr(self._stream, "can_accept_more_data") else self._sliced
        try:
            yield from step(data)
        except self._error as error:
            raise UnpackError(str(error)) from None
        self.begun = not self._stream.is_finished()

    def _within(self, data: bytes) -> Iterator[bytes]:
        piece = self._stream.process(data, output_buffer_limit=PIECE)
        while piece:
            yield piece
            piece = b""
            if not self._stream.is_finished():
                piece = self._stream.process(b"", output_buffer_limit=PIECE)

    def _sliced(self, data: bytes) -> Iterator[bytes]:
        """Versions before 1.2 give all at once: they are fed little."""
        for start in range(0, len(data), _BROTLI_SLICE):
            yield self._stream.process(data[start : start + _BROTLI_SLICE])


def beginning(make: Callable[[], Unpacker], head: bytes) -> bytes:
    """The beginning of what compressed bytes hold, as far as they are not broken."""
    found = bytearray()
    with suppress(UnpackError, StrangeTailError, TooMuchError):
        for piece in Guarded(make(), Allowance(PIECE), earns=False).feed(head):
            found += piece
    return bytes(found)
