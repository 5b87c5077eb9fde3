"""The plain stream: every event and comment as the server sent it, and nothing of ours.

What comes out can be served to any client as it is, and opens here as a dump without times.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.recording.format import parse_header
from codex_tui.recording.records import CommentRecord, CutRecord, FrameRecord
from codex_tui.wire.sse import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.exports.material import Material
    from codex_tui.recording.records import Record
    from codex_tui.wire.sse import ServerSentEvent

_LINE_END = re.compile(r"\r\n|\r|\n")


def write(material: Material) -> Iterator[bytes]:
    """Yield the stream."""
    yield from blocks(material.records())


def blocks(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield the blocks of a `text/event-stream`, each with its blank line.

    What was cut off can stand at the end alone, without a blank line; in the middle it would
    become one with what follows, so there it is left out.
    """
    stream = _Blocks()
    cut = b""
    first = True
    for record in records:
        block = stream.block(record)
        if first and block:
            first = False
            # A server's comment must not pass for the header of a recording; a decoder skips this.
            yield BYTE_ORDER_MARK if parse_header(block) else b""
        cut = record.data if isinstance(record, CutRecord) else b"" if block else cut
        yield block
    yield cut


class _Blocks:
    """What an id needs: it persists until another comes (WHATWG HTML, 9.2.6)."""

    def __init__(self) -> None:
        self._id = ""

    def block(self, record: Record) -> bytes:
        match record:
            case FrameRecord():
                return self._frame(record.frame)
            case CommentRecord():
                return _joined(_comments(record.comments))
            case _:
                return b""

    def _frame(self, frame: ServerSentEvent) -> bytes:
        before, self._id = self._id, frame.id
        if frame.raw is not None:
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


def _comments(comments: tuple[str, ...]) -> list[str]:
    """Comments; one of several lines, which no stream can have had, becomes several."""
    return [f":{line}" for comment in comments for line in _LINE_END.split(comment)]


def _joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace") if lines else b""


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text
