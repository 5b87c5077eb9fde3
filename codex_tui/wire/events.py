"""The event classes: one for each type of events, named as the official SDK names it.

The thirteen that `codex_open_client` documents have its fields in its order; everything else that
the wire carries has a default. Older and foreign spellings of the same thing stand beside it. What
is said of a type stands with its class: adding one is adding a class here.
"""

from typing import Any, Literal

import msgspec

from codex_tui.wire.base import (
    NOT_SENT,
    RESPONSES,
    CallProgressEvent,
    Family,
    ItemDeltaEvent,
    ItemEvent,
    ItemSignalEvent,
    PartDeltaEvent,
    PartTextDoneEvent,
    ResponseStreamEvent,
    SummaryDeltaEvent,
    SummaryEvent,
    SummaryTextDoneEvent,
)
from codex_tui.wire.items import ContentPart, OutputItem, Response

# -- the response ------------------------------------------------------------------------------


class LifecycleEvent(ResponseStreamEvent):
    """The response as a whole changed its state."""

    response: Response


@RESPONSES.event(Family.LIFECYCLE)
class ResponseQueuedEvent(LifecycleEvent):
    """The response waits for its turn."""

    type: Literal["response.queued"] = "response.queued"


@RESPONSES.event(Family.LIFECYCLE)
class ResponseCreatedEvent(LifecycleEvent):
    """The response was created."""

    type: Literal["response.created"] = "response.created"


@RESPONSES.event(Family.LIFECYCLE)
class ResponseInProgressEvent(LifecycleEvent):
    """The response is being made."""

    type: Literal["response.in_progress"] = "response.in_progress"


@RESPONSES.event(Family.LIFECYCLE, outcome="completed")
class ResponseCompletedEvent(LifecycleEvent):
    """The response is complete: a terminal event."""

    type: Literal["response.completed"] = "response.completed"


@RESPONSES.event(Family.LIFECYCLE, outcome="completed")
class ResponseDoneEvent(LifecycleEvent):
    """The response is over, as some sockets say it: a terminal event; its response says how."""

    type: Literal["response.done"] = "response.done"


@RESPONSES.event(Family.ERROR, outcome="failed")
class ResponseFailedEvent(LifecycleEvent):
    """The response failed: a terminal event."""

    type: Literal["response.failed"] = "response.failed"


@RESPONSES.event(Family.LIFECYCLE, outcome="incomplete")
class ResponseIncompleteEvent(LifecycleEvent):
    """The response stopped before its end: a terminal event."""

    type: Literal["response.incomplete"] = "response.incomplete"


@RESPONSES.event(Family.LIFECYCLE, outcome="cancelled")
class ResponseCancelledEvent(LifecycleEvent):
    """The response was cancelled: a terminal event of some servers."""

    type: Literal["response.cancelled"] = "response.cancelled"


class ResponseObjectEvent(LifecycleEvent):
    """A whole response that was not streamed: the object itself, which is no event of the API."""

    type: Literal["response"] = "response"


# -- items and their parts ---------------------------------------------------------------------


@RESPONSES.event(Family.LIFECYCLE)
class ResponseOutputItemAddedEvent(ResponseStreamEvent):
    """An output item begins."""

    item: OutputItem
    output_index: int
    type: Literal["response.output_item.added"] = "response.output_item.added"


@RESPONSES.event(Family.LIFECYCLE)
class ResponseOutputItemDoneEvent(ResponseStreamEvent):
    """An output item is whole."""

    item: OutputItem
    output_index: int
    type: Literal["response.output_item.done"] = "response.output_item.done"


class ContentPartEvent(ItemEvent):
    """A content part begins or is whole."""

    part: ContentPart
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT


@RESPONSES.event(Family.OUTPUT)
class ResponseContentPartAddedEvent(ContentPartEvent):
    """A part of an item begins."""

    type: Literal["response.content_part.added"] = "response.content_part.added"


@RESPONSES.event(Family.OUTPUT)
class ResponseContentPartDoneEvent(ContentPartEvent):
    """A part of an item is whole."""

    type: Literal["response.content_part.done"] = "response.content_part.done"


# -- text --------------------------------------------------------------------------------------


class LogprobsEvent(ItemEvent, kw_only=True):
    """A text, or a piece of one, with its tokens' probabilities where they were asked for.

    They are a tuple: an empty one, as in almost every event, costs neither memory nor time.
    """

    logprobs: tuple[Any, ...] | None = None


@RESPONSES.event(Family.OUTPUT, delta=True)
class ResponseOutputTextDeltaEvent(LogprobsEvent):
    """A piece of the answer."""

    delta: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.output_text.delta"] = "response.output_text.delta"


@RESPONSES.event(Family.OUTPUT)
class ResponseOutputTextDoneEvent(LogprobsEvent):
    """The whole text of one part of the answer."""

    text: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.output_text.done"] = "response.output_text.done"


@RESPONSES.event(Family.OUTPUT)
class ResponseOutputTextAnnotationAddedEvent(ItemEvent):
    """A citation, or another annotation, of the text so far."""

    annotation: dict[str, Any]
    annotation_index: int = NOT_SENT
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.output_text.annotation.added"] = "response.output_text.annotation.added"


@RESPONSES.event(Family.OUTPUT, delta=True)
class ResponseRefusalDeltaEvent(PartDeltaEvent):
    """A piece of a refusal."""

    type: Literal["response.refusal.delta"] = "response.refusal.delta"


@RESPONSES.event(Family.OUTPUT)
class ResponseRefusalDoneEvent(ItemEvent):
    """The whole refusal."""

    refusal: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.refusal.done"] = "response.refusal.done"


# -- reasoning ---------------------------------------------------------------------------------


@RESPONSES.event(Family.REASONING)
class ResponseReasoningSummaryPartAddedEvent(SummaryEvent):
    """A part of a reasoning summary begins."""

    part: ContentPart
    output_index: int = NOT_SENT
    type: Literal["response.reasoning_summary_part.added"] = "response.reasoning_summary_part.added"


@RESPONSES.event(Family.REASONING)
class ResponseReasoningSummaryPartDoneEvent(SummaryEvent):
    """A part of a reasoning summary is whole, or was broken off (`status`)."""

    part: ContentPart
    output_index: int = NOT_SENT
    type: Literal["response.reasoning_summary_part.done"] = "response.reasoning_summary_part.done"
    status: str | None = None


@RESPONSES.event(Family.REASONING, delta=True)
class ResponseReasoningSummaryTextDeltaEvent(SummaryDeltaEvent):
    """A piece of a reasoning summary."""

    type: Literal["response.reasoning_summary_text.delta"] = "response.reasoning_summary_text.delta"


@RESPONSES.event(Family.REASONING)
class ResponseReasoningSummaryTextDoneEvent(SummaryTextDoneEvent):
    """The whole text of one part of a reasoning summary."""

    type: Literal["response.reasoning_summary_text.done"] = "response.reasoning_summary_text.done"


@RESPONSES.event(Family.REASONING, delta=True)
class ResponseReasoningTextDeltaEvent(PartDeltaEvent):
    """A piece of raw reasoning."""

    type: Literal["response.reasoning_text.delta"] = "response.reasoning_text.delta"


@RESPONSES.event(Family.REASONING)
class ResponseReasoningTextDoneEvent(PartTextDoneEvent):
    """The whole text of one part of raw reasoning."""

    type: Literal["response.reasoning_text.done"] = "response.reasoning_text.done"


@RESPONSES.event(Family.REASONING, delta=True)
class ResponseReasoningDeltaEvent(PartDeltaEvent):
    """A piece of raw reasoning, under its older name."""

    type: Literal["response.reasoning.delta"] = "response.reasoning.delta"


@RESPONSES.event(Family.REASONING)
class ResponseReasoningDoneEvent(PartTextDoneEvent):
    """The whole text of one part of raw reasoning, under its older name."""

    type: Literal["response.reasoning.done"] = "response.reasoning.done"


@RESPONSES.event(Family.REASONING, delta=True)
class ResponseReasoningSummaryDeltaEvent(SummaryDeltaEvent):
    """A piece of a reasoning summary, under its older name."""

    type: Literal["response.reasoning_summary.delta"] = "response.reasoning_summary.delta"


@RESPONSES.event(Family.REASONING)
class ResponseReasoningSummaryDoneEvent(SummaryTextDoneEvent):
    """The whole text of a part of a reasoning summary, under its older name."""

    type: Literal["response.reasoning_summary.done"] = "response.reasoning_summary.done"


@RESPONSES.event(Family.REASONING)
class ResponseReasoningPartAddedEvent(ContentPartEvent):
    """A part of raw reasoning begins, as vLLM says it."""

    type: Literal["response.reasoning_part.added"] = "response.reasoning_part.added"


@RESPONSES.event(Family.REASONING)
class ResponseReasoningPartDoneEvent(ContentPartEvent):
    """A part of raw reasoning is whole, as vLLM says it."""

    type: Literal["response.reasoning_part.done"] = "response.reasoning_part.done"


# -- audio -------------------------------------------------------------------------------------


@RESPONSES.event(Family.OUTPUT, runs=True)
class ResponseAudioDeltaEvent(ItemDeltaEvent):
    """A piece of audio, base64."""

    type: Literal["response.audio.delta"] = "response.audio.delta"


@RESPONSES.event(Family.OUTPUT)
class ResponseAudioDoneEvent(ItemSignalEvent):
    """The audio is whole."""

    type: Literal["response.audio.done"] = "response.audio.done"


@RESPONSES.event(Family.OUTPUT, delta=True)
class ResponseAudioTranscriptDeltaEvent(ItemDeltaEvent):
    """A piece of the transcript of the audio."""

    type: Literal["response.audio.transcript.delta"] = "response.audio.transcript.delta"


@RESPONSES.event(Family.OUTPUT)
class ResponseAudioTranscriptDoneEvent(ItemSignalEvent):
    """The transcript of the audio is whole."""

    type: Literal["response.audio.transcript.done"] = "response.audio.transcript.done"


# -- what calls are made of --------------------------------------------------------------------


@RESPONSES.event(Family.TOOL, delta=True)
class ResponseFunctionCallArgumentsDeltaEvent(ItemDeltaEvent):
    """A piece of a function call's arguments."""

    type: Literal["response.function_call_arguments.delta"] = (
        "response.function_call_arguments.delta"
    )


class _NamedCallEvent(ItemEvent, kw_only=True):
    name: str | None = None


@RESPONSES.event(Family.TOOL)
class ResponseFunctionCallArgumentsDoneEvent(_NamedCallEvent):
    """A function call's whole arguments."""

    arguments: str
    output_index: int = NOT_SENT
    type: Literal["response.function_call_arguments.done"] = "response.function_call_arguments.done"


@RESPONSES.event(Family.TOOL, delta=True)
class ResponseCustomToolCallInputDeltaEvent(ItemDeltaEvent):
    """A piece of a custom tool call's input."""

    type: Literal["response.custom_tool_call_input.delta"] = "response.custom_tool_call_input.delta"


@RESPONSES.event(Family.TOOL)
class ResponseCustomToolCallInputDoneEvent(ItemEvent):
    """A custom tool call's whole input."""

    input: str
    output_index: int = NOT_SENT
    type: Literal["response.custom_tool_call_input.done"] = "response.custom_tool_call_input.done"


@RESPONSES.event(Family.TOOL, delta=True)
class ResponseMcpCallArgumentsDeltaEvent(ItemDeltaEvent):
    """A piece of an MCP call's arguments."""

    type: Literal["response.mcp_call_arguments.delta"] = "response.mcp_call_arguments.delta"


@RESPONSES.event(Family.TOOL)
class ResponseMcpCallArgumentsDoneEvent(ItemEvent):
    """An MCP call's whole arguments."""

    arguments: str
    output_index: int = NOT_SENT
    type: Literal["response.mcp_call_arguments.done"] = "response.mcp_call_arguments.done"


@RESPONSES.event(Family.TOOL, delta=True)
class ResponseCodeInterpreterCallCodeDeltaEvent(ItemDeltaEvent):
    """A piece of the code to run."""

    type: Literal["response.code_interpreter_call_code.delta"] = (
        "response.code_interpreter_call_code.delta"
    )


@RESPONSES.event(Family.TOOL)
class ResponseCodeInterpreterCallCodeDoneEvent(ItemEvent):
    """The whole code to run."""

    code: str
    output_index: int = NOT_SENT
    type: Literal["response.code_interpreter_call_code.done"] = (
        "response.code_interpreter_call_code.done"
    )


@RESPONSES.event(Family.TOOL, delta=True)
class ResponseApplyPatchCallOperationDiffDeltaEvent(ItemDeltaEvent):
    """A piece of a patch."""

    type: Literal["response.apply_patch_call_operation_diff.delta"] = (
        "response.apply_patch_call_operation_diff.delta"
    )


@RESPONSES.event(Family.TOOL)
class ResponseApplyPatchCallOperationDiffDoneEvent(ItemEvent):
    """The whole patch."""

    diff: str
    output_index: int = NOT_SENT
    type: Literal["response.apply_patch_call_operation_diff.done"] = (
        "response.apply_patch_call_operation_diff.done"
    )


@RESPONSES.event(Family.TOOL)
class ResponseShellCallCommandAddedEvent(ItemEvent):
    """A shell command begins."""

    command: str = ""
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_command.added"] = "response.shell_call_command.added"


@RESPONSES.event(Family.TOOL, delta=True)
class ResponseShellCallCommandDeltaEvent(ItemEvent):
    """A piece of a shell command."""

    delta: str
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_command.delta"] = "response.shell_call_command.delta"


@RESPONSES.event(Family.TOOL)
class ResponseShellCallCommandDoneEvent(ItemEvent):
    """A whole shell command."""

    command: str
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_command.done"] = "response.shell_call_command.done"


@RESPONSES.event(Family.TOOL, runs=True)
class ResponseShellCallOutputContentDeltaEvent(ItemEvent):
    """A piece of what a command printed, under `stdout` or `stderr`."""

    delta: dict[str, Any]
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_output_content.delta"] = (
        "response.shell_call_output_content.delta"
    )


@RESPONSES.event(Family.TOOL)
class ResponseShellCallOutputContentDoneEvent(ItemEvent):
    """All that a command printed, and how it ended."""

    output: list[Any]
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_output_content.done"] = (
        "response.shell_call_output_content.done"
    )


@RESPONSES.event(Family.TOOL)
class ResponseImageGenCallPartialImageEvent(ItemEvent):
    """An image as far as it is drawn, base64."""

    partial_image_b64: str
    partial_image_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.image_generation_call.partial_image"] = (
        "response.image_generation_call.partial_image"
    )
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    size: str | None = None


# -- how far calls are -------------------------------------------------------------------------


@RESPONSES.event(Family.TOOL)
class ResponseCodeInterpreterCallInProgressEvent(CallProgressEvent):
    """A code interpreter call begins."""

    type: Literal["response.code_interpreter_call.in_progress"] = (
        "response.code_interpreter_call.in_progress"
    )


@RESPONSES.event(Family.TOOL)
class ResponseCodeInterpreterCallInterpretingEvent(CallProgressEvent):
    """The code runs."""

    type: Literal["response.code_interpreter_call.interpreting"] = (
        "response.code_interpreter_call.interpreting"
    )


@RESPONSES.event(Family.TOOL)
class ResponseCodeInterpreterCallCompletedEvent(CallProgressEvent):
    """The code has run."""

    type: Literal["response.code_interpreter_call.completed"] = (
        "response.code_interpreter_call.completed"
    )


@RESPONSES.event(Family.TOOL)
class ResponseFileSearchCallInProgressEvent(CallProgressEvent):
    """A file search begins."""

    type: Literal["response.file_search_call.in_progress"] = "response.file_search_call.in_progress"


@RESPONSES.event(Family.TOOL)
class ResponseFileSearchCallSearchingEvent(CallProgressEvent):
    """The files are searched."""

    type: Literal["response.file_search_call.searching"] = "response.file_search_call.searching"


@RESPONSES.event(Family.TOOL)
class ResponseFileSearchCallCompletedEvent(CallProgressEvent):
    """The file search is done."""

    type: Literal["response.file_search_call.completed"] = "response.file_search_call.completed"


@RESPONSES.event(Family.TOOL)
class ResponseWebSearchCallInProgressEvent(CallProgressEvent):
    """A web search begins."""

    type: Literal["response.web_search_call.in_progress"] = "response.web_search_call.in_progress"


@RESPONSES.event(Family.TOOL)
class ResponseWebSearchCallSearchingEvent(CallProgressEvent):
    """The web is searched."""

    type: Literal["response.web_search_call.searching"] = "response.web_search_call.searching"


@RESPONSES.event(Family.TOOL)
class ResponseWebSearchCallCompletedEvent(CallProgressEvent):
    """The web search is done."""

    type: Literal["response.web_search_call.completed"] = "response.web_search_call.completed"


@RESPONSES.event(Family.TOOL)
class ResponseImageGenCallInProgressEvent(CallProgressEvent):
    """An image call begins."""

    type: Literal["response.image_generation_call.in_progress"] = (
        "response.image_generation_call.in_progress"
    )


@RESPONSES.event(Family.TOOL)
class ResponseImageGenCallGeneratingEvent(CallProgressEvent):
    """The image is drawn."""

    type: Literal["response.image_generation_call.generating"] = (
        "response.image_generation_call.generating"
    )


@RESPONSES.event(Family.TOOL)
class ResponseImageGenCallCompletedEvent(CallProgressEvent):
    """The image is done."""

    type: Literal["response.image_generation_call.completed"] = (
        "response.image_generation_call.completed"
    )


@RESPONSES.event(Family.TOOL)
class ResponseMcpCallInProgressEvent(CallProgressEvent):
    """An MCP call begins."""

    type: Literal["response.mcp_call.in_progress"] = "response.mcp_call.in_progress"


@RESPONSES.event(Family.TOOL)
class ResponseMcpCallCompletedEvent(CallProgressEvent):
    """An MCP call is done."""

    type: Literal["response.mcp_call.completed"] = "response.mcp_call.completed"


@RESPONSES.event(Family.TOOL)
class ResponseMcpCallFailedEvent(CallProgressEvent):
    """An MCP call failed."""

    type: Literal["response.mcp_call.failed"] = "response.mcp_call.failed"


@RESPONSES.event(Family.TOOL)
class ResponseMcpListToolsInProgressEvent(CallProgressEvent):
    """An MCP server is asked for its tools."""

    type: Literal["response.mcp_list_tools.in_progress"] = "response.mcp_list_tools.in_progress"


@RESPONSES.event(Family.TOOL)
class ResponseMcpListToolsCompletedEvent(CallProgressEvent):
    """An MCP server's tools are known."""

    type: Literal["response.mcp_list_tools.completed"] = "response.mcp_list_tools.completed"


@RESPONSES.event(Family.TOOL)
class ResponseMcpListToolsFailedEvent(CallProgressEvent):
    """An MCP server's tools could not be listed."""

    type: Literal["response.mcp_list_tools.failed"] = "response.mcp_list_tools.failed"


@RESPONSES.event(Family.LIFECYCLE)
class ResponseCompactionCompactingEvent(ItemSignalEvent):
    """The conversation is being compacted."""

    type: Literal["response.compaction.compacting"] = "response.compaction.compacting"


# -- beside the answer -------------------------------------------------------------------------


@RESPONSES.event(Family.ERROR)
class ResponseErrorEvent(ResponseStreamEvent):
    """The server reports an error, in any of the shapes that errors have on the wire.

    `error_type` is the `type` of a nested error (`rate_limit_error`, …).
    """

    message: str | None = None
    code: str | int | None = None
    param: str | None = None
    type: Literal["error"] = "error"
    error_type: str | None = None
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


@RESPONSES.event(Family.KEEPALIVE, runs=True)
class KeepaliveEvent(ResponseStreamEvent):
    """Nothing happened; the connection is alive."""

    type: Literal["keepalive"] = "keepalive"


@RESPONSES.event(Family.KEEPALIVE, runs=True)
class PingEvent(ResponseStreamEvent):
    """The same by another name, which gateways brought along from the Messages API."""

    type: Literal["ping"] = "ping"


@RESPONSES.event(Family.KEEPALIVE, runs=True)
class HeartbeatEvent(ResponseStreamEvent):
    """The same by a third name."""

    type: Literal["heartbeat"] = "heartbeat"


class RateLimitsEvent(ResponseStreamEvent):
    """How much of the account's limits is used; `rate_limits` is an object or a list."""

    rate_limits: Any = None
    plan_type: str | None = None


@RESPONSES.event(Family.LIFECYCLE)
class CodexRateLimitsEvent(RateLimitsEvent):
    """The ChatGPT backend's rate limits."""

    type: Literal["codex.rate_limits"] = "codex.rate_limits"


@RESPONSES.event(Family.LIFECYCLE)
class ResponseRateLimitsUpdatedEvent(RateLimitsEvent):
    """The API's rate limits; may come after the terminal event."""

    type: Literal["response.rate_limits.updated"] = "response.rate_limits.updated"


class MetadataEvent(ResponseStreamEvent):
    """What the server says about how it serves the response."""

    metadata: Any = None
    headers: Any = None


@RESPONSES.event(Family.LIFECYCLE)
class CodexResponseMetadataEvent(MetadataEvent):
    """The ChatGPT backend's metadata."""

    type: Literal["codex.response.metadata"] = "codex.response.metadata"


@RESPONSES.event(Family.LIFECYCLE)
class ResponseMetadataEvent(MetadataEvent):
    """The API's metadata."""

    type: Literal["response.metadata"] = "response.metadata"


class SteerEvent(ResponseStreamEvent):
    """What becomes of input by which a client steers a response, over a WebSocket."""

    steer: Any = None


@RESPONSES.event(Family.LIFECYCLE)
class ResponseSteerAcceptedEvent(SteerEvent):
    """The input waits for the response that goes on with it."""

    type: Literal["response.steer.accepted"] = "response.steer.accepted"


@RESPONSES.event(Family.LIFECYCLE)
class ResponseSteerPendingEvent(SteerEvent):
    """The input waits until the calls in `required_input` are answered."""

    type: Literal["response.steer.pending"] = "response.steer.pending"
    reason: str | None = None
    required_input: Any = None


@RESPONSES.event(Family.ERROR)
class ResponseSteerFailedEvent(SteerEvent):
    """The input is given back: no response goes on with it."""

    type: Literal["response.steer.failed"] = "response.steer.failed"
    error: Any = None


# -- what could not be told --------------------------------------------------------------------


class UnknownEvent(ResponseStreamEvent):
    """A JSON object of a type that is not known, or of none, whole in `data`."""

    type: str | None
    data: dict[str, Any]


class MalformedEvent(ResponseStreamEvent):
    """An event that could not be read: why, and its data verbatim.

    `type` is what it claims to be, where that can be told.
    """

    reason: str
    data: str
    type: str | None = None


class EmptyEvent(ResponseStreamEvent):
    """An event without data: a sign of life and nothing else; `type` is what `event:` says."""

    type: str | None = None


class StreamDone(ResponseStreamEvent):
    """`data: [DONE]`: the end mark of some servers; no event of the API."""

    type: Literal["[DONE]"] = "[DONE]"
