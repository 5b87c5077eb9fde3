"""The objects inside events: responses, output items, content parts, usage and errors.

Every field is optional on the wire, whatever the documentation says. What has no field of its own
here, or is not of the field's type, stays in the object's `extra`.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from codex_tui.wire.base import NOT_SENT, Compared, ContentPart, OutputItem, ToolCallItem
from codex_tui.wire.tool_items import (
    ImageGenerationCall,
    LocalShellCall,
    LocalShellCallOutput,
    McpApprovalRequest,
    McpApprovalResponse,
    McpCall,
    McpListTools,
    Program,
    ProgramOutput,
    ResponseApplyPatchToolCall,
    ResponseApplyPatchToolCallOutput,
    ResponseCodeInterpreterToolCall,
    ResponseComputerToolCall,
    ResponseComputerToolCallOutputItem,
    ResponseCustomToolCall,
    ResponseCustomToolCallOutputItem,
    ResponseFileSearchToolCall,
    ResponseFunctionShellToolCall,
    ResponseFunctionShellToolCallOutput,
    ResponseFunctionToolCall,
    ResponseFunctionToolCallOutputItem,
    ResponseFunctionWebSearch,
    ResponseToolSearchCall,
    ResponseToolSearchOutputItem,
    ToolOutputItem,
)


@dataclass(slots=True, repr=False, eq=False)
class OutputText(ContentPart):
    """Text of the answer; annotations are kept as the objects that were sent."""

    text: str = ""
    type: Literal["output_text"] = "output_text"
    _: KW_ONLY
    annotations: list[Any] = field(default_factory=list)
    logprobs: list[Any] | None = None


@dataclass(slots=True, repr=False, eq=False)
class ResponseOutputRefusal(ContentPart):
    """The model refused, and says so."""

    refusal: str = ""
    type: Literal["refusal"] = "refusal"


@dataclass(slots=True, repr=False, eq=False)
class ReasoningSummary(ContentPart):
    """One part of a summary of the reasoning."""

    text: str = ""
    type: Literal["summary_text"] = "summary_text"


@dataclass(slots=True, repr=False, eq=False)
class ReasoningText(ContentPart):
    """Raw reasoning, from servers that show it."""

    text: str = ""
    type: Literal["reasoning_text"] = "reasoning_text"


@dataclass(slots=True, repr=False, eq=False)
class UnknownPart(ContentPart):
    """A part of a type that is not known; all else is in `extra`."""

    type: str = ""


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseOutputMessage(OutputItem):
    """A message of the model."""

    type: Literal["message"] = "message"
    content: list[ContentPart] = field(default_factory=list)
    role: str = "assistant"
    phase: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseReasoningItem(OutputItem):
    """Reasoning: its summary, its text where the server shows it, or only encrypted."""

    type: Literal["reasoning"] = "reasoning"
    summary: list[ContentPart] = field(default_factory=list)
    content: list[ContentPart] = field(default_factory=list)
    encrypted_content: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseCompactionItem(OutputItem):
    """The conversation so far, compacted by the server and encrypted."""

    type: Literal["compaction"] = "compaction"
    encrypted_content: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class AdditionalTools(OutputItem):
    """Tools that became available on the way."""

    type: Literal["additional_tools"] = "additional_tools"
    role: str | None = None
    tools: list[Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class UnknownItem(OutputItem):
    """An item of a type that is not known; all that has no field is in `extra`."""


@dataclass(slots=True, repr=False, eq=False)
class InputTokensDetails(Compared):
    """How the input tokens divide up."""

    cached_tokens: int | None = None
    _: KW_ONLY
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, repr=False, eq=False)
class OutputTokensDetails(Compared):
    """How the output tokens divide up."""

    reasoning_tokens: int | None = None
    _: KW_ONLY
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, repr=False, eq=False)
class Usage(Compared):
    """Token counts; `NOT_SENT`, which reads as 0, where the server gave none."""

    input_tokens: int = NOT_SENT
    output_tokens: int = NOT_SENT
    total_tokens: int = NOT_SENT
    _: KW_ONLY
    input_tokens_details: InputTokensDetails | None = None
    output_tokens_details: OutputTokensDetails | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def cached_tokens(self) -> int | None:
        """Input tokens that came from the prompt cache; None where that was not sent."""
        details = self.input_tokens_details
        return details.cached_tokens if details else None

    @property
    def reasoning_tokens(self) -> int | None:
        """Output tokens that were reasoning; None where that was not sent."""
        details = self.output_tokens_details
        return details.reasoning_tokens if details else None


@dataclass(slots=True, repr=False, eq=False)
class ResponseError(Compared):
    """Why a response failed."""

    code: str | int | None = None
    message: str | None = None
    _: KW_ONLY
    type: str | None = None
    param: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, repr=False, eq=False)
class IncompleteDetails(Compared):
    """Why a response is incomplete: `max_output_tokens`, `content_filter` or another word."""

    reason: str | None = None
    _: KW_ONLY
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, repr=False, eq=False)
class Response(Compared):
    """A response, as far as the event that carries it knows. `created_at` is Unix time."""

    id: str = ""
    model: str = ""
    output: list[OutputItem] = field(default_factory=list)
    status: str | None = None
    usage: Usage | None = None
    error: ResponseError | None = None
    _: KW_ONLY
    incomplete_details: IncompleteDetails | None = None
    created_at: float | None = None
    completed_at: float | None = None
    instructions: Any = None
    previous_response_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def output_text(self) -> str:
        """The text of all messages, joined."""
        messages = (item for item in self.output if isinstance(item, ResponseOutputMessage))
        parts = (part for message in messages for part in message.content)
        return "".join(part.text for part in parts if isinstance(part, OutputText))

    @property
    def reasoning_summary(self) -> str | None:
        """The parts of all reasoning summaries, a line end between them; None without any."""
        items = (item for item in self.output if isinstance(item, ResponseReasoningItem))
        parts = (part for item in items for part in item.summary)
        texts = [part.text for part in parts if isinstance(part, ReasoningSummary)]
        return "\n".join(texts) if texts else None

    @property
    def tool_calls(self) -> list[ToolCallItem]:
        """The calls of tools, of every kind."""
        return [item for item in self.output if isinstance(item, ToolCallItem)]


def _by_type(*classes: type[Any]) -> dict[str, type[Any]]:
    return {cls().type: cls for cls in classes}


PART_CLASSES: dict[str, type[ContentPart]] = _by_type(
    OutputText, ResponseOutputRefusal, ReasoningSummary, ReasoningText
)
"""Content parts by their type; any other is an `UnknownPart`."""

ITEM_CLASSES: dict[str, type[OutputItem]] = _by_type(
    AdditionalTools,
    ImageGenerationCall,
    LocalShellCall,
    LocalShellCallOutput,
    McpApprovalRequest,
    McpApprovalResponse,
    McpCall,
    McpListTools,
    Program,
    ProgramOutput,
    ResponseApplyPatchToolCall,
    ResponseApplyPatchToolCallOutput,
    ResponseCodeInterpreterToolCall,
    ResponseCompactionItem,
    ResponseComputerToolCall,
    ResponseComputerToolCallOutputItem,
    ResponseCustomToolCall,
    ResponseCustomToolCallOutputItem,
    ResponseFileSearchToolCall,
    ResponseFunctionShellToolCall,
    ResponseFunctionShellToolCallOutput,
    ResponseFunctionToolCall,
    ResponseFunctionToolCallOutputItem,
    ResponseFunctionWebSearch,
    ResponseOutputMessage,
    ResponseReasoningItem,
    ResponseToolSearchCall,
    ResponseToolSearchOutputItem,
)
"""Output items by their type; any other is an `UnknownItem`."""

__all__ = [
    "ITEM_CLASSES",
    "PART_CLASSES",
    "AdditionalTools",
    "ContentPart",
    "ImageGenerationCall",
    "IncompleteDetails",
    "InputTokensDetails",
    "LocalShellCall",
    "LocalShellCallOutput",
    "McpApprovalRequest",
    "McpApprovalResponse",
    "McpCall",
    "McpListTools",
    "OutputItem",
    "OutputText",
    "OutputTokensDetails",
    "Program",
    "ProgramOutput",
    "ReasoningSummary",
    "ReasoningText",
    "Response",
    "ResponseApplyPatchToolCall",
    "ResponseApplyPatchToolCallOutput",
    "ResponseCodeInterpreterToolCall",
    "ResponseCompactionItem",
    "ResponseComputerToolCall",
    "ResponseComputerToolCallOutputItem",
    "ResponseCustomToolCall",
    "ResponseCustomToolCallOutputItem",
    "ResponseError",
    "ResponseFileSearchToolCall",
    "ResponseFunctionShellToolCall",
    "ResponseFunctionShellToolCallOutput",
    "ResponseFunctionToolCall",
    "ResponseFunctionToolCallOutputItem",
    "ResponseFunctionWebSearch",
    "ResponseOutputMessage",
    "ResponseOutputRefusal",
    "ResponseReasoningItem",
    "ResponseToolSearchCall",
    "ResponseToolSearchOutputItem",
    "ToolCallItem",
    "ToolOutputItem",
    "UnknownItem",
    "UnknownPart",
    "Usage",
]
