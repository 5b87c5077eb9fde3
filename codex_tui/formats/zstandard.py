"""Zstandard files of any format (RFC 8878), as the Codex CLI keeps its older rollouts.

What is there is read, in bounded pieces, and that it was cut or is broken is said. What unpacks
them is loaded by the first file that needs it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.formats.readers import Placed, Reader

_PIECE = 1024 * 1024  # bytes that come out at once, at most
_STEP = 256  # bytes that go in at once: of what is broken, all is kept that came before
_RATIO = 1000  # bytes that come out for each one that goes in: about as many as gzip can
_FREE = 64 * 1024 * 1024  # bytes that come out before that is looked at
_WINDOW_LOG = 27  # at most 128 MB to look back at; the CLI's own files ask for 8


_BOMB = f"The zstd file unpacks to more than {_RATIO:,} times its size: the rest is not read."


def unpacked(head: bytes) -> bytes:
    """The beginning of what compressed bytes hold, as far as they are not broken."""
    found = b""
    for piece in _Frames().out(head):
        found += piece
        if len(found) >= _PIECE:
            break
    return found[:_PIECE]


class ZstdReader:
    """Reads what a compressed file holds, of several frames as well.

    Args:
        inner: Reads what comes out.
    """

    def __init__(self, inner: Reader) -> None:
        self.trouble = ""
        self._inner = inner
        self._frames = _Frames()

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of what is in it."""
        return self._inner.remarks

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        return [placed for data in self._frames.out(chunk) for placed in self._inner.feed(data)]

    def close(self) -> list[Placed]:
        """Return what is left, be it that the file was cut off."""
        found = self._inner.close()
        self.trouble = self._frames.trouble or self._inner.trouble
        return found


def _decompressor() -> zstd.ZstdDecompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})


class _Frames:
    """What frames hold, one behind the other."""

    def __init__(self) -> None:
        self._broken = ""
        self._frame = _decompressor()
        self._whole = 0  # frames that have come to their end
        self._begun = False  # whether this one has had a byte
        self._room = _FREE  # bytes that may still come out

    @property
    def trouble(self) -> str:
        """What is wrong with them, if nothing more comes."""
        cut = "The zstd file is cut off: what there is of it is shown." if self._begun else ""
        return self._broken or cut

    def out(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold."""
        for start in range(0, len(data), _STEP):
            step = data[start : start + _STEP]
            while step and not self._broken:
                yield from self._unpack(step)
                step = self._rest()

    def _unpack(self, step: bytes) -> Iterator[bytes]:
        self._begun = True
        self._room += len(step) * _RATIO
        try:
            yield self._counted(self._frame.decompress(step, _PIECE))
            while not (self._frame.needs_input or self._frame.eof or self._broken):
                yield self._counted(self._frame.decompress(b"", _PIECE))
        except zstd.ZstdError as error:
            behind = "Behind the end of the zstd file stands something else."
            self._broken = behind if self._whole else f"The zstd file is broken: {error}."

    def _counted(self, out: bytes) -> bytes:
        self._room -= len(out)
        if self._room < 0:
            self._broken = _BOMB
        return out

    def _rest(self) -> bytes:
        """What stands behind a frame that has ended: another one."""
        if not self._frame.eof:
            return b""
        rest = self._frame.unused_data
        self._frame, self._begun = _decompressor(), False
        self._whole += 1
        return rest
