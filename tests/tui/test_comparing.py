"""Comparing in the whole app: two are marked, compared, gone through, and handed on."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from codex_tui.streams.watch import StreamsAsked
from codex_tui.tui.comparison.screen import ComparisonScreen
from codex_tui.tui.dialogs.comparison_export import WRITTEN_AS, ComparisonExportDialog
from codex_tui.tui.sessions.screen import SessionsScreen
from codex_tui.tui.streams.screen import StreamsScreen
from codex_tui.tui.viewer import Viewer
from tests.streams.growing import Growing
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

SECRET = "sk-proj-0123456789abcdefghijABCDEFGHIJ0123456789"


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    monkeypatch.chdir(tmp_path)


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    """Let the app go on until something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.02)


def recorded(rig: Rig, name: str, text: str, at: float = 0.0) -> Path:
    file = Growing(rig.folder, name, at).ask(f"Why {name}? {SECRET}").created().text(1.0, text)
    return file.completed(2.0).end(2.0).close().path


def shown(rig: Rig) -> ComparisonScreen | None:
    """The comparison, once there is one."""
    screen = rig.app.screen
    is_there = isinstance(screen, ComparisonScreen) and screen._told is not None
    return screen if isinstance(screen, ComparisonScreen) and is_there else None


def documents(folder: Path) -> dict[str, str]:
    """What was written there, by its suffix."""
    found = [each for each in folder.glob("*-and-*") if each.stat().st_size]
    return {each.suffix: each.read_text() for each in found}


def verdict(rig: Rig) -> str:
    screen = shown(rig)
    return "" if screen is None else screen.query_one("#verdict").render_line(0).text


async def test_two_sessions_are_marked_compared_gone_through_and_exported(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    recorded(rig, "one", "Because it scatters.")
    recorded(rig, "two", "Because it shines.", at=60.0)
    async with rig.running() as pilot:
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(rig.app.screen, SessionsScreen))
        sessions = rig.app.screen
        assert isinstance(sessions, SessionsScreen)
        await until(pilot, lambda: sessions.session is not None and len(sessions._rows) == 2)
        await pilot.press("ctrl+space", "down", "ctrl+space", "alt+enter")
        await until(pilot, lambda: shown(rig))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "1 of" in verdict(rig))
        for place in range(len(WRITTEN_AS)):
            await pilot.press("x")
            await until(pilot, lambda: isinstance(rig.app.screen, ComparisonExportDialog))
            await pilot.press(*["down"] * place, "enter")
            await until(pilot, lambda: isinstance(rig.app.screen, ComparisonScreen))
        await until(pilot, lambda: len(documents(tmp_path)) == len(WRITTEN_AS))
        await rig.settle(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: rig.app.screen is sessions)
    written = documents(tmp_path)
    assert not json.loads(written[".json"])["alike"]
    for text in written.values():
        assert "scatters" in text
        assert SECRET not in text


async def test_streams_are_compared_while_they_stream(tmp_path: Path) -> None:
    rig = Rig(tmp_path, streams=StreamsAsked())
    files = [
        Growing(rig.folder, name, at).ask(f"Why {name}?").created()
        for name, at in (("one", 0.0), ("two", 1.0))
    ]
    async with rig.running() as pilot:
        listed = rig.app.screen
        assert isinstance(listed, StreamsScreen)
        await until(pilot, lambda: len(listed.table._rows) == 2)
        await pilot.press("space", "down", "equals_sign")
        await until(pilot, lambda: "so far" in verdict(rig))
        for file in files:
            file.text(1.0, "So").completed(2.0).end(2.0).close()
        await until(pilot, lambda: "so far" not in verdict(rig))
        screen = shown(rig)
        assert screen is not None
        assert [side.complete for side in screen._sides]
        await pilot.press("escape")
        await until(pilot, lambda: rig.app.screen is listed)


async def test_what_is_shown_is_compared_with_another_session(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    other = recorded(rig, "one", "Because it scatters.")
    async with rig.running() as pilot:
        await rig.app.run_action("compare")
        await pilot.pause()
        assert isinstance(rig.app.screen, Viewer)  # nothing is shown yet
        await rig.ask(pilot, "Why?")
        await rig.app.run_action("compare")
        await until(pilot, lambda: isinstance(rig.app.screen, SessionsScreen))
        sessions = rig.app.screen
        assert isinstance(sessions, SessionsScreen)
        await until(pilot, lambda: len(sessions._rows) == 2)
        await pilot.press(*"one", "alt+enter")
        await until(pilot, lambda: shown(rig))
        screen = shown(rig)
        assert screen is not None
        own = rig.app.session.kept.place()
        assert [side.path for side in screen._sides] == [own, other]


async def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    path = recorded(rig, "one", "So")
    async with rig.running() as pilot:
        opened = rig.app.presenter.backstage.comparisons.open(path, tmp_path / "gone.sse")
        await pilot.pause()
        assert not opened
        assert isinstance(rig.app.screen, Viewer)
        (said,) = [each.message for each in rig.app._notifications]
        assert said == "gone.sse: No such file or directory"


async def test_the_palette_has_the_keys_of_a_comparison(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    paths = [recorded(rig, name, "So") for name in ("one", "two")]
    async with rig.running() as pilot:
        rig.app.presenter.backstage.comparisons.open(*paths)
        await until(pilot, lambda: shown(rig))
        titles = [each.title for each in rig.app.get_system_commands(rig.app.screen)]
        assert {"Next difference", "Export the comparison"} <= set(titles)
