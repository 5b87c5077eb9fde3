"""Formats whose records are lines: events as NDJSON, exported lines, `data:` lines.

Where such a file doesn't say it, the turns are told by the events' times and reads.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codex_tui.recording.block_codecs import (
    data_line,
    exported_record,
    record_of_line,
    text_of_line,
)
from codex_tui.recording.json_lines import FINDING, HEADER
from codex_tui.recording.records import FrameRecord, RequestRecord
from codex_tui.wire.decode import event_type
from codex_tui.wire.registry import TERMINAL_TYPES
from codex_tui.wire.sse import MAX_EVENT_BYTES, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.formats.readers import Placed
    from codex_tui.recording.records import Span


def nothing_known(turn: int, wall: str = "") -> RequestRecord:
    """A request of which nothing is known but that it was sent."""
    return RequestRecord(turn, wall, method="", url="")


class EventTurns:
    """Turns of events whose times count from each request, and whose reads do.

    A turn begins where either goes back; and where a response is created after another has ended.
    """

    def __init__(self) -> None:
        self._turn = 1
        self._t = 0.0
        self._read = 0
        self._ended = False

    def before(self, record: FrameRecord, offset: int) -> Iterator[Placed]:
        """Yield the request of the turn that an event begins, if it begins another one."""
        t = self._t if record.t is None else record.t
        read = self._read if record.read is None else record.read
        name = event_type(record.frame)
        anew = self._ended and name == "response.created"
        if anew or t < self._t or read < self._read:
            self._turn += 1
            self._ended = False
            yield (offset, 0), nothing_known(self._turn)
        self._t, self._read = t, read
        self._ended = self._ended or name in TERMINAL_TYPES


class LineSplitter:
    """Whole lines from bytes, each with its offset; a line end is LF, CR before it is blank.

    Args:
        most: Bytes of a line. Of one that is longer so many are given, and nothing that follows.

    Attributes:
        over: Whether such a line came.
    """

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        self.over = False
        self._most = most
        self._held: list[bytes] = []
        self._size = 0  # of what is held
        self._offset = 0

    def feed(self, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield the lines that a chunk completes, with their ends."""
        if self.over:
            return
        end = chunk.rfind(b"\n") + 1
        if end:
            data = b"".join((*self._held, chunk[:end]))
            self._held, self._size = [], 0
            yield from self._whole(data)
        self._held.append(chunk[end:])
        self._size += len(chunk) - end
        if self._size > self._most and not self.over:
            yield from self._refuse(b"".join(self._held))

    def _whole(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        for line in data.splitlines(keepends=True) if b"\r" not in data else _at_newlines(data):
            if len(line) > self._most:
                yield from self._refuse(line)
                return
            yield self._offset, line
            self._offset += len(line)

    def _refuse(self, line: bytes) -> Iterator[tuple[int, bytes]]:
        self.over = True
        self._held, self._size = [], 0
        yield self._offset, line[: self._most]

    def close(self) -> Iterator[tuple[int, bytes]]:
        """Yield what stands behind the last line end."""
        if not self.over and (line := b"".join(self._held)):
            self._held, self._size = [], 0
            yield self._offset, line
            self._offset += len(line)


def _at_newlines(data: bytes) -> Iterator[bytes]:
    start = 0
    while end := data.find(b"\n", start) + 1:
        yield data[start:end]
        start = end


class LineReader:
    """Reads lines that are the data of an event each; blank ones mean nothing.

    Args:
        most: Bytes of a line, at most.
    """

    trouble = ""
    remarks: Sequence[str] = ()

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        self._most = most
        self._lines = LineSplitter(most)

    @property
    def limit(self) -> str:
        """The limit at which reading ended."""
        return too_large(self._most) if self._lines.over else ""

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records of the lines that some more bytes complete."""
        return [
            placed for offset, line in self._lines.feed(chunk) for placed in self._of(offset, line)
        ]

    def close(self) -> list[Placed]:
        """Return the record of the line that has no end."""
        return [placed for offset, line in self._lines.close() for placed in self._of(offset, line)]

    def _of(self, offset: int, line: bytes) -> Iterator[Placed]:
        if text_of_line(line, offset):
            yield from self.placed((offset, len(line)), line)

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield the records of a line that says something."""
        yield span, record_of_line(line, span[0])


class ExportedReader(LineReader):
    """Reads exported lines; where they tell of no requests, turns are told by their times."""

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        super().__init__(most)
        self._turns = EventTurns()
        self._told = False

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield the record of a line, and before an event the turn that it begins."""
        text = text_of_line(line, span[0])
        record = exported_record(text)
        if record is None:
            kind = _kind_of(text)
            self._told = self._told or kind == HEADER["record"]  # then no turn is to be guessed
            if kind not in (HEADER["record"], FINDING):
                yield span, record_of_line(line, span[0])
            return
        self._told = self._told or isinstance(record, RequestRecord)
        if isinstance(record, FrameRecord) and not self._told:
            yield from self._turns.before(record, span[0])
        yield span, record


def _kind_of(text: bytes) -> object:
    """What a line of an export says that it is; None where it says nothing."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value.get("record") if isinstance(value, dict) else None


class DataLineReader(LineReader):
    """Reads `data:` lines that stand for themselves, with or without lines that name events."""

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        super().__init__(most)
        self._named: tuple[int, bytes] | None = None

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield the event of a line, or keep its name for the next one."""
        text = text_of_line(line, span[0])
        if not text.startswith(b"data:"):
            yield from self._name_alone()
        start, name = self._named or (span[0], b"")
        self._named = (start, line) if text.startswith(b"event:") else None
        if self._named is None:
            yield (start, sum(span) - start), data_line(name + line, start)

    def close(self) -> list[Placed]:
        """Return what is left."""
        return [*super().close(), *self._name_alone()]

    def _name_alone(self) -> Iterator[Placed]:
        """Yield a name that no data follows, as it is."""
        if self._named is not None:
            start, line = self._named
            self._named = None
            yield (start, len(line)), data_line(line, start)
