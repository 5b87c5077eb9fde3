"""A saved session of any format played again: at its pace, faster, slower, or as it is read.

What was read in one go comes in one batch again, and each batch says where its records stand in
the file, so that nobody copies them. A plain dump has no times: it plays at an even pace, and its
records still have none.
"""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

from codex_tui.formats import AnyReader
from codex_tui.formats.files import OpenFile, UnreadableError
from codex_tui.formats.sniffing import RECORDING
from codex_tui.recording.payload import Batch, ReplayedFile, Spool
from codex_tui.recording.reader import CHUNK, reading
from codex_tui.recording.records import CommentRecord, CutRecord, FrameRecord, RequestRecord
from codex_tui.sources.open_turn import OpenTurn, Placed, Sentences
from codex_tui.threads import Background

if TYPE_CHECKING:
    import io
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Awaitable,
        Callable,
        Iterable,
        Iterator,
    )

    from codex_tui.formats import Format
    from codex_tui.recording.records import Record

PLAIN_PACE = 50.0
"""Frames a second of a plain dump at speed 1."""

SLICE = 0.05
"""Seconds that playing sleeps at a time: how soon a pause, a new speed or a cancel is obeyed."""

AT_ONCE = 256
"""Records in a batch when the file is played as fast as it is read."""

_UNYIELDING = 64  # batches that may follow each other before the loop gets its turn
_SHORTEST = 1e-6  # seconds
_AHEAD = 4  # chunks that are read before they are asked for

_SENTENCES = Sentences("The file ends {where}.", "The replay was stopped here; the file goes on.")


class ReplaySource:
    """Plays whatever can be read as records.

    Args:
        file: a path, or an open binary file such as a pipe, which is read as its bytes come (an
            unbuffered one: Python can't exit while a thread waits in a buffered standard input).
        speed: 2.0 plays twice as fast; None does not wait at all. It may be set while playing.
        paused: begin by waiting for `resume`.
        sleep, clock: what passes the time, in seconds, and what measures it.

    Raises:
        OSError: the path can't be opened.
    """

    def __init__(
        self,
        file: Path | BinaryIO,
        speed: float | None = 1.0,
        *,
        paused: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.speed = speed
        self.paused = paused
        self.position = 0.0
        """How far the turn has played, in its own seconds (of a plain dump: at its even pace)."""
        self.keeper: ReplayedFile | Spool = _keeper_of(file) if isinstance(file, Path) else Spool()
        """What keeps the records: the file itself, or for a pipe a temporary file."""
        self._chunks = Background(partial(_chunks_of, file), name="replay", ahead=_AHEAD)
        self._parser = AnyReader()
        self._sleep = sleep
        self._clock = clock
        self._cancelled = False
        self._turn = OpenTurn(_SENTENCES)
        self._timed = False
        self._unyielding = 0

    @property
    def format(self) -> Format | None:
        """What is played; known with the first batch."""
        return self._parser.format

    @property
    def plain(self) -> bool:
        """Whether what is played has no times, as far as has come."""
        return self._parser.format is not RECORDING and not self._timed

    def now(self) -> float | None:
        """Seconds of the running turn that have played; None where the file has no times."""
        return None if self.plain else self.position

    def pause(self) -> None:
        """Stand still."""
        self.paused = True

    def resume(self) -> None:
        """Play on."""
        self.paused = False

    def cancel(self) -> None:
        """Stop playing; the last record is then an end that says so."""
        self._cancelled = True
        self._chunks.stop()

    async def batches(self) -> AsyncGenerator[Batch]:
        """Yield the file's records in their batches, and the ends that the file doesn't tell."""
        failure = None
        try:
            async for group in self._groups():
                await self._wait_for(group[0][1])
                if self._cancelled:
                    break
                yield self._batch(group)
        except OSError as error:
            failure = f"The file could not be read on: {error.strerror or error}."
        finally:
            self._chunks.stop()
        failure = failure or self._parser.trouble or None
        end = self._turn.cancelled(self.now()) if self._cancelled else self._turn.ended(failure)
        if end is not None:
            yield Batch([end], [self._turn.nowhere])

    def _batch(self, group: Iterable[Placed]) -> Batch:
        placed = [each for pair in group for each in self._turn.take(*pair)]
        return Batch([record for _, record in placed], [span for span, _ in placed])

    # -- reading -------------------------------------------------------------------------------

    async def _groups(self) -> AsyncIterator[list[Placed]]:
        async for chunk in self._chunks:
            for group in self._grouped(self._parser.feed(chunk)):
                yield group
        if not self._cancelled:
            for group in self._grouped(self._parser.close()):
                yield group

    def _grouped(self, placed: list[Placed]) -> Iterator[list[Placed]]:
        """What was read in one go, together; where nobody waits, many at a time."""
        start = 0
        while start < len(placed):
            end = start + AT_ONCE if self.speed is None else _end_of_read(placed, start)
            yield placed[start:end]
            start = end

    # -- time ----------------------------------------------------------------------------------

    async def _wait_for(self, record: Record) -> None:
        """Wait until it is time for a record."""
        self._timed = self._timed or getattr(record, "t", None) is not None
        due = self._due(record)
        self._unyielding += 1
        while not self._cancelled and (self.paused or self._ahead_of(due)):
            await self._pass_time(due)
        if self.speed is None:
            self.position = max(self.position, due)
        if self.speed is None or self._unyielding > _UNYIELDING:
            self._unyielding = 0
            await self._sleep(0)

    def _due(self, record: Record) -> float:
        if isinstance(record, RequestRecord):
            self.position = 0.0  # times count from each turn's request
            return 0.0
        if self.plain:
            return self._turn.frames / PLAIN_PACE
        return self.position if record.t is None else record.t

    def _ahead_of(self, due: float) -> bool:
        # A wait too short for the clock to show would never be over.
        return self.speed is not None and due - self.position > self.speed * _SHORTEST

    async def _pass_time(self, due: float) -> None:
        self._unyielding = 0
        began = self._clock()
        if self.paused or not self.speed:
            await self._sleep(SLICE)
            return
        await self._sleep(min(SLICE, (due - self.position) / self.speed))
        self.position += (self._clock() - began) * self.speed


def _keeper_of(path: Path) -> ReplayedFile | Spool:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        return Spool()
    try:
        return OpenFile(path).keeper
    except UnreadableError:
        return ReplayedFile(path)


def _end_of_read(placed: list[Placed], start: int) -> int:
    read = _read_of(placed[start][1])
    end = start + 1
    while read is not None and end < len(placed) and _read_of(placed[end][1]) == read:
        end += 1
    return end


def _read_of(record: Record) -> int | None:
    return record.read if isinstance(record, FrameRecord | CommentRecord | CutRecord) else None


def _chunks_of(file: Path | BinaryIO) -> Iterator[bytes]:
    if isinstance(file, Path):
        with file.open("rb", buffering=0) as opened:
            yield from _pieces(opened)
    else:
        yield from _pieces(file)


def _pieces(file: BinaryIO | io.RawIOBase) -> Iterator[bytes]:
    read = reading(file)
    while chunk := read(CHUNK):
        yield chunk
