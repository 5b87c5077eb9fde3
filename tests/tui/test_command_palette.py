"""The palette and the dialogs, closed twice and at the wrong moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding
from textual.command import CommandList
from textual.css.query import NoMatches
from textual.widgets.option_list import Option

from codex_tui.tui.dialogs.dialog import Dialog
from codex_tui.tui.keys import VIEWER_KEYS
from codex_tui.tui.mends.command_palette import Palette
from codex_tui.tui.sessions.screen import SessionsScreen
from tests.tui.settling import settled

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.tui.rig import Rig


async def opened(rig: Rig, pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    while rig.app.screen is rig.app.viewer:
        await pilot.pause()


@pytest.mark.parametrize("key", ["ctrl+p", "ctrl+o", "f1", "ctrl+r", "ctrl+g"])
async def test_what_is_closed_twice_takes_nothing_else_away(rig: Rig, key: str) -> None:
    async with rig.running() as pilot:
        await opened(rig, pilot, key)
        screen = rig.app.screen
        assert isinstance(screen, Palette | Dialog | SessionsScreen)
        screen.dismiss(None)
        screen.dismiss(None)
        await pilot.pause()
        assert rig.app.screen is rig.app.viewer
        assert rig.app.crash is None


async def test_a_second_click_beside_the_palette_is_one_too_many(rig: Rig) -> None:
    async with rig.running() as pilot:
        await opened(rig, pilot, "ctrl+p")
        await pilot.click(offset=(2, 14), times=2)
        await pilot.pause()
        assert rig.app.screen is rig.app.viewer


async def test_what_the_palette_finds_when_it_is_gone_is_let_go(rig: Rig) -> None:
    async with rig.running() as pilot:
        await opened(rig, pilot, "ctrl+p")
        palette = rig.app.screen
        assert isinstance(palette, Palette)
        await palette.query(CommandList).remove()
        palette._list_visible = not palette._list_visible
        palette._show_busy = not palette._show_busy
        palette.dismiss(None)
        await pilot.pause()
        assert rig.app.crash is None
        assert rig.app.screen is rig.app.viewer


async def test_what_was_found_just_now_can_not_be_paged_through_yet(rig: Rig) -> None:
    async with rig.running() as pilot:
        await opened(rig, pilot, "ctrl+p")
        palette = rig.app.screen
        assert isinstance(palette, Palette)
        options = [Option(str(number)) for number in range(40)]
        palette.query_one(CommandList).clear_options().add_options(options)
        palette._action_command_list("page_up")
        await pilot.pause()
        assert rig.app.crash is None


@pytest.mark.parametrize("action", ["command_palette", "sessions", "connection"])
async def test_what_is_closed_while_it_opens_closes(rig: Rig, action: str) -> None:
    async with rig.running() as pilot:
        getattr(rig.app, f"action_{action}")()
        assert rig.app.screen is not rig.app.viewer
        rig.app.screen.dismiss(None)
        while rig.app.screen is not rig.app.viewer:
            await pilot.pause()
        assert rig.app.crash is None


async def test_an_error_of_what_opens_while_the_app_is_left_is_no_crash(rig: Rig) -> None:
    async with rig.running():
        await rig.app.action_quit()
        rig.app._handle_exception(NoMatches("what is taken down while it still comes up"))
    assert rig.app.crash is None
    assert rig.app.return_value == 0


async def test_themes_are_chosen_in_such_a_palette(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.app.search_themes()
        await pilot.pause()
        assert isinstance(rig.app.screen, Palette)


async def test_the_palette_offers_no_picture_that_is_not_redacted(rig: Rig) -> None:
    async with rig.running():
        titles = [each.title for each in rig.app.get_system_commands(rig.app.screen)]
    assert "Screenshot" not in titles
    assert {"Theme", "Quit", "Export", "Metrics", "Help"} <= set(titles)
    assert len(titles) == len(set(titles))


async def test_every_action_is_listed_with_its_key(rig: Rig) -> None:
    async with rig.running():
        listed = {each.title: each.help for each in rig.app.get_system_commands(rig.app.viewer)}
        assert listed["Quit"] == "ctrl+q"
        assert listed["Send again"] == "r  f9 · send the last request again; it asks first"
        assert listed["Go to Timeline"] == "alt+4  f5"
        assert listed["Filter the timeline"] == "f"
        assert "Theme" in listed
        assert "Play or pause" not in listed  # there is nothing to play
        said = {each.description for each in VIEWER_KEYS if isinstance(each, Binding)}
        renamed = {"Ids in the timeline", "Token view", "What is wrong", "Copy", "Zoom"}
        assert said - renamed <= {title.removeprefix("Go to ") for title in listed}


async def test_a_command_is_run(rig: Rig) -> None:
    async with rig.running() as pilot:
        await opened(rig, pilot, "ctrl+p")
        await pilot.press(*"zoom")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert rig.app.viewer.has_class("-zoomed")
