"""What a second costs in which nothing comes: as little as shows that it has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.tui.messages import ClockTicked
from codex_tui.tui.panes.output import OutputPane
from tests.library.shelf import frame, request
from tests.tui.rig import Rig
from tests.tui.test_inspection import Halting

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from textual.message import Message
    from textual.pilot import Pilot


class Silent(Halting):
    """A stream that says nothing more; its clock is set by hand."""

    time = 1.0

    def __init__(self) -> None:
        said = frame(0.5, "response.output_text.delta", delta="so", item_id="m", output_index=0)
        super().__init__([request("Why?", 1), said], [])

    def now(self) -> float:
        return self.time


async def listening(rig: Rig, pilot: Pilot[int]) -> Silent:
    source = Silent()
    rig.app.presenter.stream(source)
    while rig.answer != "so":
        await pilot.pause()
    await pilot.pause()
    return source


async def test_a_second_of_silence_is_one_paint(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[set[int]] = []
    async with rig.running(160, 48) as pilot:
        source = await listening(rig, pilot)
        screen: Any = rig.app.viewer
        compositor = screen._compositor
        paint = compositor.render_partial_update
        strip = rig.app.viewer.strip_pane.strip.region
        answer = rig.app.viewer.query_one(OutputPane).sections.region

        def counting() -> object:
            spans = list(compositor._regions_to_spans(compositor._dirty_regions))
            painted.append({y for y, _, _ in spans})
            return paint()

        async def tick(now: float) -> list[set[int]]:
            painted.clear()
            source.time = now
            rig.app.presenter.tick()
            while not painted:
                await pilot.pause()
            for _ in range(20):  # what follows from it
                await pilot.pause()
            return [*filter(None, painted)]

        monkeypatch.setattr(compositor, "render_partial_update", counting)
        appeared = set().union(*await tick(7.0))
        assert appeared >= {0, *strip.line_range}
        assert appeared & {*answer.line_range}
        went_on = max(await tick(8.0), key=len)
        source.cancel()
    of_answer = went_on & {*answer.line_range}
    assert len(of_answer) == 1  # how long it is silent
    assert went_on - of_answer == {0, *strip.line_range}


async def test_a_second_of_silence_wakes_no_pane_up(tmp_path: Path) -> None:
    rig, told = Rig(tmp_path), 0

    def hear(message: Message) -> None:
        nonlocal told
        told += isinstance(message, ClockTicked)

    async with rig.running(160, 48, hear) as pilot:
        source = await listening(rig, pilot)
        status, answer = rig.status, rig.app.viewer.query_one(OutputPane)
        source.time = 9.0
        rig.app.presenter.tick()
        await pilot.pause()
        assert rig.status != status
        assert any("silent 8 s" in (each.title or "") for each in answer.sections.stack)
        source.cancel()
    assert not told  # those that show the time are called, in one turn of the loop
