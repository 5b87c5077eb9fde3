"""Playing, stepping back and jumping, in the whole app: any moment looks as it looked then."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from textual.worker import WorkerCancelled

from codex_tui.config import load
from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import borrowed
from codex_tui.formats.open_file import OpenFile
from codex_tui.sources.demo_sessions import SESSIONS, demo_prompts, session_path
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.panes.projection import ProjectionPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.screen_observer import ScreenObserver
from tests.tui.rig import Rig as LiveRig
from tests.tui.settling import settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from codex_tui.tui.messages import PlaybackMoved

Picture = dict[str, list[str]]


class Rig:
    """A paused replay of a file; keys move it, and the panes can be read line by line."""

    def __init__(self, file: Replayed, home: Path) -> None:
        settings = load({"data_dir": home}, {})
        opening = Launch(borrowed(file.opened.keeper), file=file, name="replay")
        self.app = CodexTui(settings, opening, None)

    @asynccontextmanager
    async def running(self, width: int = 140, height: int = 40) -> AsyncIterator[Pilot[int]]:
        async with self.app.run_test(size=(width, height)) as pilot:
            await pilot.pause()
            with suppress(WorkerCancelled):  # a replay that is to leave leaves while it loads
                await self.app.workers.wait_for_complete()
            while self.app.return_code is None and not self.app.viewer.playable:
                await pilot.pause()  # before that no key of the transport is heard
            yield pilot

    @property
    def moved(self) -> PlaybackMoved:
        playback, observer = self.app.replay._playback, self.app.session.observer
        assert playback is not None
        assert isinstance(observer, ScreenObserver)
        return observer._moved(playback.player, playback._note())

    @property
    def share(self) -> float:
        player = self.app.replay.player
        assert player is not None
        return player.share

    async def go(self, pilot: Pilot[int], entries: int) -> None:
        self.app.replay.command("entry", str(entries - 1))
        await settled(pilot)
        self.settle()

    def settle(self) -> None:
        for pane in self.app.viewer.query(ProjectionPane):
            while pane.sections.advance(float("inf")):
                pass

    def picture(self) -> Picture:
        """All that the three panes of the response say, whatever is in sight."""
        shown: Picture = {}
        for pane in self.app.viewer.query(ProjectionPane):
            lines = [f"{pane.border_subtitle}"]
            for section in pane.sections.stack:
                lines.append(
                    f"# {section.title or ''} | {section.meta} | {section.state} | {section.open}"
                )
                document = section.document
                if document is not None and section.open:
                    lines += [
                        "".join(run.text for run in document.line(y))
                        for y in range(document.height)
                    ]
            shown[pane.TITLE] = lines
        return shown


async def compare(rig: Rig, pilot: Pilot[int], places: Sequence[int]) -> None:
    """Play to each place in turn, then come to it from behind and from anywhere."""
    played: dict[int, Picture] = {}
    await rig.go(pilot, 1)
    for place in places:
        await rig.go(pilot, place)
        played[place] = rig.picture()
    anywhere = [places[number * 37 % len(places)] for number in range(len(places))]
    for place in (*reversed(places), *anywhere):
        await rig.go(pilot, place)
        assert rig.picture() == played[place], place


@pytest.mark.parametrize("name", SESSIONS)
async def test_any_moment_looks_as_it_looked_when_it_was_played(name: str, tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path(name)), paused=True), tmp_path)
    async with rig.running() as pilot:
        total = rig.moved.total
        await compare(rig, pilot, [*range(1, total, max(1, total // 17)), total])


@pytest.mark.slow
@pytest.mark.parametrize("name", SESSIONS)
async def test_every_moment_looks_as_it_looked_when_it_was_played(
    name: str, tmp_path: Path
) -> None:
    rig = Rig(Replayed(OpenFile(session_path(name)), paused=True), tmp_path)
    async with rig.running() as pilot:
        await compare(rig, pilot, range(1, rig.moved.total + 1))


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (("full_stop", "full_stop"), 2),
        (("full_stop", "full_stop", "comma"), 1),
        (("9", "0"), 0),
        (("colon", *"#12", "enter"), 12),
        (("e",), 307),
    ],
)
async def test_keys_go_where_they_say(tmp_path: Path, keys: tuple[str, ...], number: int) -> None:
    rig = Rig(Replayed(OpenFile(session_path("server-error")), paused=True), tmp_path)
    async with rig.running() as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert rig.moved.number == number


async def test_marks_slow_downs_and_tenths_are_found(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("slow-tool")), paused=True), tmp_path)
    async with rig.running() as pilot:
        await pilot.press("right_square_bracket")
        first = rig.moved.number
        await pilot.press("s")
        assert rig.moved.t is not None
        assert rig.moved.t > 12
        await pilot.press("5")
        assert rig.share == pytest.approx(0.5, abs=0.01)
        await pilot.press("left_square_bracket")
        assert 0 < first < rig.moved.number


async def test_a_file_without_times_says_so_and_shows_no_time(tmp_path: Path) -> None:
    path = tmp_path / "dump.sse"
    path.write_bytes(b'event: x\ndata: {"type":"response.output_text.delta","delta":"a"}\n\n' * 20)
    rig = Rig(Replayed(OpenFile(path), paused=True), tmp_path)
    async with rig.running() as pilot:
        await pilot.press("full_stop")
        moved = rig.moved
        assert (moved.t, moved.number) == (None, 1)
        bar, strip = rig.app.viewer.query_one(StatusBar), rig.app.viewer.strip_pane.strip
        assert "no timing in this file" in bar.render_line(1).text
        assert " s " not in bar.render_line(0).text
        ends = strip.render_line(strip.size.height - 1).text.split()
        assert (ends[0], ends[-1]) == ("#1", "#20")


async def test_a_click_on_a_timeline_row_takes_the_screen_there(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("retry-loop")), paused=True), tmp_path)
    async with rig.running() as pilot:
        await pilot.click("#timeline-view", offset=(10, 3))
        await pilot.pause()
        assert rig.moved.number == 2


async def test_a_file_that_grows_is_followed_and_can_be_stepped_back_in(tmp_path: Path) -> None:
    blocks = session_path("server-error").read_bytes().split(b"\n\n")
    path = tmp_path / "growing.sse"
    path.write_bytes(b"\n\n".join(blocks[:60]) + b"\n\n")
    rig = Rig(Replayed(OpenFile(path), follow=True, speed=1000.0), tmp_path)
    async with rig.app.run_test(size=(140, 40)) as pilot:

        async def arrived(number: int) -> None:
            for _ in range(400):
                await pilot.pause(0.02)
                if rig.app.replay.playable and rig.moved.number >= number:
                    return

        await arrived(50)
        before = rig.moved.number
        with path.open("ab") as file:
            file.write(b"\n\n".join(blocks[60:160]) + b"\n\n")
        await arrived(before + 100)
        assert rig.moved.number == before + 100
        assert rig.moved.note == "following the file"
        await pilot.press("comma")
        await pilot.pause()
        assert rig.moved.number == before + 99
        assert not rig.moved.playing


async def test_it_begins_at_a_place_and_leaves_at_its_end(tmp_path: Path) -> None:
    path = session_path("server-error")
    rig = Rig(Replayed(OpenFile(path), paused=True, at="50%"), tmp_path)
    async with rig.running():
        assert rig.share == pytest.approx(0.5, abs=0.01)
    rig = Rig(Replayed(OpenFile(path), speed=None, exit=True), tmp_path)
    async with rig.running():
        pass
    assert rig.app.return_value == 0


async def test_a_stream_that_has_ended_can_be_stepped_back_and_goes_on(tmp_path: Path) -> None:
    live = LiveRig(tmp_path)
    async with live.running() as pilot:
        assert not live.app.viewer.playable
        await live.ask(pilot, demo_prompts()[0])
        assert live.app.viewer.playable
        await pilot.press("tab", "comma", "comma")
        await pilot.pause()
        player = live.app.replay.player
        assert player is not None
        assert (
            player.log.events_before(player.position) == 754
        )  # the first step goes back over the end alone
        await live.ask(pilot, "and on")
        assert len(live.app.session.conversation.turns) == 2
        assert player.log.events_before(player.position) < live.app.session.log.events
