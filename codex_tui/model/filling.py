"""Taking over what a whole item on the wire says: what was not streamed, and what closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.model import payloads
from codex_tui.model.fold_text import begin_part, close_part, fill_part
from codex_tui.model.fold_tools import settle_printed, touched
from codex_tui.model.items import (
    MessageItem,
    PartedItem,
    ReasoningItem,
    ToolCall,
    ToolOutput,
    call_type,
)
from codex_tui.wire import items as wi

if TYPE_CHECKING:
    from codex_tui.model.items import Item, Part
    from codex_tui.model.slots import Slots

_NOTHING_YET = "{}"  # what calls whose arguments are an object begin with
_FEW = 64


def fill(slots: Slots, item: Item, sent: wi.OutputItem, *, done: bool) -> None:
    """Complete an item with itself as it is on the wire; `done` says that this is the whole."""
    item.item_id = item.item_id or sent.id or None
    slots.know(item, sent.id)
    match item:
        case MessageItem():
            _fill_message(item, sent, done=done)
        case ReasoningItem():
            _fill_reasoning(item, sent, done=done)
        case ToolCall():
            _fill_call(slots, item, sent, done=done)
        case ToolOutput():
            _fill_output(slots, item, sent)
    item.status = sent.status or item.status
    item.version += 1
    if done and not item.done:
        _close(item)
        item.sent = _fuller(item.sent, sent)


def _close(item: Item) -> None:
    """Mark an item and its parts as done; a call's output may still come in another item."""
    item.done = True
    if isinstance(item, PartedItem):
        for part in item.parts:
            part.text.done = True


def _fuller(earlier: wi.OutputItem | None, later: wi.OutputItem) -> wi.OutputItem:
    """Return the later one of two, unless it lacks the encrypted reasoning that came before."""
    sealed = isinstance(earlier, wi.ResponseReasoningItem) and earlier.encrypted_content
    if sealed and not (isinstance(later, wi.ResponseReasoningItem) and later.encrypted_content):
        return earlier or later
    return later


def _fill_message(item: MessageItem, sent: wi.OutputItem, *, done: bool) -> None:
    if isinstance(sent, wi.ResponseOutputMessage):
        item.role = sent.role or item.role
        item.phase = sent.phase or item.phase
        _fill_parts(item, sent.content, "", done=done)


def _fill_reasoning(item: ReasoningItem, sent: wi.OutputItem, *, done: bool) -> None:
    if isinstance(sent, wi.ResponseReasoningItem):
        item.encrypted = item.encrypted or bool(sent.encrypted_content)
        _fill_parts(item, sent.summary, "summary_text", done=done)
        _fill_parts(item, sent.content, "reasoning_text", done=done)


def _fill_parts(
    item: PartedItem, contents: list[wi.ContentPart], type_: str, *, done: bool
) -> None:
    if done and (parts := _paired(item, contents, type_)) is not None:
        for part, content in zip(parts, contents, strict=True):
            close_part(part, content)
        return
    for index, content in enumerate(contents):
        if done:
            fill_part(item, content, index, type_)
        else:
            begin_part(item, content, index, type_)


def _paired(item: PartedItem, contents: list[wi.ContentPart], type_: str) -> list[Part] | None:
    """Return the streamed parts in the order of a whole item's, where they are as many.

    Then the order tells which is which, even if the server gave two of them the same index.
    """
    if len(item.parts) > len(contents) + _FEW:
        return None  # so that an endless item does not cost its whole length each time
    streamed = [part for part in item.parts if not type_ or part.type == type_]
    parts = sorted(streamed, key=lambda part: -1 if part.index is None else part.index)
    types = [type_ or content.type for content in contents]
    return parts if [part.type for part in parts] == types else None


def _fill_call(slots: Slots, call: ToolCall, sent: wi.OutputItem, *, done: bool) -> None:
    call.name = payloads.name_of(sent) or call.name
    call.server_label = payloads.server_of(sent) or call.server_label
    call.error = payloads.error_of(sent) or call.error
    if (action := payloads.action_of(sent)) is not None:
        call.action = action
    if isinstance(sent, wi.ToolCallItem) and sent.call_id:
        call.call_id = sent.call_id
        slots.know(call, sent.call_id)
    arguments = payloads.arguments_of(sent)
    if done:
        call.arguments.settle(arguments)
    elif not call.arguments and arguments != _NOTHING_YET:
        call.arguments.append(arguments)
    if output := payloads.output_of(sent):
        call.output.settle(output)


def _fill_output(slots: Slots, item: ToolOutput, sent: wi.OutputItem) -> None:
    item.call_id = item.call_id or (sent.call_id if isinstance(sent, wi.ToolOutputItem) else None)
    _link(slots, item)
    output = payloads.output_of(sent)
    if isinstance(sent, wi.ResponseFunctionShellToolCallOutput) and output:
        settle_printed(item, sent.output)
    elif output:
        item.output.settle(output)
    touched(item)


def _link(slots: Slots, item: ToolOutput) -> None:
    """Find the call of an output: by its id, else the latest of its type that has none yet."""
    if item.call is not None:
        return
    call = slots.with_id(item.call_id) if item.call_id else slots.latest(call_type(item.type))
    if not isinstance(call, ToolCall) or (call.output and not item.call_id):
        return
    item.call = call
    if item.output:
        call.output = item.output
    item.output = call.output
