"""A request that is being prepared, as while a login is renewed: nothing else comes between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static, TextArea

from codex_tui.sources.demo_sessions import demo_prompts
from codex_tui.sources.providers import ProviderError
from codex_tui.tui.busy import LATER, PREPARING
from codex_tui.tui.dialogs.request import RequestDialog
from codex_tui.tui.requests import LEFT
from tests.library.shelf import record, turn
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

PROMPT = demo_prompts()[0]


class Preparing:
    """Prepares requests once it may, or fails then."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.trouble = ""

    async def __call__(self) -> None:
        await self.go_on.wait()
        if self.trouble:
            raise ProviderError(self.trouble)


@pytest.fixture
def preparing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Preparing:
    preparing = Preparing()
    monkeypatch.setattr(rig.backend, "prepare", preparing)
    return preparing


async def send(rig: Rig, pilot: Pilot[int]) -> None:
    rig.app.viewer.composer.focus()
    rig.app.viewer.composer.load_text(PROMPT)
    await pilot.press("enter")


async def test_no_other_conversation_takes_the_place_of_the_one_that_it_is_for(
    rig: Rig, preparing: Preparing
) -> None:
    async with rig.running() as pilot:
        await send(rig, pilot)
        log = rig.app.session.log
        await pilot.press("ctrl+n")
        assert PREPARING in rig.status
        preparing.go_on.set()
        await rig.settle(pilot)
        assert rig.app.session.log is log
    assert len(rig.bodies()) == 1


async def test_no_file_takes_the_place_of_the_conversation_that_it_is_for(
    rig: Rig, preparing: Preparing, tmp_path: Path
) -> None:
    path = record(tmp_path / "other", turn("Why?", "Because."))
    async with rig.running() as pilot:
        await send(rig, pilot)
        assert not rig.app.presenter.backstage.opener.open(path)
        await pilot.pause()
        assert PREPARING in rig.status
        preparing.go_on.set()
        await rig.settle(pilot)
    assert len(rig.bodies()) == 1


@pytest.mark.parametrize("key", ["r", "ctrl+g"])
async def test_no_other_request_is_sent_or_edited(rig: Rig, preparing: Preparing, key: str) -> None:
    async with rig.running() as pilot:
        preparing.go_on.set()
        await rig.ask(pilot, "hello")
        preparing.go_on.clear()
        await send(rig, pilot)
        rig.app.viewer.arrangement.focus("output")
        await pilot.press(key)
        while PREPARING not in rig.status:
            await pilot.pause()
        assert rig.app.screen is rig.app.viewer
        preparing.go_on.set()
        await rig.settle(pilot)
    assert len(rig.bodies()) == 2


async def test_when_it_has_failed_all_may_be_done_again(rig: Rig, preparing: Preparing) -> None:
    async with rig.running() as pilot:
        await send(rig, pilot)
        preparing.trouble = "the login is over"
        preparing.go_on.set()
        await rig.settle(pilot)
        assert rig.app.viewer.composer.text == PROMPT
        preparing.trouble = ""
        await pilot.press("enter")
        await rig.settle(pilot)
        assert rig.answer.startswith("## ")
        await pilot.press("ctrl+n")
        assert rig.app.session.turn is None


async def test_what_takes_long_is_said_and_esc_leaves_it(rig: Rig, preparing: Preparing) -> None:
    async with rig.running() as pilot:
        await send(rig, pilot)
        rig.app.presenter.tick()
        await pilot.pause()
        assert PREPARING in rig.status
        await pilot.press("escape")
        await pilot.pause()
        rig.app.presenter.tick()
        await pilot.pause()
        assert LEFT in rig.status
        assert rig.app.viewer.composer.text == PROMPT
        preparing.go_on.set()
        await pilot.press("enter")
        await rig.settle(pilot)
        assert rig.answer.startswith("## ")
    assert len(rig.bodies()) == 1


async def test_an_edited_request_waits_for_the_stream_that_began_meanwhile(tmp_path: Path) -> None:
    rig = Rig(tmp_path, speed=1.0)
    async with rig.running() as pilot:
        await pilot.press("ctrl+g")
        dialog = rig.app.screen
        assert isinstance(dialog, RequestDialog)
        dialog.query_one(TextArea).load_text('{"model": "edited", "input": "mine"}')
        assert rig.app.presenter.backstage.requests is not None
        rig.app.presenter.backstage.requests.send(PROMPT)
        while not rig.app.session.running:
            await pilot.pause()
        await pilot.press("ctrl+s")
        assert rig.app.screen is dialog
        assert str(dialog.query_one(".dialog-error", Static).content) == LATER
        assert rig.app.session.running
        rig.app.session.cancel()
        await rig.settle(pilot)
        await pilot.press("ctrl+s")
        while not rig.app.session.running:
            await pilot.pause()
        rig.app.session.cancel()
        await rig.settle(pilot)
    assert [body.get("model") == "edited" for body in rig.bodies()] == [False, True]


async def test_what_came_back_into_the_composer_is_not_cleared_by_another_request(
    rig: Rig,
) -> None:
    async with rig.running() as pilot:
        await pilot.press("ctrl+g")
        rig.app.viewer.composer.restore("not sent")
        await pilot.press("ctrl+s")
        await rig.settle(pilot)
        assert rig.app.viewer.composer.text == "not sent"


async def test_between_the_request_and_its_stream_no_other_conversation_begins(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, "hello")
        log = rig.app.session.log
        assert rig.app.presenter.backstage.requests is not None
        rig.app.presenter.backstage.requests._resend(True)  # the dialog's answer
        rig.app.action_renew()
        rig.app.presenter.backstage.requests._resend(True)
        await rig.settle(pilot)
        assert rig.app.session.log is log
    assert len(rig.bodies()) == 2
