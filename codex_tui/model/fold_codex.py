"""Folding of what the Codex CLI wrote: items of a rollout, and of `codex exec --json`.

A rollout tells most things twice, as an item of the API and as what the CLI showed; the items are
folded, and the rest only says what they don't: usage, errors, the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.model.fold_items import fill
from codex_tui.model.items import MessageItem, OtherItem, ReasoningItem, ToolCall, new_item
from codex_tui.model.payloads import as_text
from codex_tui.wire import codex_events as cx
from codex_tui.wire import items as wi
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import Item, ResponseState
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ResponseStreamEvent

_MODEL = "assistant"
_BITS = 64  # of a count, its sign included


# -- rollouts ----------------------------------------------------------------------------------


def _response_item(slots: Slots, _: ResponseState, event: cx.ResponseItemLine) -> Item | None:
    return _whole_item(slots, event.payload)


def _bare_item(slots: Slots, _: ResponseState, event: cx.BareItemLine) -> Item | None:
    return _whole_item(slots, event.item)


def _whole_item(slots: Slots, sent: wi.OutputItem) -> Item | None:
    """Add an item; messages before the model's first are the request, and stand there."""
    if isinstance(sent, wi.ResponseOutputMessage) and sent.role != _MODEL and not slots.begun:
        return None
    if isinstance(sent, wi.ResponseOutputMessage) and sent.role not in (_MODEL, "user"):
        return None
    item = slots.add(new_item(sent.type, slots.next_key()), NOT_SENT, sent.id)
    fill(slots, item, sent, done=True)
    item.sent = None  # it was read from a file, and goes back to no server
    return item


def _turn_context(_: Slots, state: ResponseState, event: cx.TurnContextLine) -> None:
    state.model = _text(_get(event.payload, "model")) or state.model


def _compacted(slots: Slots, _: ResponseState, event: cx.CompactedLine) -> Item:
    item = slots.add(OtherItem(slots.next_key(), str(event.type)), NOT_SENT, None)
    item.done = True
    return item


def _event_msg(_: Slots, state: ResponseState, event: cx.EventMsgLine) -> None:
    match event.about:
        case "token_count":
            _count_tokens(state, _get(event.payload, "info"))
        case "error":
            state.saw_error = True
            state.error = _error(event.payload)
        case "task_complete" | "turn_complete" if error := _get(event.payload, "error"):
            state.error = _error(error)


def _count_tokens(state: ResponseState, info: Any) -> None:
    """Add what the latest response used, once: the CLI says it again and again."""
    total = _get(_get(info, "total_token_usage"), "total_tokens")
    if not isinstance(total, int) or total == state.session_tokens:
        return
    state.session_tokens = total
    if (latest := usage_of(_get(info, "last_token_usage"))) is not None:
        state.usage = _sum(state.usage, latest)


def usage_of(counts: Any) -> wi.Usage | None:
    """Token counts as the CLI writes them; None where there are none."""
    if not isinstance(counts, dict) or (made := _int(counts, "output_tokens")) is None:
        return None
    cached, reasoning = _int(counts, "cached_input_tokens"), _int(counts, "reasoning_output_tokens")
    given = _int(counts, "input_tokens") or 0
    total = _int(counts, "total_tokens")
    return wi.Usage(
        given,
        made,
        given + made if total is None else total,
        input_tokens_details=None if cached is None else wi.InputTokensDetails(cached),
        output_tokens_details=None if reasoning is None else wi.OutputTokensDetails(reasoning),
    )


def _sum(before: wi.Usage | None, later: wi.Usage) -> wi.Usage:
    if before is None:
        return later
    cached = (before.cached_tokens or 0) + (later.cached_tokens or 0)
    reasoning = (before.reasoning_tokens or 0) + (later.reasoning_tokens or 0)
    return wi.Usage(
        before.input_tokens + later.input_tokens,
        before.output_tokens + later.output_tokens,
        before.total_tokens + later.total_tokens,
        input_tokens_details=wi.InputTokensDetails(cached),
        output_tokens_details=wi.OutputTokensDetails(reasoning),
    )


def _error(value: Any) -> wi.ResponseError:
    code = _get(value, "codex_error_info")
    return wi.ResponseError(
        code if isinstance(code, str) else None, _text(_get(value, "message")) or _text(value)
    )


# -- exec --------------------------------------------------------------------------------------


def _exec_item(slots: Slots, _: ResponseState, event: cx.ItemCompletedEvent) -> Item | None:
    """Take an item as far as it is; it keeps its id from its beginning to its end."""
    sent = event.item
    if not isinstance(sent, dict):
        return None
    id_ = _text(sent.get("id"))
    kind = _MADE_OF.get(event.about, _other)
    item = slots.with_id(id_) if id_ else None
    if item is None:
        item = slots.add(kind(slots.next_key(), event.about), NOT_SENT, id_)
    _FILL.get(type(item), _fill_nothing)(item, sent)
    item.status = _text(sent.get("status")) or item.status
    item.done = item.done or event.type == "item.completed"
    item.version += 1
    return item


def _message(key: str, _: str) -> Item:
    return MessageItem(key, "message", role=_MODEL)


def _reasoning(key: str, _: str) -> Item:
    return ReasoningItem(key, "reasoning")


def _call(key: str, type_: str) -> Item:
    return ToolCall(key, type_, name=_NAMES.get(type_, ""))


def _other(key: str, type_: str) -> Item:
    return OtherItem(key, type_)


def _fill_text(item: Any, sent: dict[str, Any]) -> None:
    type_ = "output_text" if isinstance(item, MessageItem) else "summary_text"
    part = item.find_part(type_, 0) or item.open_part(type_, 0)
    part.text.settle(_text(sent.get("text")))
    item.latest = part


def _fill_call(call: Any, sent: dict[str, Any]) -> None:
    call.server_label = _text(sent.get("server")) or call.server_label
    call.name = _text(sent.get("tool")) or call.name
    call.call_id = _text(sent.get("id")) or None
    call.arguments.settle(_arguments(sent))
    call.output.settle(_text(sent.get("aggregated_output")) or _text(sent.get("result")))
    if (code := sent.get("exit_code")) is not None:
        call.outcome = f"exit {_text(code)}"
    if error := sent.get("error"):
        call.error = _text(_get(error, "message")) or _text(error)


def _fill_nothing(_item: Any, _sent: dict[str, Any]) -> None:
    """The item says nothing that has a place; its event shows it whole."""


def _arguments(sent: dict[str, Any]) -> str:
    """What a call asks for: a command as it is, everything else as JSON."""
    told = (sent.get(key) for key in ("command", "arguments", "changes", "items", "action"))
    found = next((value for value in told if value), None) or sent.get("query") or ""
    return _text(found)


_NAMES = {
    "command_execution": "shell",
    "file_change": "apply_patch",
    "web_search": "web_search",
    "todo_list": "update_plan",
}
_MADE_OF: dict[str, Callable[[str, str], Item]] = {
    "agent_message": _message,
    "reasoning": _reasoning,
    "mcp_tool_call": _call,
    "collab_tool_call": _call,
    **dict.fromkeys(_NAMES, _call),
}
_FILL: dict[type, Callable[[Any, dict[str, Any]], None]] = {
    MessageItem: _fill_text,
    ReasoningItem: _fill_text,
    ToolCall: _fill_call,
}


def _turn_over(_: Slots, state: ResponseState, event: cx.TurnCompletedEvent) -> None:
    """Take the figures; errors before were of connections that could be made again."""
    state.usage = usage_of(event.usage) or state.usage
    state.error, state.saw_error = None, False


def _turn_failed(_: Slots, state: ResponseState, event: cx.TurnFailedEvent) -> None:
    state.error = _error(event.error)
    state.saw_error = True


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _int(counts: dict[str, Any], key: str) -> int | None:
    """A count; None where there is none, or a number that no count has."""
    value = counts.get(key)
    return value if type(value) is int and value.bit_length() < _BITS else None


def _text(value: Any) -> str:
    return "" if value is None else as_text(value)


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, ResponseState, Any], Item | None]] = {
    cx.ResponseItemLine: _response_item,
    cx.BareItemLine: _bare_item,
    cx.TurnContextLine: _turn_context,
    cx.CompactedLine: _compacted,
    cx.EventMsgLine: _event_msg,
    cx.ItemStartedEvent: _exec_item,
    cx.ItemUpdatedEvent: _exec_item,
    cx.ItemCompletedEvent: _exec_item,
    cx.TurnCompletedEvent: _turn_over,
    cx.TurnFailedEvent: _turn_failed,
}
