"""Records read back many at a time are those that are read back one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording import log as log_module
from codex_tui.recording.payload import Spool
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import EndRecord, FrameRecord, Record
from codex_tui.wire.sse import ServerSentEvent
from tests.recording.strategies import NOW, records
from tests.recording.test_log import SESSION, all_of, replayed, spooled

if TYPE_CHECKING:
    from pathlib import Path

HEADER = b': codex-tui {"version":1,"id":"x","created":"y","tool":"z"}\n\n'
PLAIN = [
    b"data: a\n\n",
    b"event: e\ndata: {}\n\n",
    b"event: \xff\ndata: \xff\n\n",
    b"id: 1\n\n",
    b"id: 2\ndata: b\n\n",
    b"id\n\n",
    b": c\n\n",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"data: cut",
]


@given(st.lists(records), st.integers(0, 9), st.integers(0, 9))
def test_any_range_of_any_records_comes_back(
    given_records: list[Record], first: int, count: int
) -> None:
    log = spooled(given_records)
    first = min(first, len(log))
    last = min(first + count, len(log))
    assert list(log.records(first, last)) == given_records[first:last]


@given(st.lists(st.sampled_from(PLAIN)).map(b"".join))
def test_any_plain_dump_comes_back_at_once(
    tmp_path_factory: pytest.TempPathFactory, dump: bytes
) -> None:
    path = tmp_path_factory.mktemp("dumps") / "dump.sse"
    path.write_bytes(dump)
    log = replayed(path)
    assert list(log.records(0, len(log))) == [record for _, record in read_records(path)]


def test_ranges_longer_than_one_read_come_back_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = Recording.create(tmp_path, now=NOW)
    recording.write(SESSION * 7)
    log = replayed(recording.path)
    for much in (1 << 20, 100):
        monkeypatch.setattr(log_module, "_MUCH", much)
        monkeypatch.setattr(log_module, "_MANY", 5)
        assert list(log.records(0, len(log))) == SESSION * 7


def test_a_record_that_stands_in_no_file_has_its_place_in_a_range() -> None:
    frame = FrameRecord(1.0, 1, ServerSentEvent(data="{}"))
    end = EndRecord(1, None, "interrupted", "derived")
    spool = Spool()
    log = log_module.EventLog(spool)
    for record in (frame, end, frame):
        span = (log.end, 0) if record is end else spool.keep([record])[0]
        log.append(record, None, span)
    assert list(log.records(0, 3)) == all_of(log) == [frame, end, frame]


def test_records_that_share_a_block_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "by-hand.sse"
    path.write_bytes(
        HEADER + b': codex-tui end {"n":1,"t":1.0,"how":"completed","detail":null}\n'
        b': codex-tui end {"n":1,"t":2.0,"how":"failed","detail":null}\n'
        b": ping\ndata: {}\n\n: codex-tui t=1.000000 read=2\ndata: {}\n\n"
    )
    log = replayed(path)
    expected = [record for _, record in read_records(path)]
    assert len(expected) == 4
    assert all_of(log) == list(log.records(0, 4)) == expected


def test_a_file_changed_meanwhile_is_an_error(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path, now=NOW)
    recording.write(SESSION)
    log = replayed(recording.path)
    recording.path.write_bytes(b"")
    with pytest.raises(OSError, match="open it again"):
        list(log.records(0, len(log)))
