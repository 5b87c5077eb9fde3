"""The tool calls: every kind of call in every state, fed with messages in a bare app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.tui.panes.tools import ToolsPane
from tests.tui import scripts, tool_scripts
from tests.tui.stage import Stage, posed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.tui.stage import Script

STATES = [
    scripts.nothing,
    tool_scripts.begun,
    tool_scripts.growing,
    tool_scripts.done,
    tool_scripts.stopped,
    tool_scripts.parallel,
    tool_scripts.mcp_call_failed,
    tool_scripts.hostile,
]

KINDS = [
    tool_scripts.with_broken_arguments,
    tool_scripts.without_arguments,
    tool_scripts.custom,
    tool_scripts.web_search_running,
    tool_scripts.web_search,
    tool_scripts.file_search,
    tool_scripts.code_interpreter,
    tool_scripts.image_generating,
    tool_scripts.image_generation,
    tool_scripts.mcp_call,
    tool_scripts.mcp_list,
    tool_scripts.mcp_approval,
    tool_scripts.shell,
    tool_scripts.local_shell,
    tool_scripts.apply_patch,
    tool_scripts.computer,
    tool_scripts.tool_search,
    tool_scripts.unknown_call,
]


@pytest.mark.parametrize("width", [120, 44])
@pytest.mark.parametrize("script", STATES, ids=[state.__name__ for state in STATES])
def test_picture_of_a_call(
    snap_compare: Callable[..., bool], script: Callable[[], Script], width: int
) -> None:
    stage = Stage(ToolsPane, script())
    assert snap_compare(stage, terminal_size=(width, 14), run_before=posed)


@pytest.mark.parametrize("script", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_picture_of_a_kind(snap_compare: Callable[..., bool], script: Callable[[], Script]) -> None:
    stage = Stage(ToolsPane, script())
    assert snap_compare(stage, terminal_size=(64, 14), run_before=posed)


@pytest.mark.parametrize(
    "script", [tool_scripts.parallel, tool_scripts.mcp_call_failed, tool_scripts.apply_patch]
)
def test_picture_in_a_light_theme_of(
    snap_compare: Callable[..., bool], script: Callable[[], Script]
) -> None:
    stage = Stage(ToolsPane, script(), "codex-light")
    assert snap_compare(stage, terminal_size=(64, 14), run_before=posed)


def test_picture_of_many_calls(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ToolsPane, tool_scripts.many())
    assert snap_compare(stage, terminal_size=(50, 14), run_before=posed)


def test_picture_of_a_long_output_opened(snap_compare: Callable[..., bool]) -> None:
    async def open_it(pilot: Pilot[None]) -> None:
        stage = await posed(pilot)
        stage.query_one(ToolsPane).view.focus()
        await pilot.press("g", "right_curly_bracket", "right_curly_bracket", "enter")
        await stage.settle(pilot)

    stage = Stage(ToolsPane, tool_scripts.long_output())
    assert snap_compare(stage, terminal_size=(60, 10), run_before=open_it)


def test_picture_of_a_long_output(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ToolsPane, tool_scripts.long_output())
    assert snap_compare(stage, terminal_size=(60, 10), run_before=posed)
