"""Only what the user's rule names is let go, and never what is starred or not understood."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codex_tui.library.retention import DAY, Retention, to_prune
from codex_tui.library.saved import SavedSession

NOW = 1000 * DAY


def session(age: float = 0, **fields: Any) -> SavedSession:
    """A session of 100 bytes, so many days old."""
    values: dict[str, Any] = dict.fromkeys(SavedSession._fields, "")
    numbers = {"number": 1, "size": 100, "starred": 0, "turns": 1, "events": 1, "is_open": 0}
    known = {"recorded": NOW - age * DAY, "name": f"{age}", "how": "completed"}
    names = ("seconds", "input_tokens", "output_tokens", "first_text", "errors", "warnings")
    unknown = dict.fromkeys(names)
    return SavedSession(**{**values, **unknown, **numbers, **known, **fields})


def names(sessions: list[SavedSession], rule: Retention) -> list[str]:
    return [pruned.session.name for pruned in to_prune(sessions, rule, NOW)]


def test_nothing_goes_without_a_rule() -> None:
    assert names([session(10_000)], Retention()) == []


def test_what_is_older_goes() -> None:
    assert names([session(1), session(9), session(11)], Retention(keep_days=10)) == ["11"]


def test_the_oldest_go_until_the_rest_is_small_enough() -> None:
    three = [session(1), session(3), session(2)]
    assert names(three, Retention(max_size=250)) == ["3"]
    assert names(three, Retention(max_size=100)) == ["3", "2"]


def test_what_went_for_its_age_is_no_more_to_be_made_room_for() -> None:
    three = [session(1), session(3), session(30)]
    assert names(three, Retention(keep_days=10, max_size=200)) == ["30"]


def test_stars_are_exempt_and_what_is_not_understood() -> None:
    kept = [session(99, starred=1), session(99, problem="x"), session(99, how="streaming")]
    assert names([*kept, session(99, how="unread")], Retention(keep_days=1, max_size=1)) == []


@given(
    st.lists(st.builds(session, st.integers(0, 30), starred=st.integers(0, 1))),
    st.builds(Retention, st.none() | st.integers(1, 30), st.none() | st.integers(1, 2000)),
)
def test_what_stays_keeps_the_rule_as_far_as_stars_allow(
    sessions: list[SavedSession], rule: Retention
) -> None:
    gone = [pruned.session for pruned in to_prune(sessions, rule, NOW)]
    assert not any(each.starred for each in gone)
    rest = len(sessions) - len(gone)
    stars = sum(1 for each in sessions if each.starred)
    if rule.max_size is not None:
        assert rest * 100 <= rule.max_size or rest == stars
