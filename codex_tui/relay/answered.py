"""What a server answered: a stream of events as records, or a body that is none.

A read is what one wake-up of the server's socket brought, whatever came out of its encoding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.records import CommentRecord, CutRecord, ForeignRecord, FrameRecord
from codex_tui.relay.bodies import Undressed
from codex_tui.wire.decode import event_type
from codex_tui.wire.sse import (
    Comments,
    EventTooLargeError,
    ServerSentEvent,
    SSEDecoder,
    is_no_event,
)
from codex_tui.wire.stream_end import StreamEnd
from codex_tui.wire.tails import unended_type

if TYPE_CHECKING:
    from codex_tui.recording.mask import Mask
    from codex_tui.recording.records import Record
    from codex_tui.wire.sse import Discarded


class StreamCopy:
    """The copy of a stream of events.

    Args:
        encoding: Its content encoding.
        mask: Takes the user's secrets out.
        turn: The number of its turn.

    Attributes:
        end: What its events say of its end.
        size: Bytes that came, encoded as they were.
        events: Frames that came.
        trouble: Why what came is kept as bytes from some read on, as a sentence; empty where all
            of it could be read.
    """

    def __init__(self, encoding: str, mask: Mask, turn: int) -> None:
        self.end = StreamEnd()
        self.size = 0
        self.events = 0
        self.trouble = ""
        self._undressed = Undressed(encoding)
        self._decoder = SSEDecoder()
        self._mask = mask
        self._turn = turn
        self._reads = 0
        self._tail = b""

    @property
    def unended(self) -> str:
        """The type of the event that only lacked its blank line; "" without one, after `rest`."""
        return unended_type(self._tail)

    @property
    def torn(self) -> bool:
        """Whether the bytes ended inside an event, after `rest`."""
        return bool(self._tail)

    def take(self, data: bytes, t: float) -> list[Record]:
        """The records that a read completes."""
        self._reads += 1
        self.size += len(data)
        if self.trouble:
            return [self._cut(data, t)]
        records: list[Record] = []
        for piece in self._undressed.feed(data):
            records += self._blocks(piece, t)
        if self._undressed.trouble and not self.trouble:
            self.trouble = self._undressed.trouble
            records += [*self._left(t), self._cut(data, t)]
        return records

    def _blocks(self, data: bytes, t: float) -> list[Record]:
        if self.trouble:
            return [self._cut(data, t)]
        try:
            blocks = self._decoder.feed_blocks(data)
        except EventTooLargeError as error:
            self.trouble = f"The stream can't be read on: {error}."
            return self._left(t)
        return [self._record(block, t) for block in blocks]

    def _left(self, t: float) -> list[Record]:
        """What was begun when reading ended."""
        left, self._decoder = self._decoder.unfinished, SSEDecoder()
        return [self._cut(left, t)] if left else []

    def _cut(self, data: bytes, t: float) -> CutRecord:
        return CutRecord(t, self._reads or None, self._mask.bytes(data), self._turn)

    def _record(self, block: ServerSentEvent | Comments | Discarded, t: float) -> Record:
        turn, read, mask = self._turn, self._reads or None, self._mask
        if isinstance(block, ServerSentEvent):
            self._follow(block)
            return FrameRecord(t, read, mask.frame(block), turn)
        if isinstance(block, Comments):
            return CommentRecord(t, read, mask.comments(block.texts), turn)
        return ForeignRecord(t, read, mask.bytes(block.data), turn)

    def _follow(self, frame: ServerSentEvent) -> None:
        self.events += 1
        name = event_type(frame) or ("error" if frame.event == "error" else None)
        self.end.follow(name, frame.data)

    def rest(self, t: float) -> list[Record]:
        """What was left unfinished at the end: a frame that was cut off, or what is none."""
        left = self._decoder.unfinished
        if left and is_no_event(left):
            return self._blocks(b"\n\n", t)
        self._tail = left
        return self._left(t)
