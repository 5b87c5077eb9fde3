"""Whatever comes: it is like itself, and compared with anything it is told to the end."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.comparison import Comparison
from codex_tui.comparison.answers import QUESTIONS, answers
from codex_tui.comparison.report import turns_object
from codex_tui.comparison.turns import ComparedFile, ComparedTurns
from codex_tui.json_text import to_json
from codex_tui.recording.reader import read_records
from tests.comparison.sides import run_of, runs_of, told
from tests.findings.streams import clean, frame
from tests.findings.test_any_stream import CHANGE, disturbed
from tests.model.timed import DATA

if TYPE_CHECKING:
    from pathlib import Path

FIXTURES = sorted(DATA.glob("*.sse"))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_recording_is_like_itself(path: Path) -> None:
    def side() -> ComparedFile:
        with path.open("rb") as file:
            return ComparedFile(path.name, runs_of(record for _, record in read_records(file)))

    turns = ComparedTurns.of([side()], [side()])
    assert turns.alike
    assert [told(pair.comparison.differences) for pair in turns.pairs] == [[]] * len(turns.pairs)


@given(st.lists(CHANGE, max_size=8))
@settings(max_examples=100, deadline=None)
def test_any_stream_is_like_itself(changes: list[tuple[int, str, Any]]) -> None:
    events = disturbed(changes)
    comparison = Comparison.of(*(run_of(_frames(events)) for _ in "ab"))
    assert told(comparison.differences) == []


@given(st.lists(CHANGE, max_size=8), st.lists(CHANGE, max_size=8))
@settings(max_examples=100, deadline=None)
def test_any_two_streams_are_compared(
    one: list[tuple[int, str, Any]], other: list[tuple[int, str, Any]]
) -> None:
    a, b = (runs_of(_frames(disturbed(each))) for each in (one, other))
    turns = ComparedTurns.of([ComparedFile("a", a)], [ComparedFile("b", b)])
    to_json(turns_object(turns, QUESTIONS))
    for _, _, comparison in turns.pairs:
        assert [each.question for each in answers(comparison)] == list(QUESTIONS)
        assert all("\n" not in each.sentence for each in comparison.differences)
        numbers = [each.a for each in comparison.differences if each.a is not None]
        assert all(1 <= number <= len(clean()) + 8 for number in numbers)


@given(st.lists(CHANGE, max_size=6))
@settings(max_examples=100, deadline=None)
def test_ids_and_obfuscation_make_no_difference(changes: list[tuple[int, str, Any]]) -> None:
    events = disturbed(changes)
    other = [_obfuscated(each) for each in deepcopy(events)]
    comparison = Comparison.of(run_of(_frames(events)), run_of(_frames(other)))
    assert told(comparison.differences) == []


def _obfuscated(event: Any) -> Any:
    """An event with another padding; what is no object stays as it is."""
    return event | {"obfuscation": "abc"} if isinstance(event, dict) else event


def _frames(events: list[Any]) -> list[Any]:
    return [frame(json.dumps(each), event="message") for each in events]
