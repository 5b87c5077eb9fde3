"""A log holds numbers, and gives the records back."""

from __future__ import annotations

import io
import tracemalloc
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.block_codecs import RECORDED
from codex_tui.recording.file_guard import FileChangedError
from codex_tui.recording.files import AppendFile
from codex_tui.recording.log import FIRST_EVENT_KIND, MALFORMED, OTHER, UNNAMED, EventLog
from codex_tui.recording.payload import ReplayedFile, Spool
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.recording.writer import RecordingWriter
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
from tests.recording.strategies import NOW, records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codex_tui.recording.records import Span


def fill(log: EventLog, given_records: Iterable[Record], spans: Iterable[Span]) -> EventLog:
    for record, span in zip(given_records, spans, strict=True):
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        log.append(record, event, span)
    return log


def spooled(given_records: list[Record]) -> EventLog:
    spool = Spool()
    return fill(EventLog(spool), given_records, spool.keep(given_records))


def replayed(path: Path) -> EventLog:
    file = ReplayedFile(path)
    placed = list(read_records(path))
    records, spans = [record for _, record in placed], [span for span, _ in placed]
    return fill(EventLog(file), records, spans)


def all_of(log: EventLog) -> list[Record]:
    return [log.record(entry) for entry in range(len(log))]


def event(data: str, t: float = 1.0) -> FrameRecord:
    return FrameRecord(t, 3, ServerSentEvent(data=data))


DELTA = event('{"type":"response.output_text.delta","delta":"é"}')
SESSION: list[Record] = [
    RequestRecord(1, "now"),
    ResponseRecord(1, 0.25, 200),
    DELTA,
    CommentRecord(2.0, 4, (" ping", "é")),
    event("{}"),
    event("{"),
    event('{"type":"brand.new"}'),
    CutRecord(3.0, 5, b"data"),
    EndRecord(1, 4.0, "interrupted"),
]


def test_columns_say_what_each_entry_is() -> None:
    log = spooled(SESSION)
    assert len(log) == len(SESSION)
    assert log.events == 4
    assert [log.name(entry) for entry in range(len(log))] == [
        "request",
        "response",
        "response.output_text.delta",
        "comment",
        "unknown",
        "malformed",
        "brand.new",
        "cut",
        "end",
    ]
    assert [log.number(entry) for entry in range(len(log))] == [
        None, None, 1, None, 2, 3, 4, None, None
    ]  # fmt: skip
    assert [log.t(entry) for entry in (0, 1, 2, 3, 8)] == [None, 0.25, 1.0, 2.0, 4.0]
    assert [log.read(entry) for entry in (0, 2, 3, 7)] == [None, 3, 4, 5]
    assert log.size(2) == len('{"type":"response.output_text.delta","delta":"é"}') + 1
    assert log.size(3) == 7
    assert log.total_size(2, 4) == log.size(2) + 7 + 2
    assert [log.kind(entry) for entry in (4, 5)] == [UNNAMED, MALFORMED]
    assert log.kind(2) == log.kind(2) >= FIRST_EVENT_KIND > log.kind(3)
    assert log.kind_name(log.kind(6)) == "brand.new"


def test_records_and_events_come_back() -> None:
    log = spooled(SESSION)
    assert all_of(log) == SESSION
    assert log.event(2) == decode_event(DELTA.frame)
    assert log.event(3) is None


@given(st.lists(records))
def test_any_records_come_back(given_records: list[Record]) -> None:
    assert all_of(spooled(given_records)) == given_records


@given(st.lists(records))
def test_numbers_and_entries_are_each_others_inverse(given_records: list[Record]) -> None:
    log = spooled(given_records)
    frames = [i for i, record in enumerate(given_records) if isinstance(record, FrameRecord)]
    assert [log.entry_of(number) for number in range(1, log.events + 1)] == frames
    assert [log.number(entry) for entry in frames] == list(range(1, len(frames) + 1))


def test_there_is_no_event_zero_and_none_behind_the_last() -> None:
    log = spooled(SESSION)
    for number in (0, 5, -1):
        with pytest.raises(IndexError):
            log.entry_of(number)


def test_a_server_that_makes_up_types_fills_no_memory() -> None:
    names = [f"made.up.{i}" for i in range(5000)] + ["x" * 1000]
    log = spooled([event(f'{{"type":"{name}"}}') for name in names])
    assert [log.name(entry) for entry in (0, 4095, 4096, 4999, 5000)] == [
        names[i] for i in (0, 4095, 4096, 4999, 5000)
    ]
    assert log.kind(4096) == log.kind(5000) == OTHER


def test_a_server_may_call_its_events_as_it_likes() -> None:
    log = spooled([event('{"type":"malformed"}'), event('{"type":"request"}')])
    assert log.kind(0) != MALFORMED
    assert log.number(1) == 2


def test_an_end_that_stands_in_no_file_comes_back_too(tmp_path: Path) -> None:
    path = tmp_path / "dump.sse"
    path.write_bytes(b"data: {}\n\n")
    log = replayed(path)
    end = EndRecord(1, None, "interrupted", "derived")
    log.append(end, None, (10, 0))
    assert all_of(log) == [FrameRecord(None, None, ServerSentEvent(data="{}")), end]


def test_an_entry_costs_26_bytes() -> None:
    log = EventLog(Spool())
    decoded = decode_event(DELTA.frame)
    tracemalloc.start()
    for i in range(50_000):
        log.append(DELTA, decoded, (i * 100, 100))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held / 50_000 < 26 * 1.13  # arrays grow by an eighth ahead


@pytest.mark.parametrize(
    "dump",
    [
        b"id: 5\ndata: a\n\ndata: b\n\ndata: c\n\nid\ndata: d\n\ndata: e\n\n",
        b"id: 5\ndata: a\n\nid: 6\ndata: b\n\nid: 7\ndata: c\n\ndata: d\n\n",
        b"id: 1\n: c\n\ndata: a\n\n: d\nid: 2\n\nid: 3\n\ndata: b\n\n",
        b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n",
        b"\r\n\r\ndata: a\r\n\r\n\r\n: ping\r\rdata: b\n\r\n\r\rdata: cut",
        b": codex-tui t=1.000000 read=1\ndata: a\n\nevent: none\n\ndata: b\n\n: bye\n",
    ],
    ids=[
        "an id that persists",
        "ids of their own",
        "ids before frames",
        "byte order marks",
        "line ends",
        "comments",
    ],
)
def test_a_plain_dump_comes_back_record_by_record(tmp_path: Path, dump: bytes) -> None:
    path = tmp_path / "dump.sse"
    path.write_bytes(dump)
    assert all_of(replayed(path)) == [record for _, record in read_records(io.BytesIO(dump))]


@given(
    st.lists(
        st.sampled_from(
            [
                b"data: a",
                b"id: 1",
                b"id: 2",
                b"id",
                b": c",
                b"\n",
                b"\n\n",
                b"\r\n\r\n",
                b"\xef\xbb\xbf",
            ]
        )
    ).map(b"".join)
)
def test_any_plain_dump_comes_back(tmp_path_factory: pytest.TempPathFactory, dump: bytes) -> None:
    path = tmp_path_factory.mktemp("dumps") / "dump.sse"
    path.write_bytes(dump)
    assert all_of(replayed(path)) == [record for _, record in read_records(path)]


def test_a_recording_comes_back_from_its_file(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path, now=NOW)
    recording.write(SESSION)
    log = replayed(recording.path)
    assert log.payload.form is RECORDED
    assert all_of(log) == SESSION


def test_a_file_changed_meanwhile_is_an_error(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path, now=NOW)
    recording.write(SESSION)
    log = replayed(recording.path)
    recording.path.write_bytes(b"")
    with pytest.raises(FileChangedError, match="open it again"):
        log.record(2)


def test_a_recording_that_lost_records_is_an_error(tmp_path: Path) -> None:
    writer = RecordingWriter(Recording.create(tmp_path, now=NOW), None, monotonic)
    log = EventLog(writer)
    for record, span in zip(SESSION, writer.keep(SESSION), strict=True):
        log.append(record, None, span)
    assert writer.close()
    writer.path.write_bytes(b"")
    with pytest.raises(OSError, match="no longer there"):
        log.record(2)


def test_a_file_that_is_replayed_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(OSError, match="takes nothing"):
        ReplayedFile(tmp_path / "empty").keep(SESSION)


@pytest.mark.parametrize("room", [0, 1, 3])
def test_without_room_for_temporary_files_records_stay_in_memory(
    monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    appends = iter(range(room))
    append = AppendFile.append

    def nearly_full(file: AppendFile, data: bytes) -> None:
        if next(appends, None) is None:
            raise OSError("full")
        append(file, data)

    monkeypatch.setattr(AppendFile, "append", nearly_full)
    spool = Spool()
    spans = [span for record in SESSION for span in spool.keep([record])]
    assert all_of(fill(EventLog(spool), SESSION, spans)) == SESSION
    assert spool.settled(sum(spans[-1]))
