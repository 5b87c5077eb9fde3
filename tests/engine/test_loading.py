"""A file becomes a log in a thread, while the loop goes on."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.engine import loading
from codex_tui.engine.loading import Loading
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.file_guard import FileChangedError
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.records import FrameRecord
from tests.recording.test_bulk_index import HEADER, held, in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRAME = b": codex-tui t=1.000000 read=1\ndata: {}\n\n"
CUT = b": codex-tui t=2.000000 read=2\ndata: {"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.sse"
    path.write_bytes(HEADER + FRAME * 40_000 + CUT)
    return path


@pytest.fixture(autouse=True)
def _save_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "WORTH_SAVING", 0)
    monkeypatch.setattr(loading, "POLL", 0.001)


def empty(file: Path) -> EventLog:
    return EventLog(ReplayedFile(file))


async def test_the_log_grows_block_by_block_until_it_is_complete(file: Path) -> None:
    log = empty(file)
    loader = Loading(file, log)
    sizes: list[int] = []
    await loader.run(lambda: sizes.append(len(log)))
    assert held(log) == held(in_order(file))
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 3
    assert (loader.caught_up, loader.complete) == (True, True)


async def test_the_second_time_the_saved_index_is_used(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Loading(file, empty(file), cache=tmp_path / "cache").run()
    monkeypatch.setattr(loading, "Indexer", None)
    log = empty(file)
    sizes: list[int] = []
    await Loading(file, log, cache=tmp_path / "cache").run(lambda: sizes.append(len(log)))
    assert held(log) == held(in_order(file))
    assert set(sizes) == {40_001}


async def test_small_files_are_not_saved(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "WORTH_SAVING", 1 << 40)
    await Loading(file, empty(file), cache=tmp_path / "cache").run()
    assert not (tmp_path / "cache").exists()


async def test_a_cache_that_cannot_be_written_is_done_without(file: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    log = empty(file)
    await Loading(file, log, cache=tmp_path / "cache").run()
    assert len(log) == 40_001


async def test_a_file_that_grows_is_followed_until_it_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "growing.sse"
    path.write_bytes(HEADER + FRAME * 3 + FRAME[:20])
    log, grown = empty(path), asyncio.Event()
    loader = Loading(path, log, follow=True)
    running = asyncio.create_task(loader.run(grown.set))
    while not loader.caught_up:
        grown.clear()
        await grown.wait()
    assert (len(log), loader.complete) == (3, False)
    with path.open("ab") as file:
        file.write(FRAME[20:] + FRAME + CUT)
    while len(log) < 5:
        grown.clear()
        await grown.wait()
    loader.stop()
    await running
    assert held(log) == held(in_order(path))
    assert loader.complete


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(HEADER + FRAME * 9)
    other.replace(path)


def rotate(path: Path) -> None:
    path.rename(path.with_name("older"))
    path.write_bytes(HEADER + FRAME * 9)


async def caught_up(loader: Loading, grown: asyncio.Event) -> None:
    while not loader.caught_up:
        grown.clear()
        await grown.wait()


@pytest.mark.parametrize("change", [replace, rotate])
async def test_a_file_that_is_replaced_is_followed_to_its_end_and_no_further(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "growing.sse"
    path.write_bytes(HEADER + FRAME * 3)
    log, grown = empty(path), asyncio.Event()
    loader = Loading(path, log, follow=True)
    running = asyncio.create_task(loader.run(grown.set))
    await caught_up(loader, grown)
    with path.open("ab") as file:
        change(path)
        file.write(FRAME * 2 + CUT)
    with pytest.raises(FileChangedError, match="replaced by another file"):
        await running
    assert len(log) == 6
    assert [each.t for each in log.records(0, 6) if isinstance(each, FrameRecord)] == [1.0] * 5


async def test_a_file_that_is_only_moved_is_followed_on(tmp_path: Path) -> None:
    path = tmp_path / "growing.sse"
    path.write_bytes(HEADER + FRAME * 3)
    log, grown = empty(path), asyncio.Event()
    loader = Loading(path, log, follow=True)
    running = asyncio.create_task(loader.run(grown.set))
    await caught_up(loader, grown)
    moved = path.rename(path.with_name("older"))
    with moved.open("ab") as file:
        file.write(FRAME)
    while len(log) < 4:
        grown.clear()
        await grown.wait()
    loader.stop()
    await running
    assert loader.complete


async def test_another_file_than_the_one_that_is_shown_is_not_loaded(file: Path) -> None:
    log = empty(file)
    replace(file)
    with pytest.raises(FileChangedError, match="replaced by another file"):
        await Loading(file, log).run()
    assert len(log) == 0


async def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, file: Path) -> None:
    for cache in (None, tmp_path / "cache"):
        loader = Loading(tmp_path / "gone.sse", empty(file), cache=cache)
        with pytest.raises(FileNotFoundError):
            await loader.run()
        assert not loader.complete


async def test_who_goes_away_stops_the_thread(file: Path) -> None:
    log, grown = empty(file), asyncio.Event()
    running = asyncio.create_task(Loading(file, log, follow=True).run(grown.set))
    await grown.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    count = len(log)
    await asyncio.sleep(0)
    assert len(log) == count


async def test_a_mistake_in_the_thread_is_raised_where_somebody_waits(file: Path) -> None:
    class Wrong(Indexer):
        def feed(self, chunk: bytes) -> EventLog:
            raise RuntimeError("a mistake")

    log = empty(file)
    with pytest.raises(RuntimeError, match="a mistake"):
        await Loading(file, log, maker=Wrong(log)).run()


class Endless(io.RawIOBase):
    """A device that has always more of nothing."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = bytes(len(buffer))  # it has what stood in memory otherwise
        return len(buffer)


async def test_what_can_not_be_read_and_has_no_end_is_left() -> None:
    pipe = loading.OpenPipe(io.BufferedReader(Endless()))
    log = EventLog(pipe.keeper)
    await Loading(pipe.file, log, maker=pipe.maker(log)).run()
    assert "binary data" in pipe.reader.trouble
