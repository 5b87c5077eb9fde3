"""The reasoning pane: every state of a model's thinking, fed with messages in a bare app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.tui.panes.reasoning import ReasoningPane
from tests.tui import scripts
from tests.tui.stage import Script, Stage, posed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

STATES = [
    scripts.nothing,
    scripts.reasoning_begun,
    scripts.reasoning_untitled,
    scripts.reasoning_goes_on,
    scripts.reasoning_done,
    scripts.reasoning_interrupted,
    scripts.raw_reasoning,
    scripts.encrypted,
    scripts.sealed,
    scripts.two_items,
]


@pytest.mark.parametrize("script", STATES, ids=[state.__name__ for state in STATES])
def test_picture_of(snap_compare: Callable[..., bool], script: Callable[[], Script]) -> None:
    stage = Stage(ReasoningPane, script())
    assert snap_compare(stage, terminal_size=(44, 14), run_before=posed)


def test_picture_in_a_light_theme(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ReasoningPane, scripts.reasoning_goes_on(), "codex-light")
    assert snap_compare(stage, terminal_size=(70, 12), run_before=posed)


def test_picture_of_all_parts_opened(snap_compare: Callable[..., bool]) -> None:
    async def open_all(pilot: Pilot[None]) -> None:
        stage = await posed(pilot)
        stage.query_one(ReasoningPane).view.focus()
        await pilot.press("O", "O", "g")
        await stage.settle(pilot)

    stage = Stage(ReasoningPane, scripts.reasoning_done())
    assert snap_compare(stage, terminal_size=(60, 20), run_before=open_all)


def test_picture_of_more_parts_than_fit(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ReasoningPane, scripts.long_reasoning())
    assert snap_compare(stage, terminal_size=(50, 10), run_before=posed)


def test_picture_of_more_parts_than_fit_in_sight_of_the_first(
    snap_compare: Callable[..., bool],
) -> None:
    async def open_the_first(pilot: Pilot[None]) -> None:
        stage = await posed(pilot)
        stage.query_one(ReasoningPane).view.focus()
        await pilot.press("g", "enter")
        await stage.settle(pilot)

    stage = Stage(ReasoningPane, scripts.long_reasoning())
    assert snap_compare(stage, terminal_size=(50, 10), run_before=open_the_first)


async def test_copying_gives_the_titles_back_that_stand_in_the_headers() -> None:
    stage = Stage(ReasoningPane, scripts.reasoning_done())
    async with stage.run_test(size=(60, 20)) as pilot:
        await posed(pilot)
        copied = stage.query_one(ReasoningPane).sections.copy_source()
    assert copied == "\n\n".join(scripts.THOUGHTS)


@pytest.mark.parametrize(
    ("pieces", "title", "shown"),
    [
        (["*"], "Summary 1", "*"),
        (["**Find"], "Find", ""),
        (["**Finding**"], "Finding", ""),
        (["**Finding", "**\n", "\nThe worker"], "Finding", "The worker"),
        (["**Finding**", " the loop is hard"], "Summary 1", "**Finding** the loop is hard"),
        (["The worker"], "Summary 1", "The worker"),
    ],
)
async def test_a_title_in_bold_stands_in_the_header_and_nowhere_else(
    pieces: list[str], title: str, shown: str
) -> None:
    script = Script().ask("?").created()
    script.item(0, id="rs_1", type="reasoning", summary=[])
    stage = Stage(ReasoningPane, script)
    async with stage.run_test(size=(60, 20)) as pilot:
        await posed(pilot)
        for piece in pieces:
            stage.widget.post_message(script.thinking(piece).message())
            await stage.settle(pilot)
        (section,) = stage.query_one(ReasoningPane).sections.stack
        assert section.title is not None
        assert section.document is not None
        assert section.title == title
        assert section.document.source == shown
