"""The language above the sessions: words, fields, numbers, dates; anything can be typed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.library.filters import _FIELDS, _NUMBERS, conditions_of, filters_in, passes
from tests.library.test_retention import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.library.saved import SavedSession

TODAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def on(day: str) -> SavedSession:
    return session(
        recorded=datetime.fromisoformat(f"{day}T09:30:00").replace(tzinfo=UTC).timestamp()
    )


def meant(each: SavedSession, typed: str) -> bool:
    return passes(each, each.words, conditions_of(typed.split(), TODAY))


@pytest.mark.parametrize(
    ("typed", "day", "is_meant"),
    [
        ("today", "2026-11-30", True),
        ("today", "2026-11-29", False),
        ("yesterday", "2026-11-29", True),
        ("11-28", "2026-11-28", True),
        ("11-28", "2025-11-28", False),
        ("12-24", "2025-12-24", True),  # this year's is still to come
        ("02-29", "2024-02-29", True),
        ("2025-11-28", "2025-11-28", True),
        ("2026-11", "2026-11-01", True),
        ("2026-11", "2026-12-01", False),
        ("since:11-20", "2026-11-20", True),
        ("since:11-20", "2026-11-19", False),
        ("until:2026-10", "2026-10-31", True),
        ("until:yesterday", "2026-11-30", False),
        ("since:11-20 until:11-25", "2026-11-22", True),
    ],
)
def test_dates(typed: str, day: str, is_meant: bool) -> None:
    assert meant(on(day), typed) == is_meant


@pytest.mark.parametrize(
    ("typed", "is_meant"),
    [
        ("model:gpt-5", True),
        ("model:GPT-5-codex", True),
        ("model:o3", False),
        ("how:failed", True),
        ("tool:get_weather", True),
        ("tool:shell", False),
        ("program:codex", True),
        ("group:0vpk3yz", True),
        ("group:other", False),
        ("tag:slow", True),
        ("turns:>1", True),
        ("turns:2", True),
        ("turns:<2", False),
        ("tokens:>=1514", True),
        ("first:<1", True),
        ("took:>60", False),
        ("model:gpt-5 how:failed tool:get_weather", True),
    ],
)
def test_fields_and_numbers(typed: str, is_meant: bool) -> None:
    one = session(
        model="gpt-5-codex",
        how="failed",
        tools="get_weather read_file",
        program="codex /root",
        run_group="01JD0000000000000GR0VPK3YZ",
        tags="slow flaky",
        turns=2,
        input_tokens=1204,
        output_tokens=310,
        first_text=0.83,
        seconds=12.0,
    )
    assert meant(one, typed) == is_meant


@pytest.mark.parametrize(
    ("how", "typed", "is_meant"),
    [
        ("http_error", "how:http_error", True),
        ("http_error", "how:http", True),
        ("timeout", "how:timed", True),
        ("timeout", "how:failed", True),
        ("completed", "how:failed", False),
        ("cancelled", "how:failed", False),
    ],
)
def test_endings_are_found_by_their_words_and_failures_as_such(
    how: str, typed: str, is_meant: bool
) -> None:
    assert meant(session(how=how), typed) == is_meant


@pytest.mark.parametrize(
    "typed", ["turns:many", "nothing:here", "02-30", "2026-13", "since:soon", ":"]
)
def test_what_is_no_filter_is_a_word(typed: str) -> None:
    assert meant(session(title=f"about {typed} and more"), typed)
    assert not meant(session(title="another"), typed)


def test_a_number_that_nobody_knows_is_in_no_answer() -> None:
    assert not meant(session(first_text=None), "first:<9999")


def test_of_a_search_in_texts_today_is_a_word() -> None:
    assert filters_in("news of today", TODAY) == ([], "news of today")
    tests, rest = filters_in("paris 11-28 how:failed", TODAY)
    assert (len(tests), rest) == (2, "paris")


FORMS = (
    *(f"{name}:" for name in _FIELDS),
    *(f"{name}:>0" for name in _NUMBERS),
    *("today", "yesterday", "11-28", "2026-11", "since:11-20", "until:11-25"),
)


def test_each_form_is_a_filter() -> None:
    for form in FORMS:
        word = form if not form.endswith(":") else f"{form}x"
        recorded = 4e9 if form.startswith("until:") else 1e9
        nothing = session(recorded=recorded, turns=0, events=0, title="about …")
        assert not passes(nothing, f"about {word}", conditions_of([word], TODAY))


@given(st.text(max_size=30), st.floats(allow_nan=True, allow_infinity=True))
def test_anything_can_be_typed(typed: str, recorded: float) -> None:
    meant(session(recorded=recorded), typed)
