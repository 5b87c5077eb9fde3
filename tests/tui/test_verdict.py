"""What stands in the place of the answer while nothing comes: is it stuck, or does it think?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.tui.messages import ClockTicked
from codex_tui.tui.panes import verdict
from codex_tui.tui.panes.output import OutputPane
from tests.tui.stage import Script, Stage, posed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

THOUGHT = "**Finding the loop**\n\nThe worker re-queues before it checks the limit."


def thinking() -> Script:
    script = Script().ask("Why does it never end?").created()
    script.item(0, type="reasoning", id="rs_1", summary=[])
    return script.thinking(THOUGHT)


def said(script: Script, now: float | None, position: int | None = None) -> list[str]:
    turn = script.conversation.turns[-1]
    head, life = verdict.headline(turn, now), verdict.life(turn, now, script.timing, position)
    report = verdict.report(turn, now, script.timing, script.log, position)
    return [head, *filter(None, [life]), *report.splitlines()]


def test_a_stream_that_flows_says_what_it_does_and_what_came_last() -> None:
    script = thinking()
    assert said(script, script.t + 1)[:2] == [
        "● reasoning …",
        "last event #3 reasoning_summary_text.delta · longest wait before 0.40 s",
    ]


def test_a_silence_with_signs_of_life_says_how_old_and_how_regular_they_are() -> None:
    script = thinking()
    began = script.t
    for _ in range(4):
        script.keep_alive(3.0)
    head, life, last, *_ = said(script, began + 13)
    assert head == "◔ silent 13 s · reasoning"
    assert life == "alive: keep-alive 1.0 s ago (4, every 3.0 s)"
    assert last.startswith("last event #3 ")


def test_in_a_replay_what_comes_later_is_not_known_yet() -> None:
    script = thinking().keep_alive(3.0).keep_alive(3.0)
    position, now = len(script.log), script.t + 1
    script.keep_alive(3.0).keep_alive(3.0)
    _, life, last, *_ = said(script, now, position)
    assert life == "alive: keep-alive 1.0 s ago (2, every 3.0 s)"
    assert last == "last event #3 reasoning_summary_text.delta"


def test_a_silence_without_any_is_told_from_one_with_them() -> None:
    script = thinking()
    assert said(script, script.t + 13)[1] == "no sign of life meanwhile, not even a keep-alive"


def test_signs_of_life_before_the_last_event_are_none_of_this_silence() -> None:
    script = Script().ask("Why?").created().keep_alive(3.0)
    script.item(0, type="reasoning", id="rs_1", summary=[])
    assert said(script, script.t + 5)[1].startswith("no sign of life")


def test_the_thought_stands_there_only_while_nothing_came_behind_it() -> None:
    script = thinking()
    assert "The worker re-queues before it checks the limit." in said(script, script.t)
    script.item(1, type="message", id="msg_1", role="assistant", content=[])
    assert not any("worker" in line for line in said(script, script.t))


def test_of_a_long_thought_the_end_is_told_from_a_whole_word_on() -> None:
    script = thinking().thinking(*(f" step{number}" for number in range(200)))
    tail = said(script, script.t)[-1]
    assert tail.startswith("… step")
    assert tail.endswith("step199")


def test_where_nobody_says_what_time_it_is_no_silence_is_told() -> None:
    script = thinking()
    assert said(script, None)[0] == "● reasoning …"
    assert said(script, None)[1:] == []


def test_of_what_nobody_has_told_yet_nothing_is_said() -> None:
    script = thinking()
    turn = script.conversation.turns[-1]
    report = verdict.report(turn, script.t + 5, script.timing, script.log, len(script.timing) + 3)
    assert report.strip() == THOUGHT


async def ticked(pilot: Pilot[None], now: float) -> None:
    pilot.app.query_one(OutputPane).post_message(ClockTicked(now))
    await pilot.pause()


@pytest.mark.parametrize("width", [100, 40])
def test_picture_of_a_silence(snap_compare: Callable[..., bool], width: int) -> None:
    async def wait(pilot: Pilot[None]) -> None:
        await posed(pilot)
        await ticked(pilot, 14.5)

    script = thinking()
    for _ in range(4):
        script.keep_alive(3.0)
    assert snap_compare(Stage(OutputPane, script), terminal_size=(width, 16), run_before=wait)


def test_picture_of_an_answer_that_stopped(snap_compare: Callable[..., bool]) -> None:
    async def wait(pilot: Pilot[None]) -> None:
        await posed(pilot)
        await ticked(pilot, 9.0)

    script = Script().ask("Why?").created()
    script.item(0, type="message", id="msg_1", role="assistant", content=[])
    script.text("The worker puts the job back before ")
    assert snap_compare(Stage(OutputPane, script), terminal_size=(80, 14), run_before=wait)


@pytest.mark.parametrize("height", [20, 14, 10, 8, 6])
async def test_the_headline_of_a_silence_is_in_sight_however_low_the_pane_is(height: int) -> None:
    script = thinking().thinking(*(f" step{number}" for number in range(300)))
    stage = Stage(OutputPane, script)
    async with stage.run_test(size=(60, height)) as pilot:
        await stage.play(pilot)
        await ticked(pilot, script.t + 5)
        await stage.settle(pilot)
        sections = stage.query_one(OutputPane).sections
        lines = [sections.render_line(y).text for y in range(sections.size.height)]
        assert any("◔ silent " in line for line in lines)


async def test_what_comes_takes_the_silence_away() -> None:
    script = thinking()
    stage = Stage(OutputPane, script)
    async with stage.run_test(size=(80, 20)) as pilot:
        await stage.play(pilot)
        await ticked(pilot, script.t + 5)
        pane = stage.query_one(OutputPane)
        assert any("silent 5 s" in (each.title or "") for each in pane.sections.stack)
        script.item(1, type="message", id="msg_1", role="assistant", content=[])
        script.text("It ", index=1, gap=6.0)
        pane.post_message(script.message())
        await stage.settle(pilot)
        assert not any("silent" in (each.title or "") for each in pane.sections.stack)


async def test_a_keep_alive_is_told_when_it_comes_and_not_a_second_later() -> None:
    script = thinking().keep_alive(3.0)
    stage = Stage(OutputPane, script)
    async with stage.run_test(size=(80, 20)) as pilot:
        await stage.play(pilot)
        await ticked(pilot, script.t + 1)
        pane = stage.query_one(OutputPane)
        assert "keep-alive 1.0 s ago" in list(pane.sections.stack)[-1].meta
        pane.post_message(script.keep_alive(3.0).message())
        await stage.settle(pilot)
        assert "keep-alive just now (2, every 3.0 s)" in list(pane.sections.stack)[-1].meta
