"""Events whose JSON stands over several lines: `data:` with the rest behind it, or words of a log.

A line of what is left is an event again. What is none stays as it is.
"""

from __future__ import annotations

import re

_PLAIN = re.compile(rb"^(?:event|data):", re.MULTILINE)
_OPENS = re.compile(rb'^data: ?[{\[][ \t]*\r?\n[ \t]*["{}\[\]]', re.MULTILINE)
_NEXT = re.compile(rb"(?:event|data|id|retry):")


class Joined:
    """Makes lines of data of the lines that go on with the JSON of a `data:` line."""

    rest = b""

    def __init__(self) -> None:
        self._events = 0
        self._depth = 0

    def line(self, line: bytes) -> bytes:
        """The line, as one of data where the JSON before it has not ended."""
        if self._depth > 0 and line.strip() and not _NEXT.match(line):
            self._depth += _steps(line)
            return b"data: " + line
        self._depth = 0
        if line.startswith(b"data:"):
            self._depth = _steps(line)
            self._events += self._depth > 0
        return line

    @property
    def remark(self) -> str:
        """What was joined."""
        return f"Joined: the data of {self._events:,} events, which stood over several lines each."


def is_pretty(head: bytes) -> bool:
    """Whether the data of an event is a bracket, and the rest stands in the lines behind it."""
    return _OPENS.search(head) is not None


class Packets:
    """Makes lines of events whose JSON stands over several lines, behind words of a log.

    What is no event stays as it is, its words before it.
    """

    def __init__(self) -> None:
        self._label = b""  # a line that says when and how loud
        self._held: list[bytes] = []
        self._size = 0  # of what is held
        self._depth = 0
        self._events = 0

    def line(self, line: bytes) -> bytes:
        """What is told by a line: an event with its last one, and words at once."""
        if not self._held and _PACKET.match(line) is None:
            before, self._label = self._label, line if _LABEL.match(line) else b""
            return before if self._label else before + line
        self._held.append(line)
        self._size += len(line)
        self._depth += _steps(line)
        return self.rest if self._depth <= 0 or self._size > _MOST else b""

    @property
    def rest(self) -> bytes:
        """What is held, as an event where it is one."""
        label, held = self._label, self._held
        self._label, self._held, self._size, self._depth = b"", [], 0, 0
        words, brace, rest = b"".join(held[:1]).partition(b"{")
        said = brace + b"".join(part.strip() for part in (rest, *held[1:]))
        if _EVENT.match(said) is None:
            return label + (words + said + b"\n" if held else b"")
        self._events += 1
        return said + b"\n"

    @property
    def remark(self) -> str:
        """What was taken off."""
        return f"Joined, and their words taken off: {self._events:,} events of a log."


_MOST = 4 << 20
"""Bytes of an event, at most: a brace that nothing closes is a word."""
_LABEL = re.compile(rb"\[?\d{4}-\d\d-\d\d[T ][\d:.,]+Z?\]?\s*\[[A-Z]+\]\s*$")
_PACKET = re.compile(rb'[^{}"\n]*[:\s]\{\s*$|\{\s*$')
_EVENT = re.compile(
    rb'\{"type":\s*"(?:response\.|error")|\{[^{}\[\]]{0,400}"object":\s*"(?:chat\.|response)'
)
_PACKED = re.compile(
    rb'^[^{}"\n]*\w:?[ \t]+\{[ \t]*\r?\n[ \t]+"(?:type|id|object|choices|sequence_number)":',
    re.MULTILINE,
)


def is_packets(head: bytes) -> bool:
    """Whether events stand behind words of a log, each over several lines."""
    return _PACKED.search(head) is not None and not _PLAIN.search(head)


_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\]]')
_STEP = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}


def _steps(line: bytes) -> int:
    """How much deeper the JSON is behind a line of it; no string goes over a line's end."""
    return sum(_STEP.get(token[0], 0) for token in _TOKEN.finditer(line))
