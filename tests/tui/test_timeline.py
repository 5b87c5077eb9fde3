"""The timeline pane, fed with messages in a bare app."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from textual.worker import WorkerCancelled

from codex_tui.tui.messages import RangeChanged
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.tui.widgets.timeline_view import TimelineView, name_matches
from tests.tui import scripts
from tests.tui.settling import settled
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


def story() -> Script:
    script = Script().ask("Why does my retry loop never end?").created()
    script.item(0, id="rs_1", type="reasoning", summary=[])
    script.thinking("**Finding", " the loop**\n\n", "The worker re-queues", " before it checks")
    script.thinking(" the limit.", gap=12.0)
    script.item_done(0, id="rs_1", type="reasoning", summary=[])
    script.keep_alive()
    script.event("response.codex.hint", hint="look at the limit")
    script.frame('{"type": broken', "response.output_text.delta")
    script.item(1, id="msg_1", type="message", content=[])
    return script.text("## Why", "\n\nThe worker ", "puts the job ", "back.", index=1)


async def posed(pilot: Pilot[None]) -> TimelineView:
    stage = pilot.app
    assert isinstance(stage, Stage)
    await stage.play(pilot)
    return stage.query_one(TimelineView)


@pytest.mark.parametrize(("width", "theme"), [(140, "codex-dark"), (44, "codex-light")])
def test_picture_of_a_story_with_a_stall_and_faults(
    snap_compare: Callable[..., bool], width: int, theme: str
) -> None:
    stage = Stage(TimelinePane, story(), theme)
    assert snap_compare(stage, terminal_size=(width, 16), run_before=posed)


def test_picture_of_nothing_yet(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Stage(TimelinePane), terminal_size=(80, 8), run_before=posed)


def test_picture_of_an_opened_run(snap_compare: Callable[..., bool]) -> None:
    async def open_run(pilot: Pilot[None]) -> None:
        (await posed(pilot)).focus()
        await pilot.press("enter", "j", "j")

    stage = Stage(TimelinePane, story())
    assert snap_compare(stage, terminal_size=(100, 20), run_before=open_run)


@pytest.mark.parametrize("width", [120, 44])
@pytest.mark.parametrize("script", [scripts.faulty_events, scripts.every_family])
def test_picture_of_runs_of(
    snap_compare: Callable[..., bool], script: Callable[[], Script], width: int
) -> None:
    stage = Stage(TimelinePane, script())
    assert snap_compare(stage, terminal_size=(width, 24), run_before=posed)


@pytest.mark.parametrize("theme", ["codex-light", "codex-ansi"])
def test_picture_of_every_family_in_the_theme(
    snap_compare: Callable[..., bool], theme: str
) -> None:
    stage = Stage(TimelinePane, scripts.every_family(), theme)
    assert snap_compare(stage, terminal_size=(100, 18), run_before=posed)


def test_picture_of_a_filter(snap_compare: Callable[..., bool]) -> None:
    async def filter_it(pilot: Pilot[None]) -> None:
        await posed(pilot)
        pilot.app.query_one(TimelinePane).filter("text !summary")
        await pilot.pause()

    stage = Stage(TimelinePane, story())
    assert snap_compare(stage, terminal_size=(100, 12), run_before=filter_it)


def test_picture_of_a_filter_that_nothing_passes(snap_compare: Callable[..., bool]) -> None:
    async def filter_it(pilot: Pilot[None]) -> None:
        await posed(pilot)
        pilot.app.query_one(TimelinePane).filter("txet")
        await pilot.pause()

    stage = Stage(TimelinePane, story())
    assert snap_compare(stage, terminal_size=(100, 12), run_before=filter_it)


def rotating() -> Script:
    """A server that changes the id of an item with every event, and one that doesn't."""
    script = Script().ask("Why?").created()
    script.item(0, id="k100aaaaaaaaaaaa-0123456789", type="reasoning", summary=[])
    kind = "response.reasoning_summary_text.delta"
    for n in range(3):
        id_ = f"k10{n + 1}aaaaaaaaaaaa-0123456789"
        script.event(kind, output_index=0, summary_index=0, item_id=id_, delta=f"step {n} ")
    call = {"id": "fc_1", "call_id": "call_1", "type": "function_call", "name": "look"}
    script.item(1, **call, arguments="")
    return script.arguments("{}", index=1).keep_alive().completed()


async def with_ids(pilot: Pilot[None]) -> TimelineView:
    view = await posed(pilot)
    assert pilot.app.query_one(TimelinePane).toggle_ids()
    await pilot.pause()
    return view


@pytest.mark.parametrize("width", [120, 44])
def test_picture_of_ids(snap_compare: Callable[..., bool], width: int) -> None:
    stage = Stage(TimelinePane, rotating())
    assert snap_compare(stage, terminal_size=(width, 14), run_before=with_ids)


def lines(view: TimelineView) -> list[str]:
    return ["".join(part.text for part in view.render_line(y)).rstrip() for y in range(view.shown)]


async def test_ids_are_said_of_every_event_of_a_run_that_is_opened() -> None:
    stage = Stage(TimelinePane, rotating())
    async with stage.run_test(size=(120, 20)) as pilot:
        view = await with_ids(pilot)
        assert "k101aaa…456789 +2 ids: " in lines(view)[4]
        view.focus()
        view.select(4)
        await pilot.press("enter")
        said = [line.partition("k10")[2][:1] for line in lines(view)[4:8]]
        assert said == ["1", "1", "2", "3"]
        assert "fc_1 call_1: function_call" in "\n".join(lines(view))


async def test_ids_can_be_taken_away_again() -> None:
    stage = Stage(TimelinePane, rotating())
    async with stage.run_test(size=(120, 20)) as pilot:
        view = await posed(pilot)
        before = lines(view)
        await with_ids(pilot)
        assert lines(view) != before
        assert not pilot.app.query_one(TimelinePane).toggle_ids()
        assert lines(view) == before


async def test_the_cursor_follows_the_newest_event_until_it_is_moved() -> None:
    stage = Stage(TimelinePane, story())
    async with stage.run_test(size=(100, 8)) as pilot:
        view = await posed(pilot)
        view.focus()
        newest = len(stage.script.log) - 1
        assert view.cursor.follows
        assert view.cursor.entry == newest
        await pilot.press("k")
        before = view.cursor.entry
        stage.widget.post_message(stage.script.text("more", index=1).message())
        await pilot.pause()
        assert not view.cursor.follows
        assert view.cursor.entry == before
        await pilot.press("G")
        stage.widget.post_message(stage.script.event("response.completed", response={}).message())
        await pilot.pause()
        assert view.cursor.entry == len(stage.script.log) - 1
        assert view.at_tail


async def test_a_filter_shows_only_the_types_that_match() -> None:
    stage = Stage(TimelinePane, story())
    async with stage.run_test(size=(100, 12)) as pilot:
        view = await posed(pilot)
        view.filter_names("reasoning")
        assert view.shown == 2
        view.filter_names("")
        assert view.shown == 12


async def test_search_goes_to_the_event_that_holds_the_text_and_on() -> None:
    stage = Stage(TimelinePane, story())
    async with stage.run_test(size=(100, 12)) as pilot:
        view = await posed(pilot)
        view.action_first()
        view.search.seek("WORKER")
        await pilot.app.workers.wait_for_complete()
        first = view.cursor.entry
        view.search.go(1)
        await pilot.app.workers.wait_for_complete()
        assert first is not None
        assert view.cursor.entry is not None
        assert view.cursor.entry > first
        assert "worker" in view.copy_source()


async def test_a_search_says_which_of_how_many_and_begins_anew_behind_the_last() -> None:
    stage = Stage(TimelinePane, story())
    async with stage.run_test(size=(100, 12)) as pilot:
        view = await posed(pilot)
        view.action_first()
        view.search.seek("worker")
        await settled(pilot)
        count = int(view.search.matches.split("/")[1])
        assert view.search.matches == f"1/{count}"
        assert count > 1
        for place in (*range(2, count + 1), 1):
            view.search.go(1)
            await settled(pilot)
            assert view.search.matches == f"{place}/{count}"
        view.search.go(-1)
        assert view.search.matches == f"{count}/{count}"
        view.action_first()
        assert view.search.matches == f"{count} found"
        view.search.seek("")
        assert view.search.matches == ""


async def test_matches_that_are_asked_for_before_the_first_is_found_are_gone_on_to() -> None:
    stage = Stage(TimelinePane, story())
    async with stage.run_test(size=(100, 12)) as pilot:
        view = await posed(pilot)
        view.action_first()
        view.search.seek("worker")
        view.search.go(1)
        await settled(pilot)
        assert view.search.matches == "2/2"


@pytest.mark.parametrize("sent", ['"Ärger"', r'"\u00C4rger"', r'"\u00e4rger"'])
@pytest.mark.parametrize("text", ["Ärger", "ärger", "ÄRGER"])
async def test_search_finds_other_letters_than_those_of_ascii(text: str, sent: str) -> None:
    stage = Stage(TimelinePane, story().frame(f'{{"type": "ping", "why": {sent}}}').keep_alive())
    async with stage.run_test(size=(100, 12)) as pilot:
        view = await posed(pilot)
        view.action_first()
        view.search.seek(text)
        await pilot.app.workers.wait_for_complete()
        assert sent in view.copy_source()


@pytest.mark.parametrize("again", [False, True], ids=["left", "another log"])
async def test_a_search_that_is_left_finds_nothing_any_more(again: bool) -> None:
    stage = Stage(TimelinePane, story())
    async with stage.run_test(size=(100, 12)) as pilot:
        view = await posed(pilot)
        view.action_first()
        view.search.seek("worker")
        if again:
            view.show_log(stage.script.log)
        else:
            view.search.seek("")
        view.action_last()
        last = view.cursor.entry
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert view.cursor.entry == last


@pytest.mark.parametrize(
    ("words", "shown"),
    [("", True), ("text", True), ("text delta", True), ("!delta", False), ("!item !", True)],
)
def test_a_filter_takes_words_and_words_to_hide(words: str, shown: bool) -> None:
    assert name_matches("response.output_text.delta", words) is shown


async def test_a_range_shows_its_entries_alone_until_it_is_left() -> None:
    stage = Stage(TimelinePane, story())
    async with stage.run_test(size=(100, 20)) as pilot:
        view = await posed(pilot)
        whole = view.shown
        stage.widget.post_message(RangeChanged(stage.script.log, (3, 7)))
        await pilot.pause()
        assert view.shown == 2
        assert "range" in str(stage.widget.border_subtitle)
        stage.widget.post_message(RangeChanged(stage.script.log, None))
        await pilot.pause()
        assert view.shown == whole


async def test_the_newest_row_is_stayed_with_while_a_replay_is_loaded() -> None:
    script = Script()
    stage = Stage(TimelinePane, script)
    async with stage.run_test(size=(100, 20)) as pilot:
        view = stage.query_one(TimelineView)
        await stage.play(pilot)
        view.focus()
        await pilot.press("G")  # before anything is there
        script.ask("Why?").created()
        view.take_up(0)
        assert view.cursor.entry == 2
        script.item(0, id="rs_1", type="reasoning", summary=[])
        view.take_up(0)
        assert view.cursor.entry == 3
        await pilot.press("k")  # who goes elsewhere stays there
        script.item(1, id="msg_1", type="message", content=[])
        view.take_up(3)
        assert view.cursor.entry == 2
