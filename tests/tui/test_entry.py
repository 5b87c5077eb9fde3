"""What stands at the edges: the composer, the finder, the tabs and the line of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest
from textual.binding import Binding, BindingType
from textual.widgets import Input

from codex_tui.tui.panes.composer import Composer
from codex_tui.tui.panes.finder import Finder
from codex_tui.tui.panes.keyhints import KeyHints
from codex_tui.tui.panes.tabs import PaneTabs
from codex_tui.tui.panes.words import PANES, TABS
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

LINES = "Why does this never end?\n\nwhile True:\n    queue.put(job)\n    job = queue.get()"


@pytest.mark.parametrize(
    ("text", "asked", "theme"),
    [
        ("", "", "codex-dark"),
        ("Why does my retry loop never end?", "", "codex-light"),
        (LINES, "", "codex-dark"),
        ("word " * 150, "", "codex-dark"),
        ("", "output of read_file; esc to ask something else", "codex-light"),
    ],
    ids=["nothing", "one_line", "several_lines", "more_than_fits", "a_tool_output"],
)
def test_picture_of_the_composer_with(
    snap_compare: Callable[..., bool], text: str, asked: str, theme: str
) -> None:
    async def typed(pilot: Pilot[None]) -> None:
        composer = pilot.app.query_one(Composer)
        composer.cursor_blink = False
        composer.load_text(text)
        composer.move_cursor(composer.document.end)
        composer.ask(asked)
        composer.focus()
        await pilot.pause()

    stage = Stage(Composer, theme=theme)
    assert snap_compare(stage, terminal_size=(60, 12), run_before=typed)


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        ("search output", "", ""),
        ("search output", "limit", "12 found"),
        ("search timeline", "a text that is longer than its place " * 3, "0 found"),
        ("filter by type", "text !summary", ""),
    ],
    ids=["nothing_typed", "found", "a_long_text", "a_filter"],
)
def test_picture_of_the_finder_with(
    snap_compare: Callable[..., bool], name: str, text: str, result: str
) -> None:
    async def opened(pilot: Pilot[None]) -> None:
        finder = pilot.app.query_one(Finder)
        finder.open("search", name, text)
        finder.query_one(Input).cursor_blink = False
        finder.say(result)
        await pilot.pause()

    assert snap_compare(Stage(Finder), terminal_size=(44, 2), run_before=opened)


@pytest.mark.parametrize(
    ("width", "theme"), [(80, "codex-dark"), (20, "codex-light"), (44, "codex-ansi")]
)
def test_picture_of_the_tabs(snap_compare: Callable[..., bool], width: int, theme: str) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        pilot.app.query_one(PaneTabs).show("timeline", "output")
        await pilot.pause()

    stage = Stage(lambda: PaneTabs(PANES, TABS), theme=theme)
    assert snap_compare(stage, terminal_size=(width, 2), run_before=choose)


class Keyed(Stage):
    """A stage with bindings of every sort."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "bell", "Stop", key_display="esc"),
        Binding("tab", "app.focus_next", "Next pane"),
        Binding("slash", "suspend_process", "Search", key_display="/"),
        Binding("z", "hide_help_panel", "Zoom"),
        Binding("x", "screenshot", "Hidden", show=False),
        Binding("question_mark,f1", "show_help_panel", "Help", key_display="?"),
    ]


@pytest.mark.parametrize("width", [80, 20])
def test_picture_of_the_keys(snap_compare: Callable[..., bool], width: int) -> None:
    assert snap_compare(Keyed(KeyHints), terminal_size=(width, 2))


async def test_a_click_on_a_tab_chooses_its_pane() -> None:
    chosen = []

    class Tabbed(Stage):
        def on_pane_tabs_chosen(self, event: PaneTabs.Chosen) -> None:
            chosen.append(event.pane)

    async with Tabbed(lambda: PaneTabs(PANES, TABS)).run_test(size=(80, 3)) as pilot:
        for x in (2, 12, 25):
            await pilot.click(PaneTabs, offset=(x, 0))
    assert chosen == ["output", "reasoning", "tools"]
