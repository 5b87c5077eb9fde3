"""Which thing is which: pairs that are equal and rise, and never many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.comparison.alignment import Gap, between, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence


def aligned(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The pairs of equal things."""
    return [(each.a + n, each.b + n) for each in shared(a, b) for n in range(each.size)]


THINGS = st.lists(st.sampled_from("abcdefgh"), max_size=40)


@given(THINGS, THINGS)
def test_pairs_are_equal_and_rise_on_both_sides(a: list[str], b: list[str]) -> None:
    pairs = aligned(a, b)
    assert all(a[one] == b[other] for one, other in pairs)
    assert [one for one, _ in pairs] == sorted({one for one, _ in pairs})
    assert [other for _, other in pairs] == sorted({other for _, other in pairs})


@given(THINGS)
def test_what_is_equal_is_one_stretch(a: list[str]) -> None:
    assert shared(a, list(a)) == ([(0, 0, len(a))] if a else [])


@given(THINGS, THINGS)
def test_stretches_and_gaps_make_up_both_sides(a: list[str], b: list[str]) -> None:
    one: list[str] = []
    other: list[str] = []
    for gap, same in between(shared(a, b), Gap(range(len(a)), range(len(b)))):
        one += a[gap.a.start : gap.a.stop] + a[same.a : same.a + same.size]
        other += b[gap.b.start : gap.b.stop] + b[same.b : same.b + same.size]
    assert (one, other) == (a, b)


@given(THINGS, st.data())
def test_all_but_what_was_taken_out_is_paired(a: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(a)))
    count = data.draw(st.integers(0, len(a) - at))
    assert len(aligned(a, a[:at] + a[at + count :])) == len(a) - count


@pytest.mark.parametrize(
    ("a", "b", "paired"),
    [
        ("abc", "axc", "ac"),
        ("the cat sat on the mat", "cat sat on the mat", "cat sat on the mat"),
        ("p d e p d e", "p e p d e", "p e p d e"),
        ("aaaa", "aa", "aa"),
        ("", "abc", ""),
    ],
)
def test_what_stays_is_found(a: str, b: str, paired: str) -> None:
    one, other = (text.split() if " " in text else [*text] for text in (a, b))
    assert [one[place] for place, _ in aligned(one, other)] == (
        paired.split() if " " in paired else [*paired]
    )


class Counted:
    """A thing that counts how often it is compared or looked up."""

    steps = 0

    def __init__(self, name: int) -> None:
        self.name = name

    def __hash__(self) -> int:
        Counted.steps += 1
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        Counted.steps += 1
        return isinstance(other, Counted) and self.name == other.name


CASES: dict[str, Callable[[int], int]] = {
    "all alike": lambda _: 0,
    "all different": lambda n: n,
    "two kinds": lambda n: n * n % 7 % 2,
    "a few kinds": lambda n: n * 7 % 50,
    "many kinds": lambda n: n * n % 4999,
}


@pytest.mark.parametrize("name", CASES)
def test_twice_as_much_takes_little_more_than_twice_the_steps(name: str) -> None:
    def steps(count: int) -> int:
        a = [Counted(CASES[name](n)) for n in range(count)]
        b = [Counted(CASES[name](n * 7919 % count)) for n in range(count)]
        Counted.steps = 0
        aligned(a, b)
        return Counted.steps

    few, many = steps(2000), steps(4000)
    assert many < 2.6 * few
    assert many < 200 * 4000
