"""The same answer over three APIs is the same in every pane."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.reasoning import ReasoningPane
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.tui.panes.tools import ToolsPane
from codex_tui.tui.section_view.view import SectionView
from tests import other_answers as oa
from tests.tui.stage import Script, Stage, posed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

Seen = list[tuple[str, str]]


def fed(events: list[Any]) -> Script:
    """A turn that some events are of, without times between them."""
    script = Script().ask("How is the weather?")
    for sent in events:
        name = "message" if isinstance(sent, str) else sent.get("type", "message")
        script.frame(sent if isinstance(sent, str) else json.dumps(sent), name, gap=0.0)
    return script.end("completed", gap=0.0)


def responses() -> Script:
    """What `chat` and `messages` say, as a response."""
    script = Script().ask("How is the weather?")
    script.event("response.created", gap=0.0, response={"id": "r", "model": "m-1", "output": []})
    for piece in oa.THOUGHTS:
        at = {"output_index": 0, "content_index": 0}
        script.event("response.reasoning_text.delta", gap=0.0, delta=piece, **at)
    script.text(*oa.TEXT, index=1, gap=0.0)
    call = {"type": "function_call", "name": "get_weather", "call_id": "c"}
    script.item(2, **call, arguments="")
    script.arguments(*oa.ARGUMENTS, index=2, gap=0.0)
    script.item_done(2, **call, arguments="".join(oa.ARGUMENTS), status="completed")
    usage = {"input_tokens": 40, "output_tokens": 20, "total_tokens": 60}
    script.event("response.completed", gap=0.0, response={"status": "completed", "usage": usage})
    return script.end("completed", gap=0.0)


async def seen(make: Callable[[], Widget], script: Script) -> Seen:
    """The titles and the texts of a pane, but for how the turn ended: events are counted there."""
    stage = Stage(make, script)
    async with stage.run_test(size=(60, 40)) as pilot:
        await posed(pilot)
        sections = stage.query_one(SectionView).stack
        return [
            (str(each.title), each.document.source if each.document else "")
            for each in sections
            if not str(each.key).endswith("/end")
        ]


@pytest.mark.parametrize("make", [OutputPane, ReasoningPane, ToolsPane])
async def test_the_same_answer_over_three_apis_gives_the_same_panes(
    make: Callable[[], Widget],
) -> None:
    said = await seen(make, responses())
    assert said
    assert await seen(make, fed(oa.chat())) == said
    assert await seen(make, fed(oa.messages())) == said


def test_picture_of_a_timeline_of_chunks(snap_compare: Any) -> None:
    stage = Stage(TimelinePane, fed(oa.chat()))
    assert snap_compare(stage, terminal_size=(80, 14), run_before=posed)


def test_picture_of_a_timeline_of_messages(snap_compare: Any) -> None:
    stage = Stage(TimelinePane, fed(oa.messages()))
    assert snap_compare(stage, terminal_size=(80, 20), run_before=posed)
