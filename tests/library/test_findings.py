"""What is wrong with a session is known in the library: counted, listed, filtered by."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.findings import rules
from codex_tui.library.digest import digest
from codex_tui.library.filters import conditions_of, filters_in, passes
from codex_tui.library.index import VERSION
from tests.findings.streams import clean, place
from tests.library.test_retention import session

if TYPE_CHECKING:
    from pathlib import Path


TODAY = date(2026, 11, 30)


def write(path: Path, events: list[Any]) -> Path:
    frames = (f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    path.write_text("".join(frames))
    return path


def broken() -> list[Any]:
    events = clean()
    events[place(events, "output_text.done")]["text"] = "Else."
    events[-1]["response"]["usage"] = None
    return events


def test_a_file_is_checked_when_it_is_read(tmp_path: Path) -> None:
    read = digest(write(tmp_path / "a.sse", broken()))
    assert (read.errors, read.warnings) == (1, 1)
    assert read.rules == ("text.differs", "usage.sum")
    read = digest(write(tmp_path / "b.sse", clean()))
    assert (read.errors, read.warnings, read.rules) == (0, 0, ())


def test_of_a_file_without_anything_to_check_nothing_is_known(tmp_path: Path) -> None:
    path = tmp_path / "other.sse"
    path.write_text('data: {"candidates":[]}\n\n')
    assert digest(path).errors is None


@pytest.mark.parametrize(
    ("word", "counts"),
    [
        ("findings:>0", [3]),
        ("findings:0", [0]),
        ("findings:>=0", [0, 3]),
        ("findings:<3", [0]),
        ("findings:=3", [3]),
        ("rule:text.", [3]),
    ],
)
def test_sessions_are_filtered_by_what_is_wrong(word: str, counts: list[int]) -> None:
    """One that nobody has checked is in no answer."""
    sessions = [
        session(errors=None, warnings=None),
        session(errors=0, warnings=0),
        session(errors=2, warnings=1, rules="text.differs number.gap"),
    ]
    met = [
        each.findings for each in sessions if passes(each, each.words, conditions_of([word], TODAY))
    ]
    assert met == counts


def test_what_says_which_sessions_are_meant_is_told_from_words() -> None:
    tests, rest = filters_in("Paris findings:>0 rule:Text.differs", TODAY)
    assert (len(tests), rest) == (2, "Paris")
    assert filters_in("findings:many", TODAY) == ([], "findings:many")


def test_an_index_is_of_the_version_of_the_rules() -> None:
    assert VERSION & 0xFF == rules.VERSION
