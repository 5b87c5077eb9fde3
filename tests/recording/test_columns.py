"""Columns of files beyond 4 GiB, whose places take more than four bytes; and of what few have."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.columns import FIRST_EVENT_KIND, Frames, Holding
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.saved_index import fingerprint, load_index, save_index
from tests.library.shelf import frame

if TYPE_CHECKING:
    from pathlib import Path

GIB_4 = 1 << 32
NEAR = [0, GIB_4 - 300, GIB_4 - 1, GIB_4, GIB_4 + 300, 1 << 40]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("columns") / "stream.sse"
    path.write_text("data: {}\n\n")
    return path


def frames(offsets: list[int]) -> Frames:
    count = len(offsets)
    numbers = [0.5] * count, [1] * count, [FIRST_EVENT_KIND] * count, [9] * count
    return Frames(offsets, *numbers, (offsets or [0])[-1] + 100)


def offsets_of(log: EventLog) -> list[int]:
    return [int(offset) for offset in log.columns.arrays[0]]


@given(places=st.lists(st.lists(st.sampled_from(NEAR), min_size=1).map(sorted), max_size=4))
def test_logs_are_joined_whatever_their_places_take(file: Path, places: list[list[int]]) -> None:
    log = EventLog(ReplayedFile(file))
    for offsets in places:
        sequel = log.sequel()
        sequel.columns.extend(frames(offsets))
        log.join(sequel)
    assert offsets_of(log) == [offset for offsets in places for offset in offsets]


@pytest.mark.parametrize(("first", "second"), product(NEAR, NEAR))
def test_records_are_taken_wherever_they_stand(file: Path, first: int, second: int) -> None:
    log = EventLog(ReplayedFile(file))
    for offset in (first, second):
        log.append(frame(0.5, "response.created"), None, (offset, 100))
    assert offsets_of(log) == [first, second]
    assert log.columns.end == second + 100


@pytest.mark.parametrize("last", NEAR[1:])
def test_a_saved_index_says_where_they_stand(file: Path, tmp_path: Path, last: int) -> None:
    log = EventLog(ReplayedFile(file))
    log.columns.extend(frames([0, last]))
    save_index(tmp_path, file, fingerprint(file), log)
    found = load_index(tmp_path, file, EventLog(ReplayedFile(file)))
    assert found is not None
    assert offsets_of(found) == [0, last]


def test_a_small_file_takes_22_bytes_an_entry(file: Path) -> None:
    log = EventLog(ReplayedFile(file))
    log.columns.extend(frames([0, 100, 200]))
    assert sum(len(column) * column.itemsize for column in log.columns.arrays) == 3 * 22


@given(st.lists(st.sampled_from(["", "a", "b"]), max_size=30), st.integers(0, 30))
def test_a_value_holds_until_another_one_does(values: list[str], cut: int) -> None:
    held = Holding("")
    for entry, value in enumerate(values):
        held.note(entry, value)
    assert [held.at(entry) for entry in range(len(values))] == values
    assert bool(held) == any(values)
    told = [value for value, run in held.stretches(range(len(values))) for _ in run]
    assert told == values
    cut = min(cut, len(values))
    joined, rest = Holding(""), Holding("")
    for entry, value in enumerate(values[:cut]):
        joined.note(entry, value)
    rest.go_on_from(joined, cut)
    for entry, value in enumerate(values[cut:]):
        rest.note(entry, value)
    joined.join(rest, cut)
    assert [joined.at(entry) for entry in range(len(values))] == values
