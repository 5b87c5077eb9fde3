"""Figures in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui import units


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 ms"),
        (0.0124, "12 ms"),
        (0.0994, "99 ms"),
        (0.0996, "0.10 s"),
        (0.8312, "0.83 s"),
        (4.2, "4.2 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (38.4, "38 s"),
        (59.6, "1 m 00 s"),
        (125, "2 m 05 s"),
        (3720, "1 h 02 m"),
    ],
)
def test_durations_have_three_digits_at_the_most(value: float, words: str) -> None:
    assert units.seconds(value) == words


@pytest.mark.parametrize(("value", "words"), [(0.4, "now"), (1.9, "1 s ago"), (75, "1 m 15 s ago")])
def test_an_age_ticks_once_a_second(value: float, words: str) -> None:
    assert units.age(value) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (37_200, "37 kB"), (999_600, "1.0 MB")],
)
def test_sizes_are_decimal(count: int, words: str) -> None:
    assert units.size(count) == words


@given(st.integers(min_value=0, max_value=10**12))
def test_a_size_is_never_wider_than_its_column(count: int) -> None:
    assert len(units.size(count)) <= 9


def test_a_count_agrees_with_its_noun() -> None:
    assert units.count(1, "event") == "1 event"
    assert units.count(1204, "event") == "1,204 events"
