"""The plain stream: every event and comment as the server sent it, and nothing of ours.

What comes out can be served to any client as it is, and opens here as a dump without times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.format import parse_header
from codex_tui.recording.records import CutRecord
from codex_tui.recording.stream_blocks import StreamBlocks
from codex_tui.wire.sse import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.exports.material import Material
    from codex_tui.recording.records import Record


def write(material: Material) -> Iterator[bytes]:
    """Yield the stream."""
    yield from blocks(material.records())


def blocks(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield the blocks of a `text/event-stream`, each with its blank line.

    What was cut off can stand at the end alone, without a blank line; in the middle it would
    become one with what follows, so there it is left out.
    """
    stream = StreamBlocks()
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
