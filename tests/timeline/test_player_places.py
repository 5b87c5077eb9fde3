"""The user moves a replay at will: by entry, event, time and share, and from mark to mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.records import CutRecord
from codex_tui.timeline.goto import Goto, GotoError, ToEvent, ToRow, ToShare, ToTime, parse_goto
from codex_tui.timeline.player import Player
from tests.model.logs import ADDED, CALL, TEXT, event, keepalive, log_of, malformed, turn

if TYPE_CHECKING:
    from codex_tui.recording.log import EventLog

# 0 request, 1 response, 2 at 1.0, 3 at 1.5, 4 keep-alive, 5 at 12.5, 6 end; 7, 8, 9 at 13.5, 10.
SESSION = log_of(
    *turn(event(1.0), event(1.5), keepalive(3.0), event(12.5), end=13.0),
    *turn(event(0.5), end=1.0),
)
PLAIN = log_of(*[event(None) for _ in range(200)])


def paused(log: EventLog = SESSION) -> Player:
    player = Player(log, playing=False)
    assert not player.take_up()
    return player


@pytest.mark.parametrize(
    ("seconds", "position", "moment"),
    [
        (0.0, 2, 0.0),
        (-5.0, 2, 0.0),
        (1.2, 3, 1.2),
        (1.5, 4, 1.5),
        (7.0, 5, 7.0),
        (13.0, 9, 13.0),
        (13.6, 10, 13.6),
        (99.0, 11, 14.0),
    ],
)
def test_a_moment_shows_what_had_come_by_then(seconds: float, position: int, moment: float) -> None:
    player = paused()
    player.seek_time(seconds)
    assert (player.position, player.moment) == (position, moment)


def test_an_entry_is_shown_at_its_own_time() -> None:
    player = paused()
    moments = []
    for position in range(12):
        player.seek_entry(position)
        assert player.position == position
        moments.append(player.moment)
    assert moments == [0.0, 0.0, 0.0, 1.0, 1.5, 3.0, 12.5, 13.0, 13.0, 13.0, 13.5, 14.0]
    player.seek_entry(99)
    assert player.position == 11
    player.seek_entry(-1)
    assert player.position == 0


def test_shares_are_of_the_time_where_there_are_times() -> None:
    player = paused()
    player.seek_share(0.5)
    assert (player.position, player.moment, player.share) == (5, 7.0, 0.5)
    player.skip_share(0.1)
    assert player.moment == pytest.approx(8.4)
    player.skip_share(-2.0)
    assert (player.position, player.share) == (0, 0.0)
    player.seek_share(1.0)
    assert (player.position, player.share) == (11, 1.0)


def test_shares_are_of_the_entries_where_there_are_no_times() -> None:
    player = paused(PLAIN)
    player.seek_share(0.5)
    assert (player.position, player.share, player.moment) == (100, 0.5, None)
    player.skip(1.0)
    assert player.position == 150
    player.skip(-9.0)
    assert player.position == 0
    player.skip_share(0.1)
    assert player.position == 20


def test_skipping_goes_by_seconds() -> None:
    player = paused()
    player.skip(5.0)
    assert player.moment == 5.0
    player.skip(5.0)
    player.skip(-2.5)
    assert (player.moment, player.position) == (7.5, 5)


def test_a_step_is_one_event_and_pauses() -> None:
    player = paused()
    player.play()
    positions = []
    for _ in range(6):
        player.step(1)
        positions.append(player.position)
    assert positions == [3, 4, 6, 10, 11, 11]
    assert not player.playing


def test_a_step_back_first_leaves_what_stands_behind_an_event() -> None:
    player = paused()
    player.seek_entry(11)
    positions = []
    for _ in range(6):
        player.step(-1)
        positions.append(player.position)
    assert positions == [10, 6, 4, 3, 0, 0]


@given(st.lists(st.integers(-9, 9)), st.integers(0, 11))
def test_steps_lead_to_events(counts: list[int], start: int) -> None:
    player = paused()
    player.seek_entry(start)
    for count in counts:
        player.step(count)
        last = max(player.position - 1, 0)
        assert player.position in (start, 0, player.total) or SESSION.number(last) is not None


# -- places by name ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("#1200", ToEvent(1200)),
        (" 1200 ", ToEvent(1200)),
        ("#1200+2", ToRow(1200, 2)),
        ("0+1", ToRow(0, 1)),
        ("12.5s", ToTime(12.5)),
        ("12 s", ToTime(12.0)),
        (".5s", ToTime(0.5)),
        ("1:30", ToTime(90.0)),
        ("1:02:03.5", ToTime(3723.5)),
        ("50%", ToShare(0.5)),
        ("100 %", ToShare(1.0)),
    ],
)
def test_places_have_names(text: str, place: Goto) -> None:
    assert parse_goto(text) == place


@pytest.mark.parametrize("text", ["", "#", "12.5", "-3s", "101%", "1:75", "twelve", "#1s", "²"])
def test_what_names_no_place_says_what_would(text: str) -> None:
    with pytest.raises(GotoError, match="#1200"):
        parse_goto(text)


ANYWHERE = paused()


@given(st.text(max_size=12))
def test_no_text_raises_anything_else(text: str) -> None:
    player = ANYWHERE
    player.go("0%")
    try:
        player.go(text)
    except GotoError:
        assert player.position == 0


@pytest.mark.parametrize(
    ("text", "position"), [("#1", 3), ("3", 6), ("#4", 10), ("7s", 5), ("50%", 5), ("0%", 0)]
)
def test_goes_to_places(text: str, position: int) -> None:
    player = paused()
    player.go(text)
    assert player.position == position


def test_says_that_an_event_is_not_there() -> None:
    with pytest.raises(GotoError, match="no event 5; there are 4"):
        paused().go("#5")


def test_says_that_there_are_no_times() -> None:
    with pytest.raises(GotoError, match="no timing in this file"):
        paused(PLAIN).go("2s")


# -- marks -------------------------------------------------------------------------------------


def jumps(player: Player, jump: str) -> list[int]:
    """Return the entries that a jump leads to, until there are no more."""
    found = []
    while {"]": player.next_mark, "e": player.next_error, "s": player.next_slow}[jump]():
        found.append(player.position - 1)
    return found


def jumps_back(player: Player, jump: str) -> list[int]:
    player.seek_share(1.0)
    found = []
    while {"[": player.previous_mark, "E": player.previous_error, "S": player.previous_slow}[
        jump
    ]():
        found.append(player.position - 1)
    return found


def test_items_begin_where_they_are_added() -> None:
    events = [event(1.0, ADDED), event(1.0), event(1.0, CALL), event(1.1, ADDED), event(1.1, CALL)]
    player = paused(log_of(*turn(*events, end=2.0)))
    assert list(player.marks.items) == [2, 5]
    assert jumps(player, "]") == [2, 5]
    assert jumps_back(player, "[") == [5, 2]


def test_items_that_nobody_announces_begin_with_their_first_delta() -> None:
    events = [event(1.0), event(1.0), event(1.1, CALL), event(1.1, "response.in_progress")]
    log = log_of(*turn(*events, event(1.2, TEXT)), *turn(event(0.1)))
    assert list(paused(log).marks.items) == [2, 4, 6, 10]


def test_a_stall_is_marked_by_what_ended_it_and_keep_alives_do_not() -> None:
    player = paused()
    assert list(player.marks.slow) == [5]
    assert jumps(player, "s") == [5]
    assert jumps_back(player, "S") == [5]


def test_waiting_for_the_first_event_can_be_a_stall_and_so_can_the_end() -> None:
    player = paused(log_of(*turn(event(2.0), event(3.9), end=6.0)))
    assert list(player.marks.slow) == [2, 4]


def test_a_pause_between_turns_is_no_stall() -> None:
    log = log_of(*turn(event(1.0), end=1.0), *turn(event(1.5), end=1.6))
    assert list(paused(log).marks.slow) == []


def test_errors_are_failures_malformed_and_cut_events_and_bad_ends() -> None:
    log = log_of(
        *turn(event(1.0), malformed(1.1), event(1.2, "error"), how="api_error"),
        *turn(event(1.0, "response.failed"), how="failed"),
        *turn(event(1.0), CutRecord(1.1, None, b"data: {"), how="interrupted"),
        *turn(event(1.0), how="timeout"),
        *turn(event(1.0), how="completed"),
        *turn(how="http_error"),
    )
    player = paused(log)
    assert jumps(player, "e") == [3, 4, 8, 13, 18, 25]
    assert jumps_back(player, "E") == [18, 13, 8, 4, 3]
    assert set(player.marks.errors) <= set(player.marks.all)


def test_all_marks_stand_in_order_and_once() -> None:
    log = log_of(*turn(event(1.0, ADDED), event(9.0, ADDED), event(20.0, "error"), end=30.0))
    marks = paused(log).marks
    assert list(marks.all) == [2, 3, 4, 5]


def test_events_that_take_a_records_name_are_events() -> None:
    names = ["request", "comment", "end", "cut", "malformed"]
    log = log_of(*turn(*[event(1.0, name) for name in names]))
    assert list(paused(log).marks.errors) == [6]


def test_while_it_plays_going_back_passes_a_mark_that_was_just_left() -> None:
    log = log_of(*turn(*[event(5.0 * n, ADDED) for n in range(1, 5)], end=21.0))
    player = paused(log)
    player.seek_entry(5)
    player.play()
    player.tick(0.0)
    player.tick(0.5)
    assert player.previous_mark()
    assert player.position == 4
    player.tick(2.5)
    assert player.previous_mark()
    assert player.position == 4


def test_marks_are_found_as_a_log_grows() -> None:
    log = log_of(*turn(event(1.0, ADDED)))
    player = Player(log)
    player.take_up(2)
    assert list(player.marks.all) == []
    player.take_up(2)
    assert list(player.marks.all) == [2]
