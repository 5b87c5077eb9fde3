from __future__ import annotations

import json
from typing import Any

from codex_tui.figures.report import figures_of, report
from codex_tui.model.conversation import Conversation
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from tests.model.streams import (
    Json,
    created,
    delta,
    done,
    ended,
    frame,
    function_call,
    message,
    reasoning,
    text_delta,
)


def report_of(*events: Json, end: EndRecord | None = None) -> dict[str, Any]:
    conversation = Conversation()
    conversation.apply(RequestRecord(1, ""))
    for event in events:
        conversation.apply(FrameRecord(None, None, frame(event)))
    if end is not None:
        conversation.apply(end)
    conversation.finish()
    found = report(conversation.turns[-1])
    assert json.loads(json.dumps(found)) == found
    return found


def test_all_keys_in_their_order() -> None:
    usage = {
        "input_tokens": 37,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 11,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 48,
        "cost": 1.5,
    }
    found = report_of(
        created(),
        done(reasoning("Why", content=[{"type": "reasoning_text", "text": "Hm"}]), 0),
        done(message("Hello"), 1),
        done(function_call('{"a": 1}'), 2),
        ended(usage=usage),
    )
    assert list(found) == [
        "protocol",
        "status",
        "output_text",
        "output",
        "reasoning_summary",
        "reasoning_text",
        "refusal",
        "tool_calls",
        "usage",
        "responses",
        "usage_of_all",
        "error",
        "how",
        "why",
        "events",
        "contradiction",
        "notes",
    ]
    assert found == {
        "protocol": "responses",
        "status": "completed",
        "output_text": "Hello",
        "output": [
            {
                "type": "message",
                "phase": None,
                "agent": None,
                "streamed": True,
                "text": "Hello",
                "others": [],
            }
        ],
        "reasoning_summary": "Why",
        "reasoning_text": "Hm",
        "refusal": "",
        "tool_calls": [
            {
                "type": "function_call",
                "name": "look",
                "call_id": "call_1",
                "arguments": '{"a": 1}',
                "action": None,
                "closed_with": None,
                "output": "",
                "agent": None,
                "caller": None,
                "status": "completed",
                "outcome": None,
                "error": None,
                "streamed": True,
            }
        ],
        "usage": usage,
        "responses": [],
        "usage_of_all": None,
        "error": None,
        "how": "completed",
        "why": None,
        "events": {
            "total": 5,
            "unknown": 0,
            "malformed": 0,
            "errors": 0,
            "after_end": 0,
            "foreign": 0,
            "bare": 0,
            "other_apis": {},
            "places": {},
        },
        "contradiction": None,
        "notes": [],
    }


def test_status_is_null_without_a_terminal_event() -> None:
    found = report_of(created(), text_delta("Hel", 0))
    assert (found["status"], found["how"]) == (None, "interrupted")
    assert found["output_text"] == "Hel"
    assert found["error"] == {"message": "The stream ended after 2 events, with no terminal event."}


def test_error_is_the_servers_object() -> None:
    error = {"code": "rate_limit", "message": "Slow down", "retry_after": 2}
    assert report_of(ended("failed", error=error))["error"] == error
    nested = {"type": "quota", "code": "q", "message": "No", "param": "model"}
    assert report_of({"type": "error", "error": nested})["error"] == nested


def test_a_transport_that_failed_is_an_error_with_a_message() -> None:
    found = report_of(end=EndRecord(1, 1.0, "connect_error", "connection refused"))
    assert (found["error"], found["how"]) == ({"message": "connection refused"}, "connect_error")


def test_incomplete_is_no_error() -> None:
    found = report_of(ended("incomplete", incomplete_details={"reason": "max_output_tokens"}))
    assert (found["error"], found["status"]) == (None, "incomplete")


def test_arguments_are_the_wires_string_and_empty_where_there_is_none() -> None:
    found = report_of(
        delta("function_call_arguments", '{"a":', 0),
        done({"type": "web_search_call", "id": "w", "action": {"type": "search"}}, 1),
        done({"type": "shell_call", "id": "s", "action": {"commands": ["ls"]}}, 2),
        done({"type": "custom_tool_call", "name": "c", "input": "free text"}, 3),
    )
    calls = [(call["type"], call["arguments"]) for call in found["tool_calls"]]
    assert calls == [
        ("function_call", '{"a":'),
        ("web_search_call", ""),
        ("shell_call", ""),
        ("custom_tool_call", "free text"),
    ]


def test_usage_is_null_without_any_and_holds_only_what_was_sent() -> None:
    assert report_of(ended())["usage"] is None
    assert report_of(ended(usage={"total_tokens": 0}))["usage"] == {"total_tokens": 0}


def test_tokens_that_were_not_sent_are_no_zeros() -> None:
    conversation = Conversation()
    for event in (created(), ended(usage={"input_tokens": None, "output_tokens": 5})):
        conversation.apply(FrameRecord(None, None, frame(event)))
    assert "? → 5 tokens" in figures_of(conversation.turns[0])
