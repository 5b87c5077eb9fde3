"""The rows in their order: filtered, sorted, threads together, none lost and none twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.streams.arrangement import SORTS, arranged, counts_of
from codex_tui.streams.stream import Stream

NOW = 1_000.0
STREAMS = st.builds(
    Stream,
    name=st.uuids().map(str),
    state=st.sampled_from(["live", "maybe", "gone", "ended"]),
    how=st.sampled_from(["writing", "completed", "http_error", "interrupted"]),
    started=st.floats(0, NOW),
    heard=st.floats(0, NOW),
    thread=st.sampled_from(["", "", "t-1", "t-2"]),
    what=st.sampled_from(["fix it", "review it", ""]),
    events=st.integers(0, 9),
)


@given(streams=st.lists(STREAMS, max_size=20), sort=st.sampled_from(sorted(SORTS)))
def test_each_stream_is_a_row_and_threads_stand_together(streams: list[Stream], sort: str) -> None:
    rows = arranged(streams, sort=sort)
    assert sorted(row.stream.name for row in rows) == sorted(each.name for each in streams)
    threads = [row.stream.thread or row.stream.name for row in rows]
    begins = [thread for row, thread in zip(rows, threads, strict=True) if not row.follows]
    assert len(begins) == len(set(begins)) == len(set(threads))
    firsts = [row.stream for row in rows if not row.follows]
    assert firsts == sorted(firsts, key=SORTS[sort], reverse=True)


@given(streams=st.lists(STREAMS, max_size=20))
def test_what_is_counted_is_what_is_there(streams: list[Stream]) -> None:
    counts = counts_of(streams, NOW)
    assert counts.live + counts.ended == len(streams)
    assert counts.silent <= counts.live
    assert counts.failed <= counts.ended


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["b", "a"]),
        ("FLAKY", ["a"]),
        ("how:http_error status:429", ["b"]),
        ("how:failed", ["b"]),
        ("how:429", ["b"]),
        ("model:gpt-5 codex", ["a"]),
        ("model:gpt-5 nothing", []),
        ("2026.sse", ["a"]),
    ],
)
def test_all_words_that_were_typed_must_be_there(typed: str, names: list[str]) -> None:
    path = Path("2026.sse")
    streams = [
        Stream("a", path, model="gpt-5-codex", program="codex", what="fix the flaky test"),
        Stream("b", how="http_error", status=429, model="gpt-5", started=1.0),
    ]
    assert [row.stream.name for row in arranged(streams, typed)] == names


def test_rows_of_one_thread_stand_where_its_newest_does() -> None:
    streams = [
        Stream("old", started=1.0, thread="t"),
        Stream("other", started=2.0),
        Stream("new", started=3.0, thread="t"),
    ]
    rows = arranged(streams)
    assert [(row.stream.name, row.follows) for row in rows] == [
        ("new", False),
        ("old", True),
        ("other", False),
    ]
