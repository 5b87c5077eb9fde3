"""The pace of ticks, with times that are made up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from codex_tui.engine.pace import AHEAD, LONGEST, TICK, ScreenPace


def ticks(pace: ScreenPace, until: float, cost: float) -> list[float]:
    """When ticks come from 100 s on that each cost so many seconds, if there is always one due."""
    now, spent, made = 100.0, 0.0, []
    while now < until:
        made.append(now)
        pace.tick(now, spent)
        spent += cost
        now = max(now, pace.due(spent))
    return made


def test_the_first_tick_is_due_at_once() -> None:
    assert ScreenPace().due(12.3) < 0


def test_after_a_quiet_time_three_ticks_come_at_once() -> None:
    made = ticks(ScreenPace(), 101, 0.0)
    assert made[:4] == [100.0, 100.0, 100.0, pytest.approx(100 + TICK)]


def test_a_steady_stream_has_twenty_ticks_a_second() -> None:
    assert len([at for at in ticks(ScreenPace(), 102, 0.0) if at >= 101]) == round(1 / TICK) == 20


def test_dear_ticks_leave_the_thread_idle_half_the_time() -> None:
    made = [at for at in ticks(ScreenPace(), 102, 0.04) if at >= 101]
    assert [b - a for a, b in pairwise(made)] == pytest.approx([0.08] * (len(made) - 1), abs=0.011)


def test_no_tick_waits_longer_than_the_longest() -> None:
    late = [at for at in ticks(ScreenPace(), 102, 5.0) if at >= 101]
    assert max(b - a for a, b in pairwise(late)) == pytest.approx(LONGEST)


def test_what_a_quiet_time_saves_is_bounded() -> None:
    pace = ScreenPace()
    pace.tick(0.0, 0.0)
    pace.tick(1000.0, 0.0)
    assert pace.due(0.0) == 1000.0 + TICK - AHEAD
