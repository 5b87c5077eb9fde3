"""What goes out comes back: frames and comments through the plain stream, all through the lines."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.config.options import OPTIONS
from codex_tui.exports.formats import FORMATS
from codex_tui.exports.material import Material
from codex_tui.exports.sse import write
from codex_tui.formats import any_reader
from codex_tui.json_text import to_json
from codex_tui.recording.format import parse_header
from codex_tui.recording.json_lines import record_of
from codex_tui.recording.records import CommentRecord, CutRecord, FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder
from tests.exports.sessions import answer, event, export, read, structure
from tests.recording.strategies import FORGED, frames, records

if TYPE_CHECKING:
    from codex_tui.recording.records import Record

# `raw` stands for the whole block, so what a decoder can't have given is left out here.
decoded = frames.map(
    lambda f: ServerSentEvent(f.event, f.data, f.id.replace("\0", ""), f.retry, f.comments)
)
spoken = st.lists(
    st.builds(FrameRecord, st.none(), st.none(), decoded)
    | st.builds(
        CommentRecord,
        st.none(),
        st.none(),
        st.lists(st.sampled_from(FORGED) | st.just(" ping"), min_size=1, max_size=2).map(tuple),
    ),
    max_size=6,
)


def test_every_format_can_be_asked_for_on_the_command_line() -> None:
    assert OPTIONS["export_format"].choices == tuple(FORMATS)


@given(spoken)
def test_the_plain_stream_has_every_frame_and_comment_in_order(said: list[Record]) -> None:
    data = export(said, "sse")
    assert parse_header(data) is None
    assert read(data) == said


@given(st.lists(records, max_size=6))
def test_the_plain_stream_is_what_a_client_would_read(said: list[Record]) -> None:
    """Any decoder finds the frames in it, and nothing of ours."""
    plain = [r for r in said if not (isinstance(r, FrameRecord) and r.frame.raw is not None)]
    found = SSEDecoder().feed(export(plain, "sse"))
    wanted = [(r.frame.event, r.frame.data) for r in plain if isinstance(r, FrameRecord)]
    assert [(frame.event, frame.data) for frame in found] == wanted


def test_a_frame_that_fields_cannot_give_back_goes_out_as_its_bytes() -> None:
    data = b"event: a\nodd: 1\ndata: x\n\n"
    assert export(read(b"data: 0\n\n" + data), "sse") == b"data: 0\n\n" + data


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_what_is_said_in_comments_becomes_no_event(end: str) -> None:
    words = f" a{end}{end}data: invented{end}{end}"
    talking = ServerSentEvent("message", "1", comments=(words,))
    said: list[Record] = [CommentRecord(None, None, (words,)), FrameRecord(None, None, talking)]
    assert [r.frame.data for r in read(export(said, "sse")) if isinstance(r, FrameRecord)] == ["1"]


def test_what_was_cut_off_stands_at_the_end_without_a_blank_line() -> None:
    cut = CutRecord(None, None, b'data: {"type":"resp')
    assert export([event("a"), cut], "sse").endswith(b'\n\ndata: {"type":"resp')
    assert b"resp" not in export([cut, event("a")], "sse")


def test_what_a_plain_stream_has_no_place_for_is_told() -> None:
    cut = CutRecord(None, None, b'data: {"type":"resp')
    told = FORMATS["sse"].told
    told_of_one = told(Material([cut, event("a"), cut]))
    assert told_of_one.endswith("; left out: 1 event that was cut off before more came")
    assert "2 events that were cut off" in told(Material([cut, cut, event("a")]))
    assert "cut off" not in told(Material([event("a"), cut]))
    assert "cut off" not in FORMATS["jsonl"].told(Material([cut, event("a")]))


def opened(data: bytes) -> list[Record]:
    """What any file is read as, whatever it is called."""
    reader = any_reader()
    found = [record for _, record in (*reader.feed(data), *reader.close())]
    assert reader.refusal is None
    return found


@given(st.lists(records, max_size=6))
def test_the_lines_give_every_record_back(said: list[Record]) -> None:
    kept = [in_json(record) for record in Material(said).records()]
    assert opened(export(said, "jsonl")) == kept


def in_json(record: Record) -> Record:
    """A record as JSON has it, which has no word for an infinite number in a request's body."""
    if not isinstance(record, RequestRecord):
        return record
    return replace(record, body=json.loads(to_json(record.body)))


@given(st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists, max_leaves=4))
def test_an_object_of_somebody_else_is_no_record_and_no_error(value: object) -> None:
    names = ("t", "read", "n", "how", "headers", "comments", "base64", "status", "raw", "id")
    kinds = ("request", "response", "comment", "cut", "end", "other", None)
    for kind in kinds:
        record_of({"record": kind, **dict.fromkeys(names, value)})
    record_of({"data": "x", **dict.fromkeys(names, value)})
    record_of(value)


def test_events_stand_in_their_lines_as_show_prints_them() -> None:
    lines = [json.loads(line) for line in export(answer("a", "b"), "jsonl").splitlines()]
    delta = next(line for line in lines if line.get("type") == "response.output_text.delta")
    assert list(delta) == ["n", "t", "read", "type", "data"]
    assert (delta["n"], delta["t"], delta["read"]) == (3, 0.4, 5)


def test_the_pieces_of_a_long_export_are_many() -> None:
    """Nothing is put together whole before it is written."""
    said = answer(*("piece " for _ in range(500)))
    assert len(list(write(Material(said)))) > 500
    assert len(list(write(Material(said, structure())))) > 500
