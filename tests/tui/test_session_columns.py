"""The columns of the sessions: heads over their cells at every width, sorted by each."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from codex_tui.library.saved import DEMO_HOST, SavedSession
from codex_tui.tui.sessions.columns import (
    COLUMNS,
    Sorting,
    cells_of,
    column_at,
    heads,
    shown_columns,
)
from tests.library.test_retention import session


def row(each: SavedSession, width: int) -> str:
    return "".join(text for text, _ in cells_of(each, width))


FULL = session(
    title="Why does it never end? " * 9,
    model="gpt-5-codex",
    turns=3,
    events=12_345,
    first_text=0.83,
    seconds=4.2,
    input_tokens=1204,
    output_tokens=310,
    how="completed",
    errors=1,
    warnings=2,
    tags="slow",
    starred=1,
)


@pytest.mark.parametrize("width", [20, 40, 56, 62, 80, 100, 120, 160])
def test_rows_and_heads_have_the_width_of_the_list(width: int) -> None:
    assert cell_len(row(FULL, width)) == width
    assert cell_len(heads(width, Sorting())) == width
    assert cell_len(row(session(problem="no recording: a text"), width)) == width


def test_a_wide_list_says_all() -> None:
    said = row(FULL, 150)
    for word in (
        "★",
        "✓ completed",
        "Why does it",
        "gpt-5-codex",
        "12,345",
        "0.83 s",
        "4.2 s",
        "1,514",
        "⚑3",
        "#slow",
    ):
        assert word in said
    assert heads(150, Sorting()).split() == [
        *("when▾", "how", "title", "model", "turns", "events", "first", "took", "tokens", "⚑")
    ]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cancelled", "■ cancelled"),
        ("incomplete", "◐ incomplete"),
        ("failed", "✗ failed"),
        ("http_error", "✗ HTTP error"),
        ("connect_error", "✗ no connection"),
    ],
)
def test_an_ending_is_told_whole_in_words_for_people(how: str, said: str) -> None:
    assert f"{said} " in row(session(title="Why?", how=how), 100)


def test_heads_stand_over_their_cells() -> None:
    above, below = heads(150, Sorting()), row(FULL, 150)
    for name, word in (("events", "12,345"), ("first", "0.83 s"), ("tokens", "1,514"), ("⚑", "⚑3")):
        assert above.index(name) + len(name) == below.index(word) + len(word)


def test_the_column_that_is_clicked_is_the_one_whose_head_stands_there() -> None:
    above = heads(150, Sorting())
    for each in shown_columns(150):
        found = column_at(above.index(each.name), 150)
        assert found is not None
        assert found.name == each.name


@pytest.mark.parametrize("width", [40, 60, 90, 150])
def test_it_sorts_by_every_column_that_is_shown_and_back(width: int) -> None:
    sorting, shown = Sorting(), shown_columns(width)
    names = []
    for _ in shown:
        names.append(sorting.column.name)
        assert heads(width, sorting).count("▾") + heads(width, sorting).count("▴") == 1
        sorting = sorting.next(shown)
    assert names == [each.name for each in shown]
    assert sorting == Sorting()


def test_numbers_begin_with_the_largest_and_what_is_unknown_stands_last() -> None:
    sessions = [session(seconds=value) for value in (3.0, None, 40.0, 12.0)]
    took = Sorting(next(each for each in COLUMNS if each.name == "took"))
    assert [each.seconds for each in took.sorted(sessions)] == [40.0, 12.0, 3.0, None]
    assert [each.seconds for each in took.turned().sorted(sessions)] == [3.0, 12.0, 40.0, None]


def test_demos_stand_behind_the_users_own() -> None:
    sessions = [
        session(provider=DEMO_HOST, recorded=9.0),
        session(recorded=1.0),
        session(recorded=2.0),
    ]
    assert [each.recorded for each in Sorting().sorted(sessions)] == [2.0, 1.0, 9.0]
