"""Forks of a ledger share its entries, and say what they would alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_tui.model.ledger import NOBODY, Ledger

ENTRIES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=12)
KEYS = range(4)


def said(ledger: Ledger[int]) -> list[object]:
    seen = [[*ledger.backwards(key)] for key in KEYS]
    assert [ledger.latest(key) for key in KEYS] == [(each or [NOBODY])[0] for each in seen]
    assert [ledger.is_single(key) for key in KEYS] == [len(each) == 1 for each in seen]
    return [len(ledger), *seen]


def alone(entries: list[tuple[int, int]]) -> list[object]:
    return [len(entries), *([n for key, n in reversed(entries) if key == each] for each in KEYS)]


def add(ledger: Ledger[int], entries: list[tuple[int, int]]) -> None:
    for key, number in entries:
        ledger.add(key, number)


@given(ENTRIES, ENTRIES, ENTRIES)
def test_each_fork_grows_without_the_others(
    first: list[tuple[int, int]], second: list[tuple[int, int]], third: list[tuple[int, int]]
) -> None:
    ledger: Ledger[int] = Ledger()
    add(ledger, first)
    fork = ledger.fork()
    add(ledger, second)
    add(fork, third)
    assert said(ledger) == alone(first + second)
    assert said(fork) == alone(first + third)


@given(ENTRIES, ENTRIES)
def test_a_fork_that_takes_the_same_again_copies_nothing(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    ledger: Ledger[int] = Ledger()
    add(ledger, first)
    fork = ledger.fork()
    add(ledger, second)
    add(fork, second)
    assert said(fork) == said(ledger)
    assert not first or fork._row is ledger._row
