"""The clock of a session of several turns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.timeline.session_clock import SessionClock

REQUEST, EVENT = 1, 16
NAMES = {REQUEST: "request", EVENT: "response.created"}


@dataclass
class Log:
    entries: list[tuple[int, float | None]]

    def __len__(self) -> int:
        return len(self.entries)

    def kind(self, entry: int) -> int:
        return self.entries[entry][0]

    def kind_name(self, kind: int) -> str:
        return NAMES[kind]

    def t(self, entry: int) -> float | None:
        return self.entries[entry][1]


def taken(*entries: tuple[int, float | None]) -> SessionClock:
    clock = SessionClock(Log([*entries]))
    for _ in entries:
        clock.advance()
    return clock


def test_a_turn_begins_where_the_one_before_it_ended() -> None:
    clock = taken((REQUEST, None), (EVENT, 1.0), (EVENT, 3.0), (REQUEST, None), (EVENT, 0.5))
    assert [clock.seconds(entry) for entry in range(5)] == [0.0, 1.0, 3.0, 3.0, 3.5]
    assert (clock.latest, clock.now(2.0)) == (3.5, 5.0)


def test_time_never_goes_back_and_an_entry_without_time_stands_where_the_last_one_does() -> None:
    clock = taken((EVENT, 2.0), (EVENT, 1.0), (EVENT, None), (EVENT, -4.0))
    assert [clock.seconds(entry) for entry in range(4)] == [2.0] * 4


def test_without_times_it_says_so() -> None:
    clock = taken((EVENT, None), (EVENT, None))
    assert not clock.timed
    assert clock.latest == 0.0


def test_there_is_no_time_of_what_was_not_taken_in() -> None:
    with pytest.raises(IndexError):
        SessionClock(Log([])).seconds(0)


entries = st.lists(
    st.one_of(
        st.just((REQUEST, None)),
        st.tuples(st.just(EVENT), st.none() | st.floats(0, 100, allow_nan=False)),
    ),
    min_size=1,
    max_size=300,
)


def places(log: list[tuple[int, float | None]]) -> list[float]:
    """Where everything stands, the long way."""

    def step(state: tuple[float, float], entry: tuple[int, float | None]) -> tuple[float, float]:
        (base, latest), (kind, t) = state, entry
        base = latest if kind == REQUEST else base
        return base, latest if t is None else max(latest, base + t)

    return [latest for _, latest in accumulate(log, step, initial=(0.0, 0.0))][1:]


@given(entries, st.floats(0, 1000, allow_nan=False))
def test_any_entry_and_any_moment_is_found_as_by_counting(
    log: list[tuple[int, float | None]], moment: float
) -> None:
    clock, expected = taken(*log), places(log)
    assert [clock.seconds(entry) for entry in range(len(log))] == expected
    for at in (moment, expected[len(log) // 2]):
        assert clock.before(at) == sum(place < at for place in expected)
        assert clock.through(at) == sum(place <= at for place in expected)
