"""Screens over the viewer: keys do nothing there to the session below, which nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from codex_tui.sources.demo_sessions import demo_prompts
from codex_tui.tui.dialogs.open_file import OpenDialog
from codex_tui.tui.sessions.screen import SessionsScreen
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot


async def sessions(rig: Rig, pilot: Pilot[int]) -> SessionsScreen:
    """Open the sessions."""
    await pilot.press("ctrl+r")
    await rig.settle(pilot)
    screen = rig.app.screen
    assert isinstance(screen, SessionsScreen)
    return screen


async def test_ctrl_c_in_the_sessions_goes_back_and_stops_no_stream(tmp_path: Path) -> None:
    rig = Rig(tmp_path, speed=0.01)
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text(demo_prompts()[0])
        await pilot.press("enter")
        while not rig.app.session.running:
            await pilot.pause()
        await pilot.press("ctrl+r")
        await pilot.press("w", "ctrl+c")
        await pilot.pause()
        screen = rig.app.screen
        assert isinstance(screen, SessionsScreen)
        assert screen.line.typed == ""
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert rig.app.screen is rig.app.viewer
        assert rig.app.session.running
        await pilot.press("ctrl+c")
        await rig.settle(pilot)
        turn = rig.app.session.turn
        assert turn is not None
        assert turn.how == "cancelled"


@pytest.mark.parametrize("key", ["ctrl+n", "ctrl+o", "ctrl+r"])
async def test_in_the_sessions_no_key_reaches_the_session_below(rig: Rig, key: str) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, "hello")
        screen = await sessions(rig, pilot)
        await pilot.press(key)
        await pilot.pause()
        assert rig.app.screen_stack == [rig.app.viewer, screen]
        assert len(rig.app.session.conversation.turns) == 1


async def test_over_another_screen_the_palette_has_no_commands_for_the_viewer(rig: Rig) -> None:
    async with rig.running() as pilot:
        screen = await sessions(rig, pilot)
        offered = {each.title for each in rig.app.get_system_commands(screen)}
        assert "Theme" in offered
        assert not offered & {"Sessions", "New conversation", "Edit the request", "Zoom"}


@pytest.mark.parametrize("typed", ["~nobody-of-this-name/x", "a\0b", "x" * 5_000, "\ud800"])
async def test_what_is_no_path_is_refused_in_a_line(rig: Rig, typed: str) -> None:
    async with rig.running() as pilot:
        rig.app.action_open_file()
        await pilot.pause()
        dialog = rig.app.screen
        assert isinstance(dialog, OpenDialog)
        dialog.query_one(Input).value = typed
        await pilot.press("enter")
        await pilot.pause()
        assert rig.app.crash is None
        assert rig.app.screen is dialog
        said = str(dialog.query_one(".dialog-error", Static).content)
        assert said.startswith("can't be opened: ")
