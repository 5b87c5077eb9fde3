"""What a second costs in which nothing comes: as little as shows that it has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.tui.messages import ClockTicked
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
    painted: list[set[str]] = []
    async with rig.running(160, 48) as pilot:
        source = await listening(rig, pilot)
        await pilot.pause()
        screen: Any = rig.app.viewer
        compositor = screen._compositor
        paint = compositor.render_partial_update
        strip, status = rig.app.viewer.strip_pane.strip, rig.status

        def counting() -> object:
            rows = {y for y, _, _ in compositor._regions_to_spans(compositor._dirty_regions)}
            shown = {"status": 0, "strip": strip.region.y}
            painted.append({name for name, y in shown.items() if y in rows})
            return paint()

        monkeypatch.setattr(compositor, "render_partial_update", counting)
        source.time = 7.0
        rig.app.presenter.tick()
        while not painted:
            await pilot.pause()
        await pilot.pause()
        assert rig.status != status
        source.cancel()
    assert [names for names in painted if names] == [{"status", "strip"}]


async def test_only_those_that_show_the_time_are_told_it(tmp_path: Path) -> None:
    rig, told = Rig(tmp_path), 0

    def hear(message: Message) -> None:
        nonlocal told
        told += isinstance(message, ClockTicked)

    async with rig.running(160, 48, hear) as pilot:
        source = await listening(rig, pilot)
        before = told
        rig.app.presenter.tick()
        await pilot.pause()
        source.cancel()
    assert told - before == 3  # status, output and metrics; the strip is called
