"""Where JSON values end: told by brackets and strings alone, so that a broken one costs itself."""

from __future__ import annotations

import re

_MARK = re.compile(rb'["\[{\]}]')
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\[\]{}\"]+")


def end_of_value(data: bytes | bytearray, start: int) -> int:
    """Where the value ends that begins at `start`; 0 if more bytes are needed to tell."""
    return ValueScan().end(data, start)


class ValueScan:
    """Looks for the end of one value, and goes on where it left off when there are more bytes."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._at = 0

    def end(self, data: bytes | bytearray, start: int) -> int:
        """Where the value ends that begins at `start`; 0 if it goes on behind `data`.

        Called again, `data` has to be what it was, and more. What is neither an object, an array
        nor a string ends before the next blank, comma or bracket.
        """
        if not self._at and data[start : start + 1] not in (b"{", b"[", b'"'):
            return _end_of_scalar(data, start)
        position = start + self._at
        while found := self._step(data, position):
            position = found
            self._at = position - start
            if not (self._depth or self._in_string):
                return position
        return 0

    def _step(self, data: bytes | bytearray, position: int) -> int:
        return self._inside(data, position) if self._in_string else self._next(data, position)

    def _next(self, data: bytes | bytearray, position: int) -> int:
        """Go behind the next mark; 0 if there is none yet."""
        mark = _MARK.search(data, position)
        if mark is None:
            self._at += len(data) - position
            return 0
        self._in_string = mark[0] == b'"'
        self._depth += (mark[0] in b"[{") - (mark[0] in b"]}")
        return mark.end()

    def _inside(self, data: bytes | bytearray, position: int) -> int:
        """Go behind the string's end; 0 if it goes on, be it that an escape is not whole."""
        found = _IN_STRING.match(data, position)
        end = found.end() if found else position
        if data[end : end + 1] != b'"':
            self._at += end - position
            return 0
        self._in_string = False
        return end + 1


def _end_of_scalar(data: bytes | bytearray, start: int) -> int:
    scalar = _SCALAR.match(data, start)
    if scalar is None:
        return start + 1 if start < len(data) else 0
    return scalar.end() if scalar.end() < len(data) else 0
