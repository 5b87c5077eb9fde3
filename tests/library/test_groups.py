"""Runs of a group stand together, in their order, whatever a file says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.library.groups import follows, group_key, run_of, together
from tests.library.test_retention import session

if TYPE_CHECKING:
    from codex_tui.library.saved import SavedSession

ODD = st.sampled_from(["", "1/2", "2/2", "10/12", "9/12", "x", "1/2/3", "-1/2", "١/٢", "9" * 50])
SESSIONS = st.lists(
    st.builds(session, run_group=st.sampled_from(["", "", "A", "B"]), run=ODD), max_size=9
).map(lambda found: [each._replace(number=number) for number, each in enumerate(found)])


@given(SESSIONS)
def test_nothing_is_lost_and_what_is_alone_keeps_its_order(found: list[SavedSession]) -> None:
    shown = together(found)
    assert sorted(each.number for each in shown) == list(range(len(found)))
    alone = [each.number for each in shown if not each.run_group]
    assert alone == sorted(alone)
    for group in "AB":
        places = [place for place, each in enumerate(shown) if each.run_group == group]
        assert places == list(range(places[0], places[0] + len(places))) if places else True


def test_runs_are_in_the_order_of_their_numbers() -> None:
    runs = [session(number=n, run_group="A", run=f"{n}/12") for n in (10, 9, 2, 11)]
    assert [each.run for each in together(runs)] == ["2/12", "9/12", "10/12", "11/12"]


@pytest.mark.parametrize(
    ("group", "run", "below", "said"),
    [
        ("", "", False, ""),
        ("", "1/2", False, ""),
        ("A", "1/2", False, "1/2 "),
        ("A", "2/2", True, "└ 2/2 "),
        ("A", "\x1b[2J/2", True, ""),
    ],
)
def test_a_row_says_which_run_it_is(group: str, run: str, *, below: bool, said: str) -> None:
    assert run_of(session(run_group=group, run=run), below=below) == said


def test_one_follows_where_the_one_above_is_of_the_same_group() -> None:
    a, b, alone = session(run_group="A"), session(run_group="B"), session()
    assert follows(a, a)
    assert not any((follows(a, b), follows(a, None), follows(a, alone), follows(alone, alone)))


def test_a_group_is_called_by_the_end_of_its_id() -> None:
    assert group_key("01JD0000000000000GR0VPK3YZ") == "0vpk3yz"
