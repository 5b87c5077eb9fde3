"""What a tap makes of what it hears, in whichever order it comes."""

from __future__ import annotations

import pytest

from codex_tui.cli.exchange_tellers import Silent, TapReport
from codex_tui.cli.tap_hearing import ProgramEnded, RelayGone, RelayTold, TapHearing
from codex_tui.config import load
from codex_tui.redact import KnownSecrets

BEGUN = {"listening": ["http://127.0.0.1:1/v1"], "tap": "t", "folder": "f"}


def heard(*happenings: RelayTold | RelayGone | ProgramEnded, finishing: bool) -> list[str]:
    """What is said of what happens; where it is `finishing` the relay was told to end before."""
    said: list[str] = []
    report = TapReport(load({}, {}), KnownSecrets())
    hearing = TapHearing(Silent(), report, said.append, prove=False)
    hearing.put(RelayTold(BEGUN))
    hearing.wait(lambda: hearing.begun)
    hearing.finishing = finishing
    for happening in happenings:
        hearing.put(happening)
    hearing.wait(lambda: hearing.relay_ended)
    return said


@pytest.mark.parametrize("finishing", [False, True])
def test_a_relay_that_was_killed_is_told_even_where_its_program_ended_first(
    finishing: bool,
) -> None:
    (sentence,) = heard(ProgramEnded(9), RelayGone(-9), finishing=finishing)
    assert sentence.startswith("the relay was killed by SIGKILL")


def test_one_that_ends_as_it_was_told_is_not() -> None:
    assert heard(ProgramEnded(0), RelayGone(0), finishing=True) == []
    assert heard(RelayGone(1), finishing=False) != []
