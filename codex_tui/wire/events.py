"""The event classes: one dataclass per event type, named as the API names it.

The thirteen that `codex_open_client` documents have its fields in its order; everything else that
the wire carries is keyword-only and has a default. `EVENT_CLASSES` finds a class by its type.
"""

from dataclasses import dataclass
from typing import Literal, get_args, get_type_hints

from codex_tui.wire.base import NOT_SENT, NotSent, NumberedEvent, OutputItem, ResponseStreamEvent
from codex_tui.wire.codex_events import (
    EXEC_EVENTS,
    ROLLOUT_LINES,
    BareItemLine,
    CompactedLine,
    EventMsgLine,
    ItemCompletedEvent,
    ItemStartedEvent,
    ItemUpdatedEvent,
    ResponseItemLine,
    SessionMetaLine,
    ThreadStartedEvent,
    TokenUsageRecordLine,
    TurnCompletedEvent,
    TurnContextLine,
    TurnFailedEvent,
    TurnStartedEvent,
    WorldStateLine,
)
from codex_tui.wire.items import Response
from codex_tui.wire.other_events import (
    CodexRateLimitsEvent,
    CodexResponseMetadataEvent,
    KeepaliveEvent,
    MalformedEvent,
    MetadataEvent,
    RateLimitsEvent,
    ResponseErrorEvent,
    ResponseMetadataEvent,
    ResponseRateLimitsUpdatedEvent,
    StreamDone,
    UnknownEvent,
)
from codex_tui.wire.text_events import (
    ResponseAudioDeltaEvent,
    ResponseAudioDoneEvent,
    ResponseAudioTranscriptDeltaEvent,
    ResponseAudioTranscriptDoneEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseOutputTextAnnotationAddedEvent,
    ResponseOutputTextDeltaEvent,
    ResponseOutputTextDoneEvent,
    ResponseReasoningDeltaEvent,
    ResponseReasoningDoneEvent,
    ResponseReasoningPartAddedEvent,
    ResponseReasoningPartDoneEvent,
    ResponseReasoningSummaryDeltaEvent,
    ResponseReasoningSummaryDoneEvent,
    ResponseReasoningSummaryPartAddedEvent,
    ResponseReasoningSummaryPartDoneEvent,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseReasoningSummaryTextDoneEvent,
    ResponseReasoningTextDeltaEvent,
    ResponseReasoningTextDoneEvent,
    ResponseRefusalDeltaEvent,
    ResponseRefusalDoneEvent,
)
from codex_tui.wire.tool_events import (
    ResponseApplyPatchCallOperationDiffDeltaEvent,
    ResponseApplyPatchCallOperationDiffDoneEvent,
    ResponseCodeInterpreterCallCodeDeltaEvent,
    ResponseCodeInterpreterCallCodeDoneEvent,
    ResponseCodeInterpreterCallCompletedEvent,
    ResponseCodeInterpreterCallInProgressEvent,
    ResponseCodeInterpreterCallInterpretingEvent,
    ResponseCompactionCompactingEvent,
    ResponseCustomToolCallInputDeltaEvent,
    ResponseCustomToolCallInputDoneEvent,
    ResponseFileSearchCallCompletedEvent,
    ResponseFileSearchCallInProgressEvent,
    ResponseFileSearchCallSearchingEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseImageGenCallCompletedEvent,
    ResponseImageGenCallGeneratingEvent,
    ResponseImageGenCallInProgressEvent,
    ResponseImageGenCallPartialImageEvent,
    ResponseMcpCallArgumentsDeltaEvent,
    ResponseMcpCallArgumentsDoneEvent,
    ResponseMcpCallCompletedEvent,
    ResponseMcpCallFailedEvent,
    ResponseMcpCallInProgressEvent,
    ResponseMcpListToolsCompletedEvent,
    ResponseMcpListToolsFailedEvent,
    ResponseMcpListToolsInProgressEvent,
    ResponseShellCallCommandAddedEvent,
    ResponseShellCallCommandDeltaEvent,
    ResponseShellCallCommandDoneEvent,
    ResponseShellCallOutputContentDeltaEvent,
    ResponseShellCallOutputContentDoneEvent,
    ResponseWebSearchCallCompletedEvent,
    ResponseWebSearchCallInProgressEvent,
    ResponseWebSearchCallSearchingEvent,
)


@dataclass(slots=True, repr=False, eq=False)
class LifecycleEvent(NumberedEvent):
    """The response as a whole changed its state."""

    response: Response


@dataclass(slots=True, repr=False, eq=False)
class ResponseQueuedEvent(LifecycleEvent):
    """The response waits for its turn."""

    type: Literal["response.queued"] = "response.queued"


@dataclass(slots=True, repr=False, eq=False)
class ResponseCreatedEvent(LifecycleEvent):
    """The response was created."""

    type: Literal["response.created"] = "response.created"


@dataclass(slots=True, repr=False, eq=False)
class ResponseInProgressEvent(LifecycleEvent):
    """The response is being made."""

    type: Literal["response.in_progress"] = "response.in_progress"


@dataclass(slots=True, repr=False, eq=False)
class ResponseCompletedEvent(LifecycleEvent):
    """The response is complete: a terminal event."""

    type: Literal["response.completed"] = "response.completed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseFailedEvent(LifecycleEvent):
    """The response failed: a terminal event."""

    type: Literal["response.failed"] = "response.failed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseIncompleteEvent(LifecycleEvent):
    """The response stopped before its end: a terminal event."""

    type: Literal["response.incomplete"] = "response.incomplete"


@dataclass(slots=True, repr=False, eq=False)
class ResponseCancelledEvent(LifecycleEvent):
    """The response was cancelled: a terminal event of some servers."""

    type: Literal["response.cancelled"] = "response.cancelled"


@dataclass(slots=True, repr=False, eq=False)
class ResponseObjectEvent(LifecycleEvent):
    """A whole response that was not streamed: the object itself, which is no event of the API."""

    type: Literal["response"] = "response"


@dataclass(slots=True, repr=False, eq=False)
class ResponseOutputItemAddedEvent(NumberedEvent):
    """An output item begins."""

    item: OutputItem
    output_index: int
    type: Literal["response.output_item.added"] = "response.output_item.added"


@dataclass(slots=True, repr=False, eq=False)
class ResponseOutputItemDoneEvent(NumberedEvent):
    """An output item is whole."""

    item: OutputItem
    output_index: int
    type: Literal["response.output_item.done"] = "response.output_item.done"


def _by_type(*classes: type[ResponseStreamEvent]) -> dict[str, type[ResponseStreamEvent]]:
    return {get_args(get_type_hints(cls)["type"])[0]: cls for cls in classes}


EVENT_CLASSES: dict[str, type[ResponseStreamEvent]] = _by_type(
    *ROLLOUT_LINES,
    *EXEC_EVENTS,
    CodexRateLimitsEvent,
    CodexResponseMetadataEvent,
    KeepaliveEvent,
    ResponseApplyPatchCallOperationDiffDeltaEvent,
    ResponseApplyPatchCallOperationDiffDoneEvent,
    ResponseAudioDeltaEvent,
    ResponseAudioDoneEvent,
    ResponseAudioTranscriptDeltaEvent,
    ResponseAudioTranscriptDoneEvent,
    ResponseCancelledEvent,
    ResponseCodeInterpreterCallCodeDeltaEvent,
    ResponseCodeInterpreterCallCodeDoneEvent,
    ResponseCodeInterpreterCallCompletedEvent,
    ResponseCodeInterpreterCallInProgressEvent,
    ResponseCodeInterpreterCallInterpretingEvent,
    ResponseCompactionCompactingEvent,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseCustomToolCallInputDeltaEvent,
    ResponseCustomToolCallInputDoneEvent,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseFileSearchCallCompletedEvent,
    ResponseFileSearchCallInProgressEvent,
    ResponseFileSearchCallSearchingEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseImageGenCallCompletedEvent,
    ResponseImageGenCallGeneratingEvent,
    ResponseImageGenCallInProgressEvent,
    ResponseImageGenCallPartialImageEvent,
    ResponseInProgressEvent,
    ResponseIncompleteEvent,
    ResponseMcpCallArgumentsDeltaEvent,
    ResponseMcpCallArgumentsDoneEvent,
    ResponseMcpCallCompletedEvent,
    ResponseMcpCallFailedEvent,
    ResponseMcpCallInProgressEvent,
    ResponseMcpListToolsCompletedEvent,
    ResponseMcpListToolsFailedEvent,
    ResponseMcpListToolsInProgressEvent,
    ResponseMetadataEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputTextAnnotationAddedEvent,
    ResponseOutputTextDeltaEvent,
    ResponseOutputTextDoneEvent,
    ResponseQueuedEvent,
    ResponseRateLimitsUpdatedEvent,
    ResponseReasoningDeltaEvent,
    ResponseReasoningDoneEvent,
    ResponseReasoningPartAddedEvent,
    ResponseReasoningPartDoneEvent,
    ResponseReasoningSummaryDeltaEvent,
    ResponseReasoningSummaryDoneEvent,
    ResponseReasoningSummaryPartAddedEvent,
    ResponseReasoningSummaryPartDoneEvent,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseReasoningSummaryTextDoneEvent,
    ResponseReasoningTextDeltaEvent,
    ResponseReasoningTextDoneEvent,
    ResponseRefusalDeltaEvent,
    ResponseRefusalDoneEvent,
    ResponseShellCallCommandAddedEvent,
    ResponseShellCallCommandDeltaEvent,
    ResponseShellCallCommandDoneEvent,
    ResponseShellCallOutputContentDeltaEvent,
    ResponseShellCallOutputContentDoneEvent,
    ResponseWebSearchCallCompletedEvent,
    ResponseWebSearchCallInProgressEvent,
    ResponseWebSearchCallSearchingEvent,
)
"""The class of every known event type."""

__all__ = [
    "EVENT_CLASSES",
    "NOT_SENT",
    "BareItemLine",
    "CodexRateLimitsEvent",
    "CodexResponseMetadataEvent",
    "CompactedLine",
    "EventMsgLine",
    "ItemCompletedEvent",
    "ItemStartedEvent",
    "ItemUpdatedEvent",
    "KeepaliveEvent",
    "LifecycleEvent",
    "MalformedEvent",
    "MetadataEvent",
    "NotSent",
    "RateLimitsEvent",
    "ResponseApplyPatchCallOperationDiffDeltaEvent",
    "ResponseApplyPatchCallOperationDiffDoneEvent",
    "ResponseAudioDeltaEvent",
    "ResponseAudioDoneEvent",
    "ResponseAudioTranscriptDeltaEvent",
    "ResponseAudioTranscriptDoneEvent",
    "ResponseCancelledEvent",
    "ResponseCodeInterpreterCallCodeDeltaEvent",
    "ResponseCodeInterpreterCallCodeDoneEvent",
    "ResponseCodeInterpreterCallCompletedEvent",
    "ResponseCodeInterpreterCallInProgressEvent",
    "ResponseCodeInterpreterCallInterpretingEvent",
    "ResponseCompactionCompactingEvent",
    "ResponseCompletedEvent",
    "ResponseContentPartAddedEvent",
    "ResponseContentPartDoneEvent",
    "ResponseCreatedEvent",
    "ResponseCustomToolCallInputDeltaEvent",
    "ResponseCustomToolCallInputDoneEvent",
    "ResponseErrorEvent",
    "ResponseFailedEvent",
    "ResponseFileSearchCallCompletedEvent",
    "ResponseFileSearchCallInProgressEvent",
    "ResponseFileSearchCallSearchingEvent",
    "ResponseFunctionCallArgumentsDeltaEvent",
    "ResponseFunctionCallArgumentsDoneEvent",
    "ResponseImageGenCallCompletedEvent",
    "ResponseImageGenCallGeneratingEvent",
    "ResponseImageGenCallInProgressEvent",
    "ResponseImageGenCallPartialImageEvent",
    "ResponseInProgressEvent",
    "ResponseIncompleteEvent",
    "ResponseItemLine",
    "ResponseMcpCallArgumentsDeltaEvent",
    "ResponseMcpCallArgumentsDoneEvent",
    "ResponseMcpCallCompletedEvent",
    "ResponseMcpCallFailedEvent",
    "ResponseMcpCallInProgressEvent",
    "ResponseMcpListToolsCompletedEvent",
    "ResponseMcpListToolsFailedEvent",
    "ResponseMcpListToolsInProgressEvent",
    "ResponseMetadataEvent",
    "ResponseObjectEvent",
    "ResponseOutputItemAddedEvent",
    "ResponseOutputItemDoneEvent",
    "ResponseOutputTextAnnotationAddedEvent",
    "ResponseOutputTextDeltaEvent",
    "ResponseOutputTextDoneEvent",
    "ResponseQueuedEvent",
    "ResponseRateLimitsUpdatedEvent",
    "ResponseReasoningDeltaEvent",
    "ResponseReasoningDoneEvent",
    "ResponseReasoningPartAddedEvent",
    "ResponseReasoningPartDoneEvent",
    "ResponseReasoningSummaryDeltaEvent",
    "ResponseReasoningSummaryDoneEvent",
    "ResponseReasoningSummaryPartAddedEvent",
    "ResponseReasoningSummaryPartDoneEvent",
    "ResponseReasoningSummaryTextDeltaEvent",
    "ResponseReasoningSummaryTextDoneEvent",
    "ResponseReasoningTextDeltaEvent",
    "ResponseReasoningTextDoneEvent",
    "ResponseRefusalDeltaEvent",
    "ResponseRefusalDoneEvent",
    "ResponseShellCallCommandAddedEvent",
    "ResponseShellCallCommandDeltaEvent",
    "ResponseShellCallCommandDoneEvent",
    "ResponseShellCallOutputContentDeltaEvent",
    "ResponseShellCallOutputContentDoneEvent",
    "ResponseStreamEvent",
    "ResponseWebSearchCallCompletedEvent",
    "ResponseWebSearchCallInProgressEvent",
    "ResponseWebSearchCallSearchingEvent",
    "SessionMetaLine",
    "StreamDone",
    "ThreadStartedEvent",
    "TokenUsageRecordLine",
    "TurnCompletedEvent",
    "TurnContextLine",
    "TurnFailedEvent",
    "TurnStartedEvent",
    "UnknownEvent",
    "WorldStateLine",
]
