"""The app on a pipe: what comes is shown while it comes, recorded, and played when it is over."""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from codex_tui.config import load
from codex_tui.piped_input import PipedInput
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.sources.pipe import PipeSource
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import watching
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.wire.sse import ServerSentEvent
from tests.recording.strategies import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot

DELTA = b'data: {"type":"response.output_text.delta","delta":"Because "}\n\n'
COMPLETED = b'data: {"type":"response.completed","response":{"status":"completed"}}\n\n'


class Rig:
    """An app that watches a pipe, in which a test writes."""

    def __init__(self, home: Path) -> None:
        reading, self.writing = os.pipe()
        self.time = 100.0
        settings = load({"data_dir": home / "data"}, {})
        self.folder = settings.paths.sessions
        self.input = PipedInput(reading, lambda: self.time)
        self.source = PipeSource(self.input)
        self.app = CodexTui(settings, watching(settings, self.source), None)

    @asynccontextmanager
    async def running(self, size: tuple[int, int] = (140, 40)) -> AsyncIterator[Pilot[int]]:
        async with self.app.run_test(size=size) as pilot:
            await pilot.pause()
            yield pilot

    def write(self, data: bytes, after: float = 0.0) -> None:
        self.time += after
        os.write(self.writing, data)

    async def until(self, holds: Callable[[], bool], pilot: Pilot[int]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await pilot.pause(0.01)

    async def events(self, count: int, pilot: Pilot[int]) -> None:
        await self.until(lambda: self.app.session.log.events >= count, pilot)

    @property
    def status(self) -> str:
        bar = self.app.viewer.query_one(StatusBar)
        return "\n".join(bar.render_line(y).text for y in (0, 1))

    @property
    def recordings(self) -> list[Path]:
        return sorted(self.folder.rglob("*.sse"))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


async def test_before_anything_comes_it_says_that_it_waits(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.time += 12
        rig.app.presenter.tick()
        await pilot.pause()
        assert "waiting for the first byte  12 s   no event yet" in rig.status
        assert "gets those of its arrival, from the start of reading" in rig.status
        assert rig.recordings == []
        view = rig.app.viewer.query_one(OutputPane).sections
        said = "\n".join(view.render_line(y).text for y in range(view.size.height))
        assert "no answer yet" in said
        assert "Type a prompt" not in said  # there is nowhere to type one


async def test_what_comes_is_shown_and_recorded_and_played_afterwards(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.write(DELTA, after=0.5)
        await rig.events(1, pilot)
        assert rig.app.session.running
        rig.time += 3
        rig.app.presenter.tick()
        await pilot.pause()
        assert "● writing" in rig.status
        assert "3.5 s   last event 3 s ago" in rig.status
        rig.write(COMPLETED, after=1)
        os.close(rig.writing)
        await rig.until(lambda: rig.app.replay.playable, pilot)
        assert re.search(r"✓ completed · ⚑ \d+  4\.5 s", rig.status)
        await pilot.press("comma", "comma")
        await rig.until(lambda: "‖ at #1 of 2" in rig.status, pilot)
    (path,) = rig.recordings
    records = [record for _, record in read_records(path)]
    assert [record.t for record in records if isinstance(record, FrameRecord)] == [0.5, 4.5]
    assert [record for record in records if isinstance(record, RequestRecord)] == []
    assert records[-1] == EndRecord(1, 4.5, "completed")


async def test_of_a_pipe_that_brings_nothing_there_is_no_recording(rig: Rig) -> None:
    async with rig.running() as pilot:
        os.close(rig.writing)
        await rig.until(lambda: "interrupted" in rig.status, pilot)
        (end,) = rig.app.viewer.query_one(OutputPane).sections.stack
        assert end.title == "✗ interrupted"
        assert "The pipe ended before anything came." in end.source
    assert rig.recordings == []


async def test_escape_stops_reading_and_closes_the_pipe(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.write(DELTA)
        await rig.events(1, pilot)
        await pilot.press("escape")
        await rig.until(lambda: rig.app.replay.playable, pilot)
        assert "cancelled" in rig.status
        rig.input.pieces._thread.join(10)
        with pytest.raises(BrokenPipeError):
            rig.write(DELTA)


async def test_leaving_gives_the_recording_an_end(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.write(DELTA)
        await rig.events(1, pilot)
        await pilot.press("ctrl+q")
    os.close(rig.writing)
    last = [record for _, record in read_records(rig.recordings[0])][-1]
    assert isinstance(last, EndRecord)
    assert (last.how, last.detail) == ("cancelled", "codex-tui was closed.")


async def test_a_recording_is_shown_with_its_own_times_and_not_recorded_again(
    rig: Rig, tmp_path: Path
) -> None:
    made = Recording.create(tmp_path / "saved", now=NOW)
    frame = ServerSentEvent(data=DELTA.decode().strip().removeprefix("data: "))
    made.write([FrameRecord(7.5, 1, frame), EndRecord(1, 9.0, "completed")])
    async with rig.running() as pilot:
        rig.write(made.path.read_bytes(), after=60)
        os.close(rig.writing)
        await rig.until(lambda: rig.app.replay.playable, pilot)
        assert re.search(r"✓ completed · ⚑ \d+  9\.0 s", rig.status)
    assert rig.recordings == []


@pytest.mark.parametrize(
    ("size", "begins"),
    [((140, 40), "timeline"), ((80, 24), "output"), ((60, 20), "output"), ((40, 12), "output")],
    ids=str,
)
async def test_what_is_known_of_a_silence_is_seen_at_every_size(
    tmp_path: Path, size: tuple[int, int], begins: str
) -> None:
    rig = Rig(tmp_path)
    async with rig.running(size) as pilot:
        rig.write(b": keep-alive\n\n")
        await rig.until(lambda: len(rig.app.session.log) > 0, pilot)
        assert rig.app.viewer.arrangement.active == begins
        output = rig.app.viewer.query_one(OutputPane)
        assert output.display
        assert output.region.height > 4
        assert rig.app.viewer.strip_pane.display is (size[1] > 16)
