"""What comes through a pipe while it comes: each record with the time at which it arrived.

Times count from the start of reading, for nobody knows when the request was sent, and no request is
made up. What was saved with times of its own keeps them.
"""

from __future__ import annotations

import os
import select
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from codex_tui.formats import any_reader
from codex_tui.formats.sniffing import RECORDING
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    has_time,
    recordable_response,
)
from codex_tui.sources.open_turn import OpenTurn, Sentences
from codex_tui.threads import Background

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence

    from codex_tui.formats import Format
    from codex_tui.formats.readers import Placed
    from codex_tui.recording.records import Record

CHUNK = 64 * 1024
"""Bytes that are read at a time: what a pipe holds on most systems."""

_AHEAD = 128  # chunks that wait for a slow reader; beyond, the writer has to wait
_SENTENCES = Sentences(
    "The pipe ended {where}.", "Reading was stopped here; what writes may go on."
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes: when they came, in seconds of the clock, and the number of the wake-up."""

    t: float
    read: int
    data: bytes


class PipeSource:
    """Reads a pipe to its end.

    Reading begins with `begin`, before there is an event loop, so that the time an app takes to
    start is in no record.

    Args:
        descriptor: The pipe's, which is closed when it is left: who writes then hears of it.
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, descriptor: int, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._start: float | None = None
        self._reader = any_reader()
        self._turn = OpenTurn(_SENTENCES)
        self._saved: bool | None = None
        self._body = ""  # of what is no stream
        self._closed = self._cancelled = False
        self._left, self._leave = os.pipe()
        self._pieces = Background(
            partial(_pieces, descriptor, self._left, clock), name="pipe", ahead=_AHEAD
        )

    def begin(self) -> None:
        """Begin to read: times count from now."""
        if self._start is None:
            self._start = self._clock()
            self._pieces.begin()

    @property
    def format(self) -> Format | None:
        """What comes; None until enough of it has come."""
        return self._reader.format

    @property
    def saved(self) -> bool:
        """Whether it was saved with times of its own; known with the first batch."""
        return bool(self._saved)

    def now(self) -> float | None:
        """Seconds of the running turn since reading, or its request, began."""
        return None if self._start is None or self._saved else self._clock() - self._start

    def cancel(self) -> None:
        """Stop reading; what has come stays, and the last record is an end that says so."""
        self._cancelled = True
        self._close()
        if not _CAN_WAIT:
            self._pieces.stop()  # the thread can't be woken

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._leave)  # wakes the thread, which closes the pipe

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Yield the records that each piece completes, and at the end how it ended."""
        self.begin()
        failure = None
        read = 0
        try:
            async for piece in self._pieces:
                read = piece.read
                if batch := self._stamped(self._reader.feed(piece.data), piece.t, read):
                    yield batch
        except OSError as error:
            failure = f"The pipe could not be read on: {error.strerror or error}."
        finally:
            self._close()
            self._pieces.stop()
        t = self._clock()
        rest = self._stamped(self._reader.close(), t, read)
        if batch := [*rest, *self._end(failure, t)]:
            yield batch

    # -- times ---------------------------------------------------------------------------------

    def _stamped(self, placed: Iterable[Placed], t: float, read: int) -> list[Record]:
        """The records with the time at which they came, where they have none."""
        found: list[Record] = []
        for _, record in placed:
            if self._saved is None:
                self._saved = self._reader.format is RECORDING or has_time(record)
            if self._reader.refusal is not None and isinstance(record, CutRecord):
                self._body = record.data.decode("utf-8", "replace")
            came = record if self._saved else self._stamp(record, t, read)
            found += self._turn.take(came)
        return found

    def _stamp(self, record: Record, t: float, read: int) -> Record:
        """The record as it came: it is recorded, so of a head only what may be written down."""
        if isinstance(record, RequestRecord):
            self._start = t  # a turn's times count from its request
            return record
        if record.t is None:
            record.t = t - (self._start or 0.0)
        if isinstance(record, FrameRecord | CommentRecord | CutRecord) and record.read is None:
            record.read = read
        return recordable_response(record) if isinstance(record, ResponseRecord) else record

    # -- the end -------------------------------------------------------------------------------

    def _end(self, failure: str | None, t: float) -> Iterator[EndRecord]:
        now = None if self._saved else t - (self._start or 0.0)
        trouble = self._reader.trouble
        if self._reader.refusal is not None and self._body:
            end = self._turn.refused(trouble, self._body, now)
        elif self._reader.refusal is not None and not self._cancelled:
            end = self._turn.ended(failure or "The pipe ended before anything came.", now)
        elif self._cancelled and not self._turn.terminated:
            end = self._turn.cancelled(now)
        else:
            end = self._turn.ended(failure or trouble or None, now)
        if end is not None:
            yield end


_CAN_WAIT = os.name != "nt"
"""Whether a pipe can be waited for together with the word to leave it: Windows only blocks."""


def _pieces(descriptor: int, left: int, clock: Callable[[], float]) -> Iterator[Piece]:
    """What comes, until the end, or until the other end of `left` is closed.

    What one wake-up delivered belongs to one read: bytes that were there already when those before
    them had been taken.
    """
    number, there = 0, False
    try:
        while there or _comes(descriptor, left, None):
            number += not there
            if not (data := os.read(descriptor, CHUNK)):
                return
            t = clock()
            # Asked at once: what comes while the piece is handed on is another wake-up.
            there = _CAN_WAIT and _comes(descriptor, left, 0)
            yield Piece(t, number, data)
    finally:
        os.close(descriptor)
        os.close(left)


def _comes(descriptor: int, left: int, seconds: float | None) -> bool:
    """Whether there is something to read, or the end, within some seconds; not once it is left."""
    if not _CAN_WAIT:
        return True
    ready, _, _ = select.select([descriptor, left], (), (), seconds)
    return descriptor in ready and left not in ready
