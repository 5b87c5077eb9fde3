"""The recorded streams of real servers, where they lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.figures.report import report
from codex_tui.model.conversation import Conversation
from codex_tui.model.transcript import Transcript
from codex_tui.recording.records import FrameRecord
from codex_tui.wire import items as wi
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import LifecycleEvent
from codex_tui.wire.registry import TERMINAL_TYPES
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder

if TYPE_CHECKING:
    from codex_tui.wire.base import ResponseStreamEvent

STREAMS = Path(__file__).parents[3] / "shared" / "streams"
FILES = sorted(STREAMS.rglob("*.sse"))

# Streams whose events and terminal event cannot both be true of one response.
CONTRADICTIONS = {
    "azure-replay.sse": "begins in the middle: its first deltas were never sent",
    "vercel-ai__azure__azure-reasoning-encrypted-content.1.sse": "four responses in one stream",
    "vercel-ai__openai__openai-reasoning-encrypted-content.1.sse": "four responses in one stream",
}

pytestmark = pytest.mark.skipif(not FILES, reason="no recorded streams beside the checkout")


def frames(path: Path) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    return decoder.feed(path.read_bytes())


def deltas_only(events: list[ResponseStreamEvent]) -> Transcript:
    """Fold what streamed: without the terminal event."""
    transcript = Transcript()
    for event in events:
        if event.type not in TERMINAL_TYPES:
            transcript.apply(event)
    return transcript


def texts(output: list[wi.OutputItem]) -> dict[str, Any]:
    """Say what an output says, as the fold of its stream should."""
    messages = [item for item in output if isinstance(item, wi.ResponseOutputMessage)]
    reasoning = [item for item in output if isinstance(item, wi.ResponseReasoningItem)]
    parts = [part for item in messages for part in item.content]
    raw = [part for item in reasoning for part in item.content]
    summaries = [part for item in reasoning for part in item.summary]
    calls = [item for item in output if isinstance(item, wi.ToolCallItem)]
    return {
        "text": "".join(part.text for part in parts if isinstance(part, wi.OutputText)),
        "refusal": "".join(p.refusal for p in parts if isinstance(p, wi.ResponseOutputRefusal)),
        "summary": "\n".join(p.text for p in summaries if isinstance(p, wi.ReasoningSummary)),
        "raw": "\n".join(part.text for part in raw if isinstance(part, wi.ReasoningText)),
        "calls": [(c.type, c.call_id, _arguments(c)) for c in calls],
    }


def _arguments(call: wi.ToolCallItem) -> str:
    match call:
        case wi.ResponseCustomToolCall():
            return call.input
        case wi.ResponseCodeInterpreterToolCall():
            return call.code or ""
        case wi.ResponseFunctionShellToolCall():
            return "\n".join((call.action or {})["commands"])
        case wi.ResponseApplyPatchToolCall():
            return str((call.operation or {})["diff"])
        case _:
            return call.arguments


def folded(transcript: Transcript) -> dict[str, Any]:
    return {
        "text": transcript.output_text,
        "refusal": transcript.refusal,
        "summary": transcript.reasoning_summary,
        "raw": transcript.reasoning_text,
        "calls": [(c.type, c.call_id, str(c.arguments)) for c in transcript.tool_calls],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[-60:])
def test_what_streamed_is_what_the_terminal_event_says(path: Path) -> None:
    events = [decode_event(frame) for frame in frames(path)]
    terminal = [e for e in events if isinstance(e, LifecycleEvent) and e.type in TERMINAL_TYPES]
    if not terminal or not terminal[-1].response.output or path.name in CONTRADICTIONS:
        return
    streamed = deltas_only(events)
    assert folded(streamed) == texts(terminal[-1].response.output)
    before = folded(streamed)
    streamed.apply(terminal[-1])
    assert folded(streamed) == before
    assert [t.streamed for item in streamed.items for t in item.texts() if t.streamed] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[-60:])
def test_usage_and_error_are_reported_as_they_stand_on_the_wire(path: Path) -> None:
    conversation = Conversation()
    terminal: dict[str, Any] = {}
    for frame in frames(path):
        conversation.apply(FrameRecord(None, None, frame))
        if frame.event in TERMINAL_TYPES:
            terminal = json.loads(frame.data)["response"]
    conversation.finish()
    if terminal:
        found = report(conversation.turns[0])
        assert found["usage"] == terminal.get("usage")
        assert found["error"] == terminal.get("error")
        assert found["how"] == found["status"] == terminal["status"]


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_contradictory_streams_still_end_in_the_terminal_events_words(name: str) -> None:
    [path] = [path for path in FILES if path.name == name]
    transcript = Transcript()
    for frame in frames(path):
        last = transcript.apply(decode_event(frame)) or None
    assert last is None
    assert transcript.status == "completed"
    assert transcript.output_text


INDICES = ["output_index", "content_index", "summary_index"]


def without(frame: ServerSentEvent, fields: list[str]) -> ServerSentEvent:
    """Return an event as a server would send it that leaves out some fields."""
    if not frame.data.startswith("{"):
        return frame
    event = {key: value for key, value in json.loads(frame.data).items() if key not in fields}
    if "item_id" in fields and "item" in event:
        event["item"].pop("id", None)
    return ServerSentEvent(event=frame.event, data=json.dumps(event))


@pytest.mark.parametrize(
    "fields", [["output_index"], INDICES, ["item_id"], [*INDICES, "item_id"]], ids=str
)
def test_what_streamed_is_the_same_without_indices_and_ids(fields: list[str]) -> None:
    for path in FILES:
        if path.name == "tf-tool.sse" and "item_id" in fields:
            continue  # only the id says that its third item is the first one, sent again
        events = [decode_event(frame) for frame in frames(path)]
        stripped = [decode_event(without(frame, fields)) for frame in frames(path)]
        if path.name not in CONTRADICTIONS:
            assert folded(deltas_only(stripped)) == folded(deltas_only(events)), path.name
