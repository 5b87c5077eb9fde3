"""Compressed files of any format (RFC 1952): what is there is read, and that it was cut is said."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.formats.readers import Placed, Reader

MAGIC = b"\x1f\x8b"

_GZIP = 31  # what zlib calls the largest window, with a gzip header before it
_PIECE = 1024 * 1024


def inflated(head: bytes) -> bytes:
    """The beginning of what compressed bytes hold, as far as they are not broken."""
    member = zlib.decompressobj(_GZIP)
    before = member.copy()
    try:
        return member.decompress(head, _PIECE)
    except zlib.error:
        return b"".join(_until_broken(before, head))


def _until_broken(member: Any, data: bytes) -> Iterator[bytes]:
    """Yield what comes out of data byte by byte, up to where they are broken."""
    with suppress(zlib.error):
        for at in range(len(data)):
            yield member.decompress(data[at : at + 1])


class GzipReader:
    """Reads what a compressed file holds, of several members as well.

    Args:
        inner: Reads what comes out.
    """

    def __init__(self, inner: Reader) -> None:
        self.trouble = ""
        self._inner = inner
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False  # whether the member has had a byte

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of what is in it."""
        return self._inner.remarks

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        return [placed for data in self._out(chunk) for placed in self._inner.feed(data)]

    def close(self) -> list[Placed]:
        """Return what is left, be it that the file was cut off."""
        if self._begun and not self.trouble:
            self.trouble = "The gzip file is cut off: what there is of it is shown."
        found = self._inner.close()
        self.trouble = self.trouble or self._inner.trouble
        return found

    def _out(self, chunk: bytes) -> Iterator[bytes]:
        while chunk and not self.trouble:
            self._begun = True
            before = self._member.copy()
            try:
                out = self._member.decompress(chunk, _PIECE)
            except zlib.error as error:
                self.trouble = f"The gzip file is broken: {error}."
                yield from _until_broken(before, chunk)
                return
            yield out
            chunk = self._member.unconsumed_tail
            if self._member.eof:
                chunk = self._next_member()

    def _next_member(self) -> bytes:
        rest = self._member.unused_data.lstrip(b"\0")
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False
        if rest and not rest.startswith(MAGIC[: len(rest)]):
            self.trouble = "Behind the end of the gzip file stands something else."
        return rest
