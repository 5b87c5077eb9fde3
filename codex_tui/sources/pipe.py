"""What comes through a pipe while it comes: each record with the time at which it arrived.

Times count from the start of reading, for nobody knows when the request was sent, and no request is
made up. What was saved with times of its own keeps them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.formats import any_reader
from codex_tui.formats.sniffing import RECORDING
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    has_time,
    recordable_response,
)
from codex_tui.sources.open_turn import OpenTurn, Sentences

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence

    from codex_tui.formats import Format
    from codex_tui.formats.readers import Placed
    from codex_tui.piped_input import Piece, PipedInput
    from codex_tui.recording.records import Record

_READ = FrameRecord | CommentRecord | ForeignRecord | CutRecord
_SENTENCES = Sentences(
    "The pipe ended {where}.", "Reading was stopped here; what writes may go on."
)


class Stamping:
    """Makes records of a pipe's pieces, each with the time at which it came, where it has none.

    Args:
        began: When reading began, on the clock of the pieces.
        limited: Whether no more is read than limits allow.

    Attributes:
        reader: What reads them.
        start: From when times count, on that clock: since reading began, or the request.
        saved: Whether it was saved with times of its own; None before the first record.
        body: Of what is no stream.
        read: The latest read; 0 before the first.
    """

    def __init__(self, began: float, *, limited: bool = True) -> None:
        self.reader = any_reader(limited=limited)
        self.start = began
        self.saved: bool | None = None
        self.body = ""
        self.read = 0

    def take(self, piece: Piece) -> list[Record]:
        """The records that a piece completes."""
        self.read = piece.read
        return self._stamped(self.reader.feed(piece.data), piece.t)

    def rest(self, t: float) -> list[Record]:
        """What is left at the end."""
        return self._stamped(self.reader.close(), t)

    def _stamped(self, placed: Iterable[Placed], t: float) -> list[Record]:
        return [self._came(record, t) for _, record in placed]

    def _came(self, record: Record, t: float) -> Record:
        if self.saved is None:
            self.saved = self.reader.format is RECORDING or has_time(record)
        if self.reader.refusal is not None and isinstance(record, CutRecord):
            self.body = record.data.decode("utf-8", "replace")
        return record if self.saved else self._stamp(record, t)

    def _stamp(self, record: Record, t: float) -> Record:
        """The record as it came: it is recorded, so of a head only what may be written down."""
        if isinstance(record, RequestRecord):
            self.start = t  # a turn's times count from its request
            return record
        if record.t is None:
            record.t = t - self.start
        if isinstance(record, _READ) and record.read is None:
            record.read = self.read
        return recordable_response(record) if isinstance(record, ResponseRecord) else record


class PipeSource:
    """Reads a pipe to its end.

    Reading may have begun long before there is an event loop, so that the time an app takes to
    start is in no record. What comes is read no further than limits allow, unless it is not
    `limited`.
    """

    def __init__(self, pipe: PipedInput, *, limited: bool = True) -> None:
        self._pipe = pipe
        self._stamping = Stamping(pipe.begin(), limited=limited)
        self._turn = OpenTurn(_SENTENCES)
        self._cancelled = False

    @property
    def format(self) -> Format | None:
        """What comes; None until enough of it has come."""
        return self._stamping.reader.format

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of all that came: what was taken off, what is left out."""
        return self._stamping.reader.remarks

    @property
    def saved(self) -> bool:
        """Whether it was saved with times of its own; known with the first batch."""
        return bool(self._stamping.saved)

    @property
    def empty(self) -> bool:
        """Whether not a byte has come."""
        return not self._stamping.read

    def now(self) -> float | None:
        """Seconds of the running turn since reading, or its request, began."""
        return None if self.saved else self._pipe.clock() - self._stamping.start

    def cancel(self) -> None:
        """Stop reading; what has come stays, and the last record is an end that says so."""
        self._cancelled = True
        self._pipe.leave()

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Yield the records that each piece completes, and at the end how it ended."""
        failure = None
        try:
            async for piece in self._pipe.pieces:
                if batch := self._ordered(self._stamping.take(piece)):
                    yield batch
                if self._stamping.reader.limit:
                    break
        except OSError as error:
            failure = f"The pipe could not be read on: {error.strerror or error}."
        finally:
            self._pipe.close()
        t = self._pipe.clock()
        rest = self._ordered(self._stamping.rest(t))
        if batch := [*rest, *self._end(failure, t)]:
            yield batch

    def _ordered(self, records: Iterable[Record]) -> list[Record]:
        """The records, and between them the ends of turns that nobody ended."""
        return [each for record in records for each in self._turn.take(record)]

    def _end(self, failure: str | None, t: float) -> Iterator[EndRecord]:
        now = None if self.saved else t - self._stamping.start
        reader, body = self._stamping.reader, self._stamping.body
        if reader.refusal is not None and body:
            end = self._turn.refused(reader.trouble, body, now)
        elif reader.refusal is not None and not self._cancelled:
            end = self._turn.ended(failure or "The pipe ended before anything came.", now)
        elif self._cancelled and not self._turn.terminated:
            end = self._turn.cancelled(now)
        else:
            end = self._turn.ended(failure or reader.trouble or None, now)
        if end is not None:
            yield end
