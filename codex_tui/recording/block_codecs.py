"""The forms in which records stand in a file, and how each is read back from its own bytes.

What reads a file knows much that one record's bytes don't say: when a turn began, which id holds.
The log keeps the times; a form says only what stands in the block.
Where JSON values end is told by brackets and strings alone, so that a broken one costs itself.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.json_text import end_of_value
from codex_tui.recording.format import (
    common_frame,
    common_plain_frame,
    plain_decoder,
    plain_records,
    recorded,
)
from codex_tui.recording.json_lines import record_of
from codex_tui.recording.records import CutRecord, FrameRecord
from codex_tui.wire.sse import BYTE_ORDER_MARK, ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.records import Record


_BLANK = b" \t\r\n"
_BREAK = re.compile(r"[\r\n\0]")
_DATA_LINE = re.compile(rb"(?:event:[ ]?([^\r\n]*)[\r\n]+)?data:[ ]?([^\r\n]*)")


class Form(Struct, frozen=True):
    """How the bytes of records are to be read.

    Attributes:
        records: the records of one block, by its bytes and its place in the file; it never raises.
        common: the frame that begins at a place and its end, the quick way; None where it has to
            be read by `records`.
        ids: whether a frame may have an id that its bytes don't say.
        timed: whether blocks say their times; if not, the log does.
    """

    records: Callable[[bytes, int], list[Record]]
    common: Callable[[bytes, int], tuple[FrameRecord, int] | None]
    ids: bool = False
    timed: bool = True


def frame_of(data: bytes, event: str = "message") -> ServerSentEvent:
    """A frame that carries some bytes; where they are no UTF-8, `raw` has them as they were."""
    text = data.decode("utf-8", "replace")
    if "\ufffd" in text and text.encode() != data:
        return ServerSentEvent(event, text, raw=data)
    return ServerSentEvent(event, text)


def message_frame(data: bytes) -> ServerSentEvent:
    """The frame of a server's text message on a socket, which names no event.

    Where its lines end otherwise than in LF, or it is no UTF-8, `raw` has its bytes.
    """
    frame = frame_of(data)
    if "\r" in frame.data:
        frame.data, frame.raw = frame.data.replace("\r\n", "\n").replace("\r", "\n"), data
    return frame


def text_of_line(line: bytes, offset: int) -> bytes:
    """What a line says, without its end; a byte order mark is none of it (RFC 8259, 8.1)."""
    if not offset:
        line = line.removeprefix(BYTE_ORDER_MARK)
    return line.strip(_BLANK)


def record_of_line(line: bytes, offset: int) -> FrameRecord | CutRecord:
    """The record of a line with its end; without one it was cut off, unless it is whole JSON."""
    text = text_of_line(line, offset)
    if line.endswith(b"\n") or _is_json(text):
        return FrameRecord(None, None, frame_of(text))
    return CutRecord(None, None, text)


def message_of_line(line: bytes, offset: int) -> FrameRecord | CutRecord:
    """The record of a JSON-RPC message, its frame named by the method, or by what it holds.

    An error that a server tells of is none of a response: it is a method, and named apart.
    """
    record = record_of_line(line, offset)
    if isinstance(record, FrameRecord):
        record.frame = frame_of(text_of_line(line, offset), _method_of(record.frame.data))
    return record


def _method_of(data: str) -> str:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return "message"
    method = value.get("method") if isinstance(value, dict) else None
    if isinstance(method, str) and not _BREAK.search(method):
        return {"error": "turn/error"}.get(method, method)
    return "result" if isinstance(value, dict) and "result" in value else "message"


def record_of_value(block: bytes, offset: int) -> FrameRecord | CutRecord:
    """The record of the value that a block begins with; one without its end was cut off."""
    end = end_of_value(block, 0)
    if not end and block[:1] in (b"{", b"[", b'"'):
        return CutRecord(None, None, block)
    return FrameRecord(None, None, frame_of(text_of_line(block[: end or len(block)], offset)))


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def exported_record(text: bytes) -> Record | None:
    """The record of one exported line, or None where it is none."""
    try:
        return record_of(json.loads(text))
    except (ValueError, RecursionError):
        return None


def data_line(block: bytes, offset: int) -> FrameRecord:
    """The frame of a `data:` line that stands for itself, and of the line that names its event."""
    if not offset:
        block = block.removeprefix(BYTE_ORDER_MARK)
    found = _DATA_LINE.match(block.lstrip(_BLANK))
    if found is None:
        return FrameRecord(None, None, frame_of(block.strip(_BLANK)))
    event = (found[1] or b"").decode("utf-8", "replace")
    return FrameRecord(None, None, frame_of(found[2], event or "message"))


def _line(block: bytes, offset: int) -> list[Record]:
    end = block.find(b"\n") + 1
    return [record_of_line(block[: end or len(block)], offset)]


def _common_line(data: bytes, start: int) -> tuple[FrameRecord, int] | None:
    end = data.find(b"\n", start)
    if end < 0 or not start:
        return None  # it goes on elsewhere, or may begin with a byte order mark
    return FrameRecord(None, None, frame_of(data[start:end].strip(_BLANK))), end + 1


def _exported(block: bytes, offset: int) -> list[Record]:
    line, _, _ = block.partition(b"\n")
    return [exported_record(text_of_line(line, offset)) or _line(block, offset)[0]]


def _none(_data: bytes, _start: int) -> None:
    return None


RECORDED = Form(lambda block, _: recorded(block), common_frame)
"""The blocks of a recording."""

PLAIN = Form(
    lambda block, offset: plain_records(block, plain_decoder(offset)), common_plain_frame, ids=True
)
"""The blocks of a plain dump, in which comments of ours mean nothing."""

LINES = Form(_line, _common_line, timed=False)
"""Lines that are the data of an event each."""

MESSAGES = Form(
    lambda block, offset: [message_of_line(block[: block.find(b"\n") + 1 or None], offset)],
    _none,
    timed=False,
)
"""Lines that are a JSON-RPC message each."""

EXPORTED = Form(_exported, _none)
"""Lines that tell of a record each, mostly of an event: `n`, `t`, `read`, `type` and its `data`."""

VALUES = Form(lambda block, offset: [record_of_value(block, offset)], _none, timed=False)
"""JSON values, of any length and over any number of lines, that are the data of an event each."""

DATA_LINES = Form(lambda block, offset: [data_line(block, offset)], _none)
"""Lines `data: …`, each the data of an event, with no blank line between them."""
