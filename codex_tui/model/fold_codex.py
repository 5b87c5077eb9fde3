"""Folding of a rollout of the Codex CLI.

It tells most things twice, as an item of the API and as what the CLI showed; the items are
folded, and the rest only says what they don't: usage, errors, the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.model.codex_thread import CodexTurn, kept_by
from codex_tui.model.codex_usage import added, usage_of
from codex_tui.model.fold_items import fill
from codex_tui.model.items import (
    ANSWERED,
    NO_OUTPUT,
    MessageItem,
    OtherItem,
    ToolCall,
    ToolOutput,
    new_item,
)
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
_TELLING = 64
_WAITED = (*ANSWERED, "local_shell_call")


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
    if isinstance(item, ToolOutput) and item.call and item.call.outcome == NO_OUTPUT:
        item.call.outcome = None  # it came late
    return item


def _session_meta(_: Slots, state: ResponseState, event: cx.SessionMetaLine) -> None:
    state.codex = codex_of(state).described(event.payload)


def _turn_context(_: Slots, state: ResponseState, event: cx.TurnContextLine) -> None:
    state.model = _text(_get(event.payload, "model")) or state.model


def _compacted(slots: Slots, _: ResponseState, event: cx.CompactedLine) -> Item:
    item = slots.add(OtherItem(slots.next_key(), str(event.type)), NOT_SENT, None)
    item.note = kept_by(event.payload)
    item.done = True
    return item


def _between_agents(slots: Slots, _: ResponseState, event: cx.InterAgentCommunicationLine) -> Item:
    item = slots.add(OtherItem(slots.next_key(), str(event.type)), NOT_SENT, None)
    item.note = _letter(event.payload)
    item.done = True
    return item


def _letter(sent: Any) -> str:
    """What an agent wrote to another: from whom, to whom, and the text."""
    author = _text(_get(sent, "author") or _get(sent, "from"))
    recipient = _text(_get(sent, "recipient") or _get(sent, "to"))
    content = _get(sent, "content") or _get(sent, "message")
    parts = content if isinstance(content, list) else [content]
    texts = (part if isinstance(part, str) else _text(_get(part, "text")) for part in parts)
    ends = f"{author} → {recipient}: " if author or recipient else ""
    return ends + "\n".join(filter(None, texts))


def _event_msg(slots: Slots, state: ResponseState, event: cx.EventMsgLine) -> Item | None:
    payload, codex = event.payload, codex_of(state)
    match event.about:
        case "token_count":
            count_tokens(state, _get(payload, "info"))
        case "task_started" | "turn_started":
            state.codex = codex.begun(payload)
        case "task_complete" | "turn_complete" | "turn_aborted":
            state.codex = codex.over()
            state.error = error_of(error) if (error := _get(payload, "error")) else state.error
            _abandon(slots)
            return _last_message(slots, _get(payload, "last_agent_message"))
        case "thread_rolled_back":
            state.codex = codex.turned_back(payload)
        case "error":
            state.saw_error = True
            state.error = error_of(payload)
    return None


def _last_message(slots: Slots, text: Any) -> Item | None:
    """Add the last message where only the end of its task tells it: its own line is torn, or gone.

    The CLI may leave out of it what it does not show, so its beginning is compared.
    """
    said = text.strip()[:_TELLING] if isinstance(text, str) else ""
    messages = (item for item in slots.items if isinstance(item, MessageItem))
    if not said or any(said in item.text for item in messages):
        return None
    item = slots.add(MessageItem(slots.next_key(), "message", role=_MODEL), NOT_SENT, None)
    item.open_part("output_text", 0).text.settle(text)
    item.streamed, item.done = False, True
    slots.forgiving.forgive("rollout.last-message", "a line of its own", "the last message")
    return item


def codex_of(state: ResponseState) -> CodexTurn:
    """What is known of a turn of the CLI's, be it nothing yet."""
    return state.codex or CodexTurn()


def count_tokens(state: ResponseState, info: Any) -> None:
    """Add what the latest response used, once: the CLI says it again and again."""
    before = codex_of(state)
    state.codex = now = before.counted(info)
    if now.thread.tokens == before.thread.tokens:
        return
    if (latest := usage_of(_get(info, "last_token_usage"))) is not None:
        state.usage = added(state.usage, latest)


def _abandon(slots: Slots) -> None:
    """Mark the calls of a task that is over whose outputs have not come."""
    outputs = (item for item in slots.items if isinstance(item, ToolOutput))
    answered = {item.call.number for item in outputs if item.call is not None}
    for item in [*slots.items]:
        if not isinstance(item, ToolCall) or item.type not in _WAITED or item.outcome:
            continue
        if item.number not in answered:
            call = slots.take(item)
            call.outcome = NO_OUTPUT
            call.version += 1


def error_of(value: Any) -> wi.ResponseError:
    """An error as the CLI writes it."""
    code = _get(value, "codex_error_info")
    return wi.ResponseError(
        code if isinstance(code, str) else None, _text(_get(value, "message")) or _text(value)
    )


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _text(value: Any) -> str:
    return "" if value is None else as_text(value)


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, ResponseState, Any], Item | None]] = {
    cx.SessionMetaLine: _session_meta,
    cx.ResponseItemLine: _response_item,
    cx.BareItemLine: _bare_item,
    cx.TurnContextLine: _turn_context,
    cx.CompactedLine: _compacted,
    cx.EventMsgLine: _event_msg,
    cx.InterAgentCommunicationLine: _between_agents,
}
