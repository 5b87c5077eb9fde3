"""Keys by place: what is said of them holds where the focus is, and panes are a key away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.intake import Replayed
from codex_tui.formats.open_file import OpenFile
from codex_tui.sources.demo_sessions import demo_prompts, session_path
from codex_tui.tui.key_names import is_typed
from codex_tui.tui.panes.keyhints import KeyHints
from codex_tui.tui.panes.words import PANES
from codex_tui.tui.resend_offer import ResendOffer
from tests.library.shelf import record, turn
from tests.tui.test_playback import Rig as ReplayRig
from tests.tui.test_resend import Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.rig import Rig

KEYS = ["alt+{}", "f{}"]


def hints(rig: Rig | ReplayRig) -> str:
    return rig.app.viewer.query_one(KeyHints).render_line(0).text


def test_characters_are_typed_and_chords_are_not() -> None:
    typed = ["r", "space", "question_mark", "slash", "colon", "N", "full_stop"]
    others = ["f1", "f9", "escape", "left", "ctrl+q", "alt+1", "tab", "enter", "pagedown"]
    assert [key for key in (*typed, *others) if is_typed(key)] == typed


async def test_where_text_is_typed_no_letter_is_a_key(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])  # after it, space would play
        rig.app.screen.refresh_bindings()
        await rig.settle(pilot)
        assert hints(rig).split("   ")[0] == " enter send"
        assert "space" not in hints(rig)
        rig.app.viewer.arrangement.focus("output")
        await rig.settle(pilot)
        assert "space play or pause" in hints(rig)


@pytest.mark.parametrize("width", [140, 60, 30])
async def test_the_way_out_is_always_said(rig: Rig, width: int) -> None:
    async with rig.running(width, 24) as pilot:
        for pane in (None, *PANES):
            if pane is not None:
                rig.app.viewer.arrangement.focus(pane)
            await rig.settle(pilot)
            assert "ctrl+q quit" in hints(rig)
            assert "help" in hints(rig)


@pytest.mark.parametrize("width", [160, 110, 80])
@pytest.mark.parametrize(("key", "first"), [("alt+{}", 1), ("f{}", 2)])
async def test_panes_are_gone_to_from_everywhere(
    rig: Rig, width: int, key: str, first: int
) -> None:
    async with rig.running(width) as pilot:
        for number, pane in enumerate(PANES, first):
            rig.app.viewer.composer.focus()
            await rig.settle(pilot)
            await pilot.press(key.format(number))
            await rig.settle(pilot)
            assert rig.app.viewer.arrangement.focused() == pane
            assert rig.app.viewer.arrangement.pane(pane).display
        assert rig.app.viewer.composer.text == ""


async def test_ctrl_c_twice_quits_and_says_so_before(rig: Rig) -> None:
    async with rig.running() as pilot:
        await pilot.press("ctrl+c", "x", "ctrl+c")
        assert rig.app.return_code is None
        said = [notification.message for notification in rig.app._notifications]
        assert said == ["ctrl+c again quits"] * 2
        await pilot.press("ctrl+c")
        assert rig.app.return_code == 0


async def test_ctrl_c_that_closes_something_is_not_the_first_of_two(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.app.viewer.arrangement.focus("output")
        await pilot.press("z", "slash", "ctrl+c", "ctrl+c")
        assert rig.app.return_code is None
        assert not rig.app.viewer.has_class("-zoomed")


async def test_q_leaves_a_replay(tmp_path: Path) -> None:
    file = Replayed(OpenFile(session_path("slow-tool")), speed=None, paused=True)
    rig = ReplayRig(file, tmp_path)
    async with rig.running() as pilot:
        assert "q leave" in hints(rig)
        await pilot.press("q")
        assert rig.app.return_code == 0


async def test_q_leaves_a_replay_for_a_conversation_where_one_may_be_had(
    rig: Rig, tmp_path: Path
) -> None:
    path = record(tmp_path / "other", turn("Why?", "Because."))
    async with rig.running() as pilot:
        await pilot.press("q")
        assert rig.app.viewer.composer.text == "q"
        assert rig.app.presenter.backstage.opener.open(path, lambda: None)
        await rig.settle(pilot)
        await pilot.press("q")
        await rig.settle(pilot)
        assert not rig.app.viewer.has_class("-replaying")
        assert rig.app.return_code is None


async def test_the_offer_to_send_again_names_a_key_of_the_place(
    rig: Rig,
) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, "hello")
        assert rig.app.presenter.backstage.requests is not None
        offer = ResendOffer()
        offer.watch(Source(retryable=True))
        rig.app.presenter.backstage.requests._resend_offer = offer
        for place, key in (("output", "r"), ("composer", "f9")):
            if place == "composer":
                rig.app.viewer.composer.focus()
            else:
                rig.app.viewer.arrangement.focus(place)
            await rig.settle(pilot)
            assert f"{key} sends the request again" in rig.status


async def test_the_match_is_said_until_the_search_is_left(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        rig.app.viewer.arrangement.focus("output")
        await rig.settle(pilot)
        await pilot.press("slash", *"the", "enter")
        await rig.settle(pilot)
        await pilot.press("n")
        await rig.settle(pilot)
        assert re.search(r"match \d+/\d+ ", rig.status)
        await pilot.press("escape")
        await rig.settle(pilot)
        assert "match" not in rig.status
