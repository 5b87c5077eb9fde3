"""Time moves a replay: at its pace, faster, with silences shortened, and along with a live log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.timeline.player import Player
from tests.model.logs import event, grow, log_of, turn

# Entries: request, response, 1.0, 1.5, 12.5, 13.0, end; then request, response, 0.5, end.
STALL = turn(event(1.0), event(1.5), event(12.5), event(13.0), end=13.0)
SESSION = log_of(*STALL, *turn(event(0.5), end=0.5))
TOTAL = len(SESSION)


def ready(player: Player) -> Player:
    assert not player.take_up()
    return player


def shown(player: Player, *moments: float) -> list[int]:
    """Return the positions at some moments of the clock on the wall."""
    return [player.tick(now) for now in moments]


def test_plays_at_the_pace_of_the_recording() -> None:
    player = ready(Player(SESSION))
    assert shown(player, 100.0, 100.9, 101.0, 101.4, 101.5, 110.0, 112.5) == [2, 2, 3, 3, 4, 4, 5]
    assert (player.moment, player.duration) == (12.5, 13.5)


def test_turns_follow_each_other_without_a_pause() -> None:
    player = ready(Player(SESSION))
    assert shown(player, 0.0, 13.0, 13.4, 13.5) == [2, 9, 9, TOTAL]
    assert player.at_end
    assert not player.playing


def test_plays_faster_and_slower() -> None:
    player = ready(Player(SESSION, speed=2.0))
    assert shown(player, 0.0, 0.5, 0.75) == [2, 3, 4]
    player.faster()
    assert player.speed == 4.0
    assert shown(player, 0.75 + 11.0 / 4) == [5]
    for _ in range(20):
        player.slower()
    assert player.speed == 0.1
    for _ in range(20):
        player.faster()
    assert player.speed == 64.0


def test_pausing_stops_the_clock() -> None:
    player = ready(Player(SESSION))
    shown(player, 0.0, 1.2)
    player.pause()
    assert shown(player, 5.0, 90.0) == [3, 3]
    player.toggle()
    assert shown(player, 90.0, 90.25, 90.35) == [3, 3, 4]


def test_begins_paused_if_asked_to() -> None:
    player = ready(Player(SESSION, playing=False))
    assert shown(player, 0.0, 50.0) == [0, 0]


def test_playing_on_at_the_end_begins_again() -> None:
    player = ready(Player(SESSION))
    shown(player, 0.0, 60.0)
    assert not player.playing
    player.play()
    assert (player.position, player.playing) == (0, True)
    assert shown(player, 70.0, 71.0) == [2, 3]


def test_in_a_loop_the_end_is_shown_once_and_then_it_begins_again() -> None:
    player = ready(Player(SESSION, loop=True))
    assert shown(player, 0.0, 60.0, 60.1, 60.2, 61.2) == [2, TOTAL, 0, 2, 3]
    assert player.playing


def test_a_clock_that_goes_back_moves_nothing() -> None:
    player = ready(Player(SESSION))
    assert shown(player, 5.0, 6.0, 2.0, 2.6) == [2, 3, 3, 4]


# -- silences ----------------------------------------------------------------------------------


def test_a_silence_beyond_the_limit_is_shortened_to_it() -> None:
    player = ready(Player(SESSION, idle_limit=2.0))
    assert shown(player, 0.0, 1.5, 3.4, 3.5, 3.9, 4.0) == [2, 4, 4, 5, 5, 9]
    assert player.moment == 13.0


def test_the_clock_says_which_silence_is_shortened() -> None:
    player = ready(Player(SESSION, idle_limit=2.0))
    assert (player.idle_limit, player.duration) == (2.0, 13.5)
    shown(player, 0.0, 1.0)
    assert player.silence is None
    shown(player, 2.0)
    assert player.silence is not None
    assert (player.silence.start, player.silence.seconds) == (1.5, 11.0)
    shown(player, 3.5)
    assert player.silence is None


def test_a_fast_replay_does_not_leap_over_the_limits() -> None:
    log = log_of(*turn(*[event(10.0 * n) for n in range(1, 101)], end=1000.0))
    player = ready(Player(log, idle_limit=1.0, speed=64.0))
    shown(player, 0.0, 1.0)
    assert player.position == 2 + 64


def test_who_seeks_into_a_silence_waits_no_longer_than_the_limit() -> None:
    player = ready(Player(SESSION, idle_limit=2.0))
    player.seek_time(2.5)
    assert shown(player, 0.0, 0.9, 1.0) == [4, 4, 5]
    player.seek_time(9.0)
    assert player.moment == 9.0
    assert shown(player, 1.1) == [5]


@given(
    st.lists(st.floats(0, 50), max_size=20),
    st.sampled_from([0.0, 0.5, 3.0, 1e9]),
    st.lists(st.floats(0, 5), max_size=30),
)
def test_nothing_is_skipped_and_nothing_comes_twice(
    times: list[float], limit: float, pauses: list[float]
) -> None:
    log = log_of(*turn(*[event(t) for t in sorted(times)]))
    player = ready(Player(log, idle_limit=limit))
    now, before, moment = 0.0, 0, 0.0
    for pause in [0.0, *pauses]:
        position = player.tick(now := now + pause)
        assert position >= before
        assert (player.moment or 0.0) >= moment
        before, moment = position, player.moment or 0.0
        assert position == len(log) or (log.t(position) or 0.0) > moment
    player.tick(now + (player.duration or 0.0) + 1)
    player.tick(now + (player.duration or 0.0) + 2)
    assert player.at_end


# -- logs that grow ----------------------------------------------------------------------------


def test_waits_at_the_end_of_what_has_been_loaded() -> None:
    log = log_of(*STALL[:4])
    player = ready(Player(log))
    player.complete = False
    assert shown(player, 0.0, 9.0, 10.0) == [2, 4, 4]
    assert player.playing
    grow(log, STALL[4:])
    ready(player).complete = True
    assert shown(player, 10.1, 11.0) == [4, 4]
    assert shown(player, 30.0) == [7]


def test_at_the_end_of_a_live_log_it_shows_what_happens_as_it_happens() -> None:
    log = log_of(*STALL[:4])
    player = ready(Player(log))
    player.complete, player.live = False, True
    assert shown(player, 0.0, 9.0, 9.1) == [2, 4, 4]
    assert player.following
    grow(log, STALL[4:])
    assert ready(player).tick(9.2) == 7
    assert player.moment == 13.0


def test_stepping_back_in_a_live_log_stops_following() -> None:
    log = log_of(*STALL[:4])
    player = ready(Player(log))
    player.complete, player.live = False, True
    shown(player, 0.0, 9.0, 9.1)
    player.step(-1)
    grow(log, STALL[4:])
    assert ready(player).tick(9.2) == 3
    assert not player.following
    player.play()
    player.seek_share(1.0)
    player.tick(9.3)
    assert player.following


def test_a_long_log_is_taken_up_in_portions() -> None:
    player = Player(SESSION)
    assert player.take_up(5)
    assert player.total == 5
    player.seek_share(1.0)
    assert player.position == 5
    assert player.take_up(5)
    assert not player.take_up(5)
    assert player.total == TOTAL


# -- no times ----------------------------------------------------------------------------------


def test_without_times_it_plays_at_an_even_pace_and_tells_no_time() -> None:
    log = log_of(*[event(None) for _ in range(200)])
    player = ready(Player(log, idle_limit=1.0))
    assert shown(player, 0.0, 1.0, 2.0, 2.02) == [0, 50, 100, 101]
    assert (player.moment, player.duration, player.silence) == (None, None, None)
    assert not player.has_times
    assert player.share == pytest.approx(101 / 200)
    assert shown(player, 9.0) == [200]


def test_an_empty_log_is_at_its_end() -> None:
    player = ready(Player(log_of()))
    assert shown(player, 0.0, 1.0) == [0, 0]
    assert player.share == 1.0
    player.step(1)
    player.step(-1)
    player.skip(5.0)
    assert (player.position, player.next_mark(), player.previous_mark()) == (0, False, False)
