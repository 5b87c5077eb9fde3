"""A saved index opens the file that it was made of, and no other."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording import saved_index
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.records import EndRecord
from codex_tui.recording.saved_index import fingerprint, load_index, save_index
from tests.recording.test_bulk_index import DATA, HEADER, NAMES, held, indexed

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = [b"id: 7\n%bdata: %b\n\n" % (name, data) for name in NAMES for data in DATA]
PLAIN = b"".join(BLOCKS) + b"id: 3\ndata: {}\n\ndata: {}\n\nid\ndata: {}\n\ndata: torn"
RECORDED = HEADER + b": codex-tui t=1.000000 read=1\ndata: {}\n\n" * 50


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(params=[RECORDED, PLAIN, b""], ids=["a recording", "a dump", "an empty file"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "file.sse"
    path.write_bytes(request.param)
    return path


def saved(cache: Path, file: Path) -> EventLog:
    log = indexed(file)
    save_index(cache, file, fingerprint(file), log)
    return log


def loaded(cache: Path, file: Path) -> EventLog | None:
    log = EventLog(ReplayedFile(file))
    found = load_index(cache, file, log)
    if found is not None:
        log.join(found)
        return log
    return None


def test_what_was_saved_is_loaded(cache: Path, file: Path) -> None:
    log, again = saved(cache, file), loaded(cache, file)
    assert again is not None
    assert held(again) == held(log)
    assert list(again.records(0, len(again))) == list(log.records(0, len(log)))


def test_an_id_that_still_holds_at_the_end_is_saved(cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "file.sse"
    file.write_bytes(b"id: 7\ndata: {}\n\n")
    log, again = saved(cache, file), loaded(cache, file)
    assert again is not None
    assert held(again) == held(log)


def test_without_a_saved_index_there_is_none(cache: Path, file: Path) -> None:
    assert loaded(cache, file) is None


def test_a_loaded_log_can_grow(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    saved(cache, path)
    log = loaded(cache, path)
    assert log is not None
    log.append(EndRecord(1, 2.0, "interrupted"), None, (log.end, 0))
    assert (len(log), log.name(50)) == (51, "end")


def grown(file: Path) -> None:
    with file.open("ab") as open_file:
        open_file.write(b": more\n\n")


def rewritten(file: Path) -> None:
    times = file.stat()
    data = file.read_bytes()
    file.write_bytes(data[:-3] + b"x" + data[-2:])
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def touched(file: Path) -> None:
    os.utime(file, ns=(1, 1))


def replaced(file: Path) -> None:
    times = file.stat()
    other = file.with_suffix(".new")
    other.write_bytes(file.read_bytes())
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [grown, rewritten, touched, replaced])
def test_a_file_that_changed_has_no_index(cache: Path, tmp_path: Path, change: object) -> None:
    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    saved(cache, path)
    assert callable(change)
    change(path)
    assert loaded(cache, path) is None


def test_a_log_of_a_file_that_changed_meanwhile_is_not_saved(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    before = fingerprint(path)
    log = indexed(path)
    grown(path)
    save_index(cache, path, before, log)
    assert not cache.exists()


def test_a_log_with_records_that_stand_in_no_file_is_not_saved(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    log = indexed(path)
    log.append(EndRecord(1, 2.0, "interrupted"), None, (log.end, 0))
    save_index(cache, path, fingerprint(path), log)
    assert not cache.exists()


def test_no_broken_index_is_used_or_raises(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    saved(cache, path)
    (index,) = cache.iterdir()
    good = index.read_bytes()
    places = [*range(0, len(good), 37), len(good) - 1]
    for place in places:
        index.write_bytes(good[:place])
        assert loaded(cache, path) is None
        index.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert loaded(cache, path) is None
    for bad in (good + b"x", b"", b"\n", b"{}\n", b"null\n", b"[" * 9999 + b"\n"):
        index.write_bytes(bad)
        assert loaded(cache, path) is None


@pytest.mark.parametrize(
    ("key", "value"), [("format", 0), ("byte_order", "middle"), ("widths", [1, 2, 3, 4, 5, 6])]
)
def test_an_index_of_another_format_or_machine_is_not_used(
    cache: Path, tmp_path: Path, key: str, value: object
) -> None:
    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    saved(cache, path)
    (index,) = cache.iterdir()
    head, _, rest = index.read_bytes().partition(b"\n")
    changed = {**json.loads(head), key: value}
    index.write_bytes(json.dumps(changed).encode() + b"\n" + rest)
    assert loaded(cache, path) is None


def test_it_is_private_and_leaves_nothing_else(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    saved(cache, path)
    saved(cache, path)
    (index,) = cache.iterdir()
    assert index.stat().st_mode & 0o077 == 0
    assert cache.stat().st_mode & 0o077 == 0


def test_a_failure_to_write_leaves_nothing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError("full")

    path = tmp_path / "file.sse"
    path.write_bytes(RECORDED)
    monkeypatch.setattr(saved_index, "_dump", full)
    with pytest.raises(OSError, match="full"):
        saved(cache, path)
    assert list(cache.iterdir()) == []


def test_only_the_latest_are_kept(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_index, "MOST", 3)
    paths = [tmp_path / f"{number}.sse" for number in range(5)]
    for number, path in enumerate(paths):
        path.write_bytes(RECORDED)
        before = set(cache.iterdir()) if cache.exists() else set()
        saved(cache, path)
        for new in set(cache.iterdir()) - before:
            os.utime(new, ns=(number, number))
    assert len(list(cache.iterdir())) == 3
    assert [loaded(cache, path) is not None for path in paths] == [False, False, True, True, True]
