"""The objects inside events: responses, output items, content parts, usage and errors.

Every field is optional on the wire, whatever the documentation says. What has no field of its own
here, or is not of the field's type, stays in the object's `extra`.
"""

from reprlib import recursive_repr
from typing import Any, ClassVar, Literal

import msgspec

from codex_tui.wire.base import NOT_SENT, Sent


class WireObject(Sent, kw_only=True):
    """An object inside an event. `extra` keeps what has no field, or not the field's type."""

    extra: dict[str, Any] = msgspec.field(default_factory=dict)

    @recursive_repr()
    def __repr__(self) -> str:
        names = sorted(self.__struct_fields__, key="extra".__eq__)  # it says least
        shown = (f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({', '.join(shown)})"


class _TypedPart:
    """The type of a part; its field stands behind the text."""

    __slots__ = ()

    type: str


class ContentPart(_TypedPart, WireObject):
    """A part of a message, or of a reasoning item."""


class OutputItem(WireObject, kw_only=True):
    """One item of a response's output."""

    type: str = ""
    id: str | None = None
    status: str | None = None


class ToolCallItem(OutputItem, kw_only=True):
    """A call of a tool; every kind answers to these three names, empty where it has none."""

    name: str = ""
    call_id: str | None = None
    arguments: str = ""


# -- parts -------------------------------------------------------------------------------------


class OutputText(ContentPart):
    """Text of the answer; annotations are kept as the objects that were sent."""

    text: str = ""
    type: Literal["output_text"] = "output_text"
    annotations: list[Any] = msgspec.field(default_factory=list)
    logprobs: list[Any] | None = None


class ResponseOutputRefusal(ContentPart):
    """The model refused, and says so."""

    refusal: str = ""
    type: Literal["refusal"] = "refusal"


class ReasoningSummary(ContentPart):
    """One part of a summary of the reasoning."""

    text: str = ""
    type: Literal["summary_text"] = "summary_text"


class ReasoningText(ContentPart):
    """Raw reasoning, from servers that show it."""

    text: str = ""
    type: Literal["reasoning_text"] = "reasoning_text"


class UnknownPart(ContentPart):
    """A part of a type that is not known; all else is in `extra`."""

    type: str = ""


# -- items -------------------------------------------------------------------------------------


class ResponseOutputMessage(OutputItem, kw_only=True):
    """A message of the model."""

    type: Literal["message"] = "message"
    content: list[ContentPart] = msgspec.field(default_factory=list)
    role: str = "assistant"
    phase: str | None = None


class ResponseReasoningItem(OutputItem, kw_only=True):
    """Reasoning: its summary, its text where the server shows it, or only encrypted."""

    type: Literal["reasoning"] = "reasoning"
    summary: list[ContentPart] = msgspec.field(default_factory=list)
    content: list[ContentPart] = msgspec.field(default_factory=list)
    encrypted_content: str | None = None


class ResponseCompactionItem(OutputItem, kw_only=True):
    """The conversation so far, compacted by the server and encrypted."""

    type: Literal["compaction"] = "compaction"
    encrypted_content: str | None = None


class AgentMessage(OutputItem, kw_only=True):
    """What one agent wrote to another."""

    type: Literal["agent_message"] = "agent_message"
    author: Any = None
    recipient: Any = None
    content: Any = None


class AdditionalTools(OutputItem, kw_only=True):
    """Tools that became available on the way."""

    type: Literal["additional_tools"] = "additional_tools"
    role: str | None = None
    tools: list[Any] | None = None


class UnknownItem(OutputItem, kw_only=True):
    """An item of a type that is not known; all that has no field is in `extra`."""


# -- calls of tools, and what tools gave back --------------------------------------------------


class ResponseFunctionToolCall(ToolCallItem, kw_only=True):
    """A call of one of the client's functions."""

    type: Literal["function_call"] = "function_call"
    namespace: str | None = None


class ResponseCustomToolCall(ToolCallItem, kw_only=True):
    """A call of a custom tool, with free text as its input."""

    type: Literal["custom_tool_call"] = "custom_tool_call"
    input: str = ""
    namespace: str | None = None


class ResponseFunctionWebSearch(ToolCallItem, kw_only=True):
    """A web search, or a page that was opened or searched."""

    type: Literal["web_search_call"] = "web_search_call"
    action: dict[str, Any] | None = None


class ResponseFileSearchToolCall(ToolCallItem, kw_only=True):
    """A search in vector stores."""

    type: Literal["file_search_call"] = "file_search_call"
    queries: list[Any] | None = None
    results: list[Any] | None = None


class ResponseComputerToolCall(ToolCallItem, kw_only=True):
    """An action on a computer."""

    type: Literal["computer_call"] = "computer_call"
    action: dict[str, Any] | None = None
    actions: list[Any] | None = None
    pending_safety_checks: list[Any] | None = None


class ResponseToolSearchCall(ToolCallItem, kw_only=True):
    """A search for tools; its `arguments` come as an object and are kept as JSON text."""

    type: Literal["tool_search_call"] = "tool_search_call"
    execution: str | None = None


class ImageGenerationCall(ToolCallItem, kw_only=True):
    """An image; `result` is base64."""

    type: Literal["image_generation_call"] = "image_generation_call"
    result: str | None = None
    revised_prompt: str | None = None
    output_format: str | None = None
    size: str | None = None


class ResponseCodeInterpreterToolCall(ToolCallItem, kw_only=True):
    """Code that ran in a container."""

    type: Literal["code_interpreter_call"] = "code_interpreter_call"
    code: str | None = None
    container_id: str | None = None
    outputs: list[Any] | None = None


class LocalShellCall(ToolCallItem, kw_only=True):
    """A command for the local shell tool."""

    type: Literal["local_shell_call"] = "local_shell_call"
    action: dict[str, Any] | None = None


class ResponseFunctionShellToolCall(ToolCallItem, kw_only=True):
    """Commands for the shell tool, in `action["commands"]`."""

    type: Literal["shell_call"] = "shell_call"
    action: dict[str, Any] | None = None
    environment: dict[str, Any] | None = None


class ResponseApplyPatchToolCall(ToolCallItem, kw_only=True):
    """A file to create, update or delete; the diff stands in `operation`."""

    type: Literal["apply_patch_call"] = "apply_patch_call"
    operation: dict[str, Any] | None = None


class McpCall(ToolCallItem, kw_only=True):
    """A call of a tool on an MCP server, with its output."""

    type: Literal["mcp_call"] = "mcp_call"
    server_label: str | None = None
    output: str | None = None
    error: Any = None
    approval_request_id: str | None = None


class McpListTools(ToolCallItem, kw_only=True):
    """The tools that an MCP server has."""

    type: Literal["mcp_list_tools"] = "mcp_list_tools"
    server_label: str | None = None
    tools: list[Any] | None = None
    error: Any = None


class McpApprovalRequest(ToolCallItem, kw_only=True):
    """The server asks whether a call may be made."""

    type: Literal["mcp_approval_request"] = "mcp_approval_request"
    server_label: str | None = None


class MultiAgentCall(ToolCallItem, kw_only=True):
    """What one agent asks of another: to begin, to go on, to be waited for; `action` says which."""

    type: Literal["multi_agent_call"] = "multi_agent_call"
    action: Any = None


class Program(ToolCallItem, kw_only=True):
    """A program that calls tools."""

    type: Literal["program"] = "program"
    code: str | None = None
    fingerprint: str | None = None


class ToolOutputItem(OutputItem, kw_only=True):
    """What a tool gave back."""

    call_id: str | None = None
    output: Any = None


class ResponseFunctionToolCallOutputItem(ToolOutputItem, kw_only=True):
    """The output of a function call."""

    type: Literal["function_call_output"] = "function_call_output"


class ResponseCustomToolCallOutputItem(ToolOutputItem, kw_only=True):
    """The output of a custom tool call."""

    type: Literal["custom_tool_call_output"] = "custom_tool_call_output"


class ResponseComputerToolCallOutputItem(ToolOutputItem, kw_only=True):
    """A screenshot."""

    type: Literal["computer_call_output"] = "computer_call_output"


class ResponseToolSearchOutputItem(ToolOutputItem, kw_only=True):
    """The tools that a search found."""

    type: Literal["tool_search_output"] = "tool_search_output"
    execution: str | None = None
    tools: list[Any] | None = None


class LocalShellCallOutput(ToolOutputItem, kw_only=True):
    """What a local shell command printed."""

    type: Literal["local_shell_call_output"] = "local_shell_call_output"


class ResponseFunctionShellToolCallOutput(ToolOutputItem, kw_only=True):
    """What shell commands printed, and how they ended: a list in `output`."""

    type: Literal["shell_call_output"] = "shell_call_output"
    max_output_length: int | None = None


class ResponseApplyPatchToolCallOutput(ToolOutputItem, kw_only=True):
    """Whether a patch could be applied."""

    type: Literal["apply_patch_call_output"] = "apply_patch_call_output"


class ProgramOutput(ToolOutputItem, kw_only=True):
    """The result of a program."""

    type: Literal["program_output"] = "program_output"
    result: str | None = None


class MultiAgentCallOutput(ToolOutputItem, kw_only=True):
    """What came of it."""

    type: Literal["multi_agent_call_output"] = "multi_agent_call_output"
    action: Any = None


class McpApprovalResponse(OutputItem, kw_only=True):
    """The answer to an approval request."""

    type: Literal["mcp_approval_response"] = "mcp_approval_response"
    approval_request_id: str | None = None
    approve: bool | None = None
    reason: str | None = None


# -- the response ------------------------------------------------------------------------------


class InputTokensDetails(WireObject):
    """How the input tokens divide up."""

    cached_tokens: int | None = None


class OutputTokensDetails(WireObject):
    """How the output tokens divide up."""

    reasoning_tokens: int | None = None


class Usage(WireObject):
    """Token counts; `NOT_SENT`, which reads as 0, where the server gave none.

    `own_words` says that they are of another API, and what they are here is what they mean.
    """

    own_words: ClassVar[bool] = False
    input_tokens: int = NOT_SENT
    output_tokens: int = NOT_SENT
    total_tokens: int = NOT_SENT
    input_tokens_details: InputTokensDetails | None = None
    output_tokens_details: OutputTokensDetails | None = None

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


class ChatUsage(Usage, kw_only=True):
    """Token counts of Chat Completions: all of them under their own names in `extra`."""

    own_words = True


class MessagesUsage(Usage, kw_only=True):
    """Token counts of Messages: all of them under their own names in `extra`."""

    own_words = True


class ResponseError(WireObject):
    """Why a response failed."""

    code: str | int | None = None
    message: str | None = None
    type: str | None = None
    param: str | None = None


class IncompleteDetails(WireObject):
    """Why a response is incomplete: `max_output_tokens`, `content_filter` or another word."""

    reason: str | None = None


class Response(WireObject):
    """A response, as far as the event that carries it knows. `created_at` is Unix time."""

    id: str = ""
    model: str = ""
    output: list[OutputItem] = msgspec.field(default_factory=list)
    status: str | None = None
    usage: Usage | None = None
    error: ResponseError | None = None
    incomplete_details: IncompleteDetails | None = None
    created_at: float | None = None
    completed_at: float | None = None
    instructions: Any = None
    previous_response_id: str | None = None

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
