"""The lists in the dialogs, with keys that come before there is room for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key
from textual.widgets import OptionList, Static

from codex_tui.tui.dialogs.connection import ConnectionChoice, ConnectionDialog
from codex_tui.tui.dialogs.export import ExportDialog
from codex_tui.tui.dialogs.links import LinksDialog
from tests.tui.settling import settled
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen


async def models(profile: str) -> Sequence[str]:
    return [f"model-{number}" for number in range(30)]


def connection() -> ConnectionDialog:
    return ConnectionDialog(["openai", "demo"], ConnectionChoice("openai", "model-1", ""), models)


def export() -> ExportDialog:
    return ExportDialog(Path("/home/you"))


def links() -> LinksDialog:
    return LinksDialog([("", f"https://example.com/{number}") for number in range(30)])


DIALOGS = [connection, export, links]


@pytest.mark.parametrize("key", ["pagedown", "pageup"])
@pytest.mark.parametrize("make", DIALOGS)
async def test_page_keys_may_come_before_the_list_is_laid_out(
    make: Callable[[], Screen[Any]], key: str
) -> None:
    stage = Stage(Static)
    async with stage.run_test() as pilot:
        await stage.push_screen(make())
        choices = stage.screen.query(OptionList).last()
        choices.highlighted = 1
        choices.focus()
        stage.screen.post_message(Key(key, None))
        await settled(pilot)


async def test_a_page_key_in_a_list_without_a_line_to_show_moves_nothing() -> None:
    stage = Stage(Static)
    async with stage.run_test(size=(44, 2)) as pilot:
        await stage.push_screen(connection())
        await settled(pilot)
        for choices in stage.screen.query(OptionList):
            choices.focus()
            choices.highlighted = 1
            await pilot.press("pagedown", "pageup")
            await settled(pilot)
            assert choices.highlighted == 1
