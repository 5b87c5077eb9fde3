"""What stood for one session is gone when another one is shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.intake import Replayed
from codex_tui.formats.open_file import OpenFile
from codex_tui.sources.demo_sessions import demo_prompts
from codex_tui.tui.panes.output import OutputPane
from tests.library.shelf import record, turn

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.rig import Rig


class Refused:
    """A source whose request was refused, and may be sent again after a while."""

    retryable = True
    retry_after: float | None = 30.0
    resends_in: float | None = None
    listens_in: float | None = None


@pytest.mark.parametrize("opened", [False, True])
async def test_nothing_of_the_session_before_is_offered_to_be_sent_again(
    rig: Rig, tmp_path: Path, opened: bool
) -> None:
    path = record(tmp_path / "other", turn("Why?", "Because."))
    async with rig.running() as pilot:
        assert rig.app.presenter.backstage.requests is not None
        rig.app.presenter.backstage.requests._resend_offer.watch(Refused())
        rig.app.presenter.backstage.requests.offer()
        await pilot.pause()
        assert "sends the request again" in rig.status
        if opened:
            rig.app.presenter.backstage.opener.open(path)
        else:
            rig.app.action_renew()
        rig.app.presenter.backstage.requests.offer()
        await pilot.pause()
        assert "r sends" not in rig.status
        await rig.settle(pilot)


async def test_a_cursor_in_the_text_goes_with_it_and_the_tail_is_followed(
    rig: Rig, tmp_path: Path
) -> None:
    path = record(tmp_path / "other", turn("Why?", "Because."))
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        rig.app.viewer.arrangement.focus("output")
        await pilot.press("c")
        view = rig.app.viewer.query_one(OutputPane).sections
        assert view.pointer.caret is not None
        rig.app.presenter.backstage.opener.open(path)
        await rig.settle(pilot)
        assert view.pointer.caret is None
        assert view.follows


async def test_a_file_that_was_followed_is_not_folded_on(rig: Rig, tmp_path: Path) -> None:
    first = record(tmp_path / "first", turn("Why?", "Because."))
    other = record(tmp_path / "other", turn("Why not?", "Because then."))
    async with rig.running() as pilot:
        assert rig.app.presenter.backstage.opener.open(first, lambda: None)
        await rig.settle(pilot)
        rig.app.presenter.backstage.opener.play(Replayed(OpenFile(first), follow=True, at="50%"))
        await pilot.pause()
        assert folding()
        assert rig.app.presenter.backstage.opener.open(other)
        await rig.settle(pilot)
        assert not folding()


def folding() -> list[str]:
    """The tasks that fold a file."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return [name for name in names if name == "Intake._fold"]
