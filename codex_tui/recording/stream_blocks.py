"""Records as the blocks of a plain `text/event-stream`: the server's own, and nothing of ours.

They are those that a decoder reads back to the same frames, comments and foreign lines; of line
ends that a decoder makes no difference between nobody knows which they were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.recording.records import (
    CommentRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
)
from codex_tui.wire.sse import is_field, name_of

if TYPE_CHECKING:
    from codex_tui.recording.records import Record
    from codex_tui.wire.sse import ServerSentEvent

_NOT_FOREIGN = (b"", b"data")  # comments, and what makes an event
_LINE_END = re.compile(r"\r\n|\r|\n")


class StreamBlocks:
    """Makes the blocks of one stream, in order.

    An id persists until another comes (WHATWG HTML, 9.2.6); and foreign lines that a block has
    verbatim must not come twice.
    """

    def __init__(self) -> None:
        self._id: str | None = ""  # None where the next frame has to say its own
        self._foreign = b""  # lines of the block before
        self._messages = False  # of a socket: what is raw there is no block

    def block(self, record: Record) -> bytes:
        """The bytes of a record with their blank line; none of what is nothing of a stream."""
        match record:
            case RequestRecord():
                self._messages = record.on_socket
                return b""
            case FrameRecord():
                self._foreign = _foreign_lines(record.frame.raw or b"")
                return self._frame(record.frame)
            case CommentRecord():
                return _joined(_comments(record.comments))
            case ForeignRecord():
                known, self._foreign = self._foreign, b""
                return b"" if record.data == known else self._foreign_block(record.data)
            case _:
                return b""

    def _foreign_block(self, data: bytes) -> bytes:
        """Lines that make no event again; what could make one is in no line that a decoder left."""
        lines = [line for line in data.splitlines() if line and name_of(line) not in _NOT_FOREIGN]
        if b"id" in map(name_of, lines):
            self._id = None
        return b"\n".join(lines) + b"\n\n" if lines else b""

    def _frame(self, frame: ServerSentEvent) -> bytes:
        before, self._id = self._id, frame.id
        if frame.raw is not None and not self._messages:
            return frame.raw.rstrip(b"\r\n") + b"\n\n"
        lines = _comments(frame.comments)
        if frame.event != "message":
            lines.append(f"event: {_one_line(frame.event)}")
        if frame.id != before:
            lines.append(f"id: {_one_line(frame.id)}")
        if frame.retry is not None:
            lines.append(f"retry: {frame.retry}")
        lines += [f"data: {line}" for line in _LINE_END.split(frame.data)]
        return _joined(lines)


def _foreign_lines(block: bytes) -> bytes:
    lines = (line for line in block.splitlines() if line and not line.startswith(b":"))
    return b"\n".join(line for line in lines if not is_field(line))


def _comments(comments: tuple[str, ...]) -> list[str]:
    """Comments; one of several lines, which no stream can have had, becomes several."""
    return [f":{line}" for comment in comments for line in _LINE_END.split(comment)]


def _joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace") if lines else b""


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text
