"""The time strip, fed with messages in a bare app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.findings.culprits import Culprits
from codex_tui.recording.records import FrameRecord
from codex_tui.timeline.density import FLAGS, Spread
from codex_tui.tui.messages import (
    ClockTicked,
    EntrySelected,
    MomentChosen,
    PlaybackMoved,
    RangeChanged,
    RangeCleared,
    RangeSelected,
    SessionSought,
)
from codex_tui.tui.panes.strip import TimeStripPane
from codex_tui.tui.widgets.strip_axis import RangeSelection, live_scale
from codex_tui.tui.widgets.strip_cells import MOST_ROWS, Scene, draw
from codex_tui.wire.sse import ServerSentEvent
from tests.tui.settling import settled
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message
    from textual.pilot import Pilot

    from codex_tui.tui.widgets.time_strip import TimeStrip

DELTA = "response.output_text.delta"


# -- sessions ----------------------------------------------------------------------------------


def smooth() -> Script:
    script = Script().ask("Why does my retry loop never end?").created()
    script.item(0, id="rs_1", type="reasoning", summary=[])
    script.thinking(*["think "] * 30, gap=0.05)
    script.item(1, id="msg_1", type="message", content=[])
    script.text(*["word "] * 120, index=1)
    script.item(2, id="fc_1", type="function_call", name="run_tests", arguments="")
    return script.arguments(*["{"] * 20, index=2)


def stalled() -> Script:
    script = Script().ask("Why does my retry loop never end?").created()
    script.thinking(*["think "] * 30, gap=0.05)
    script.thinking("…", gap=12.0)
    return script.text(*["word "] * 120, index=1)


def troubled() -> Script:
    """Stalls of all three kinds, keep-alives, an unknown and a malformed event, a bad ending."""
    script = stalled().keep_alive(10.0).keep_alive(10.0)
    script.text(*["word "] * 60, gap=0.02, index=1).text("late", gap=34.0, index=1)
    script.frame('{"type": broken', DELTA, gap=0.8)
    script.event("response.codex.hint", gap=0.9).text("word", gap=2.4, index=1)
    return script.end("interrupted")


def portion(script: Script, events: int, gap: float) -> None:
    """Let so many events come in one read."""
    script.t = round(script.t + gap, 6)
    data = json.dumps({"type": DELTA, "output_index": 0, "content_index": 0, "delta": "word "})
    for _ in range(events):
        script.record(FrameRecord(script.t, int(script.t * 10), ServerSentEvent(DELTA, data)))


def buffered() -> Script:
    script = Script().ask("Why does my retry loop never end?")
    for events, gap in ((30, 0.9), (26, 1.3), (28, 1.4)):
        portion(script, events, gap)
    return script.end("completed")


def untimed() -> Script:
    script = Script()
    for _ in range(20):
        data = json.dumps({"type": DELTA, "output_index": 0, "delta": "word "})
        script.record(FrameRecord(None, None, ServerSentEvent(DELTA, data)))
    return script


def two_turns() -> Script:
    script = smooth().completed().ask("And now?").created()
    return script.text(*["word "] * 100).completed()


# -- the stage ---------------------------------------------------------------------------------


class StripStage(Stage):
    """Gives the pane its rows, and keeps what goes up."""

    def __init__(
        self, script: Script, rows: int, *more: Message, theme: str = "codex-dark"
    ) -> None:
        super().__init__(TimeStripPane, script, theme)
        self._rows = rows
        self._more = more
        self.up: list[Message] = []

    async def play(self, pilot: Pilot[None]) -> None:
        self.widget.styles.height = self._rows
        await super().play(pilot)
        for message in self._more:
            self.widget.post_message(message)
        await pilot.pause()

    @property
    def strip(self) -> TimeStrip:
        assert isinstance(self.widget, TimeStripPane)
        return self.widget.strip

    def rows(self) -> list[str]:
        return [self.strip.render_line(y).text for y in range(self._rows)]

    def on_moment_chosen(self, message: MomentChosen) -> None:
        self.up.append(message)

    def on_range_selected(self, message: RangeSelected) -> None:
        self.up.append(message)

    def on_range_cleared(self, message: RangeCleared) -> None:
        self.up.append(message)


async def posed(pilot: Pilot[None]) -> None:
    assert isinstance(pilot.app, StripStage)
    await pilot.app.play(pilot)


async def rows_of(script: Script, *more: Message, width: int = 80, rows: int = 1) -> list[str]:
    stage = StripStage(script, rows, *more)
    async with stage.run_test(size=(width, rows)) as pilot:
        await posed(pilot)
        return stage.rows()


# -- pictures ----------------------------------------------------------------------------------

SIZES = [(160, 3), (44, 1)]
STORIES: dict[str, Callable[[], Script]] = {
    "stalled": lambda: stalled().completed(),
    "troubled": troubled,
    "buffered": buffered,
    "two_turns": two_turns,
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("story", STORIES)
def test_picture_of(snap_compare: Callable[..., bool], story: str, size: tuple[int, int]) -> None:
    stage = StripStage(STORIES[story](), size[1])
    assert snap_compare(stage, terminal_size=size, run_before=posed)


@pytest.mark.parametrize("theme", ["codex-light", "codex-ansi"])
def test_picture_of_trouble_in_another_theme(snap_compare: Callable[..., bool], theme: str) -> None:
    script = troubled()
    chosen = RangeChanged(script.log, (10, 80))
    stage = StripStage(script, 3, chosen, theme=theme)
    assert snap_compare(stage, terminal_size=(140, 3), run_before=posed)


def test_picture_without_colour(
    snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    script = troubled()
    stage = StripStage(script, 1, RangeChanged(script.log, (10, 80)))
    assert snap_compare(stage, terminal_size=(100, 1), run_before=posed)


def test_picture_of_a_stream_that_has_been_silent_for_12_s(
    snap_compare: Callable[..., bool],
) -> None:
    script = smooth()
    stage = StripStage(script, 1, ClockTicked(script.t + 12.3))
    assert snap_compare(stage, terminal_size=(80, 1), run_before=posed)


# -- what it says ------------------------------------------------------------------------------


async def test_before_anything_came_it_teaches() -> None:
    (row,) = await rows_of(Script())
    assert "no events yet" in row


async def test_without_times_events_stand_at_an_even_pace_and_no_time_is_told() -> None:
    (row,) = await rows_of(untimed(), ClockTicked(3.0))
    assert (row.split()[0], row.split()[-1]) == ("#1", "#20")
    assert "▂" in row
    assert " s" not in row


async def test_of_a_replay_the_playhead_stands_in_a_silence_too_and_the_future_is_dim() -> None:
    script = stalled().completed()
    heads = []
    for moment in (2.0, 8.0, 12.0):
        moved = PlaybackMoved(len(script.log), 32, 155, 32, moment)
        (row,) = await rows_of(script, moved)
        heads.append(row.index("┃"))
    assert heads == sorted(heads)
    assert heads[1] - heads[0] > 20


async def test_where_an_item_begins_is_marked() -> None:
    rows = await rows_of(smooth().completed(), width=160, rows=3)
    assert "╷" in rows[-1]


async def test_a_stall_has_its_length_in_words() -> None:
    (row,) = await rows_of(stalled().completed())
    assert "━ 12 s ━" in row
    assert row.split()[:2] == ["0", "s"]
    assert row.rstrip().endswith("17 s")


async def test_a_silence_grows_with_the_clock_and_counts_keepalives() -> None:
    script = smooth().keep_alive(5.0)
    now = script.t
    (first,) = await rows_of(script, ClockTicked(now + 2.0), width=140)
    (later,) = await rows_of(script, ClockTicked(now + 28.0), width=140)
    assert " 7 s, 1 keep-alive " in first
    assert " 33 s, 1 keep-alive " in later
    assert "├" in first
    assert "╞" in later
    assert "│" in first


async def test_waiting_for_the_first_event_is_a_silence_too() -> None:
    (row,) = await rows_of(Script().ask("?", None), ClockTicked(3.2))
    assert "─ 3 s ─" in row
    assert "│ now" in row


async def test_the_scale_stands_still_while_it_streams_and_fits_when_it_has_ended() -> None:
    (live,) = await rows_of(smooth(), ClockTicked(5.9))
    (later,) = await rows_of(smooth(), ClockTicked(7.5))
    (ended,) = await rows_of(smooth().completed())
    assert live.rstrip().endswith("10 s")
    assert later[: live.index("│") - 1] == live[: live.index("│") - 1]
    assert ended.rstrip().endswith("5.7 s")
    assert "now" not in ended


async def test_buffering_is_said_in_as_many_words_as_there_is_room_for() -> None:
    sentence = "84 events in 3 reads: something between you and the model is buffering"
    assert sentence in (await rows_of(buffered(), width=160))[0]
    assert "84 events in 3 reads: buffered" in (await rows_of(buffered(), width=80))[0]
    assert (await rows_of(buffered(), width=44))[0].rstrip().endswith("buffered")
    three = await rows_of(buffered(), width=160, rows=3)
    assert sentence == " ".join(row[-44:].split("] ")[-1].strip() for row in three[:2]).strip()


async def test_what_came_in_one_read_stands_in_brackets() -> None:
    (row,) = await rows_of(buffered())
    assert row.count("[") == row.count("]") == 3


async def test_an_error_is_never_covered() -> None:
    script = smooth().end("interrupted")
    (row,) = await rows_of(script, EntrySelected(script.log, len(script.log) - 1))
    assert "E" in row


async def test_a_second_turn_follows_the_first() -> None:
    (row,) = await rows_of(two_turns(), width=120)
    assert row.count("┊") == 2
    assert row.rstrip().endswith("8.5 s")


async def test_the_cursor_stands_at_the_selected_entry_but_not_at_the_present() -> None:
    script = smooth()
    (row,) = await rows_of(script, EntrySelected(script.log, len(script.log) - 1))
    assert "┃" not in row
    (row,) = await rows_of(script, EntrySelected(script.log, 60))
    assert "┃" in row


async def test_another_moment_moves_the_cursor_and_nothing_else() -> None:
    script = smooth().completed()
    (whole,) = await rows_of(script)
    script = smooth().completed()
    (sought,) = await rows_of(script, SessionSought(script.conversation, script.log, 61))
    changed = [a for a, b in zip(sought, whole, strict=True) if a != b]
    assert changed == ["┃"]


# -- choosing ----------------------------------------------------------------------------------


async def test_a_click_chooses_a_moment() -> None:
    stage = StripStage(smooth().completed(), 1)
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        await pilot.click(stage.strip, offset=(40, 0))
        (chosen,) = stage.up
        assert isinstance(chosen, MomentChosen)
        clock = stage.strip.density.clock if stage.strip.density else None
        assert clock is not None
        assert clock.seconds(chosen.entry) == chosen.seconds
        assert 2.0 < chosen.seconds < 3.5


async def test_a_drag_chooses_the_entries_between() -> None:
    stage = StripStage(smooth().completed(), 1)
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        await pilot.mouse_down(stage.strip, offset=(50, 0))
        await pilot.hover(stage.strip, offset=(45, 0))
        await pilot.hover(stage.strip, offset=(40, 0))
        assert stage.strip.selection is not None
        assert not stage.strip.selection.taken
        await pilot.mouse_up(stage.strip, offset=(40, 0))
        (chosen,) = stage.up
        assert isinstance(chosen, RangeSelected)
        assert stage.strip.selection == RangeSelection(chosen.first, chosen.last, taken=True)
        assert 0 < chosen.first < chosen.last


async def test_v_and_the_arrows_choose_a_range_and_esc_leaves_it() -> None:
    script = smooth().completed()
    stage = StripStage(script, 1, EntrySelected(script.log, 100))
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        stage.strip.focus()
        await pilot.press("v", "left", "left", "shift+left", "right")
        assert "events" in stage.rows()[0]
        await pilot.press("enter")
        (chosen,) = stage.up
        assert isinstance(chosen, RangeSelected)
        assert chosen.first < 100
        assert chosen.last == 100
        await pilot.press("left")  # a range that was taken stays
        assert stage.strip.selection is not None
        assert stage.strip.selection.first == chosen.first
        await pilot.press("escape")
        assert isinstance(stage.up[-1], RangeCleared)
        assert stage.strip.selection is None


async def test_an_arrow_goes_over_a_silence_at_once() -> None:
    script = stalled().completed()
    before = 2 + 30  # the last of the entries before the stall
    stage = StripStage(script, 1, EntrySelected(script.log, before))
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        stage.strip.focus()
        await pilot.press("v", "right", "right")
        assert stage.strip.selection is not None
        clock = stage.strip.density.clock if stage.strip.density else None
        assert clock is not None
        assert clock.seconds(stage.strip.selection.last) > clock.seconds(before) + 12


async def test_without_times_there_is_no_range_to_choose_but_a_place() -> None:
    stage = StripStage(untimed(), 1)
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        stage.strip.focus()
        await pilot.press("v", "left", "enter")
        assert stage.up == []
        await pilot.mouse_down(stage.strip, offset=(40, 0))
        await pilot.hover(stage.strip, offset=(60, 0))
        await pilot.mouse_up(stage.strip, offset=(60, 0))
        assert stage.strip.selection is None
        (chosen,) = stage.up
        assert isinstance(chosen, MomentChosen)
        assert 10 < chosen.entry < 19


async def test_the_playhead_can_be_dragged_and_what_is_beside_it_chooses_a_range() -> None:
    script = smooth().completed()
    stage = StripStage(script, 1, PlaybackMoved(len(script.log), 60, 170, 60, 2.0))
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        head = stage.rows()[0].index("┃")
        await pilot.mouse_down(stage.strip, offset=(head + 1, 0))
        for x in (50, 30, 30, 40):
            await pilot.hover(stage.strip, offset=(x, 0))
        await pilot.mouse_up(stage.strip, offset=(40, 0))
        asked = [each.seconds for each in stage.up if isinstance(each, MomentChosen)]
        assert len(asked) == len(stage.up) == 3
        assert asked[1] < asked[2] < asked[0]
        await pilot.mouse_down(stage.strip, offset=(head + 8, 0))
        await pilot.hover(stage.strip, offset=(60, 0))
        await pilot.mouse_up(stage.strip, offset=(60, 0))
        assert isinstance(stage.up[-1], RangeSelected)


async def test_a_click_in_a_silence_goes_into_it() -> None:
    script = stalled().completed()
    stage = StripStage(script, 1)
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        await pilot.click(stage.strip, offset=(40, 0))
        (chosen,) = stage.up
        assert isinstance(chosen, MomentChosen)
        assert 5 < chosen.seconds < 12


async def test_a_long_log_is_taken_up_in_slices() -> None:
    script = Script().ask("?")
    script.text(*["w"] * 3000, gap=0.001)
    stage = StripStage(script, 1)
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        while stage.strip.density is None or len(stage.strip.density.clock) < len(script.log):
            await pilot.pause()
        assert "T█" in stage.rows()[0] or "T▇" in stage.rows()[0]


# -- pure --------------------------------------------------------------------------------------


@given(st.floats(0, 1e7, allow_nan=False))
def test_a_live_scale_holds_the_present_and_is_not_much_longer(now: float) -> None:
    scale = live_scale(now)
    assert now <= scale
    assert scale <= max(5.0, 2 * now)


@given(st.integers(1, 60), st.integers(1, MOST_ROWS), st.booleans(), st.data())
def test_every_row_has_as_many_cells_as_there_are_columns(
    columns: int, rows: int, letters: bool, data: st.DataObject
) -> None:
    few = st.lists(st.integers(0, 40), min_size=columns, max_size=columns)
    levels = st.lists(st.integers(0, 3), min_size=columns, max_size=columns)
    spread = Spread([data.draw(few) for _ in range(FLAGS.stop)], data.draw(few), data.draw(levels))
    place = st.integers(0, columns - 1)
    first, last = sorted((data.draw(place), data.draw(place)))
    chosen = data.draw(st.none() | st.just((first, last)))
    scene = Scene(
        spread, (), data.draw(st.none() | place), data.draw(place), chosen, " 2 s ", letters=letters
    )
    drawn = draw(scene, rows)
    assert [len(row) for row in drawn] == [columns] * rows
    assert all(len(glyph) == 1 for row in drawn for glyph, _ in row)


async def test_what_comes_right_behind_a_batch_is_drawn_though_nothing_follows() -> None:
    script = smooth()
    async with StripStage(script, 1).run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        stage = pilot.app
        assert isinstance(stage, StripStage)
        (before,) = stage.rows()
        script.text("more", gap=1.0)
        stage.widget.post_message(script.message())
        await settled(pilot)
        (after,) = stage.rows()
        assert after.rindex("│") > before.rindex("│")


async def test_what_is_wrong_is_flagged_though_another_log_was_opened_while_much_was() -> None:
    script = Script().ask("?").text(*["w"] * 200)
    stage = StripStage(script, 1)
    async with stage.run_test(size=(80, 1)) as pilot:
        await posed(pilot)
        much, little = Culprits(), Culprits()
        for number in range(1, 201):
            much.note("error", [number], 0)
        little.note("error", [1], 0)
        stage.strip.flag(much)
        stage.strip.show_log(script.log)
        await settled(pilot)
        stage.strip.flag(little)
        await settled(pilot)
        assert stage.strip.density is not None
        assert stage.strip.density.buckets.sum(FLAGS[0]) == 1
