"""Output items that are calls of tools, and what the tools gave back.

Named as in the official SDK. All fields are optional: an item is shown as far as it was sent.
"""

from dataclasses import dataclass
from typing import Any, Literal

from codex_tui.wire.base import OutputItem, ToolCallItem


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseFunctionToolCall(ToolCallItem):
    """A call of one of the client's functions."""

    type: Literal["function_call"] = "function_call"
    namespace: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseCustomToolCall(ToolCallItem):
    """A call of a custom tool, with free text as its input."""

    type: Literal["custom_tool_call"] = "custom_tool_call"
    input: str = ""
    namespace: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseFunctionWebSearch(ToolCallItem):
    """A web search, or a page that was opened or searched."""

    type: Literal["web_search_call"] = "web_search_call"
    action: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseFileSearchToolCall(ToolCallItem):
    """A search in vector stores."""

    type: Literal["file_search_call"] = "file_search_call"
    queries: list[Any] | None = None
    results: list[Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseComputerToolCall(ToolCallItem):
    """An action on a computer."""

    type: Literal["computer_call"] = "computer_call"
    action: dict[str, Any] | None = None
    actions: list[Any] | None = None
    pending_safety_checks: list[Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseToolSearchCall(ToolCallItem):
    """A search for tools; its `arguments` come as an object and are kept as JSON text."""

    type: Literal["tool_search_call"] = "tool_search_call"
    execution: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ImageGenerationCall(ToolCallItem):
    """An image; `result` is base64."""

    type: Literal["image_generation_call"] = "image_generation_call"
    result: str | None = None
    revised_prompt: str | None = None
    output_format: str | None = None
    size: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseCodeInterpreterToolCall(ToolCallItem):
    """Code that ran in a container."""

    type: Literal["code_interpreter_call"] = "code_interpreter_call"
    code: str | None = None
    container_id: str | None = None
    outputs: list[Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class LocalShellCall(ToolCallItem):
    """A command for the local shell tool."""

    type: Literal["local_shell_call"] = "local_shell_call"
    action: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseFunctionShellToolCall(ToolCallItem):
    """Commands for the shell tool, in `action["commands"]`."""

    type: Literal["shell_call"] = "shell_call"
    action: dict[str, Any] | None = None
    environment: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseApplyPatchToolCall(ToolCallItem):
    """A file to create, update or delete; the diff stands in `operation`."""

    type: Literal["apply_patch_call"] = "apply_patch_call"
    operation: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class McpCall(ToolCallItem):
    """A call of a tool on an MCP server, with its output."""

    type: Literal["mcp_call"] = "mcp_call"
    server_label: str | None = None
    output: str | None = None
    error: Any = None
    approval_request_id: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class McpListTools(ToolCallItem):
    """The tools that an MCP server has."""

    type: Literal["mcp_list_tools"] = "mcp_list_tools"
    server_label: str | None = None
    tools: list[Any] | None = None
    error: Any = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class McpApprovalRequest(ToolCallItem):
    """The server asks whether a call may be made."""

    type: Literal["mcp_approval_request"] = "mcp_approval_request"
    server_label: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Program(ToolCallItem):
    """A program that calls tools."""

    type: Literal["program"] = "program"
    code: str | None = None
    fingerprint: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ToolOutputItem(OutputItem):
    """What a tool gave back."""

    call_id: str | None = None
    output: Any = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseFunctionToolCallOutputItem(ToolOutputItem):
    """The output of a function call."""

    type: Literal["function_call_output"] = "function_call_output"


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseCustomToolCallOutputItem(ToolOutputItem):
    """The output of a custom tool call."""

    type: Literal["custom_tool_call_output"] = "custom_tool_call_output"


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseComputerToolCallOutputItem(ToolOutputItem):
    """A screenshot."""

    type: Literal["computer_call_output"] = "computer_call_output"


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseToolSearchOutputItem(ToolOutputItem):
    """The tools that a search found."""

    type: Literal["tool_search_output"] = "tool_search_output"
    execution: str | None = None
    tools: list[Any] | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class LocalShellCallOutput(ToolOutputItem):
    """What a local shell command printed."""

    type: Literal["local_shell_call_output"] = "local_shell_call_output"


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseFunctionShellToolCallOutput(ToolOutputItem):
    """What shell commands printed, and how they ended: a list in `output`."""

    type: Literal["shell_call_output"] = "shell_call_output"
    max_output_length: int | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ResponseApplyPatchToolCallOutput(ToolOutputItem):
    """Whether a patch could be applied."""

    type: Literal["apply_patch_call_output"] = "apply_patch_call_output"


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ProgramOutput(ToolOutputItem):
    """The result of a program."""

    type: Literal["program_output"] = "program_output"
    result: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class McpApprovalResponse(OutputItem):
    """The answer to an approval request."""

    type: Literal["mcp_approval_response"] = "mcp_approval_response"
    approval_request_id: str | None = None
    approve: bool | None = None
    reason: str | None = None
