"""A place in time is not a state: what header and strip say in a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.intake import Replayed
from codex_tui.engine.playback import ending_in
from codex_tui.formats.open_file import OpenFile
from codex_tui.sources.demo_sessions import session_path
from codex_tui.tui.messages import Connection, ConnectionChanged
from codex_tui.tui.panes.status import StatusBar
from tests.tui.settling import settled
from tests.tui.stage import Script
from tests.tui.test_playback import Rig

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot


def header(rig: Rig) -> str:
    return rig.app.viewer.query_one(StatusBar).render_line(0).text


def strip(rig: Rig) -> list[str]:
    widget = rig.app.viewer.strip_pane.strip
    return [widget.render_line(y).text for y in range(widget.size.height)]


def dim(rig: Rig) -> list[bool]:
    widget = rig.app.viewer.strip_pane.strip
    line = widget.render_line(widget.size.height - 1)
    return [bool(each.style and each.style.dim) for each in line for _ in each.text]


def replayed(name: str = "slow-tool") -> Replayed:
    return Replayed(OpenFile(session_path(name)), speed=1.0, paused=True)


async def at(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


async def test_a_paused_replay_says_where_it_is_and_how_all_of_it_ended(tmp_path: Path) -> None:
    rig = Rig(replayed(), tmp_path)
    async with rig.running() as pilot:
        await at(pilot, "5")
        moved = rig.moved
        place = f"‖ at #{moved.number} of {moved.events} · {moved.t:.3f} s · ended ✓ completed"
        assert place in header(rig)
        assert "last event" not in header(rig)
        await at(pilot, "full_stop", "full_stop", "comma")
        assert f"‖ at #{rig.moved.number} of {moved.events}" in header(rig)
        await at(pilot, "G")
        assert "✓ completed" in header(rig)
        assert "at #" not in header(rig)
        assert "now" not in header(rig) + "".join(strip(rig))


async def test_the_axis_keeps_its_length_while_one_moves_in_it(tmp_path: Path) -> None:
    rig = Rig(replayed(), tmp_path)
    async with rig.running(160, 48) as pilot:
        ends = []
        for keys in (("0",), ("full_stop",), ("5",), ("full_stop",), ("9",), ("G",)):
            await at(pilot, *keys)
            ends.append(strip(rig)[-1].split()[-2:])
            assert "now" not in "".join(strip(rig))
        assert ends == [["18", "s"]] * 6


async def test_the_future_is_dim_and_there(tmp_path: Path) -> None:
    rig = Rig(replayed(), tmp_path)
    async with rig.running(160, 48) as pilot:
        await at(pilot, "G")
        assert not any(dim(rig))
        await at(pilot, "5")
        playhead = strip(rig)[-1].index("┃")
        assert dim(rig)[playhead + 1]
        assert not any(dim(rig)[:playhead])


@pytest.mark.parametrize("width", [120, 100])
async def test_what_is_replayed_is_said_where_there_is_little_room(
    tmp_path: Path, width: int
) -> None:
    rig = Rig(replayed(), tmp_path)
    async with rig.running(width, 30) as pilot:
        await at(pilot, "5")
        assert "· replay" in header(rig)
        assert "‖ at #" in header(rig)


async def test_a_long_name_leaves_room_for_how_it_ended(tmp_path: Path) -> None:
    rig = Rig(replayed(), tmp_path)
    async with rig.running(120, 30) as pilot:
        named = Connection("replay of a-very-long-name-" + "of-a-recording-" * 9)
        rig.app.viewer.query_one(StatusBar).post_message(ConnectionChanged(named))
        await at(pilot, "5", "plus", "plus")
        assert "· replay of a-very-long-name-" in header(rig)
        assert "‖ ×4 at #88 of 423 · 9.113 s · ended ✓ completed" in header(rig)


def test_how_a_session_ended_is_read_from_its_end() -> None:
    script = Script().ask("x").created().text("a")
    assert ending_in(script.log) == ""
    failed = {"id": "r", "status": "failed", "error": {"code": "x", "message": "y"}}
    script.event("response.completed", response=failed)
    assert ending_in(script.log) == "failed"
    assert ending_in(script.end("interrupted").log) == "interrupted"
    assert ending_in(Script().log) == ""
