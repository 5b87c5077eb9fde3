"""Recordings and plain dumps read record by record, in memory that doesn't grow with the file.

Any bytes are read, and none raises: what has no blank line at the end of the file is a `CutRecord`.
A file whose turn has no `EndRecord` was left unfinished, and nothing is made up for it here.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from codex_tui.recording.format import (
    OURS,
    common_frame,
    common_plain_frame,
    end_of_block,
    has_blank_line,
    marked_turn,
    parse_header,
    plain_decoder,
    plain_records,
    recorded,
    skip_blank_lines,
)
from codex_tui.recording.records import LATEST, EndRecord, RequestRecord, ResponseRecord
from codex_tui.wire.sse import MAX_EVENT_BYTES, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codex_tui.recording.format import Header
    from codex_tui.recording.records import FrameRecord, Record, Span
    from codex_tui.wire.sse import SSEDecoder

CHUNK = 256 * 1024
"""Bytes read at a time."""

_TIMES = 4  # bytes that are cut off, or were odd, stand in a recording as base64 too


class RecordParser:
    """Records from bytes: `feed` them as they come, in pieces of any size, then `close`.

    `header` is the recording's, as soon as its first block has come. While it is None the file is
    `plain`: a dump whose records have no times, and in which comments of ours mean nothing.

    Args:
        most: Bytes of a block. Of one that is larger so many are a `CutRecord`, and nothing that
            follows is read.
    """

    trouble = ""
    """What is wrong with the whole: nothing ever is."""

    remarks: Sequence[str] = ()
    """What has to be known of the whole: nothing has."""

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        self.limit = ""
        """The limit at which reading ended, as a sentence; empty while it goes on."""
        self.header: Header | None = None
        self.most = most
        """Bytes of a block, at most."""
        self._size = 0  # of what is held
        self._decoder: SSEDecoder | None = None  # of a plain dump, where ids persist
        self._held: list[bytes] = []
        self._seam = b""  # the last three bytes held: a blank line may go on in the next chunk
        self._offset = 0  # where what is held begins
        self.turn = LATEST
        """The turn of what comes next, where a recording says that it is not the latest."""
        self._silent: int | None = None  # where blocks without a record begin

    @property
    def plain(self) -> bool:
        """Whether there is no header."""
        return self.header is None

    @property
    def offset(self) -> int:
        """Where in the file what comes next begins, or what is held."""
        return self._offset

    @property
    def clear(self) -> bool:
        """Whether what comes next begins a block that nothing before it has a part in.

        In a plain dump a block without a record has, and an id that persists.
        """
        if any(self._held) or self._silent is not None or not self._offset:
            return False
        return self.header is not None or (
            self._decoder is not None and not self._decoder.last_event_id
        )

    def pass_over(self, length: int) -> None:
        """Leave out whole frames of the common form, which somebody else has read; be `clear`."""
        self._offset += length

    def feed(self, chunk: bytes) -> list[tuple[Span, Record]]:
        """The records whose blocks `chunk` completes, each with its place in the file."""
        if self.limit:
            return []
        self._held.append(chunk)
        self._size += len(chunk)
        seam = self._seam + chunk
        self._seam = seam[-3:]
        if not has_blank_line(seam) and self._size <= self._room:
            return []  # a big event in many pieces is put together once, at its end
        data = self._all_held()
        found: list[tuple[Span, Record]] = []
        end = self._take(data, found)
        if not self.limit and len(data) - end > self._room:
            self._refuse(data, end, found)
        if not self.limit:
            self._held, self._size = [data[end:]], len(data) - end
        self._offset += end
        return found

    def _all_held(self) -> bytes:
        data = b"".join(self._held)
        self._held, self._size = [], 0
        return data

    @property
    def _room(self) -> int:
        """Bytes of a block: those of ours say some of an event more than once."""
        return self.most if self.header is None else _TIMES * self.most

    def _weighs_too_much(self, block: bytes) -> bool:
        """Whether a block is too large without what we have written of it."""
        if self.header is None:
            return True
        return (
            sum(len(each) for each in block.splitlines() if not each.startswith(OURS)) > self.most
        )

    def _refuse(self, data: bytes, start: int, found: list[tuple[Span, Record]]) -> None:
        """Keep the beginning of a block that is too large, and read no further."""
        self.limit = too_large(self.most)
        self._silent = None
        self._take_block(data[start : start + self.most], self._offset + start, found)

    def close(self) -> list[tuple[Span, Record]]:
        """What is left at the end of the input: one record, or none."""
        data = self._all_held()
        tail = data[skip_blank_lines(data, 0) :]
        found: list[tuple[Span, Record]] = []
        if tail:
            self._silent = None  # a tail is read alone: it is known by having no blank line
            self._take_block(tail, self._offset + len(data) - len(tail), found)
        return found

    def _take(self, data: bytes, found: list[tuple[Span, Record]]) -> int:
        """Find the records of all whole blocks, and return where the last one ends."""
        base, end = self._offset, 0
        while True:
            start = end
            if (frame := self._common(data, start)) and frame[1] - start <= self.most:
                record, end = frame
                record.turn = self.turn
                found.append(((base + start, end - start), record))
                continue
            start = skip_blank_lines(data, start)
            end = end_of_block(data, start)
            if not end:
                return start
            if end - start > self.most and self._weighs_too_much(data[start:end]):
                self._refuse(data, start, found)
                return start
            self._take_block(data[start:end], base + start, found)

    def _common(self, data: bytes, start: int) -> tuple[FrameRecord, int] | None:
        """A frame of the commonest form, which needs no decoder, and where it ends."""
        if self.header is not None:
            return common_frame(data, start)
        if self._decoder is None or self._silent is not None:
            return None  # the file's first block, or one that belongs to those before it
        if (found := common_plain_frame(data, start)) is not None:
            found[0].frame.id = self._decoder.last_event_id
        return found

    def _take_block(self, block: bytes, offset: int, found: list[tuple[Span, Record]]) -> None:
        """Find a block's records; one without any belongs to the next, whose id it may set."""
        if not offset:
            self.header = parse_header(block)
        if (start := self._silent) is None:
            start = offset
        records = self._records(block, offset)
        self._silent = None if records or self.header else start
        end = offset + len(block)
        found += [((start, end - start), record) for record in records]

    def _records(self, block: bytes, offset: int) -> list[Record]:
        if self.header is not None:
            return self._recorded(block)
        if self._decoder is None:
            self._decoder = plain_decoder(offset)
        return plain_records(block, self._decoder)

    def _recorded(self, block: bytes) -> list[Record]:
        """The records of a recording's block, each with its turn."""
        self.turn = marked_turn(block) or self.turn
        records = recorded(block)
        for record in records:
            if isinstance(record, RequestRecord):
                self.turn = LATEST
            elif self.turn and not isinstance(record, ResponseRecord | EndRecord):
                record.turn = self.turn
        return records


class RecordReader:
    """The records of a file, once, each with its place: iterate it.

    `source` is a path, or a binary file that is read from where it stands and not closed; a pipe
    is read as its bytes come. Opening and reading raise `OSError`; no content does.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        self._parser = RecordParser()
        self._source = source

    @property
    def header(self) -> Header | None:
        """The recording's header, once the first record has come; None in a plain dump."""
        return self._parser.header

    @property
    def plain(self) -> bool:
        """Whether this is a plain dump, once the first record has come."""
        return self._parser.plain

    def __iter__(self) -> Iterator[tuple[Span, Record]]:
        if isinstance(self._source, Path):
            with self._source.open("rb", buffering=0) as file:
                yield from self._read(file)
        else:
            yield from self._read(self._source)

    def _read(self, file: BinaryIO | io.RawIOBase) -> Iterator[tuple[Span, Record]]:
        read = reading(file)
        while chunk := read(CHUNK):
            yield from self._parser.feed(chunk)
        yield from self._parser.close()


def read_records(source: Path | BinaryIO) -> Iterator[tuple[Span, Record]]:
    """The records of a recording or a plain dump, in order, each with its place in the file.

    Raises:
        OSError: the file can't be opened or read.
    """
    return iter(RecordReader(source))


def reading(file: BinaryIO | io.RawIOBase) -> Callable[[int], bytes | None]:
    """The call that returns what a file has, at most so many bytes, and waits only for the first.

    `read` of a buffered pipe would wait for all of them, and hold back a stream that is running.
    """
    return file.read1 if isinstance(file, io.BufferedReader | io.BytesIO) else file.read
