"""A recording's file is private, whole, and the program's own."""

from __future__ import annotations

import errno
import os
import stat
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from codex_tui.atomic_files import make_private_folder
from codex_tui.recording.files import AppendFile, NoRoomError
from codex_tui.recording.payload import Spool
from codex_tui.recording.reader import RecordReader, read_records
from codex_tui.recording.recording import Recording, file_name, iso, new_id, slug
from codex_tui.recording.records import EndRecord, FrameRecord, Record
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 7, 39, 30, 123456, UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")


def frame(text: str, t: float = 0.5) -> FrameRecord:
    return FrameRecord(t, 1, ServerSentEvent(data=text))


def read(path: Path) -> list[Record]:
    return [record for _, record in read_records(path)]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_records_are_read_back_from_where_they_were_written(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path, now=NOW)
    given: list[Record] = [frame("a"), frame("b\nc"), EndRecord(1, 1.0, "completed")]
    spans = recording.write(given[:1]) + recording.write(given[1:])
    assert read(recording.path) == given
    data = recording.path.read_bytes()
    assert [data[start : start + length][-2:] for start, length in spans] == [b"\n\n"] * 3
    assert [recording.read(*span) for span in spans] == [data[s : s + n] for s, n in spans]
    assert sum(spans[-1]) == recording.size == len(data)


def test_each_group_is_one_write(tmp_path: Path) -> None:
    writes: list[bytes] = []

    def write(descriptor: int, data: bytes) -> int:
        writes.append(data)
        return os.write(descriptor, data)

    recording = Recording.create(tmp_path, now=NOW, write=write)
    recording.write([frame("a"), frame("b"), frame("c")])
    assert len(writes) == 2
    assert writes[1].count(b"\n\n") == 3


def test_the_header_says_what_wrote_it_and_when(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path, now=NOW, tool="codex-tui 9.9")
    recording.write([frame("a")])
    reader = RecordReader(recording.path)
    list(reader)
    assert reader.header == recording.header
    assert recording.header.created == "2026-11-22T07:39:30.123Z"
    assert recording.header.tool == "codex-tui 9.9"


def test_names_sort_by_time_wherever_the_user_is() -> None:
    here = NOW.astimezone(timezone(timedelta(hours=9)))
    id_ = new_id(NOW, lambda count: b"\0" * count)
    name = "2026/11/22T07-39-30-untitled-0000000000.sse"
    assert file_name(here, id_) == file_name(NOW, id_) == name
    assert iso(here) == "2026-11-22T07:39:30.123Z"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Why does my retry loop never end?", "why-does-my-retry-loop-never-end"),
        ("../../etc/passwd\x00", "etc-passwd"),
        ("Größe & naïveté", "groe-naivete"),
        ("日本語", "untitled"),
        ("x" * 300, "x" * 40),
        ("my key is sk-proj-abcdefghijklmnopqrstuvwxyz0123456789", "my-key-is"),
    ],
)
def test_a_name_has_the_words_of_the_title_and_nothing_else(title: str, words: str) -> None:
    assert slug(title) == words


def test_ids_are_ulids_that_sort_by_time() -> None:
    # The timestamp of the ULID specification's own example.
    example = datetime.fromtimestamp(1469918176.385, UTC)
    assert new_id(example, lambda count: b"\xff" * count) == "01ARYZ6S41ZZZZZZZZZZZZZZZZ"
    assert new_id(NOW) < new_id(NOW + timedelta(milliseconds=1))
    assert len({new_id(NOW) for _ in range(100)}) == 100


@posix
@pytest.mark.usefixtures("umask")
def test_file_and_folders_are_private_under_any_umask(tmp_path: Path) -> None:
    folder = tmp_path / "codex-tui" / "sessions"
    recording = Recording.create(folder, now=NOW)
    assert mode(recording.path) == 0o600
    assert mode(folder) == mode(folder.parent) == 0o700


@posix
def test_a_folder_that_others_may_enter_is_tightened(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    folder.chmod(0o755)
    tmp_path.chmod(0o755)
    make_private_folder(folder)
    assert mode(folder) == 0o700
    assert mode(tmp_path) == 0o755, "what lies above is not ours"


@posix
def test_a_shared_folder_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    make_private_folder(tmp_path)
    assert mode(tmp_path) == 0o1777


def test_a_file_where_a_folder_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("")
    with pytest.raises(OSError, match="sessions"):
        Recording.create(tmp_path / "sessions", now=NOW)


@pytest.mark.parametrize("target", ["missing", "there"])
def test_no_file_and_no_link_is_ever_written_through(tmp_path: Path, target: str) -> None:
    (tmp_path / "there").write_text("keep")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / target)
    for taken in (link, tmp_path / "there"):
        with pytest.raises(FileExistsError):
            AppendFile.create(taken)
    assert (tmp_path / "there").read_text() == "keep"
    assert not (tmp_path / "missing").exists()


def failing(after: int, how: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
    """`os.write`, until so many calls were made."""
    calls = iter(range(10**6))
    return lambda descriptor, data: (
        os.write(descriptor, data) if next(calls) < after else how(descriptor, data)
    )


def full(descriptor: int, data: bytes) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def short_once() -> Callable[[int, bytes], int]:
    room = iter([5])

    def write(descriptor: int, data: bytes) -> int:
        if (count := next(room, 0)) == 0:
            return full(descriptor, data)
        return os.write(descriptor, data[:count])

    return write


@pytest.mark.parametrize(
    "how", [full, short_once(), lambda _descriptor, _data: 0], ids=["failed", "short", "nothing"]
)
def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, how: Callable[[int, bytes], int]
) -> None:
    recording = Recording.create(tmp_path, now=NOW, write=failing(2, how))
    recording.write([frame("kept")])
    before = recording.path.read_bytes()
    with pytest.raises(OSError, match="No space"):
        recording.write([frame("lost"), frame("lost too")])
    assert recording.path.read_bytes() == before
    assert recording.size == len(before)


def test_after_a_failure_the_next_group_stands_where_it_should(tmp_path: Path) -> None:
    how = short_once()
    writes = iter([os.write, os.write, how, how])

    def write(descriptor: int, data: bytes) -> int:
        return next(writes, os.write)(descriptor, data)

    recording = Recording.create(tmp_path, now=NOW, write=write)
    recording.write([frame("a")])
    with pytest.raises(OSError, match="No space"):
        recording.write([frame("b")])
    recording.write([frame("c")])
    assert read(recording.path) == [frame("a"), frame("c")]


def test_a_file_that_cannot_be_put_right_is_never_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, length: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    file = AppendFile.create(tmp_path / "f", failing(0, short_once()))
    monkeypatch.setattr(os, "ftruncate", refuse)
    with pytest.raises(OSError, match="No space"):
        file.append(b"0123456789")
    with pytest.raises(OSError, match="inside a record"):
        file.append(b"more")
    assert (tmp_path / "f").read_bytes() == b"01234"


@pytest.mark.skipif(sys.platform == "win32", reason="nobody says there what a disk has left")
def test_a_file_that_grows_leaves_the_disk_some_room_and_a_small_one_takes_it(
    tmp_path: Path,
) -> None:
    file = AppendFile.create(tmp_path / "much", left=1 << 60)
    for _ in range(4):
        file.append(bytes(1 << 20))
    with pytest.raises(NoRoomError, match="free on the disk"):
        file.append(b"x")
    assert file.size == (tmp_path / "much").stat().st_size == 4 << 20
    AppendFile.create(tmp_path / "other").append(bytes(5 << 20))


def test_a_spool_that_leaves_room_fills_memory_no_more_than_the_disk() -> None:
    spool = Spool(left=1 << 60)
    spool.append(bytes(4 << 20))
    with pytest.raises(NoRoomError):
        spool.append(bytes(1 << 20))
    assert spool.read(0, 5 << 20) == bytes(4 << 20)


def test_the_disk_is_asked_at_the_end_and_at_most_once_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    recording = Recording.create(tmp_path, now=NOW)
    done = []
    for now in (10.0, 10.5, 11.0, 11.5, 12.1):
        recording.append(b": x\n\n")
        done.append(recording.sync(now))
    assert done == [False, False, True, False, True]
    assert not recording.sync(20.0), "nothing was written since"
    recording.write([EndRecord(1, 1.0, "completed")])
    assert len(synced) == 3


def test_a_deleted_recording_is_noticed(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path, now=NOW)
    assert not recording.deleted
    recording.path.unlink()
    assert recording.deleted


def test_the_descriptor_goes_with_the_object(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path, now=NOW)
    recording.close()
    recording.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        recording.read(0, 1)
