"""What only the event that ends a response brings is marked where it stands, in every pane."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.reasoning import ReasoningPane
from codex_tui.tui.panes.tools import ToolsPane
from codex_tui.tui.section_view.view import SectionView
from tests.model.streams import function_call, message, reasoning
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from textual.widget import Widget

MARK = "not streamed: only in response.completed"


def ended(*, streamed: bool) -> Script:
    output = [
        reasoning("Why not?"),
        {**message("I look."), "phase": "commentary"},
        function_call("{}"),
    ]
    script = Script().ask("Why?").created()
    if streamed:
        for index, item in enumerate(output):
            script.item_done(index, **item)
    return script.completed(output=output)


def lines(stage: Stage) -> str:
    view = stage.query_one(SectionView)
    shown = ("".join(part.text for part in view.render_line(y)) for y in range(view.size.height))
    return "\n".join(shown)


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("pane", [OutputPane, ReasoningPane, ToolsPane])
async def test_it_is_marked_where_it_stands(pane: type[Widget], *, streamed: bool) -> None:
    stage = Stage(pane, ended(streamed=streamed))
    async with stage.run_test(size=(80, 20)) as pilot:
        await stage.play(pilot)
        shown = lines(stage)
        assert (MARK in shown) == (not streamed)
        if pane is OutputPane:
            assert ("commentary · not streamed" in shown) == (not streamed)


async def test_a_response_that_came_in_no_events_has_no_marks() -> None:
    body = {"object": "response", "status": "completed", "output": [message("I look.")]}
    script = Script().ask("Why?").end("not_sse", f"It was no stream.\n{json.dumps(body)}")
    stage = Stage(OutputPane, script)
    async with stage.run_test(size=(80, 20)) as pilot:
        await stage.play(pilot)
        shown = lines(stage)
        assert "I look." in shown
        assert "not streamed" not in shown
