"""Lines that are no event, in a recording: verbatim, with their time, and with a place."""

from __future__ import annotations

import pytest

from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Spool
from codex_tui.recording.reader import RecordParser
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    ForeignRecord,
    FrameRecord,
    Record,
)
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder
from tests.recording.test_format import read, written

FOREIGN = ForeignRecord(1.5, 2, b'lost"}')
BARE = ForeignRecord(2.5, 3, b"event: ping")


def test_they_are_written_as_bytes_behind_their_time() -> None:
    assert written([FOREIGN], header=None) == (
        b': codex-tui t=1.500000 read=2\n: codex-tui foreign {"base64":"bG9zdCJ9"}\n\n'
    )
    assert read(written([FOREIGN, BARE])) == [FOREIGN, BARE]
    assert SSEDecoder().feed(written([FOREIGN, BARE])) == []


def test_their_rows_stand_after_events_and_shift_no_number() -> None:
    log = EventLog(Spool())
    event = FrameRecord(0.5, 1, ServerSentEvent(data="{}"))
    comment = CommentRecord(3.0, 4, (" c",))
    records: list[Record] = [BARE, event, FOREIGN, comment, BARE, event]
    for record, span in zip(records, log.payload.keep(records), strict=True):
        log.append(record, None, span)
    assert [log.number(entry) for entry in range(6)] == [None, 1, None, None, None, 2]
    assert [log.place(entry) for entry in range(6)] == ["0+1", "", "1+1", "1+2", "1+3", ""]
    assert [log.entry_at(*place) for place in ((0, 1), (1, 1), (1, 3))] == [0, 2, 4]
    nowhere = ((0, 0), (0, 2), (1, 4), (2, 1), (3, 1), (-1, 1))
    assert [log.entry_at(*place) for place in nowhere] == [None] * len(nowhere)
    assert [log.name(entry) for entry in (0, 2, 3)] == ["empty", "foreign", "comment"]
    assert list(log.records(0, 6)) == records


@pytest.mark.parametrize(
    ("tail", "foreign"),
    [
        (b'{"error": {"message": "died"}}', True),
        (b'{"error": {"message": "died"}}\n', True),
        (b"<html>\r\n<p>504</p>\r\n</html>\r\n", True),
        (b"user@host:~$ ", True),
        (b"da", False),
        (b": keep-al", False),
        (b'data: {"type"', False),
        (b'<p>\ndata: {"type"', False),
    ],
)
def test_what_stands_at_the_end_and_is_no_field_was_not_cut_off(tail: bytes, foreign: bool) -> None:
    parser = RecordParser()
    records = [record for _, record in parser.feed(b"data: {}\n\n" + tail) + parser.close()]
    left = tail.replace(b"\r\n", b"\n").rstrip(b"\n") if foreign else tail
    kind = ForeignRecord if foreign else CutRecord
    assert records[1:] == [kind(None, None, left)]
