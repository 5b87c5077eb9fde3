"""One line for each record, made of what it holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.model.record_facts import facts_of, gist_of_event, gist_of_mark, headline_of
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent


def gist(**fields: Any) -> str:
    return gist_of_event(decode_event(ServerSentEvent(data=json.dumps(fields))))


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"type": "response.output_text.delta", "delta": " a\n"}, '" a\n"'),
        ({"type": "response.custom_tool_call_input.done", "input": "x"}, '"x"'),
        (
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "item": {"type": "function_call", "name": "read", "status": "in_progress"},
            },
            "function_call  read  in_progress",
        ),
        (
            {
                "type": "response.failed",
                "response": {"status": "failed", "error": {"message": "no"}},
            },
            "failed  no",
        ),
        ({"type": "error", "message": "slow down"}, '"slow down"'),
        ({"type": "some.day", "x": 1}, '{"type": "some.day", "x": 1}'),
        ({"type": "response.web_search_call.searching"}, ""),
    ],
)
def test_an_event_says_what_it_brought(fields: dict[str, Any], line: str) -> None:
    assert gist(**fields) == line


def test_a_malformed_event_says_why_and_shows_its_data() -> None:
    line = gist_of_event(decode_event(ServerSentEvent(data="{oops")))
    assert line.endswith("{oops")
    assert "JSON" in line


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (RequestRecord(1, "", url="http://x/responses"), "POST http://x/responses"),
        (
            ResponseRecord(1, 0.1, 200, {"content-type": "text/event-stream"}),
            "status 200  text/event-stream",
        ),
        (CommentRecord(1.0, 1, (" ping", " pong")), "ping · pong"),
        (CutRecord(1.0, 1, b"abc"), "3 B of an event that never ended"),
        (EndRecord(1, 1.0, "timeout", "silent for 5 s"), "timed out  silent for 5 s"),
    ],
)
def test_a_mark_says_what_it_is(record: Record, line: str) -> None:
    assert gist_of_mark(record) == line


@given(st.text())
def test_any_frame_has_a_gist_a_headline_and_facts(data: str) -> None:
    record = FrameRecord(1.0, 1, ServerSentEvent(data=data))
    assert len(gist_of_event(decode_event(record.frame))) < 2000
    assert headline_of(record)
    assert ("time", "1.000000 s") in facts_of(record)
