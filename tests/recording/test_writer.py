"""No disk holds a frame, and what was kept can always be read back."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from codex_tui.recording import writer as writer_module
from codex_tui.recording.log import EventLog
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import EndRecord, FrameRecord, Record
from codex_tui.recording.writer import BEHIND_AFTER, RecordingWriter, finish, unfinished
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


NOW = datetime(2026, 11, 22, 7, 39, 30, tzinfo=UTC)
RECORDS: list[Record] = [
    *(FrameRecord(i / 10, i, ServerSentEvent("e", f"data {i}")) for i in range(1, 40)),
    EndRecord(1, 9.0, "completed"),
]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Disk:
    """`os.write` that a test can hold up and make fail."""

    def __init__(self) -> None:
        self.going = Event()
        self.going.set()
        self.entered = Event()
        self.takes: Callable[[int, bytes], int] = os.write
        self.writes = 0

    def __call__(self, descriptor: int, data: bytes) -> int:
        self.writes += 1
        self.entered.set()
        assert self.going.wait(10)
        return self.takes(descriptor, data)


def full_at(size: int) -> Callable[[int, bytes], int]:
    """`os.write` where no file may grow beyond a size; a part is taken before it refuses."""

    def write(descriptor: int, data: bytes) -> int:
        room = size - os.fstat(descriptor).st_size
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, data[:room])

    return write


class Reached:
    """Waits until the writer has told of an offset."""

    def __init__(self) -> None:
        self.offset = 0
        self._told = Event()

    def __call__(self, offset: int) -> None:
        self.offset = offset
        self._told.set()

    def wait(self) -> None:
        assert self._told.wait(10)
        self._told.clear()


def open_writer(
    folder: Path, disk: Disk, told: Callable[[int], None] | None = None, clock: Clock | None = None
) -> RecordingWriter:
    return RecordingWriter(
        Recording.create(folder, now=NOW, write=disk), told, clock=clock or Clock()
    )


def read(path: Path) -> list[Record]:
    return [record for _, record in read_records(path)]


def filled_log(writer: RecordingWriter, records: list[Record]) -> EventLog:
    log = EventLog(writer)
    for record in records:
        log.append(record, None, writer.keep([record])[0])
    return log


def all_of(log: EventLog) -> list[Record]:
    return [log.record(entry) for entry in range(len(log))]


def test_what_is_kept_is_written_in_order(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, Disk())
    spans = [span for record in RECORDS for span in writer.keep([record])]
    assert writer.close()
    assert read(writer.path) == RECORDS
    assert [span for span, _ in read_records(writer.path)] == spans
    assert writer.written == writer.path.stat().st_size
    assert writer.error is None


def test_it_tells_how_far_it_has_written(tmp_path: Path) -> None:
    told = Reached()
    writer = open_writer(tmp_path, Disk(), told)
    (span,) = writer.keep(RECORDS[:1])
    told.wait()
    assert told.offset == writer.written == sum(span) == writer.path.stat().st_size
    assert writer.settled(sum(span))
    assert not writer.settled(sum(span) + 1) or writer.error
    assert writer.close()


def test_a_slow_disk_holds_nobody_and_is_told_after_a_quarter_second(tmp_path: Path) -> None:
    disk, clock, told = Disk(), Clock(), Reached()
    writer = open_writer(tmp_path, disk, told, clock)
    disk.going.clear()
    disk.entered.clear()
    spans = [span for record in RECORDS for span in writer.keep([record])]
    assert disk.entered.wait(10)
    assert not writer.settled(sum(spans[0]))
    assert writer.behind_since(clock.now) is None
    clock.now += BEHIND_AFTER
    assert writer.behind_since(clock.now) == 100.0
    assert writer.settled(sum(spans[-1])), "drawing goes on"
    disk.going.set()
    while told.offset < sum(spans[-1]):
        told.wait()
    assert writer.behind_since(clock.now) is None
    assert writer.close()
    assert read(writer.path) == RECORDS


def test_what_waits_is_written_in_one_go(tmp_path: Path) -> None:
    disk = Disk()
    writer = open_writer(tmp_path, disk)
    disk.going.clear()
    disk.entered.clear()
    writer.keep(RECORDS[:1])
    assert disk.entered.wait(10)
    before = disk.writes
    for record in RECORDS[1:]:
        writer.keep([record])
    disk.going.set()
    assert writer.close()
    assert disk.writes == before + 1


def test_what_somebody_waits_for_is_not_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "GATHER", 60.0)
    told = Reached()
    writer = open_writer(tmp_path, Disk(), told)
    for record in RECORDS:
        (span,) = writer.keep([record])
        while not writer.settled(sum(span)):
            told.wait()
    assert writer.close()
    assert read(writer.path) == RECORDS


def test_records_can_be_read_back_before_they_are_written(tmp_path: Path) -> None:
    disk = Disk()
    writer = open_writer(tmp_path, disk)
    disk.going.clear()
    log = filled_log(writer, RECORDS)
    assert all_of(log) == RECORDS
    disk.going.set()
    assert writer.close()
    assert all_of(log) == RECORDS


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    disk, told = Disk(), Reached()
    writer = open_writer(tmp_path, disk, told)
    log = filled_log(writer, RECORDS[:10])
    while told.offset < log.end:
        told.wait()
    disk.takes = full_at(log.end + 30)
    for record in RECORDS[10:]:
        log.append(record, None, writer.keep([record])[0])
    assert not writer.close()
    assert writer.error == f"No longer recorded: No space left on device ({writer.path.name})."
    assert writer.settled(10**9)
    assert all_of(log) == RECORDS, "what is on the screen stays readable"
    kept = read(writer.path)
    assert kept == RECORDS[: len(kept)], "no half record stands in the file"
    assert len(kept) == 10


def test_a_full_disk_takes_what_it_still_can(tmp_path: Path) -> None:
    disk = Disk()
    writer = open_writer(tmp_path, disk)
    disk.going.clear()
    spans = [span for record in RECORDS for span in writer.keep([record])]
    disk.takes = full_at(sum(spans[6]) + 5)
    disk.going.set()
    assert not writer.close()
    assert read(writer.path) == RECORDS[:7]


def test_closing_waits_for_a_hung_disk_no_longer_than_allowed(tmp_path: Path) -> None:
    disk = Disk()
    writer = open_writer(tmp_path, disk)
    disk.going.clear()
    writer.keep(RECORDS[:1])
    assert not writer.close(timeout=0.05)
    assert writer.error is None, "it may be slow alone"
    assert unfinished()
    (error,) = finish(0.05)
    assert error == writer.error
    assert "did not take the end" in error
    assert not unfinished(), "who has given up does not ask again"
    disk.going.set()


def test_a_disk_that_is_only_slow_takes_the_end(tmp_path: Path) -> None:
    disk = Disk()
    writer = open_writer(tmp_path, disk)
    disk.going.clear()
    writer.keep(RECORDS)
    assert not writer.close(timeout=0.05)
    disk.going.set()
    assert finish(30) == []
    assert (writer.error, unfinished()) == (None, False)
    assert read(writer.path) == RECORDS


def test_what_comes_after_the_end_is_readable(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, Disk())
    assert writer.close()
    log = filled_log(writer, RECORDS[:2])
    assert all_of(log) == RECORDS[:2]
    assert read(writer.path) == []


def test_a_listener_that_is_gone_does_not_stop_the_recording(tmp_path: Path) -> None:
    def closed(offset: int) -> None:
        raise RuntimeError("Event loop is closed")

    writer = open_writer(tmp_path, Disk(), closed)
    for record in RECORDS:
        writer.keep([record])
    assert writer.close()
    assert read(writer.path) == RECORDS


def test_a_recording_deleted_meanwhile_is_told(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, Disk())
    writer.path.unlink()
    log = filled_log(writer, RECORDS)
    assert not writer.close()
    assert writer.error == f"The recording was deleted ({writer.path.name})."
    assert all_of(log) == RECORDS


def test_a_disk_that_cannot_sync_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    writer = open_writer(tmp_path, Disk())
    writer.keep(RECORDS)
    assert not writer.close()
    assert writer.error == f"The disk failed: Input/output error ({writer.path.name})."


def test_a_mistake_in_its_thread_ends_the_recording_and_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise TypeError("a mistake")

    told = Event()
    writer = RecordingWriter(Recording.create(tmp_path, now=NOW), lambda _: told.set(), monotonic)
    writer.keep(RECORDS[:3])
    assert told.wait(10)
    told.clear()
    monkeypatch.setattr(writer._disk, "append", wrong)
    spans = writer.keep(RECORDS[3:])
    assert told.wait(10)
    assert writer.error == (
        "Not recorded any more: an error of codex-tui's own, TypeError. Please report it."
    )
    assert writer.settled(sum(spans[-1]))
    assert writer.read(*spans[-1]).startswith(b": codex-tui end ")
    assert not writer.close()
