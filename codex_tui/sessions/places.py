"""Where the bytes of a session stand, when they are spread over a recording and what follows it.

A session counts its bytes from the beginning, as if there were one file. When the recording can't
go on, what comes next stands in a spool or in a recording of its own; who reads need not know.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 16
"""Bytes that are read at once when blocks are gone through."""


class Readable(Protocol):
    """What gives bytes back."""

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: the disk fails.
        """
        ...


class _Stretch(NamedTuple):
    """From `start` on, until the next stretch, the bytes stand in `file`, from `base` on there."""

    start: int
    base: int
    file: Readable


class Places:
    """Maps the bytes of a session to files; asked by one thread, and added to by another."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._changing = Lock()

    def go_on(self, start: int, base: int, file: Readable) -> None:
        """From `start` on the bytes stand in `file`, the first of them at `base`."""
        with self._changing:
            self._stretches.append(_Stretch(start, base, file))

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place; no block lies across two files.

        Raises:
            OSError: the disk fails.
        """
        with self._changing:
            found = [each for each in self._stretches if each.start <= offset]
        if not found:
            return b""
        start, base, file = found[-1]
        return file.read(offset - start + base, length)

    def blocks(self, start: int, end: int) -> Iterator[bytes]:
        """The blocks from `start` to `end`, each with its blank line.

        Raises:
            OSError: the disk fails.
        """
        rest = bytearray()
        for chunk in self._chunks(start, end):
            known = max(len(rest) - 1, 0)  # a block of many chunks is not searched from its start
            rest += chunk
            begin = 0
            while (found := rest.find(b"\n\n", max(begin, known))) >= 0:
                yield bytes(rest[begin : found + 2])
                begin = found + 2
            del rest[:begin]

    def _chunks(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            with self._changing:
                ahead = [each.start for each in self._stretches if each.start > start]
            length = min([CHUNK, end - start, *(place - start for place in ahead)])
            chunk = self.read(start, length)
            if not chunk:
                return
            yield chunk
            start += len(chunk)
