"""Each byte of a dump is in a view: in a frame, a comment, a foreign line or a cut tail."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codex_tui.recording.reader import RecordParser
from codex_tui.recording.records import CommentRecord, CutRecord, ForeignRecord, FrameRecord
from codex_tui.wire.sse import BYTE_ORDER_MARK, is_field
from tests.fuzz import seeds
from tests.recording.test_format import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.formats import Placed
    from codex_tui.recording.records import Record

PIECES = (
    *(b"data: x", b"data", b'data: {"a":"b', b"event: e", b"event: message", b"event", b"id: 1"),
    *(b"id: \0", b"retry: 5", b"retry: soon", b": c", b":", b"what: ever", b'lost"}', b"\xff"),
    *(b": codex-tui t=1.000000 read=2", b'"}', b"\xef\xbb\xbf", b"\n", b"\r", b"\r\n", b"\n\n"),
)
DUMPS = st.binary(max_size=60) | st.lists(st.sampled_from(PIECES)).map(b"".join)


def parsed(dump: bytes, size: int) -> list[Placed]:
    parser = RecordParser()
    found = []
    for start in range(0, len(dump), size):
        found += parser.feed(dump[start : start + size])
    return [*found, *parser.close()]


def assert_each_byte_has_a_place(dump: bytes, placed: Iterable[Placed]) -> None:
    """What no record's bytes hold are line ends between blocks, and the mark at the beginning."""
    end = 0
    for (offset, length), _ in placed:
        assert not dump[end:offset].removeprefix(BYTE_ORDER_MARK if not end else b"").strip(b"\r\n")
        end = max(end, offset + length)
    assert not dump[end:].removeprefix(BYTE_ORDER_MARK if not end else b"").strip(b"\r\n")


def lines_of(record: Record) -> Iterator[bytes]:
    """The lines that a record gives back; those of fields stand for what they say."""
    match record:
        case FrameRecord(frame=frame) if frame.raw is not None:
            yield from frame.raw.splitlines()
        case FrameRecord(frame=frame):
            yield from (b":" + text.encode() for text in frame.comments)
            yield from (b"data: " + text.encode() for text in frame.data.split("\n"))
        case CommentRecord():
            yield from (b":" + text.encode("utf-8", "replace") for text in record.comments)
        case ForeignRecord() | CutRecord():
            yield from record.data.splitlines()


_MARK = BYTE_ORDER_MARK.decode("latin-1")
"""The first one of a stream is no part of it, for who decodes it: none is compared here."""


def counted(lines: Iterable[bytes]) -> Counter[bytes]:
    """Lines without what makes no difference; of fields but `data`, nothing is compared here."""
    told: Counter[bytes] = Counter()
    for line in (line.decode("latin-1").lstrip(_MARK).encode("latin-1") for line in lines):
        name, _, value = line.partition(b":")
        if name == b"data":
            told[b"data:" + value.removeprefix(b" ")] += 1
        elif line and not is_field(line):
            told[line.decode("utf-8", "replace").encode()] += 1
    return told


def views_of(placed: Iterable[Placed]) -> Counter[bytes]:
    """The lines in all views; foreign ones that a frame's bytes hold count once."""
    found: Counter[bytes] = Counter()
    within: Counter[bytes] = Counter()
    for _, record in placed:
        mine = counted(lines_of(record))
        if isinstance(record, ForeignRecord):
            mine, within = mine - within, Counter()
        raw = record.frame.raw if isinstance(record, FrameRecord) else None
        within = counted(raw.splitlines()) if raw is not None else Counter()
        found += mine
    return found


@given(DUMPS, st.sampled_from([1, 3, 1000]))
@example(b'data: {"a":"b\nlost"}\n\n', 1000)
@example(b"event: ping\n\nretry: 5\n\nid: 7\n\n", 1)
@settings(max_examples=400, deadline=None)
def test_no_byte_of_a_dump_is_in_none_of_its_views(dump: bytes, size: int) -> None:
    placed = parsed(dump, size)
    assert_each_byte_has_a_place(dump, placed)
    assert views_of(placed) == counted(dump.splitlines())


@pytest.mark.parametrize("number", range(len(seeds.dumps())))
def test_no_byte_of_our_own_streams_is_lost(number: int) -> None:
    dump = seeds.dumps()[number]
    for damaged in (dump, dump[: len(dump) // 2], dump.replace(b"\n\n", b"\n", 3)):
        placed = parsed(damaged, 100)
        assert_each_byte_has_a_place(damaged, placed)
        assert views_of(placed) == counted(damaged.splitlines())


@given(DUMPS)
@settings(max_examples=200, deadline=None)
def test_a_recording_made_of_a_dump_reads_back_to_the_same_rows(dump: bytes) -> None:
    records = [record for _, record in parsed(dump, 1000)]
    again = [record for _, record in parsed(written(records), 1000)]
    assert again == records
