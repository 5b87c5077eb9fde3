"""The dialogs: the keys, the connection and the request, over an empty stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, Static, TextArea

from codex_tui.manual import pages
from codex_tui.sources.providers import ProviderError
from codex_tui.tui.dialogs.connection import ConnectionChoice, ConnectionDialog
from codex_tui.tui.dialogs.export import ExportDialog
from codex_tui.tui.dialogs.help import HelpDialog, KeyGroup
from codex_tui.tui.dialogs.request import RequestDialog
from codex_tui.tui.dialogs.resend import ResendDialog
from codex_tui.tui.panes.composer import Composer
from codex_tui.tui.section_view.view import SECTION_KEYS, SectionView
from codex_tui.tui.viewer import Viewer
from codex_tui.tui.widgets.timeline_view import TimelineView
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.pilot import Pilot
    from textual.screen import Screen

SIZES = [(80, 24), (44, 12)]
URL = "https://api.example.com/v1/responses"
BODY = {
    "model": "gpt-5-codex",
    "stream": True,
    "input": [{"role": "user", "content": "Why does my retry loop never end?\nHere it is: …"}],
    "reasoning": {"effort": "high", "summary": "auto"},
}
NAMES = ["gpt-5-codex", "gpt-5", "gpt-5-mini", "gpt-4.1", "o4-mini", "text-embedding-3-large"]


async def models(profile: str) -> Sequence[str]:
    if profile == "azure":
        raise ProviderError("azure: the server has no list of models (404); type a name")
    return NAMES


def shown(make: Callable[[], Screen[Any]], *keys: str) -> Callable[[Pilot[None]], object]:
    """Return what puts a dialog over the stage and presses keys in it."""

    async def show(pilot: Pilot[None]) -> None:
        await pilot.app.push_screen(make())
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        for area in pilot.app.screen.query(TextArea):
            area.cursor_blink = False
        await pilot.app.workers.wait_for_complete()
        await pilot.press(*keys)
        await pilot.pause()

    return show


def keys_dialog() -> HelpDialog:
    groups = [
        KeyGroup("Everywhere", Viewer.BINDINGS),
        KeyGroup("Composer", Composer.BINDINGS),
        KeyGroup("Sections", SECTION_KEYS),
        KeyGroup("Timeline", TimelineView.BINDINGS),
    ]
    return HelpDialog(groups, {"viewer.zoom": "f11"})


def connection_dialog(profile: str = "openai", model: str = "gpt-5-codex") -> ConnectionDialog:
    profiles = ["openai", "chatgpt", "azure", "local", "demo"]
    return ConnectionDialog(profiles, ConnectionChoice(profile, model, "high"), models)


def request_dialog() -> RequestDialog:
    return RequestDialog(BODY, URL)


def resend_dialog() -> ResendDialog:
    told = [f"POST {URL}", "gpt-5-codex · openai", "the last time 1,204 to 310 tokens"]
    return ResendDialog(told)


def export_dialog() -> ExportDialog:
    return ExportDialog(Path("/home/you/streams"))


DIALOGS: list[Callable[[], Screen[Any]]] = [
    keys_dialog,
    connection_dialog,
    request_dialog,
    export_dialog,
]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("make", DIALOGS)
def test_picture_of_the(
    snap_compare: Callable[..., bool], make: Callable[[], Screen[Any]], size: tuple[int, int]
) -> None:
    assert snap_compare(Stage(Static), terminal_size=size, run_before=shown(make))


@pytest.mark.parametrize(
    ("keys", "size"),
    [(("tab", "j"), (120, 36)), (("tab",), (60, 20)), (("tab", "j", "enter"), (60, 20))],
    ids=["beside", "list", "page"],
)
def test_picture_of_the_signs(
    snap_compare: Callable[..., bool], keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    stage = Stage(Static)
    assert snap_compare(stage, terminal_size=size, run_before=shown(keys_dialog, *keys))


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_every_page_of_the_manual_is_shown_beside_the_keys(size: tuple[int, int]) -> None:
    stage = Stage(Static)
    async with stage.run_test(size=size) as pilot:
        await stage.push_screen(keys_dialog())
        await pilot.press("tab")
        view = stage.screen.query_one(SectionView)
        topics = []
        for _ in pages():
            await pilot.press("down")
            await pilot.pause()
            topics.append(view.stack.first)
        assert sorted(map(str, topics)) == sorted(page.topic for page in pages())
        await pilot.press("enter")
        await pilot.pause()
        assert stage.focused is view
        assert view.display
        await pilot.press("tab", "home")
        await pilot.press("enter", "j")
        assert stage.screen.query_one("#keys").scroll_offset.y == 1
        await pilot.press("escape")
        assert not isinstance(stage.screen, HelpDialog)


def test_picture_in_a_light_theme(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(Static, theme="codex-light")
    assert snap_compare(stage, terminal_size=(100, 30), run_before=shown(connection_dialog))


def test_picture_of_models_narrowed_by_what_is_typed(snap_compare: Callable[..., bool]) -> None:
    show = shown(connection_dialog, *"mini")
    assert snap_compare(Stage(Static), terminal_size=(100, 20), run_before=show)


def test_picture_of_a_server_without_a_list_of_models(snap_compare: Callable[..., bool]) -> None:
    show = shown(lambda: connection_dialog("azure", "my-deployment"))
    assert snap_compare(Stage(Static), terminal_size=(100, 20), run_before=show)


def test_picture_of_the_question_before_sending_again(snap_compare: Callable[..., bool]) -> None:
    show = shown(resend_dialog, *"oxy")
    assert snap_compare(Stage(Static), terminal_size=(80, 24), run_before=show)


def test_picture_of_a_request_that_is_no_json(snap_compare: Callable[..., bool]) -> None:
    show = shown(request_dialog, "x", "ctrl+s")
    assert snap_compare(Stage(Static), terminal_size=(100, 24), run_before=show)


async def decided(*keys: str) -> ConnectionChoice | None:
    """Return what a connection dialog gives after some keys."""
    chosen: list[ConnectionChoice | None] = []
    stage = Stage(Static)
    async with stage.run_test() as pilot:
        await stage.push_screen(connection_dialog(), chosen.append)
        await stage.workers.wait_for_complete()
        await pilot.press(*keys)
    assert len(chosen) == 1
    return chosen[0]


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (["enter"], ConnectionChoice("openai", "gpt-5-codex", "high")),
        ([*"qwen3", "enter"], ConnectionChoice("openai", "qwen3", "high")),
        ([*"mini", "enter"], ConnectionChoice("openai", "gpt-5-mini", "high")),
        ([*"mini", "down", "enter"], ConnectionChoice("openai", "o4-mini", "high")),
        ([*"mini", "up", "enter"], ConnectionChoice("openai", "mini", "high")),
        (["delete", "down", "down", "enter"], ConnectionChoice("openai", "gpt-5-mini", "high")),
        (["shift+tab", "down", "enter", "enter"], ConnectionChoice("chatgpt", "", "high")),
        (["tab", "tab", "up", "enter"], ConnectionChoice("openai", "gpt-5-codex", "medium")),
        (["escape"], None),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else "",
)
async def test_keys_choose(keys: list[str], choice: ConnectionChoice | None) -> None:
    assert await decided(*keys) == choice
