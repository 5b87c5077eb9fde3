"""Folding of the output of `codex exec --json`: items with ids, and the usage of a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from codex_tui.model.codex_thread import moment_of_id
from codex_tui.model.codex_usage import own_usage, usage_of
from codex_tui.model.fold_codex import codex_of, error_of
from codex_tui.model.items import NEVER_ENDED, MessageItem, OtherItem, ReasoningItem, ToolCall
from codex_tui.model.payloads import all_text_of, as_text
from codex_tui.wire import codex_events as cx
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import Item, ResponseState
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ResponseStreamEvent

_MODEL = "assistant"
_NO_EXIT_CODE = "no exit code"
_DECLINED = "declined"
_PLAN = "todo_list"


def _thread_started(_: Slots, state: ResponseState, event: cx.ThreadStartedEvent) -> None:
    codex = codex_of(state)
    state.codex = replace(codex, thread=replace(codex.thread, id=event.thread_id or ""))


def _exec_item(slots: Slots, _: ResponseState, event: cx.ItemCompletedEvent) -> Item | None:
    if not isinstance(event.item, dict):
        return None
    return take_item(slots, event.item, done=event.type == "item.completed")


def take_item(slots: Slots, sent: dict[str, Any], *, done: bool) -> Item:
    """Take an item as far as it is; it keeps its id from its beginning to its end."""
    id_, type_ = _text(sent.get("id")), _text(sent.get("type") or sent.get("item_type"))
    kind = _MADE_OF.get(type_, _other)
    item = slots.with_id(id_) if id_ else None
    if item is None:
        item = slots.add(kind(slots.next_key(), type_), NOT_SENT, id_)
    _FILL[type(item)](item, sent)
    item.status = _text(sent.get("status")) or item.status
    item.done = item.done or done
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
    if "text" not in sent:
        return
    type_ = "output_text" if isinstance(item, MessageItem) else "summary_text"
    part = item.find_part(type_, 0) or item.open_part(type_, 0)
    part.text.settle(_text(sent.get("text")))
    item.latest = part


def _fill_call(call: Any, sent: dict[str, Any]) -> None:
    call.server_label = _text(sent.get("server")) or call.server_label
    call.name = _text(sent.get("tool")) or call.name
    call.call_id = _text(sent.get("id")) or None
    call.arguments.settle(_arguments(sent))
    told = (sent.get(key) for key in ("aggregated_output", "result"))
    call.output.settle(next(filter(None, map(_text, told)), "") or _states(sent))
    call.outcome = _outcome(call, sent)
    if error := sent.get("error"):
        call.error = _text(_get(error, "message")) or _text(error)


def _outcome(call: ToolCall, sent: dict[str, Any]) -> str | None:
    """How a command ended; one that is over ends with a code."""
    if (code := sent.get("exit_code")) is not None:
        return f"exit {_text(code)}"
    if sent.get("status") == _DECLINED:
        return _DECLINED
    over = sent.get("status") in ("completed", "failed")
    return _NO_EXIT_CODE if over and call.type == "command_execution" else None


def _fill_note(item: OtherItem, sent: dict[str, Any]) -> None:
    """Take what the CLI tells its user; of items that nobody knows all that they hold."""
    own = {key: value for key, value in sent.items() if key not in _OWN}
    item.note = _text(sent.get("message")) or all_text_of(own)


def _arguments(sent: dict[str, Any]) -> str:
    """What a call asks for: a command as it is, everything else as JSON."""
    told = (sent.get(key) for key in ("command", "arguments", "changes", "items", "action"))
    found = next((value for value in told if value), None) or sent.get("query") or _asked(sent)
    return _text(found)


def _asked(sent: dict[str, Any]) -> dict[str, Any] | str:
    """What one agent asks of others: the prompt, and whom."""
    told = {key: sent[key] for key in ("prompt", "receiver_thread_ids") if sent.get(key)}
    return told or ""


def _states(sent: dict[str, Any]) -> str:
    """How other agents are, a line each: its thread, its state, and what it said."""
    states = sent.get("agents_states")
    said = states.items() if isinstance(states, dict) else ()
    return "\n".join(f"{id_}: {_state(state)}" for id_, state in said)


def _state(state: Any) -> str:
    if not isinstance(state, dict):
        return _text(state)
    return ": ".join(filter(None, (_text(state.get("status")), _text(state.get("message")))))


_OWN = ("id", "type", "item_type", "status")
_NAMES = {
    "command_execution": "shell",
    "file_change": "apply_patch",
    "web_search": "web_search",
    "todo_list": "update_plan",
}
_MADE_OF: dict[str, Callable[[str, str], Item]] = {
    "agent_message": _message,
    "assistant_message": _message,  # its name in the first versions
    "reasoning": _reasoning,
    "mcp_tool_call": _call,
    "collab_tool_call": _call,
    "collab_agent_tool_call": _call,
    **dict.fromkeys(_NAMES, _call),
}
_FILL: dict[type, Callable[[Any, dict[str, Any]], None]] = {
    MessageItem: _fill_text,
    ReasoningItem: _fill_text,
    ToolCall: _fill_call,
    OtherItem: _fill_note,
}


def _turn_over(slots: Slots, state: ResponseState, event: cx.TurnCompletedEvent) -> None:
    """Take the figures; errors before were of connections that could be made again."""
    abandon(slots)
    state.error, state.saw_error = None, False
    codex = codex_of(state)
    thread = codex.thread
    if (told := usage_of(event.usage)) is None:
        return
    unsaid = thread.id in thread.unsaid
    before, begun = thread.told.get(thread.id), moment_of_id(thread.id)
    state.usage, doubt = own_usage(before, told, begun=begun, unsaid=unsaid)
    known, left = {**thread.told, thread.id: told}, thread.unsaid - {thread.id}
    thread = replace(thread, told=known, unsaid=left)
    state.codex = replace(codex, thread=thread, whole=told, doubt=doubt)


def _turn_failed(slots: Slots, state: ResponseState, event: cx.TurnFailedEvent) -> None:
    abandon(slots)
    state.error = error_of(event.error)
    state.saw_error = True
    codex = codex_of(state)
    thread = replace(codex.thread, unsaid=codex.thread.unsaid | {codex.thread.id})
    state.codex = replace(codex, thread=thread)


def abandon(slots: Slots) -> None:
    """Mark the calls of a turn that is over which are not; a plan need not be carried out."""
    calls = (item for item in slots.items if isinstance(item, ToolCall))
    for item in [call for call in calls if not call.done and call.type != _PLAN]:
        call = slots.take(item)
        call.outcome = NEVER_ENDED
        call.version += 1


def _text(value: Any) -> str:
    return "" if value is None else as_text(value)


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, ResponseState, Any], Item | None]] = {
    cx.ThreadStartedEvent: _thread_started,
    cx.ItemStartedEvent: _exec_item,
    cx.ItemUpdatedEvent: _exec_item,
    cx.ItemCompletedEvent: _exec_item,
    cx.TurnCompletedEvent: _turn_over,
    cx.TurnFailedEvent: _turn_failed,
}
