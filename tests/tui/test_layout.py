"""Which pane is shown, and where: the arrangement over panes that show nothing."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.widget import Widget

from codex_tui.tui.layout import Arrangement
from codex_tui.tui.viewer import Viewer
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BESIDE = ("inspector", "metrics", "wrong")


@asynccontextmanager
async def arranged(width: int) -> AsyncIterator[tuple[Arrangement, Any]]:
    """An arrangement in a viewer of 40 lines, and what lets its panes be laid out."""
    app, viewer = Stage(Widget), Viewer((), None, {})
    async with app.run_test(size=(width, 40)) as pilot:
        await app.push_screen(viewer)
        await pilot.pause()
        yield Arrangement(viewer), pilot


def beside(panes: Arrangement) -> list[str]:
    """What is shown beside the timeline."""
    return [name for name in BESIDE if name in panes.shown()]


@pytest.mark.parametrize("name", BESIDE)
async def test_one_pane_at_a_time_is_gone_to_beside_the_timeline(name: str) -> None:
    async with arranged(100) as (panes, pilot):
        for pane in (*BESIDE, name):
            panes.go(pane)
        await pilot.pause()
        assert (beside(panes), panes.focused(), panes.active) == ([name], name, name)


@pytest.mark.parametrize("name", ["inspector", "metrics"])
async def test_a_pane_beside_the_timeline_comes_and_goes_and_takes_no_focus(name: str) -> None:
    async with arranged(100) as (panes, pilot):
        panes.focus("output")
        for expected in ([name], [], [name]):
            panes.toggle(name)
            await pilot.pause()
            assert (beside(panes), panes.focused()) == (expected, "output")


async def test_what_covers_another_pane_gives_its_place_back() -> None:
    async with arranged(100) as (panes, pilot):
        panes.toggle("inspector")
        panes.cover("wrong")
        await pilot.pause()
        assert (beside(panes), panes.focused()) == (["wrong"], "wrong")
        panes.uncover()
        await pilot.pause()
        assert (beside(panes), panes.focused()) == (["inspector"], "timeline")


async def test_what_is_shown_alone_is_gone_to() -> None:
    async with arranged(60) as (panes, pilot):
        assert panes.single
        panes.toggle("metrics")
        await pilot.pause()
        assert (panes.focused(), panes.active) == ("metrics", "metrics")
        assert [name for name in panes.shown() if panes.pane(name).display] == ["metrics"]
