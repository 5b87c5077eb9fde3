"""A plain dump's frames of the common form are read as its decoder reads them."""

from __future__ import annotations

import pytest

from codex_tui.recording.reader import RecordParser
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.sse import SSEDecoder

_DUMP = (
    b"\xef\xbb\xbfevent: a\ndata: first\n\n"
    b"data: nameless\n\n"
    b"id: 7\n\n"
    b"event: a\ndata: after an id\n\n"
    b"event: a\ndata: and another\n\n"
    b"event: a\ndata: \n\n"
    b"retry: 5\n\n\n"
    b": a comment\nevent: a\ndata: with one\n\n"
    b"event: a\ndata: \xff\n\n"
    b"event: a\ndata: two\ndata: lines\n\n"
    b"event: a\r\ndata: carried\r\n\r\n"
    b"id\n\nevent: a\ndata: without an id\n\n"
)


@pytest.mark.parametrize("size", [1, 7, 40, 10_000])
def test_every_frame_is_the_decoders_in_pieces_of_any_size(size: int) -> None:
    parser = RecordParser()
    found = []
    for start in range(0, len(_DUMP), size):
        found += parser.feed(_DUMP[start : start + size])
    found += parser.close()
    frames = [record.frame for _, record in found if isinstance(record, FrameRecord)]
    assert frames == SSEDecoder().feed(_DUMP)
    for (offset, length), (after, _) in zip(
        [span for span, _ in found], [span for span, _ in found[1:]], strict=False
    ):
        assert offset + length <= after
