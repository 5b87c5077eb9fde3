from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.figures.measures import gaps_of, percentile

seconds = st.floats(0, 1e6)


@pytest.mark.parametrize("times", [[], [1.5]], ids=["none", "one"])
def test_fewer_than_two_moments_have_no_gap(times: list[float]) -> None:
    assert gaps_of(times) is None


def test_a_hundred_gaps_and_their_percentiles() -> None:
    found = gaps_of(list(accumulate(range(1, 101), initial=0)))
    assert found is not None
    assert (found.count, found.p50, found.p95, found.p99, found.longest) == (100, 50, 95, 99, 100)
    assert found.longest_at == 99


def test_of_two_longest_gaps_the_first_is_named() -> None:
    found = gaps_of([0.0, 1.0, 3.0, 4.0, 6.0])
    assert found is not None
    assert (found.longest, found.longest_at) == (2.0, 1)


def test_a_clock_that_runs_backwards_makes_no_negative_gap() -> None:
    found = gaps_of([5.0, 1.0])
    assert found is not None
    assert (found.p50, found.longest) == (0.0, 0.0)


@given(st.lists(seconds, min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    values: list[float], percent: int
) -> None:
    ordered = sorted(values)
    found = percentile(ordered, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


@given(st.lists(seconds, min_size=2).map(sorted))
def test_every_figure_is_a_gap_that_occurred(times: list[float]) -> None:
    found = gaps_of(times)
    assert found is not None
    gaps = [b - a for a, b in pairwise(times)]
    assert {found.p50, found.p95, found.p99, found.longest} <= set(gaps)
    assert found.p50 <= found.p95 <= found.p99 <= found.longest == max(gaps)
    assert gaps[found.longest_at] == found.longest
