"""Folding of messages of `codex app-server`: items as exec output has them, and their deltas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from codex_tui.model.fold_codex import codex_of, count_tokens, error_of
from codex_tui.model.fold_exec import abandon, take_item
from codex_tui.model.items import PartedItem, ReasoningItem, ToolCall
from codex_tui.model.payloads import as_text
from codex_tui.wire import app_server as app

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import Item, ResponseState
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ResponseStreamEvent

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_PARTS = {
    app.AppMessageDelta: "output_text",
    app.AppSummaryDelta: "summary_text",
    app.AppReasoningDelta: "reasoning_text",
}


def _thread_started(_: Slots, state: ResponseState, event: app.AppThreadStarted) -> None:
    thread = event.told("thread")
    id_ = thread.get("id") if isinstance(thread, dict) else None
    codex = codex_of(state)
    if codex.thread.idle:  # else it is a sub-agent's
        state.codex = replace(codex, thread=replace(codex.thread, id=id_ or codex.thread.id))


def _turn_started(_: Slots, state: ResponseState, event: app.AppServerMessage) -> None:
    codex = codex_of(state)
    if codex.thread.idle:
        id_ = _thread_of(event) or codex.thread.id
        state.codex = replace(codex, thread=replace(codex.thread, id=id_, idle=False))


def _thread_of(event: app.AppServerMessage) -> str:
    id_ = event.told("threadId")
    return id_ if isinstance(id_, str) else ""


def _agent(state: ResponseState, event: app.AppServerMessage) -> str | None:
    """The thread that a message is about, where it is not the turn's own: a sub-agent's."""
    id_, own = _thread_of(event), codex_of(state).thread.id
    return id_ if id_ and own and id_ != own else None


def _item(slots: Slots, state: ResponseState, event: app.AppServerItemMessage) -> Item | None:
    if event.about == "userMessage":
        return None  # it is the request
    done = event.type == "item/completed"
    sent = _as_exec(event.item)
    if not done and not sent.get("text"):
        sent.pop("text", None)  # it has not come yet
    item = take_item(slots, sent, done=done)
    item.agent = item.agent or _agent(state, event)
    if isinstance(item, ReasoningItem) and done:
        _settle(item, "summary_text", event.item.get("summary"))
        _settle(item, "reasoning_text", event.item.get("content"))
    return item


def _settle(item: ReasoningItem, type_: str, texts: Any) -> None:
    for index, text in enumerate(texts if isinstance(texts, list) else ()):
        part = item.find_part(type_, index) or item.open_part(type_, index)
        part.text.settle(text if isinstance(text, str) else as_text(text))


def _as_exec(item: dict[str, Any]) -> dict[str, Any]:
    """An item under the names that exec output has for the same."""
    named = {_snake(key): value for key, value in item.items()}
    named["type"] = _snake(str(item.get("type", "")))
    if isinstance(named.get("status"), str):
        named["status"] = _snake(named["status"])
    return named


def _snake(name: str) -> str:
    return _HUMP.sub(r"_\1", name).lower()


def _delta(slots: Slots, state: ResponseState, event: app.AppServerMessage) -> Item | None:
    """Add a piece to a part of the item that it names; one that nobody has opened is opened."""
    type_ = _PARTS[event.__class__]
    id_, index = event.told("itemId"), event.told("summaryIndex")
    kind = "agent_message" if type_ == "output_text" else "reasoning"
    item = slots.with_id(id_) if isinstance(id_, str) else None
    item = item or take_item(slots, {"id": id_, "type": kind}, done=False)
    if not isinstance(item, PartedItem):
        return item
    item.agent = item.agent or _agent(state, event)
    at = index if type(index) is int else 0
    part = item.find_part(type_, at) or item.open_part(type_, at)
    part.text.append(event.delta)
    item.latest = part
    item.version += 1
    return item


def _output_delta(slots: Slots, _: ResponseState, event: app.AppServerMessage) -> Item | None:
    id_ = event.told("itemId")
    call = slots.with_id(id_) if isinstance(id_, str) else None
    if isinstance(call, ToolCall):
        call.output.append(event.delta)
        call.version += 1
    return call


def _token_usage(_: Slots, state: ResponseState, event: app.AppTokenUsage) -> None:
    usage = event.told("tokenUsage")
    if isinstance(usage, dict) and _agent(state, event) is None:
        total, last = (_counts(usage.get(key)) for key in ("total", "last"))
        window = usage.get("modelContextWindow")
        info = {"total_token_usage": total, "last_token_usage": last}
        count_tokens(state, info | {"model_context_window": window})


def _counts(value: Any) -> Any:
    return {_snake(key): count for key, count in value.items()} if isinstance(value, dict) else None


def _turn_completed(slots: Slots, state: ResponseState, event: app.AppTurnCompleted) -> None:
    if _agent(state, event) is not None:
        return
    abandon(slots)
    codex = codex_of(state)
    state.codex = replace(codex, thread=replace(codex.thread, idle=True))
    turn = event.told("turn")
    error = turn.get("error") if isinstance(turn, dict) else None
    state.error = error_of(error) if error else None
    state.saw_error = bool(error)


def _error(_: Slots, state: ResponseState, event: app.AppServerError) -> None:
    if event.told("willRetry") is not True and _agent(state, event) is None:
        state.error, state.saw_error = error_of(event.told("error")), True


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, ResponseState, Any], Item | None]] = {
    app.AppThreadStarted: _thread_started,
    app.AppTurnStarted: _turn_started,
    app.AppItemStarted: _item,
    app.AppItemCompleted: _item,
    app.AppMessageDelta: _delta,
    app.AppSummaryDelta: _delta,
    app.AppReasoningDelta: _delta,
    app.AppCommandOutputDelta: _output_delta,
    app.AppTokenUsage: _token_usage,
    app.AppTurnCompleted: _turn_completed,
    app.AppServerError: _error,
}
