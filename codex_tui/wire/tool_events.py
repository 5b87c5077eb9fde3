"""Events of tool calls, named as in the official SDK.

What a call is stands in its item; these tell how far it is.
"""

from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

from codex_tui.wire.base import (
    NOT_SENT,
    ArgumentsDoneEvent,
    CallProgressEvent,
    ItemDeltaEvent,
    ItemEvent,
)


@dataclass(slots=True, repr=False, eq=False)
class ResponseFunctionCallArgumentsDeltaEvent(ItemDeltaEvent):
    """A piece of a function call's arguments."""

    type: Literal["response.function_call_arguments.delta"] = (
        "response.function_call_arguments.delta"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseFunctionCallArgumentsDoneEvent(ArgumentsDoneEvent):
    """A function call's whole arguments."""

    type: Literal["response.function_call_arguments.done"] = "response.function_call_arguments.done"
    _: KW_ONLY
    name: str | None = None


@dataclass(slots=True, repr=False, eq=False)
class ResponseCustomToolCallInputDeltaEvent(ItemDeltaEvent):
    """A piece of a custom tool call's input."""

    type: Literal["response.custom_tool_call_input.delta"] = "response.custom_tool_call_input.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseCustomToolCallInputDoneEvent(ItemEvent):
    """A custom tool call's whole input."""

    input: str
    output_index: int = NOT_SENT
    type: Literal["response.custom_tool_call_input.done"] = "response.custom_tool_call_input.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpCallArgumentsDeltaEvent(ItemDeltaEvent):
    """A piece of an MCP call's arguments."""

    type: Literal["response.mcp_call_arguments.delta"] = "response.mcp_call_arguments.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpCallArgumentsDoneEvent(ArgumentsDoneEvent):
    """An MCP call's whole arguments."""

    type: Literal["response.mcp_call_arguments.done"] = "response.mcp_call_arguments.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseCodeInterpreterCallCodeDeltaEvent(ItemDeltaEvent):
    """A piece of the code to run."""

    type: Literal["response.code_interpreter_call_code.delta"] = (
        "response.code_interpreter_call_code.delta"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseCodeInterpreterCallCodeDoneEvent(ItemEvent):
    """The whole code to run."""

    code: str
    output_index: int = NOT_SENT
    type: Literal["response.code_interpreter_call_code.done"] = (
        "response.code_interpreter_call_code.done"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseApplyPatchCallOperationDiffDeltaEvent(ItemDeltaEvent):
    """A piece of a patch."""

    type: Literal["response.apply_patch_call_operation_diff.delta"] = (
        "response.apply_patch_call_operation_diff.delta"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseApplyPatchCallOperationDiffDoneEvent(ItemEvent):
    """The whole patch."""

    diff: str
    output_index: int = NOT_SENT
    type: Literal["response.apply_patch_call_operation_diff.done"] = (
        "response.apply_patch_call_operation_diff.done"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseShellCallCommandAddedEvent(ItemEvent):
    """A shell command begins."""

    command: str = ""
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_command.added"] = "response.shell_call_command.added"


@dataclass(slots=True, repr=False, eq=False)
class ResponseShellCallCommandDeltaEvent(ItemEvent):
    """A piece of a shell command."""

    delta: str
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_command.delta"] = "response.shell_call_command.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseShellCallCommandDoneEvent(ItemEvent):
    """A whole shell command."""

    command: str
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_command.done"] = "response.shell_call_command.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseShellCallOutputContentDeltaEvent(ItemEvent):
    """A piece of what a command printed, under `stdout` or `stderr`."""

    delta: dict[str, Any]
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_output_content.delta"] = (
        "response.shell_call_output_content.delta"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseShellCallOutputContentDoneEvent(ItemEvent):
    """All that a command printed, and how it ended."""

    output: list[Any]
    command_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.shell_call_output_content.done"] = (
        "response.shell_call_output_content.done"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseImageGenCallPartialImageEvent(ItemEvent):
    """An image as far as it is drawn, base64."""

    partial_image_b64: str
    partial_image_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.image_generation_call.partial_image"] = (
        "response.image_generation_call.partial_image"
    )
    _: KW_ONLY
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    size: str | None = None


@dataclass(slots=True, repr=False, eq=False)
class ResponseCodeInterpreterCallInProgressEvent(CallProgressEvent):
    """A code interpreter call begins."""

    type: Literal["response.code_interpreter_call.in_progress"] = (
        "response.code_interpreter_call.in_progress"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseCodeInterpreterCallInterpretingEvent(CallProgressEvent):
    """The code runs."""

    type: Literal["response.code_interpreter_call.interpreting"] = (
        "response.code_interpreter_call.interpreting"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseCodeInterpreterCallCompletedEvent(CallProgressEvent):
    """The code has run."""

    type: Literal["response.code_interpreter_call.completed"] = (
        "response.code_interpreter_call.completed"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseFileSearchCallInProgressEvent(CallProgressEvent):
    """A file search begins."""

    type: Literal["response.file_search_call.in_progress"] = "response.file_search_call.in_progress"


@dataclass(slots=True, repr=False, eq=False)
class ResponseFileSearchCallSearchingEvent(CallProgressEvent):
    """The files are searched."""

    type: Literal["response.file_search_call.searching"] = "response.file_search_call.searching"


@dataclass(slots=True, repr=False, eq=False)
class ResponseFileSearchCallCompletedEvent(CallProgressEvent):
    """The file search is done."""

    type: Literal["response.file_search_call.completed"] = "response.file_search_call.completed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseWebSearchCallInProgressEvent(CallProgressEvent):
    """A web search begins."""

    type: Literal["response.web_search_call.in_progress"] = "response.web_search_call.in_progress"


@dataclass(slots=True, repr=False, eq=False)
class ResponseWebSearchCallSearchingEvent(CallProgressEvent):
    """The web is searched."""

    type: Literal["response.web_search_call.searching"] = "response.web_search_call.searching"


@dataclass(slots=True, repr=False, eq=False)
class ResponseWebSearchCallCompletedEvent(CallProgressEvent):
    """The web search is done."""

    type: Literal["response.web_search_call.completed"] = "response.web_search_call.completed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseImageGenCallInProgressEvent(CallProgressEvent):
    """An image call begins."""

    type: Literal["response.image_generation_call.in_progress"] = (
        "response.image_generation_call.in_progress"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseImageGenCallGeneratingEvent(CallProgressEvent):
    """The image is drawn."""

    type: Literal["response.image_generation_call.generating"] = (
        "response.image_generation_call.generating"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseImageGenCallCompletedEvent(CallProgressEvent):
    """The image is done."""

    type: Literal["response.image_generation_call.completed"] = (
        "response.image_generation_call.completed"
    )


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpCallInProgressEvent(CallProgressEvent):
    """An MCP call begins."""

    type: Literal["response.mcp_call.in_progress"] = "response.mcp_call.in_progress"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpCallCompletedEvent(CallProgressEvent):
    """An MCP call is done."""

    type: Literal["response.mcp_call.completed"] = "response.mcp_call.completed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpCallFailedEvent(CallProgressEvent):
    """An MCP call failed."""

    type: Literal["response.mcp_call.failed"] = "response.mcp_call.failed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpListToolsInProgressEvent(CallProgressEvent):
    """An MCP server is asked for its tools."""

    type: Literal["response.mcp_list_tools.in_progress"] = "response.mcp_list_tools.in_progress"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpListToolsCompletedEvent(CallProgressEvent):
    """An MCP server's tools are known."""

    type: Literal["response.mcp_list_tools.completed"] = "response.mcp_list_tools.completed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseMcpListToolsFailedEvent(CallProgressEvent):
    """An MCP server's tools could not be listed."""

    type: Literal["response.mcp_list_tools.failed"] = "response.mcp_list_tools.failed"


@dataclass(slots=True, repr=False, eq=False)
class ResponseCompactionCompactingEvent(CallProgressEvent):
    """The conversation is being compacted."""

    type: Literal["response.compaction.compacting"] = "response.compaction.compacting"
