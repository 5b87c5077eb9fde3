"""What is told, line by line, of each phase and each ending of a session."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, get_args

import pytest

from codex_tui.cli.output import Output
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.engine.folded import Folded
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    How,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.sse import ServerSentEvent
from tests.cli.streams import call, message

if TYPE_CHECKING:
    from codex_tui.recording.records import Record

URL = "https://a.example/v1/responses"


class Told:
    """A session as it is told."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        self.printer = PlainPrinter(Output(io.TextIOWrapper(self._bytes, encoding="utf-8")))
        self._folded = Folded()
        self._seen = 0

    def take(self, *records: Record) -> None:
        for record in records:
            self.printer.took(self._folded.take(record))
        self.printer.arrived(self._folded.conversation.turns[-1])

    def finish(self) -> None:
        self._folded.conversation.finish()
        self.printer.ended(self._folded.conversation.turns[-1])

    @property
    def news(self) -> list[str]:
        """The lines since one last asked."""
        text = self._bytes.getvalue().decode()[self._seen :]
        self._seen += len(text)
        return text.splitlines()


@pytest.fixture
def told() -> Told:
    return Told()


def request(prompt: str = "Why?", number: int = 1, **body: Any) -> RequestRecord:
    asked = {"model": "m", "input": [{"role": "user", "content": prompt}], **body}
    return RequestRecord(number, "2026-11-22T21:14:05.000Z", url=URL, body=asked)


def event(t: float | None, type_: str, **fields: Any) -> FrameRecord:
    data = json.dumps({"type": type_, **fields})
    return FrameRecord(t, None if t is None else 1, ServerSentEvent(type_, data))


def text(t: float | None, piece: str, index: int = 0) -> FrameRecord:
    place = {"item_id": f"msg_{index}", "output_index": index}
    return event(t, "response.output_text.delta", delta=piece, **place)


def thought(t: float, piece: str, part: int = 0) -> FrameRecord:
    place = {"item_id": "rs_1", "output_index": 0, "summary_index": part}
    return event(t, "response.reasoning_summary_text.delta", delta=piece, **place)


def arguments(t: float, piece: str, index: int) -> FrameRecord:
    place = {"item_id": f"fc_{index}", "output_index": index}
    return event(t, "response.function_call_arguments.delta", delta=piece, **place)


def added(t: float, item: dict[str, Any], index: int) -> FrameRecord:
    return event(t, "response.output_item.added", item=item, output_index=index)


def done(t: float, item: dict[str, Any], index: int = 0) -> FrameRecord:
    return event(t, "response.output_item.done", item=item, output_index=index)


# -- phases --------------------------------------------------------------------------------------


def test_a_request_says_where_it_goes_and_what_it_asks(told: Told) -> None:
    told.take(request("Why?\nSay."), ResponseRecord(1, 0.35, 200))
    assert told.news == [
        f"request: POST {URL}, model m",
        "prompt: Why?",
        "  Say.",
        "response: status 200 after 0.35 s",
    ]


def test_waiting_says_for_what_and_how_long_it_was(told: Told) -> None:
    told.take(request(""))
    for t in (1.0, 2.0, 3.0):
        told.printer.passed(t)
    told.take(ResponseRecord(1, 4.0, 200), CommentRecord(5.0, 1, (" keepalive",)))
    told.printer.passed(14.5)
    told.take(text(16.0, "a"))
    assert told.news[1:] == [
        "waiting 2 s so far for an answer",
        "waited 4.0 s",
        "response: status 200 after 4.0 s",
        "waiting 10 s so far for the first event, 1 keep-alive",
        "waited 12 s",
        "output: a",
    ]


def test_each_kind_of_text_begins_a_line_with_its_role(told: Told) -> None:
    told.take(thought(0.1, "First "), thought(0.2, "of all"), thought(0.3, "Then", part=1))
    told.take(text(0.4, "So", 1), text(0.5, " be it", 1))
    refusal = event(0.6, "response.refusal.delta", delta="No.", item_id="msg_1", output_index=1)
    told.take(refusal)
    told.take(
        event(0.7, "response.reasoning_text.delta", delta="raw", item_id="rs_2", output_index=2)
    )
    assert told.news == [
        "reasoning summary: First of all",
        "reasoning summary: Then",
        "output: So be it",
        "refusal: No.",
        "reasoning: raw",
    ]


def test_a_stall_is_told_while_it_lasts_and_the_text_goes_on_after_it(told: Told) -> None:
    told.take(text(1.0, "hal"))
    for t in (2.9, 3.0, 10.0, 11.0):
        told.printer.passed(t)
    told.take(text(13.0, "f"))
    assert told.news == [
        "output: hal",
        "stalled 2 s so far",
        "stalled 10 s so far",
        "stalled 12 s",
        "output continued: f",
    ]


def test_a_saved_stall_is_told_once(told: Told) -> None:
    told.take(text(1.0, "a"), text(2.9, "b"), text(15.0, "c"))
    assert told.news == ["output: ab", "stalled 12 s", "output continued: c"]


def test_a_dump_without_times_tells_none(told: Told) -> None:
    told.take(text(None, "a"))
    told.printer.passed(99.0)
    told.take(text(None, "b"))
    told.finish()
    assert told.news == [
        "output: ab",
        "interrupted: The stream ended after 2 events, with no terminal event.",
        "figures: 2 events",
    ]


def test_a_call_is_named_before_its_arguments_and_after_it_its_output(told: Told) -> None:
    item = {**call(), "arguments": "", "status": "in_progress"}
    told.take(added(0.1, item, 0))
    assert told.news == ["tool call read_file:"]
    told.take(arguments(0.2, '{"path"', 0), arguments(0.3, ':"a"}', 0), done(0.4, call(), 0))
    output = {"type": "function_call_output", "call_id": "call_1", "output": "text"}
    told.take(done(0.5, output, 1))
    assert told.news == [' {"path":"a"}', "tool output read_file: text"]


def test_calls_that_interleave_return_to_their_names(told: Told) -> None:
    for index, name in enumerate(("one", "two")):
        item = {**call(f"call_{index}", name), "id": f"fc_{index}", "arguments": ""}
        told.take(added(0.1, item, index))
    told.take(arguments(0.2, "{", 0), arguments(0.2, "[", 1), arguments(0.3, "}", 0))
    assert told.news == [
        "tool call one:",
        "tool call two:",
        "tool call one: {",
        "tool call two: [",
        "tool call one call_0 continued: }",
    ]


def test_a_call_that_streams_nothing_says_what_it_did(told: Told) -> None:
    search = {"id": "ws", "type": "web_search_call", "status": "in_progress"}
    told.take(added(0.1, search, 0))
    query = {"type": "search", "query": "sse"}
    told.take(done(0.5, {**search, "status": "completed", "action": query}, 0))
    assert told.news == ['tool call web_search: {"type": "search", "query": "sse"}']


def test_a_call_that_failed_says_why(told: Told) -> None:
    item = {"id": "mcp", "type": "mcp_call", "name": "get", "server_label": "s", "arguments": "{}"}
    told.take(done(0.1, {**item, "status": "failed", "error": "no\nsuch"}, 0))
    assert told.news == ["tool call s.get: {}", "tool call s.get failed: no␊such"]


def test_the_outputs_that_a_request_brings_are_told(told: Told) -> None:
    given = [call(), {"type": "function_call_output", "call_id": "call_1", "output": "42"}]
    told.take(request(number=2, input=given))
    assert told.news == [f"request: POST {URL}, model m", "tool output read_file: 42"]


def test_reasoning_that_is_sealed_is_said(told: Told) -> None:
    told.take(done(0.1, {"id": "rs", "type": "reasoning", "summary": [], "encrypted_content": "x"}))
    assert told.news == ["reasoning: encrypted, no summary sent"]


def test_sources_stand_behind_the_answer(told: Told) -> None:
    item = message("so")
    cited = {"type": "url_citation", "title": "A", "url": "https://a.example"}
    item["content"][0]["annotations"] = [cited, cited]
    told.take(done(0.1, item))
    assert told.news == ["output: so", "source: A https://a.example"]


def test_an_item_that_repeats_another_is_told_once(told: Told) -> None:
    told.take(text(0.1, "so", 0), done(0.2, message("so"), 0))
    told.take(added(0.3, {**message(""), "content": []}, 1), done(0.4, message("so"), 1))
    assert told.news == ["output: so"]


def test_a_closing_text_that_differs_is_told_beside_what_was_streamed(told: Told) -> None:
    told.take(text(0.1, "one"), done(0.2, message("another")))
    assert told.news == ["output: one", "output, as it was closed: another"]


def test_what_only_the_terminal_event_brought_is_told(told: Told) -> None:
    response = {"id": "r", "status": "completed", "output": [message("whole")]}
    told.take(event(0.1, "response.completed", response=response))
    told.finish()
    assert told.news == [
        "output (not streamed): whole",
        "completed: first event 0.10 s, 1 event",
        "note: not streamed, only in the response that ends it: the message, at event 1",
        "request: unknown; times count from the beginning",
    ]


def test_unknown_and_malformed_events_are_told_as_such(told: Told) -> None:
    told.take(event(0.1, "response.new\x1b[2J", a=1), text(0.2, "a"))
    told.take(FrameRecord(0.3, 1, ServerSentEvent("message", "{no")))
    told.take(event(0.4, "error", message="Too\nmany", code="rate_limit"))
    lines = told.news
    assert lines[0].startswith("unknown event response.new␛[2J: {")
    assert lines[1] == "output: a"
    assert lines[2].startswith("malformed event: ")
    assert lines[2].endswith("{no")
    assert lines[3] == "error event: Too many (rate_limit)"


def test_several_turns_have_an_ending_each(told: Told) -> None:
    told.take(request("one"), text(0.1, "1"), request("two", 2), text(0.2, "2"))
    told.take(EndRecord(2, 0.3, "completed"))
    told.finish()
    lines = [line.partition(":")[0] for line in told.news]
    assert lines == [
        *("request", "prompt", "output", "interrupted", "figures"),
        *("request 2", "prompt", "output", "completed after 0.30 s"),
    ]


# -- endings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", get_args(How))
def test_each_ending_is_told_in_the_recordings_word(told: Told, how: How) -> None:
    told.take(request(), text(0.5, "hal"), EndRecord(1, 9.1, how, "A sentence.\n<body>\n<more>"))
    told.finish()
    told.finish()
    lines = told.news[3:]
    assert lines[0] == "stalled 8.6 s"
    figures = "first event 0.50 s, first text 0.50 s, 1 event"
    if how == "completed":
        assert lines[1:] == [f"completed after 9.1 s: {figures}", "body: <body>", "  <more>"]
    else:
        ending = [f"{how} after 9.1 s: A sentence.", f"figures: {figures}"]
        assert lines[1:] == [*ending, "body: <body>", "  <more>"]


def test_the_end_says_what_it_waits_for_and_its_figures_are_ascii(told: Told) -> None:
    usage = {"input_tokens": 1200, "output_tokens": 345, "total_tokens": 1545}
    response = {"id": "r", "status": "completed", "output": [], "usage": usage}
    told.take(done(0.1, call()), event(0.2, "response.completed", response=response))
    told.take(EndRecord(1, 0.2, "completed"))
    assert told.news[1:] == [
        "completed after 0.20 s: first event 0.10 s, 2 events, 1,200 to 345 tokens",
        "request: unknown; times count from the beginning",
        "waiting for the output of read_file",
    ]


def test_bytes_that_were_cut_off_are_told(told: Told) -> None:
    told.take(text(0.1, "a"), CutRecord(0.2, 1, b"data: {"))
    assert told.news == ["output: a", "cut off: 7 B of an event that never ended"]


def test_after_the_end_no_silence_is_told(told: Told) -> None:
    told.take(text(0.1, "a"), EndRecord(1, 0.2, "completed"))
    assert told.news
    told.printer.passed(60.0)
    assert told.news == []


def test_that_it_is_sent_again_is_said_once_a_try(told: Told) -> None:
    told.take(request(), EndRecord(1, 0.2, "connect_error", "Refused."))
    told.printer.resends(5.0)
    told.printer.resends(5.0)
    assert told.news[-1] == "sending again in 5.0 s"
    told.take(request(number=2), EndRecord(2, 0.2, "connect_error", "Refused."))
    told.printer.resends(8.0)
    assert told.news[-1] == "sending again in 8.0 s"


def test_what_an_item_of_a_type_that_nobody_knows_brings_at_its_end_is_told(told: Told) -> None:
    told.take(request())
    panel = {"id": "x", "type": "vendor:panel"}
    told.take(event(0.1, "response.output_item.added", output_index=0, item=panel))
    whole = {**panel, "rows": [{"label": "first"}]}
    told.take(event(0.2, "response.output_item.done", output_index=0, item=whole))
    told.finish()
    lines = told.news
    assert "item vendor:panel: rows[0].label: first" in lines
    assert "item: vendor:panel" not in lines


def test_calls_of_one_name_that_run_together_are_all_named_from_then_on(told: Told) -> None:
    told.take(request())
    for number in (1, 2):
        item = {"type": "function_call", "call_id": f"c{number}", "name": "read", "arguments": ""}
        item["id"] = f"f{number}"
        told.take(event(0.1, "response.output_item.added", output_index=number, item=item))
    for number in (1, 2, 1, 2):
        grown = {"item_id": f"f{number}", "output_index": number, "delta": '{"a"'}
        told.take(event(0.2, "response.function_call_arguments.delta", **grown))
    told.finish()
    assert [line for line in told.news if line.startswith("tool call")] == [
        "tool call read:",
        "tool call read c2:",
        'tool call read c1: {"a"',
        'tool call read c2: {"a"',
        'tool call read c1 continued: {"a"',
        'tool call read c2 continued: {"a"',
    ]


def test_the_path_of_a_patch_and_the_sources_of_a_text_that_never_ended_are_told(
    told: Told,
) -> None:
    told.take(request())
    patch = {"type": "update_file", "path": "a.py", "diff": "+x"}
    item = {"type": "apply_patch_call", "id": "ap", "call_id": "c", "operation": patch}
    told.take(event(0.1, "response.output_item.done", output_index=0, item=item))
    place = {"item_id": "m", "output_index": 1, "content_index": 0}
    told.take(event(0.2, "response.output_text.delta", delta="See.", **place))
    source = {"type": "url_citation", "url": "https://a.example/", "title": "A"}
    told.take(event(0.3, "response.output_text.annotation.added", annotation=source, **place))
    told.finish()
    lines = told.news
    assert "tool call apply_patch a.py: +x" in lines
    assert "source: A https://a.example/" in lines


def test_a_call_that_asks_for_nothing_is_told_once(told: Told) -> None:
    told.take(request())
    item = {"type": "function_call", "id": "f", "call_id": "c", "name": "now", "arguments": ""}
    told.take(event(0.1, "response.output_item.added", output_index=0, item=item))
    told.take(event(0.2, "response.output_item.done", output_index=0, item=item))
    told.finish()
    assert told.news.count("tool call now:") == 1
