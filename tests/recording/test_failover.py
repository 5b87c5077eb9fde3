"""Where a recording can't go on another one does: nothing that could be kept is lost."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.failover import RETRY_EVERY
from codex_tui.recording.format import HEADER_BYTES, parse_header
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.recording.writer import RecordingWriter
from codex_tui.wire.sse import ServerSentEvent
from tests.recording.strategies import NOW
from tests.recording.test_writer import Clock, Reached, all_of, filled_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.recording.log import EventLog

REQUEST = RequestRecord(1, "2026-11-22T07:39:30.123Z", "POST", "https://x.example", {}, {"m": 1})
ANSWER = ResponseRecord(1, 0.1, 200)


def frames(first: int, last: int) -> list[Record]:
    return [FrameRecord(i / 10, i, ServerSentEvent("e", f"data {i}")) for i in range(first, last)]


BEFORE: list[Record] = [REQUEST, ANSWER, *frames(1, 10)]
MEANWHILE = frames(10, 20)
AFTER: list[Record] = [*frames(20, 30), EndRecord(1, 9.0, "completed")]


class Disk:
    """`os.write` with a trouble that a test gives it and takes away."""

    def __init__(self) -> None:
        self.trouble: Callable[[int, bytes], int] | None = None

    def __call__(self, descriptor: int, data: bytes) -> int:
        return (self.trouble or os.write)(descriptor, data)


def refusing(number: int) -> Callable[[int, bytes], int]:
    """A disk that takes half of what it gets and refuses the rest."""
    taken: set[int] = set()

    def write(descriptor: int, data: bytes) -> int:
        if descriptor in taken:
            raise OSError(number, os.strerror(number))
        taken.add(descriptor)
        return os.write(descriptor, data[: len(data) // 2])

    return write


def no_larger_than(size: int) -> Callable[[int, bytes], int]:
    """A limit on the size of every file."""

    def write(descriptor: int, data: bytes) -> int:
        room = size - os.fstat(descriptor).st_size
        if room <= 0:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return os.write(descriptor, data[:room])

    return write


class Session:
    """A writer on a disk of ours, and the log of what it was given."""

    def __init__(self, folder: Path, *, at_first: bool = True) -> None:
        self.folder = folder
        self.disk, self.clock, self.reached = Disk(), Clock(), Reached()
        first = self.renew(None) if at_first else OSError(errno.EACCES, "Permission denied")
        self.writer = RecordingWriter(first, self.reached, self.clock, self.renew)
        self.log: EventLog = filled_log(self.writer, [])
        self.given: list[Record] = []

    def renew(self, before: str | None) -> Recording:
        return Recording.create(self.folder, write=self.disk, continues=before, now=NOW)

    def give(self, records: list[Record]) -> None:
        """Keep records one by one, and wait until they were taken care of."""
        for record in records:
            self.log.append(record, None, self.writer.keep([record])[0])
        self.given += records
        while self.reached.offset < self.log.end:
            self.reached.wait()

    @property
    def files(self) -> list[list[Record]]:
        paths = sorted(self.folder.rglob("*.sse"), key=lambda path: path.stat().st_mtime_ns)
        return [[record for _, record in read_records(path)] for path in paths]

    def before(self, path: Path) -> str | None:
        header = parse_header(path.read_bytes()[:HEADER_BYTES])
        assert header is not None
        return header.continues


def test_after_a_full_disk_another_file_has_the_request_and_all_that_was_missing(
    tmp_path: Path,
) -> None:
    session = Session(tmp_path)
    first = session.writer.path
    session.give(BEFORE)
    session.disk.trouble = refusing(errno.ENOSPC)
    session.give(MEANWHILE)
    assert session.writer.error is not None
    assert "No space left" in session.writer.error
    session.disk.trouble = None
    session.clock.now += RETRY_EVERY
    session.give(AFTER)
    assert session.writer.close()
    assert session.files == [BEFORE, [REQUEST, ANSWER, *MEANWHILE, *AFTER]]
    assert session.before(session.writer.path) == first.name
    assert session.writer.path.name in session.writer.note
    assert first.name in session.writer.note
    assert all_of(session.log) == session.given


def test_what_the_disk_takes_only_at_the_end_is_recorded_then(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.give(BEFORE)
    session.disk.trouble = refusing(errno.EIO)
    session.give([*MEANWHILE, *AFTER])
    session.disk.trouble = None
    assert session.writer.close()
    assert session.files[-1] == [REQUEST, ANSWER, *MEANWHILE, *AFTER]


def test_a_disk_that_stays_full_is_left_without_scraps(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.give(BEFORE)
    session.disk.trouble = refusing(errno.ENOSPC)
    for record in [*MEANWHILE, *AFTER]:
        session.give([record])
        session.clock.now += RETRY_EVERY
    assert not session.writer.close()
    assert session.files == [BEFORE]
    assert all_of(session.log) == session.given


def test_a_limit_on_the_size_of_files_makes_several_that_open_by_themselves(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.disk.trouble = no_larger_than(1000)
    session.give([*BEFORE, *MEANWHILE, *AFTER])
    assert session.writer.close()
    files = session.files
    assert len(files) > 1
    assert all(file[:2] == [REQUEST, ANSWER] for file in files)
    assert [REQUEST, ANSWER, *(record for file in files for record in file[2:])] == session.given
    assert all(path.stat().st_size <= 1000 for path in tmp_path.rglob("*.sse"))


@pytest.mark.parametrize("everything", [False, True], ids=["the file", "its folder"])
def test_a_recording_that_was_deleted_begins_anew_with_its_turn(
    tmp_path: Path, everything: bool
) -> None:
    folder = tmp_path / "sessions"
    session = Session(folder)
    session.give(BEFORE)
    if everything:
        shutil.rmtree(folder)
    else:
        session.writer.path.unlink()
    session.clock.now += 5
    session.give(MEANWHILE)
    session.give(AFTER)
    assert session.writer.close()
    assert session.files == [session.given]
    assert "deleted" in session.writer.note
    assert all_of(session.log) == session.given


def test_a_deleted_recording_of_a_pipe_begins_anew_with_all_that_came(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.give(frames(0, 10))
    session.writer.path.unlink()
    session.clock.now += 5
    session.give(frames(10, 20))
    session.give(AFTER)
    assert session.writer.close()
    assert session.files == [session.given]


def test_of_several_recordings_only_what_the_deleted_one_had_is_written_again(
    tmp_path: Path,
) -> None:
    session = Session(tmp_path)
    session.give(BEFORE)
    session.disk.trouble = refusing(errno.EROFS)
    session.give(frames(10, 15))
    session.disk.trouble = None
    session.clock.now += RETRY_EVERY
    while session.writer.error is not None:
        session.give(frames(15, 16))
    session.writer.path.unlink()
    session.clock.now += 5
    session.give(frames(16, 20))
    session.give(AFTER)
    assert session.writer.close()
    assert session.files == [BEFORE, [REQUEST, ANSWER, *session.given[len(BEFORE) :]]]


def test_where_a_recording_was_emptied_what_comes_then_goes_to_another(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.give(BEFORE)
    os.truncate(session.writer.path, 0)
    session.clock.now += 5
    session.give(MEANWHILE)
    session.give(AFTER)
    assert session.writer.close()
    assert "emptied" in session.writer.note
    rest = session.files[-1]
    assert rest == session.given[-len(rest) :]
    assert rest[-len(AFTER) :] == AFTER


def test_what_could_not_be_recorded_at_first_is_as_soon_as_it_can(tmp_path: Path) -> None:
    session = Session(tmp_path, at_first=False)
    assert session.writer.error == "not recorded: Permission denied"
    assert session.writer.settled(10**9)
    session.give([*BEFORE, *MEANWHILE, *AFTER])
    assert session.writer.close()
    assert session.files == [session.given]
    assert session.before(session.writer.path) is None
    assert all_of(session.log) == session.given


def test_of_two_turns_only_the_one_that_runs_goes_on(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.give([*BEFORE, *AFTER])
    again = RequestRecord(2, "", "POST", "https://x.example", {}, {"m": 2})
    session.give([again, *frames(1, 5)])
    session.disk.trouble = refusing(errno.EROFS)
    session.give(MEANWHILE)
    session.disk.trouble = None
    session.clock.now += RETRY_EVERY
    session.give(AFTER)
    assert session.writer.close()
    assert session.files[1] == [again, *MEANWHILE, *AFTER]


def test_a_block_of_many_megabytes_is_handed_over_whole(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.give(BEFORE)
    session.disk.trouble = refusing(errno.ENOSPC)
    large: list[Record] = [FrameRecord(2.0, 99, ServerSentEvent("e", "x" * 5_000_000))]
    session.give(large)
    session.disk.trouble = None
    session.clock.now += RETRY_EVERY
    session.give(AFTER)
    assert session.writer.close()
    assert session.files[1] == [REQUEST, ANSWER, *large, *AFTER]
