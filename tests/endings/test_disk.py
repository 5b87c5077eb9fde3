"""The disk fails while the app streams: the stream goes on, it says so, and records again."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.format import HEADER_BYTES, parse_header
from codex_tui.recording.records import FrameRecord, RequestRecord
from tests.endings.streaming import (
    events_shown,
    frames_in,
    recordings,
    records_of,
    stream_on,
    torn_tails,
)
from tests.hostile.evil_server import in_thread
from tests.hostile.terminal import PROGRAM, Terminal, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.servers import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with in_thread(stream_on) as serving:
        yield serving


def app(home: Path, server: Server, data: Path, program: Sequence[str] = PROGRAM) -> Terminal:
    environ = environment(home, OPENAI_API_KEY="sk-test", CODEX_TUI_DATA_DIR=str(data))
    arguments = ["--base-url", server.url, "-m", "m", "a prompt"]
    return Terminal.run(arguments, environ, program=program)


def left(terminal: Terminal) -> int:
    """Leave the app; return how many events it showed."""
    terminal.send("\x11")
    assert terminal.wait() == 0
    return events_shown(terminal.text())


def numbers(path: Path) -> list[str]:
    return [each.frame.data for each in records_of(path) if isinstance(each, FrameRecord)]


def test_a_recording_that_is_deleted_begins_anew_and_the_status_says_so(
    tmp_path: Path, server: Server
) -> None:
    with app(tmp_path, server, tmp_path / "data") as terminal:
        terminal.until("word 40")
        (first,) = recordings(tmp_path)
        first.unlink()
        start = len(terminal.received)
        terminal.until("recorded again in", start)
        shown = left(terminal)
    (second,) = recordings(tmp_path)
    records = records_of(second)
    assert second != first
    assert frames_in(records) >= shown
    assert torn_tails(records) == 0
    assert isinstance(records[0], RequestRecord)


@pytest.mark.slow
def test_a_folder_that_is_removed_is_made_again(tmp_path: Path, server: Server) -> None:
    with app(tmp_path, server, tmp_path / "data") as terminal:
        terminal.until("word 40")
        shutil.rmtree(tmp_path / "data")
        terminal.until("recorded again in", len(terminal.received))
        shown = left(terminal)
    (second,) = recordings(tmp_path)
    assert frames_in(records_of(second)) >= shown


@pytest.mark.slow
def test_a_folder_that_could_not_be_made_gets_all_as_soon_as_it_can(
    tmp_path: Path, server: Server
) -> None:
    data = tmp_path / "data"
    data.touch()
    with app(tmp_path, server, data) as terminal:
        terminal.until("not recorded: ")
        terminal.until("word 300")
        data.unlink()
        terminal.until("rec ", len(terminal.received))
        shown = left(terminal)
    (recording,) = recordings(tmp_path)
    assert frames_in(records_of(recording)) >= shown
    assert numbers(recording)[1].endswith('"word 1 ","output_index":0}')


@pytest.mark.slow
def test_where_files_may_not_grow_several_hold_it_all(tmp_path: Path, server: Server) -> None:
    limited = ("/bin/sh", "-c", 'ulimit -f 64; exec "$@"', "sh", *PROGRAM)
    with app(tmp_path, server, tmp_path / "data", limited) as terminal:
        terminal.until("recorded again in")
        terminal.until("word 900", len(terminal.received))
        shown = left(terminal)
    files = recordings(tmp_path)
    assert len(files) > 1
    together = [number for file in files for number in numbers(file)]
    assert len(together) == len(set(together)) >= shown
    assert all(torn_tails(records_of(file)) == 0 for file in files)
    assert all(isinstance(records_of(file)[0], RequestRecord) for file in files)
    before = [parse_header(file.read_bytes()[:HEADER_BYTES]) for file in files]
    assert [each and each.continues for each in before] == [None, *(f.name for f in files[:-1])]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607 - wherever it lies


@pytest.mark.slow
def test_on_a_full_disk_the_stream_goes_on_and_is_recorded_again_when_there_is_room(
    tmp_path: Path, server: Server, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (8_000_000 + 300_000))
    with app(tmp_path, server, small_disk / "data") as terminal:
        terminal.until("No longer recorded: No space left on device")
        terminal.until("word 800")
        (first,) = recordings(small_disk)
        ballast.unlink()
        terminal.until("recorded again in", len(terminal.received))
        shown = left(terminal)
    first, *others = recordings(small_disk)
    together = [number for file in (first, *others) for number in numbers(file)]
    assert len(set(together)) == len(together)
    assert len(together) >= min(shown, 800)
    assert all(torn_tails(records_of(file)) == 0 for file in (first, *others))
