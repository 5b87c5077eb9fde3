"""A program holds its recording from the moment at which the file has its name."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording import files, locks
from codex_tui.recording.files import AppendFile
from codex_tui.recording.locks import hold, is_held

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nobody can tell there")


def looking(path: Path) -> int:
    """The lock that a look at a file takes for a moment, in the middle of that moment."""
    import fcntl

    descriptor = os.open(path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return descriptor


def test_a_look_at_a_lock_does_not_make_a_writer_lose_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sse"
    path.touch()
    look, waits = looking(path), []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            os.close(look)

    descriptor = os.open(path, os.O_RDWR)
    hold(descriptor, pause)
    assert is_held(path)
    assert len(waits) == 3
    os.close(descriptor)


def test_a_writer_that_is_kept_from_its_lock_goes_on_without(tmp_path: Path) -> None:
    path = tmp_path / "a.sse"
    path.touch()
    look, waits = looking(path), list[float]()
    descriptor = os.open(path, os.O_RDWR)
    hold(descriptor, waits.append)
    assert sum(waits) < 0.05
    os.close(look)
    os.close(descriptor)


def test_a_recording_has_its_name_only_when_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "a.sse", []

    def held(descriptor: int) -> None:
        seen.append((path.exists(), [each.name[0] for each in tmp_path.iterdir()]))
        hold(descriptor)

    monkeypatch.setattr(files, "hold", held)
    file = AppendFile.create(path)
    assert seen == [(False, ["."])]
    assert is_held(path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.sse"]
    assert file.linked
    file.close()
    assert not is_held(path)


def test_it_never_takes_the_place_of_another_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sse"
    path.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        AppendFile.create(path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.sse"]


def test_where_there_are_no_links_it_is_made_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    file = AppendFile.create(tmp_path / "a.sse")
    file.append(b"whole")
    assert [each.name for each in tmp_path.iterdir()] == ["a.sse"]
    assert is_held(tmp_path / "a.sse")
    assert (tmp_path / "a.sse").read_bytes() == b"whole"


def test_where_nobody_can_tell_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refused)
    file = AppendFile.create(tmp_path / "a.sse")
    assert locks.is_held(tmp_path / "a.sse") is None
    file.close()
