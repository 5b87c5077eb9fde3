"""Content encodings (RFC 9110, section 8.4), taken off in pieces of bounded size.

httpx would do it too, but a whole chunk at once: 64 KB of gzip can hold 66 MB, and of brotli or
zstd far more.
"""

from __future__ import annotations

import sys
import zlib
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 1 << 20
"""No piece is longer, where the algorithm lets us say so."""

_HARMLESS = 64 << 20
_BOMB = 100
_SLICE = 64


class EncodingError(Exception):
    """What the server calls an encoding can't be read; the text is a sentence."""


class Decoder(Protocol):
    """Takes an encoding off, as the bytes come."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded bytes, in pieces.

        Raises:
            EncodingError: They are not of that encoding.
        """
        ...


def decoder_for(content_encoding: str) -> Decoder | None:
    """The decoder for a `Content-Encoding` header; None where nothing is encoded.

    Raises:
        EncodingError: Nobody here knows it, or there are several, one in the other.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if len(names) > 1:
        raise EncodingError(f"The answer is encoded {len(names)} times over.")
    return _Guarded(_made(names[0])) if names else None


def _made(name: str) -> Decoder:
    match name:
        case "gzip" | "x-gzip":
            return _Zlib(zlib.MAX_WBITS | 16)
        case "deflate":
            return _Deflate()
        case "br":
            brotli = _brotli()
            return _Sliced(brotli.Decompressor().process, brotli.error)
        case "zstd":
            zstd = import_module(_ZSTD)
            return _Sliced(zstd.ZstdDecompressor().decompress, zstd.ZstdError)
        case _:
            raise EncodingError(f"The answer's encoding is not known here: {name[:40]!r}.")


_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def _brotli() -> Any:
    try:
        return import_module("brotli")
    except ModuleNotFoundError:
        message = "The answer is encoded with br, which needs `pip install brotli`."
        raise EncodingError(message) from None


class _Guarded:
    """Ends what decodes to more than any stream of events would: a bomb."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._encoded = 0
        self._decoded = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._encoded += len(data)
        for piece in self._decoder.feed(data):
            self._decoded += len(piece)
            if self._decoded > max(_HARMLESS, _BOMB * self._encoded):
                raise EncodingError(
                    f"A decompression bomb: {self._encoded:,} bytes hold {self._decoded:,} or more."
                )
            yield piece


class _Zlib:
    """gzip and deflate; a gzip body may hold several members (RFC 1952, section 2.2)."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflate = zlib.decompressobj(wbits)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            before = self._inflate.copy()
            try:
                piece, data = self._step(data)
            except zlib.error as error:
                yield _sound(before, data)
                raise EncodingError(f"The answer's compression is corrupt: {error}.") from None
            if piece:
                yield piece

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        piece = self._inflate.decompress(data, PIECE)
        if not self._inflate.eof:
            return piece, self._inflate.unconsumed_tail
        rest = self._inflate.unused_data.lstrip(b"\0")
        self._inflate = zlib.decompressobj(self._wbits)
        return piece, rest


def _sound(inflate: Any, data: bytes) -> bytes:
    """What can be read of data that goes corrupt; the whole call gave nothing."""
    sound = bytearray()
    with suppress(zlib.error):
        for start in range(len(data)):
            sound += inflate.decompress(data[start : start + 1])
    return bytes(sound)


class _Deflate:
    """deflate, which some servers send without the zlib wrapper that the standard asks for."""

    def __init__(self) -> None:
        self._head = b""
        self._inflate: _Zlib | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            wrapped = data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._inflate = _Zlib(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        yield from self._inflate.feed(data)


class _Sliced:
    """Algorithms that can't be told how much to give: they are fed little at a time instead."""

    def __init__(self, decompress: Any, error: type[Exception]) -> None:
        self._decompress = decompress
        self._error = error

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _SLICE):
            try:
                piece = self._decompress(data[start : start + _SLICE])
            except (self._error, EOFError) as error:
                raise EncodingError(f"The answer's compression is corrupt: {error}.") from None
            if piece:
                yield piece
