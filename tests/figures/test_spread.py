"""The median and the range of several runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.figures.spread import FigureSpread
from codex_tui.figures.table import FIGURES

BY_KEY = {figure.key: figure for figure in FIGURES}


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        ((), None),
        ((None, None), None),
        ((2.0,), FigureSpread(2.0, 2.0, 2.0, 1)),
        ((3, None, 1), FigureSpread(2.0, 1, 3, 2)),
        ((5.0, 1.0, 2.0), FigureSpread(2.0, 1.0, 5.0, 3)),
        ((0, 0), FigureSpread(0.0, 0, 0, 2)),
    ],
)
def test_what_a_run_lacks_counts_for_nothing(
    values: tuple[float | None, ...], spread: FigureSpread | None
) -> None:
    assert FigureSpread.of(values) == spread


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_the_median_lies_within_the_range_and_order_does_not_matter(values: list[float]) -> None:
    spread = FigureSpread.of(values)
    assert spread is not None
    assert spread.least <= spread.median <= spread.most
    assert spread == FigureSpread.of(reversed(values))


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("first_text", (0.42, 0.61, 0.38), "0.42 s (0.38 s – 0.61 s)"),
        ("first_text", (0.42,), "0.42 s"),
        ("first_text", (0.4201, 0.4202), "0.42 s"),
        ("tokens_per_second", (60.0, 64.0), "62/s (60/s – 64/s)"),
        ("usage.output_tokens", (1812, 1812), "1,812"),
    ],
)
def test_a_range_is_said_where_runs_differ(key: str, values: tuple[float, ...], words: str) -> None:
    spread = FigureSpread.of(values)
    assert spread is not None
    assert spread.words(BY_KEY[key]) == words


def test_programs_get_it_to_a_microsecond() -> None:
    spread = FigureSpread.of((0.1234567, 3))
    assert spread is not None
    assert spread.object() == {"median": 1.561728, "least": 0.123457, "most": 3, "runs": 2}
