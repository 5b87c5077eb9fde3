"""What is typed in one burst, as over a slow line: each key does what it does when typed slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Input, TextArea

from codex_tui.engine.intake import Replayed
from codex_tui.formats.open_file import OpenFile
from codex_tui.sources.demo_sessions import demo_prompts, session_path
from codex_tui.tui.dialogs.connection import ConnectionDialog
from codex_tui.tui.dialogs.open_file import OpenDialog
from codex_tui.tui.dialogs.request import RequestDialog
from codex_tui.tui.panes.finder import Finder
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.sessions.screen import SessionsScreen
from tests.tui.rig import Rig
from tests.tui.settling import settled
from tests.tui.test_playback import Rig as Replayer

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.screen import Screen


async def burst(rig: Rig, pilot: Pilot[int], *keys: str) -> None:
    """Type all of it before the app can take any of it; what is longer than a key is a name."""
    for key in keys:
        character = {"slash": "/", "space": " "}.get(key, key if len(key) == 1 else None)
        rig.app.post_message(Key(key, character))
    await settled(pilot)


@pytest.mark.parametrize("key", ["slash", "f"])
async def test_what_is_typed_behind_a_key_that_opens_the_finder_is_in_it(
    tmp_path: Path, key: str
) -> None:
    rig = Rig(tmp_path)
    async with rig.running() as pilot:
        rig.app.viewer.timeline.focus()
        await settled(pilot)
        await burst(rig, pilot, key, *"qzinx12")
        finder = rig.app.viewer.query_one(Finder)
        assert finder.is_open
        assert finder.query_one(Input).value == "qzinx12"


@pytest.mark.parametrize("width", [140, 80])
async def test_every_tab_counts(tmp_path: Path, width: int) -> None:
    rig = Rig(tmp_path)
    async with rig.running(width) as pilot:
        seen = []
        for tabs in range(1, 6):
            rig.app.viewer.composer.focus()
            await settled(pilot)
            await burst(rig, pilot, *["tab"] * tabs)
            seen.append(rig.app.viewer.arrangement.focused())
        assert seen == ["output", "reasoning", "tools", "timeline", "inspector"]
        await burst(rig, pilot, "shift+tab", "shift+tab", "shift+tab", "tab")
        assert rig.app.viewer.arrangement.focused() == "tools"


async def test_a_search_is_typed_ended_and_gone_on_with(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        await burst(rig, pilot, "tab", "tab", "tab", "tab", "slash", *"text.delta", "enter", "z")
        finder = rig.app.viewer.query_one(Finder)
        assert (finder.is_open, finder.query_one(Input).value) == (False, "text.delta")
        assert rig.app.viewer.arrangement.focused() == "timeline"
        assert rig.app.viewer.has_class("-zoomed")


async def test_matches_gone_to_fast_in_a_replay_are_not_set_back_by_earlier_ones(
    tmp_path: Path,
) -> None:
    rig = Replayer(Replayed(OpenFile(session_path("slow-tool")), paused=True), tmp_path)
    async with rig.running() as pilot:
        await pilot.press("0", "slash", *"delta", "enter")
        await settled(pilot)
        for key in "nnnnn":
            rig.app.post_message(Key(key, key))
        await settled(pilot)
        assert rig.app.viewer.timeline.search.matches.startswith("6/")
        status = rig.app.viewer.query_one(StatusBar)
        assert "match 6/" in status.render_line(1).text


@pytest.mark.parametrize(
    ("key", "dialog"),
    [("o", OpenDialog), ("ctrl+o", ConnectionDialog), ("ctrl+r", SessionsScreen)],
)
async def test_what_is_typed_behind_a_key_that_opens_a_dialog_is_in_it(
    tmp_path: Path, key: str, dialog: type[Screen[object]]
) -> None:
    rig = Rig(tmp_path)
    async with rig.running() as pilot:
        await burst(rig, pilot, "tab", key, *"qrx?z/1")
        assert isinstance(rig.app.screen, dialog)
        assert rig.app.screen.query(Input).first().value.endswith("qrx?z/1")


async def test_what_is_typed_behind_the_end_of_a_dialog_is_in_the_composer(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    async with rig.running() as pilot:
        await burst(rig, pilot, *"why", "ctrl+g", *"{", "escape", *" not?")
        assert rig.app.screen is rig.app.viewer
        assert rig.app.viewer.composer.text == "why not?"
        await burst(rig, pilot, "ctrl+g")
        assert isinstance(rig.app.screen, RequestDialog)
        assert "why not?" in rig.app.screen.query_one(TextArea).text


async def test_a_prompt_is_typed_and_sent_before_anything_is_there(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    async with rig.app.run_test(size=(140, 40)) as pilot:
        await burst(rig, pilot, *"hello", "enter", "tab", "z")
        assert rig.app.session.conversation.turns[0].prompt == "hello"
        assert rig.app.viewer.has_class("-zoomed")
        assert rig.app.viewer.arrangement.focused() == "output"
