"""What is found in an answer that was made to go wrong: the very fault, wherever it was put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.findings.streams import clean, rules
from tests.serve.scripts import records_of, script_of
from tests.serve.test_faults import got

LAST = len(clean())

NAMED = {
    "drop": {"number.gap"},
    "repeat": {"number.repeat"},
    "swap": {"number.back"},
    "cut": {"order.no-terminal"},
    "end": {"order.no-terminal"},
    "never-end": {"order.no-terminal"},
    "cut-byte": {"order.no-terminal", "wire.cut-off"},
}
"""What each kind breaks at any event between the first and the last."""


def found(*specs: str) -> set[str]:
    return rules(records_of(got(*specs, script=script_of(clean())).data))


@pytest.mark.parametrize("kind", NAMED)
@given(number=st.integers(2, LAST - 1))
def test_a_fault_is_found_by_its_name_at_any_event(kind: str, number: int) -> None:
    assert NAMED[kind] <= found(f"{kind}@#{number}")


@pytest.mark.parametrize(
    ("spec", "broken"),
    [
        ("drop@#1", {"order.no-created"}),
        (f"drop@#{LAST}", {"order.no-terminal"}),
        (f"repeat@#{LAST}", {"number.repeat", "order.second-terminal"}),
        ("end", {"order.no-terminal"}),
        (f"cut-byte@#{LAST}", {"order.no-terminal", "wire.cut-off"}),
    ],
)
def test_what_the_first_and_the_last_event_are_missed_for_is_found(
    spec: str, broken: set[str]
) -> None:
    assert found(spec) == broken


@given(number=st.integers(2, LAST))
def test_an_error_that_is_put_in_breaks_no_rule(number: int) -> None:
    assert found(f"error@#{number}") == found(f"failed@#{number}") == set()


@pytest.mark.parametrize(
    "spec",
    ["slow", "jitter", "stall", "stall=4s/1s", "merge", "merge=2s", "byte-reads", "never-end"],
)
def test_what_is_late_or_cut_otherwise_breaks_no_rule(spec: str) -> None:
    assert found(spec) == set()
