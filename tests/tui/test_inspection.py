"""What the inspector shows by itself: the newest event, or what the timeline's cursor stands on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codex_tui.sources.demo_sessions import demo_prompts
from codex_tui.tui.panes.inspector import InspectorPane
from tests.library.shelf import frame, request
from tests.tui.test_cursor_provenance import inspected

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from codex_tui.recording.records import Record
    from tests.tui.rig import Rig


class Halting:
    """A stream that says something and then, when it is told to, something else; it has no end."""

    def __init__(self, first: Sequence[Record], then: Sequence[Record]) -> None:
        self._first, self._then = first, then
        self.go_on = asyncio.Event()
        self._cancelled = asyncio.Event()

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        yield self._first
        await self.go_on.wait()
        yield self._then
        await self._cancelled.wait()

    def cancel(self) -> None:
        self._cancelled.set()

    def now(self) -> float:
        return 1.0


async def test_who_lets_go_of_a_character_in_a_silence_sees_what_came_meanwhile(rig: Rig) -> None:
    first, then = (
        frame(t, "response.output_text.delta", delta=word, item_id="m", output_index=0)
        for t, word in ((0.5, "first"), (0.9, "then"))
    )
    source = Halting([request("Why?", 1), first], [then])
    async with rig.running(160, 48) as pilot:
        viewer, log = rig.app.viewer, rig.app.session.log
        rig.app.presenter.stream(source)
        while '"first"' not in inspected(rig.app):
            await pilot.pause()
        viewer.arrangement.focus("output")
        await pilot.press("c")
        await pilot.pause()
        assert not viewer.timeline.cursor.follows
        source.go_on.set()
        while len(log) < 3:
            await pilot.pause()
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert viewer.timeline.cursor.follows
        assert '"then"' in inspected(rig.app)
        source.cancel()


async def test_who_leaves_a_range_sees_the_entry_under_the_cursor_again(rig: Rig) -> None:
    async with rig.running(160, 48) as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        before = inspected(rig.app)
        rig.app.viewer.arrangement.focus("timeline")
        await pilot.press("v", "left", "left", "enter")
        await rig.settle(pilot)
        said = rig.app.viewer.query_one(InspectorPane)
        assert said._said == "range"
        await pilot.press("escape")
        await rig.settle(pilot)
        assert said._said != "range"
        assert inspected(rig.app) == before
