"""The classes: the documented thirteen, the official SDK's types, and what all have in common."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from typing import Any

import pytest

from codex_tui.wire import events
from codex_tui.wire.base import NOT_SENT, ResponseStreamEvent
from codex_tui.wire.events import (
    ResponseOutputItemAddedEvent,
    ResponseOutputTextDeltaEvent,
    ResponseOutputTextDoneEvent,
)
from codex_tui.wire.items import (
    OutputText,
    ReasoningSummary,
    Response,
    ResponseFunctionToolCall,
    ResponseFunctionWebSearch,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseReasoningItem,
    UnknownItem,
    Usage,
)
from codex_tui.wire.registry import EVENT_CLASSES, ITEM_CLASSES

EMPTY = inspect.Parameter.empty
INDEXES = [("content_index", 0), ("output_index", 0)]
THIRTEEN: dict[str, tuple[str, list[tuple[str, Any]]]] = {
    "ResponseCreatedEvent": ("response.created", [("response", EMPTY)]),
    "ResponseInProgressEvent": ("response.in_progress", [("response", EMPTY)]),
    "ResponseCompletedEvent": ("response.completed", [("response", EMPTY)]),
    "ResponseFailedEvent": ("response.failed", [("response", EMPTY)]),
    "ResponseIncompleteEvent": ("response.incomplete", [("response", EMPTY)]),
    "ResponseOutputTextDeltaEvent": ("response.output_text.delta", [("delta", EMPTY), *INDEXES]),
    "ResponseOutputTextDoneEvent": ("response.output_text.done", [("text", EMPTY), *INDEXES]),
    "ResponseOutputItemAddedEvent": (
        "response.output_item.added",
        [("item", EMPTY), ("output_index", EMPTY)],
    ),
    "ResponseOutputItemDoneEvent": (
        "response.output_item.done",
        [("item", EMPTY), ("output_index", EMPTY)],
    ),
    "ResponseFunctionCallArgumentsDeltaEvent": (
        "response.function_call_arguments.delta",
        [("delta", EMPTY), ("output_index", 0)],
    ),
    "ResponseFunctionCallArgumentsDoneEvent": (
        "response.function_call_arguments.done",
        [("arguments", EMPTY), ("output_index", 0)],
    ),
    "ResponseReasoningSummaryTextDeltaEvent": (
        "response.reasoning_summary_text.delta",
        [("delta", EMPTY), ("output_index", 0)],
    ),
    "ResponseReasoningSummaryTextDoneEvent": (
        "response.reasoning_summary_text.done",
        [("text", EMPTY), ("output_index", 0)],
    ),
}

# openai 3.54.0, ResponseStreamEvent; text deltas have the name of the documented thirteen here.
SDK = {
    "ResponseAudioDeltaEvent": "response.audio.delta",
    "ResponseAudioDoneEvent": "response.audio.done",
    "ResponseAudioTranscriptDeltaEvent": "response.audio.transcript.delta",
    "ResponseAudioTranscriptDoneEvent": "response.audio.transcript.done",
    "ResponseCodeInterpreterCallCodeDeltaEvent": "response.code_interpreter_call_code.delta",
    "ResponseCodeInterpreterCallCodeDoneEvent": "response.code_interpreter_call_code.done",
    "ResponseCodeInterpreterCallCompletedEvent": "response.code_interpreter_call.completed",
    "ResponseCodeInterpreterCallInProgressEvent": "response.code_interpreter_call.in_progress",
    "ResponseCodeInterpreterCallInterpretingEvent": "response.code_interpreter_call.interpreting",
    "ResponseCompactionCompactingEvent": "response.compaction.compacting",
    "ResponseContentPartAddedEvent": "response.content_part.added",
    "ResponseContentPartDoneEvent": "response.content_part.done",
    "ResponseCustomToolCallInputDeltaEvent": "response.custom_tool_call_input.delta",
    "ResponseCustomToolCallInputDoneEvent": "response.custom_tool_call_input.done",
    "ResponseErrorEvent": "error",
    "ResponseFileSearchCallCompletedEvent": "response.file_search_call.completed",
    "ResponseFileSearchCallInProgressEvent": "response.file_search_call.in_progress",
    "ResponseFileSearchCallSearchingEvent": "response.file_search_call.searching",
    "ResponseImageGenCallCompletedEvent": "response.image_generation_call.completed",
    "ResponseImageGenCallGeneratingEvent": "response.image_generation_call.generating",
    "ResponseImageGenCallInProgressEvent": "response.image_generation_call.in_progress",
    "ResponseImageGenCallPartialImageEvent": "response.image_generation_call.partial_image",
    "ResponseMcpCallArgumentsDeltaEvent": "response.mcp_call_arguments.delta",
    "ResponseMcpCallArgumentsDoneEvent": "response.mcp_call_arguments.done",
    "ResponseMcpCallCompletedEvent": "response.mcp_call.completed",
    "ResponseMcpCallFailedEvent": "response.mcp_call.failed",
    "ResponseMcpCallInProgressEvent": "response.mcp_call.in_progress",
    "ResponseMcpListToolsCompletedEvent": "response.mcp_list_tools.completed",
    "ResponseMcpListToolsFailedEvent": "response.mcp_list_tools.failed",
    "ResponseMcpListToolsInProgressEvent": "response.mcp_list_tools.in_progress",
    "ResponseOutputTextAnnotationAddedEvent": "response.output_text.annotation.added",
    "ResponseQueuedEvent": "response.queued",
    "ResponseReasoningSummaryPartAddedEvent": "response.reasoning_summary_part.added",
    "ResponseReasoningSummaryPartDoneEvent": "response.reasoning_summary_part.done",
    "ResponseReasoningTextDeltaEvent": "response.reasoning_text.delta",
    "ResponseReasoningTextDoneEvent": "response.reasoning_text.done",
    "ResponseRefusalDeltaEvent": "response.refusal.delta",
    "ResponseRefusalDoneEvent": "response.refusal.done",
    "ResponseShellCallCommandAddedEvent": "response.shell_call_command.added",
    "ResponseShellCallCommandDeltaEvent": "response.shell_call_command.delta",
    "ResponseShellCallCommandDoneEvent": "response.shell_call_command.done",
    "ResponseShellCallOutputContentDeltaEvent": "response.shell_call_output_content.delta",
    "ResponseShellCallOutputContentDoneEvent": "response.shell_call_output_content.done",
    "ResponseWebSearchCallCompletedEvent": "response.web_search_call.completed",
    "ResponseWebSearchCallInProgressEvent": "response.web_search_call.in_progress",
    "ResponseWebSearchCallSearchingEvent": "response.web_search_call.searching",
}

DIALECTS = [
    "response.reasoning.delta",
    "response.reasoning.done",
    "response.reasoning_summary.delta",
    "response.reasoning_summary.done",
    "response.reasoning_part.added",
    "response.reasoning_part.done",
    "response.apply_patch_call_operation_diff.delta",
    "response.apply_patch_call_operation_diff.done",
    "response.cancelled",
    "response.rate_limits.updated",
    "response.metadata",
    "codex.rate_limits",
    "codex.response.metadata",
    "keepalive",
]


@pytest.mark.parametrize("name", THIRTEEN)
def test_the_documented_thirteen_have_their_fields_in_order(name: str) -> None:
    wire_type, fields = THIRTEEN[name]
    parameters = inspect.signature(getattr(events, name)).parameters.values()
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [(p.name, p.default) for p in positional] == [*fields, ("type", wire_type)]
    others = [p for p in parameters if p not in positional]
    assert all(p.kind is p.KEYWORD_ONLY and p.default is not EMPTY for p in others)


def test_a_signature_reads_like_the_documentation() -> None:
    assert str(inspect.signature(ResponseOutputTextDeltaEvent)).startswith(
        "(delta: str, content_index: int = 0, output_index: int = 0, "
        "type: Literal['response.output_text.delta'] = 'response.output_text.delta'"
    )


@pytest.mark.parametrize(("name", "wire_type"), SDK.items())
def test_the_types_of_the_official_sdk_have_its_names(name: str, wire_type: str) -> None:
    assert EVENT_CLASSES[wire_type] is getattr(events, name)


def test_the_sdk_has_59_types() -> None:
    assert len({*SDK.values(), *(wire_type for wire_type, _ in THIRTEEN.values())}) == 59


def test_dialects_have_classes_too() -> None:
    assert set(DIALECTS) <= EVENT_CLASSES.keys()


@pytest.mark.parametrize("wire_type", EVENT_CLASSES)
def test_every_event_is_a_dataclass_with_its_type(wire_type: str) -> None:
    cls = EVENT_CLASSES[wire_type]
    assert dataclasses.is_dataclass(cls)
    assert issubclass(cls, ResponseStreamEvent)
    defaults = {field.name: field.default for field in dataclasses.fields(cls)}
    assert defaults["type"] == wire_type
    assert "sequence_number" in defaults


def test_an_index_that_was_not_sent_is_zero_and_known() -> None:
    event = ResponseOutputTextDeltaEvent("x")
    assert event.output_index == 0
    assert event.output_index is NOT_SENT
    assert ResponseOutputTextDeltaEvent("x", 0, 0).output_index is not NOT_SENT
    assert event == ResponseOutputTextDeltaEvent("x", 0, 0)
    assert repr(NOT_SENT) == "0"


def test_not_sent_survives_copies() -> None:
    event = ResponseOutputTextDeltaEvent("x")
    for twin in (copy.copy(event), copy.deepcopy(event)):
        assert twin == event
        assert twin.output_index is NOT_SENT


def test_events_match_by_position() -> None:
    match ResponseOutputItemAddedEvent(UnknownItem(type="x"), 3):
        case ResponseOutputItemAddedEvent(UnknownItem(type=name), index):
            assert (name, index) == ("x", 3)


def test_a_response_knows_its_texts_and_calls() -> None:
    call, search = ResponseFunctionToolCall(name="f"), ResponseFunctionWebSearch()
    output = [
        ResponseReasoningItem(summary=[ReasoningSummary("one"), ReasoningSummary("two")]),
        ResponseOutputMessage(content=[OutputText("Hello, "), ResponseOutputRefusal("no")]),
        call,
        search,
        ResponseOutputMessage(content=[OutputText("world")]),
        UnknownItem(type="x"),
    ]
    response = Response("resp_1", "m", output, "completed")
    assert response.output_text == "Hello, world"
    assert response.reasoning_summary == "one\ntwo"
    assert response.tool_calls == [call, search]
    assert [(c.name, c.call_id, c.arguments) for c in response.tool_calls] == [
        ("f", None, ""),
        ("", None, ""),
    ]


def test_an_empty_response_has_nothing() -> None:
    response = Response()
    assert (response.output_text, response.reasoning_summary, response.tool_calls) == ("", None, [])


@pytest.mark.parametrize("wire_type", ITEM_CLASSES)
def test_every_item_has_the_common_fields(wire_type: str) -> None:
    item = ITEM_CLASSES[wire_type]()
    assert (item.type, item.id, item.status, item.extra) == (wire_type, None, None, {})


def test_an_event_shows_its_own_fields_before_those_of_every_event() -> None:
    event = ResponseOutputTextDeltaEvent("hi", item_id="m", sequence_number=4)
    assert repr(event) == (
        "ResponseOutputTextDeltaEvent(delta='hi', content_index=0, output_index=0, "
        "type='response.output_text.delta', sequence_number=4, agent=None, item_id='m', "
        "logprobs=None)"
    )


def test_what_is_equal_is_of_one_class_and_has_equal_fields() -> None:
    event = ResponseOutputTextDeltaEvent("hi")
    assert event == ResponseOutputTextDeltaEvent("hi")
    assert event != ResponseOutputTextDeltaEvent("ho")
    others: list[object] = ["hi", ResponseOutputTextDoneEvent("hi")]
    assert event not in others
    with pytest.raises(TypeError, match="unhashable type: 'ResponseOutputTextDeltaEvent'"):
        hash(event)


def test_who_asks_for_a_dataclass_finds_one() -> None:
    event = ResponseOutputTextDeltaEvent("hi", item_id="m")
    fields = {field.name: field for field in dataclasses.fields(event)}
    assert list(fields)[:4] == ["delta", "content_index", "output_index", "type"]
    assert fields["delta"].default is dataclasses.MISSING
    assert [name for name, field in fields.items() if field.kw_only] == [
        *("sequence_number", "agent", "item_id", "logprobs")
    ]
    assert dataclasses.replace(event, delta="ho") == ResponseOutputTextDeltaEvent("ho", item_id="m")
    assert dataclasses.asdict(Response(usage=Usage(1)))["usage"]["input_tokens"] == 1
    assert dataclasses.fields(Response)[2].default_factory is list


def test_what_says_least_of_an_object_is_shown_last() -> None:
    assert repr(Usage(1, extra={"a": 2})).endswith("extra={'a': 2})")
