"""The metrics, fed with messages in a bare app."""

from __future__ import annotations

from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.figures import measures
from codex_tui.figures.measures import measure
from codex_tui.tui.messages import RangeChanged, SessionOpened
from codex_tui.tui.panes import metrics
from codex_tui.tui.panes.metrics import MetricsPane
from codex_tui.tui.section_view.view import SectionView
from tests.tui.settling import settled
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from codex_tui.figures.measures import Measures


def story() -> Script:
    script = Script().ask("why").created()
    script.item(0, id="rs", type="reasoning", summary=[]).thinking("Let me", " see")
    script.item_done(0, id="rs", type="reasoning", summary=[]).keep_alive(12.0)
    script.item(1, id="m", type="message", content=[]).text("The ", "answer", " is 42.", index=1)
    return script.completed()


async def measured(pilot: Pilot[None]) -> None:
    stage = pilot.app
    assert isinstance(stage, Stage)
    await stage.play(pilot)
    await stage.settle(pilot)


async def measured_range(pilot: Pilot[None]) -> None:
    await measured(pilot)
    stage = pilot.app
    assert isinstance(stage, Stage)
    stage.widget.post_message(RangeChanged(stage.script.log, (4, 9)))
    await stage.settle(pilot)


@pytest.mark.parametrize("width", [120, 44])
def test_picture_of_the_metrics(snap_compare: Callable[..., bool], width: int) -> None:
    stage = Stage(MetricsPane, story())
    assert snap_compare(stage, terminal_size=(width, 50), run_before=measured)


def test_picture_of_the_metrics_of_a_range(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(MetricsPane, story())
    assert snap_compare(stage, terminal_size=(100, 40), run_before=measured_range)


async def test_a_long_turn_is_measured_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = await drawn_range()
    beside = []

    def noted(*wanted: Any) -> Measures:
        beside.append(current_thread() is not main_thread())
        return measure(*wanted)

    monkeypatch.setattr(metrics, "AT_ONCE", 1)
    monkeypatch.setattr(measures, "measure", noted)
    assert await drawn_range() == at_once
    assert beside
    assert beside[-1]


async def test_what_was_measured_of_the_session_before_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, held = Event(), Event()

    def late(*wanted: Any) -> Measures:
        begun.set()
        held.wait(30)
        return measure(*wanted)

    stage, empty = Stage(MetricsPane, story()), Script()
    async with stage.run_test(size=(100, 40)) as pilot:
        await measured(pilot)
        monkeypatch.setattr(metrics, "AT_ONCE", 1)
        monkeypatch.setattr(measures, "measure", late)
        stage.widget.post_message(RangeChanged(stage.script.log, (4, 9)))
        while not begun.is_set():
            await pilot.pause()
        stage.widget.post_message(SessionOpened(empty.conversation, empty.log, empty.timing))
        await pilot.pause()
        held.set()
        await settled(pilot)
        assert not stage.query_one(SectionView).stack


async def drawn_range() -> list[str]:
    """What can be read; an exported picture has a name of its own for each way to cut its rows."""
    stage = Stage(MetricsPane, story())
    async with stage.run_test(size=(100, 40)) as pilot:
        await measured_range(pilot)
        await settled(pilot)
        view = stage.query_one(SectionView)
        return [view.render_line(y).text for y in range(view.size.height)]
