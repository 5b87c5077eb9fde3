"""JSON values that are events: the elements of an array, or one value behind the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.json_text import ValueScan
from codex_tui.recording.block_codecs import record_of_value
from codex_tui.wire.sse import BYTE_ORDER_MARK, MAX_EVENT_BYTES, too_large

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.formats.readers import Placed

_BETWEEN = re.compile(rb"[\s,]*")


class ValueReader:
    """Reads the elements of the array that the bytes begin with, or values behind each other.

    Args:
        most: Bytes of a value, at most.
    """

    trouble = limit = ""
    remarks: Sequence[str] = ()

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        self._most = most
        self._held = bytearray()
        self._offset = 0  # where what is held begins
        self._scan = ValueScan()
        self._array = False
        self._blank = True  # so far

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records of the values that some more bytes complete."""
        if self.limit:
            return []
        self._held += chunk
        found: list[Placed] = []
        start = end = 0
        while (start := self._begin(end)) < len(self._held):
            end = self._scan.end(self._held, start)
            if (end or len(self._held)) - start > self._most:
                return [*found, self._refused(start)]
            if not end:
                break
            self._scan = ValueScan()
            found.append(self._placed(start, end))
        self._offset += start
        del self._held[:start]
        return found

    def _refused(self, start: int) -> Placed:
        """The beginning of a value that is too large."""
        self.limit = too_large(self._most)
        placed = self._placed(start, start + self._most)
        self._held.clear()
        return placed

    def close(self) -> list[Placed]:
        """Return what has no end: it was cut off, unless it is a number or a word."""
        found = [self._placed(0, len(self._held))] if self._held else []
        self._held.clear()
        if self._array and not self.limit:
            self.trouble = "The JSON array has no end: it was cut off."
        return found

    def _placed(self, start: int, end: int) -> Placed:
        offset = self._offset + start
        block = bytes(self._held[start:end])
        return (offset, end - start), record_of_value(block, offset)

    def _begin(self, position: int) -> int:
        """Go over what stands between values, the brackets of the array included."""
        first = not self._offset and not position
        if first and self._held.startswith(BYTE_ORDER_MARK):
            position = len(BYTE_ORDER_MARK)
        position = self._over_blanks(position)
        bracket = self._held[position : position + 1]
        opens = self._blank and bracket == b"["
        self._blank &= not bracket or (first and BYTE_ORDER_MARK.startswith(self._held))
        if opens or (self._array and bracket == b"]"):
            self._array = opens
            position = self._over_blanks(position + 1)
        return position

    def _over_blanks(self, position: int) -> int:
        found = _BETWEEN.match(self._held, position)
        return found.end() if found else position
