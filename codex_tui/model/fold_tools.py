"""Folding of tool calls: what they ask, how far they are, what comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.model.payloads import shell_outcome, shell_output
from codex_tui.model.text import Text
from codex_tui.wire import events as ev
from codex_tui.wire.base import CallProgressEvent, JsonText

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import Item, ToolCall, ToolOutput
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ItemDeltaEvent, ResponseStreamEvent

_OVER = {"completed", "failed"}


def _grows(type_: str) -> Callable[[Slots, ItemDeltaEvent], Item]:
    """Return the handler of the pieces in which the arguments of a type of calls grow."""

    def grow(slots: Slots, event: ItemDeltaEvent) -> Item:
        call = slots.call(type_, event.output_index, event.item_id)
        call.arguments.append(event.delta)
        call.version += 1
        return call

    return grow


def _closing(slots: Slots, type_: str, event: Any, text: str) -> ToolCall:
    return slots.call(type_, event.output_index, event.item_id, closing=True, text=text)


def _settle(slots: Slots, call: ToolCall, arguments: str) -> Item:
    if arguments and not call.arguments and not call.arguments.done:
        slots.tell_unless_resumed("order.done-alone", "deltas before it", f"the whole {call.type}")
    settle_arguments(slots, call, arguments)
    call.version += 1
    return call


def settle_arguments(slots: Slots, call: ToolCall, arguments: str) -> None:
    """Close the arguments; an object in the place of their text leaves what streamed as it is."""
    if not is_object(slots, call, arguments):
        call.arguments.settle(arguments)
        return
    call.closed_with = str(arguments)
    streamed = str(call.arguments)
    if streamed and _parsed(streamed) == _parsed(arguments):
        call.arguments.done = True
    else:
        call.arguments.settle(str(arguments))


def is_object(slots: Slots, call: ToolCall, arguments: str) -> bool:
    """Whether arguments came as an object, which is forgiven where it is not what the API says."""
    if not isinstance(arguments, JsonText) or call.type not in _TEXTUAL:
        return False
    kind = {"{": "an object", "[": "an array"}.get(arguments[:1], "a value")
    slots.forgiving.forgive("field.type", "arguments as a text", kind)
    return True


_TEXTUAL = {"function_call", "custom_tool_call", "mcp_call", "mcp_approval_request"}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _function_done(slots: Slots, event: ev.ResponseFunctionCallArgumentsDoneEvent) -> Item:
    call = slots.call(
        "function_call", event.output_index, event.item_id, closing=True, text=event.arguments
    )
    call.name = call.name or event.name or ""
    return _settle(slots, call, event.arguments)


def _mcp_done(slots: Slots, event: ev.ResponseMcpCallArgumentsDoneEvent) -> Item:
    call = slots.call(
        "mcp_call", event.output_index, event.item_id, closing=True, text=event.arguments
    )
    return _settle(slots, call, event.arguments)


def _custom_done(slots: Slots, event: ev.ResponseCustomToolCallInputDoneEvent) -> Item:
    call = slots.call(
        "custom_tool_call", event.output_index, event.item_id, closing=True, text=event.input
    )
    return _settle(slots, call, event.input)


def _code_done(slots: Slots, event: ev.ResponseCodeInterpreterCallCodeDoneEvent) -> Item:
    call = slots.call(
        "code_interpreter_call", event.output_index, event.item_id, closing=True, text=event.code
    )
    return _settle(slots, call, event.code)


def _diff_done(slots: Slots, event: ev.ResponseApplyPatchCallOperationDiffDoneEvent) -> Item:
    call = slots.call(
        "apply_patch_call", event.output_index, event.item_id, closing=True, text=event.diff
    )
    return _settle(slots, call, event.diff)


def _progress(slots: Slots, event: CallProgressEvent) -> Item:
    """Set the status that the type of an event says: `response.web_search_call.searching`."""
    _, type_, word = (event.type or "").split(".")
    call = slots.call(type_, event.output_index, event.item_id, closing=word in _OVER)
    if not call.done:
        call.status = word
    call.version += 1
    return call


def _partial_image(slots: Slots, event: ev.ResponseImageGenCallPartialImageEvent) -> Item:
    call = slots.call("image_generation_call", event.output_index, event.item_id)
    call.partial_images += 1
    call.version += 1
    return call


def _command_delta(slots: Slots, event: ev.ResponseShellCallCommandDeltaEvent) -> Item:
    call = slots.call("shell_call", event.output_index, event.item_id)
    return _command(call, event.command_index, event.delta)


def _command_added(slots: Slots, event: ev.ResponseShellCallCommandAddedEvent) -> Item:
    call = slots.call("shell_call", event.output_index, event.item_id)
    return _command(call, event.command_index, event.command)


def _command(call: ToolCall, index: int, piece: str) -> Item:
    """Grow one command; a line end stands between the commands of a call."""
    if index not in call.commands:
        call.commands[index] = Text()
        call.arguments.append("\n" if len(call.commands) > 1 else "")
    call.commands[index].append(piece)
    call.arguments.append(piece)
    call.version += 1
    return call


def _command_done(slots: Slots, event: ev.ResponseShellCallCommandDoneEvent) -> Item:
    """Close one command; where it differs from its pieces the finished item corrects the whole."""
    call = slots.call("shell_call", event.output_index, event.item_id, closing=True)
    if not call.commands.get(event.command_index):
        _command(call, event.command_index, event.command)
    call.commands[event.command_index].settle(event.command)
    call.version += 1
    return call


def _printed(slots: Slots, event: ev.ResponseShellCallOutputContentDeltaEvent) -> Item:
    item = slots.tool_output("shell_call_output", event.output_index, event.item_id)
    item.output.append(shell_output([event.delta]))
    return touched(item)


def _printed_all(slots: Slots, event: ev.ResponseShellCallOutputContentDoneEvent) -> Item:
    item = slots.tool_output("shell_call_output", event.output_index, event.item_id, closing=True)
    settle_printed(item, event.output)
    return touched(item)


def settle_printed(item: ToolOutput, outputs: Any) -> None:
    """Close what was printed; the same length is the same, with its two streams interleaved."""
    text = shell_output(outputs)
    if len(text) != len(item.output):
        item.output.settle(text)
    item.output.done = True
    item.outcome = shell_outcome(outputs) or item.outcome


def touched(item: ToolOutput) -> Item:
    """Raise the version of an output and of its call: both show it."""
    item.version += 1
    if item.call is not None:
        item.call.outcome = item.outcome
        item.call.version += 1
    return item


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, Any], Item]] = {
    ev.ResponseFunctionCallArgumentsDeltaEvent: _grows("function_call"),
    ev.ResponseFunctionCallArgumentsDoneEvent: _function_done,
    ev.ResponseCustomToolCallInputDeltaEvent: _grows("custom_tool_call"),
    ev.ResponseCustomToolCallInputDoneEvent: _custom_done,
    ev.ResponseMcpCallArgumentsDeltaEvent: _grows("mcp_call"),
    ev.ResponseMcpCallArgumentsDoneEvent: _mcp_done,
    ev.ResponseCodeInterpreterCallCodeDeltaEvent: _grows("code_interpreter_call"),
    ev.ResponseCodeInterpreterCallCodeDoneEvent: _code_done,
    ev.ResponseApplyPatchCallOperationDiffDeltaEvent: _grows("apply_patch_call"),
    ev.ResponseApplyPatchCallOperationDiffDoneEvent: _diff_done,
    ev.ResponseShellCallCommandAddedEvent: _command_added,
    ev.ResponseShellCallCommandDeltaEvent: _command_delta,
    ev.ResponseShellCallCommandDoneEvent: _command_done,
    ev.ResponseShellCallOutputContentDeltaEvent: _printed,
    ev.ResponseShellCallOutputContentDoneEvent: _printed_all,
    ev.ResponseImageGenCallPartialImageEvent: _partial_image,
    CallProgressEvent: _progress,
}
