"""Content encodings (RFC 9110, section 8.4), taken off in pieces of bounded size.

httpx would do it too, but a whole chunk at once: 64 KB of gzip can hold 66 MB, and of brotli or
zstd far more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.unpacking import (
    Allowance,
    Brotli,
    Deflate,
    Guarded,
    Gzip,
    StrangeTailError,
    TooMuchError,
    UnpackError,
    Zstd,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.unpacking import Unpacker

_UNPACKERS: dict[str, Callable[[], Unpacker]] = {
    "gzip": Gzip,
    "x-gzip": Gzip,
    "deflate": Deflate,
    "br": Brotli,
    "zstd": Zstd,
}


class EncodingError(Exception):
    """What the server calls an encoding can't be read; the text is a sentence.

    Attributes:
        ratio: Where it holds more than is allowed, how many times its size that is; else 0.
    """

    def __init__(self, sentence: str, ratio: int = 0) -> None:
        super().__init__(sentence)
        self.ratio = ratio


class Decoder:
    """Takes an encoding off, as the bytes come.

    Args:
        packed: What unpacks it.
    """

    def __init__(self, packed: Guarded) -> None:
        self._packed = packed

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded bytes, in pieces.

        Raises:
            EncodingError: They are not of that encoding, or are a bomb.
        """
        try:
            yield from self._packed.feed(data)
        except (UnpackError, StrangeTailError) as error:
            raise EncodingError(f"The answer's compression is corrupt: {error}.") from None
        except TooMuchError as error:
            raise EncodingError(f"A decompression bomb: {error}.", error.ratio) from None


def decoder_for(
    content_encoding: str, allowance: Allowance | None = None, *, earns: bool = True
) -> Decoder | None:
    """The decoder for a `Content-Encoding` header; None where nothing is encoded.

    Args:
        content_encoding: The header.
        allowance: How much may come out, of all that shares it; by default it is shared by nobody.
        earns: Whether the bytes that go in allow others to come out.

    Raises:
        EncodingError: Nobody here knows it, or there are several, one in the other.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if len(names) > 1:
        raise EncodingError(f"The answer is encoded {len(names)} times over.")
    if not names:
        return None
    return Decoder(Guarded(_made(names[0]), allowance or Allowance(), earns=earns))


def _made(name: str) -> Unpacker:
    if name not in _UNPACKERS:
        raise EncodingError(f"The answer's encoding is not known here: {name[:40]!r}.")
    return _UNPACKERS[name]()
