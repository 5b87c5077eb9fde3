"""Folding of Messages streams: blocks of text are parts of a message, all others items.

Text blocks that follow each other are one message; a thinking block is reasoning, sealed where it
is signed. The message has ended with `message_stop`; why it stopped is said before that, and not
all that is no failure is the whole of an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.model.blocks import all_found, close, found, grow, put, usage_in_words
from codex_tui.model.items import Item, MessageItem, OtherItem, PartedItem, ReasoningItem, ToolCall
from codex_tui.model.payloads import as_text
from codex_tui.wire import messages_events as ms
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.items import MessagesUsage
from codex_tui.wire.outcomes import outcome_of_stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import ResponseState
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ResponseStreamEvent

_ALL, _LATEST = "all", "latest"
_RESULT = "_result"
_CALLS = "_use"


def begins_another(state: ResponseState, event: ResponseStreamEvent) -> bool:
    """Whether an event begins another message than the one before."""
    return state.created and isinstance(event, ms.MessageStartEvent | ms.WholeMessage)


def _start(_: Slots, state: ResponseState, event: ms.MessageStartEvent) -> None:
    state.created = True
    _note(state, event.message)


def _note(state: ResponseState, message: dict[str, Any]) -> None:
    """Keep what is said of the message as a whole."""
    state.id = _text(message.get("id")) or state.id
    state.model = _text(message.get("model")) or state.model
    _count(state, message.get("usage"))
    _stop_for(state, _text(message.get("stop_reason")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(state: ResponseState, sent: Any) -> None:
    """Take in token counts: each is a total so far, and what is not said again stays."""
    if not isinstance(sent, dict):
        return
    before = state.usage.extra if isinstance(state.usage, MessagesUsage) else {}
    words = before | {name: count for name, count in sent.items() if count is not None}
    names = ("input_tokens", "output_tokens")
    state.usage = usage_in_words(MessagesUsage, words, *names)


def _stop_for(state: ResponseState, reason: str) -> None:
    if reason:
        state.stopped = outcome_of_stop(reason)
        state.incomplete_reason = None if state.stopped == "completed" else reason


def _delta(_: Slots, state: ResponseState, event: ms.MessageDeltaEvent) -> None:
    _count(state, event.usage)
    _stop_for(state, event.stop_reason)


def _stop(slots: Slots, state: ResponseState, event: ResponseStreamEvent) -> None:
    """End the message, and whatever of it was not ended."""
    if state.terminal_type is None:
        state.outcome = state.stopped or "completed"
        state.terminal_type, state.status = event.type, state.outcome
        status = "completed" if state.outcome == "completed" else "incomplete"
        for item in all_found(slots, state, _ALL):
            close(item, status)


def _whole(slots: Slots, state: ResponseState, event: ms.WholeMessage) -> Item | None:
    """Take a message that was not streamed."""
    state.created = True
    _note(state, event.message)
    content = event.message.get("content")
    blocks = content if isinstance(content, list) else ()
    for index, block in enumerate(each for each in blocks if isinstance(each, dict)):
        _open(slots, state, index, block)
    _stop(slots, state, event)
    return None


# -- blocks ------------------------------------------------------------------------------------


def _begin(slots: Slots, state: ResponseState, event: ms.ContentBlockStartEvent) -> Item:
    return _open(slots, state, event.index, event.content_block)


def _open(slots: Slots, state: ResponseState, index: int, block: dict[str, Any]) -> Item:
    """Open an item, or a part of the message before; some servers send a first piece with it."""
    type_ = _text(block.get("type"))
    item = _item_of(slots, state, type_, block)
    state.blocks.add(f"{index}", item.number)
    match item:
        case MessageItem():
            part = item.open_part("output_text", index)
            part.text.append(_text(block.get("text")))
            cited = block.get("citations")
            part.annotate(*(cited if isinstance(cited, list) else ()))
            item.latest = part
        case ReasoningItem():
            item.encrypted = type_ == "redacted_thinking" or bool(block.get("signature"))
            if type_ == "thinking":
                grow(item, "reasoning_text", _text(block.get("thinking")))
        case ToolCall():
            _fill_call(state, item, block)
        case OtherItem():
            item.note = as_text({name: each for name, each in block.items() if name != "type"})
    item.version += 1
    return item


def _item_of(slots: Slots, state: ResponseState, type_: str, block: dict[str, Any]) -> Item:
    """The item that a block is, or is of: text goes on with text, results with their calls."""
    latest, key = found(slots, state, _LATEST), slots.next_key()
    if type_ == "text" and isinstance(latest, MessageItem):
        return latest
    called = found(slots, state, f"use/{block.get('tool_use_id')}")
    if type_.endswith(_RESULT) and isinstance(called, ToolCall):
        called.output.settle(_result(block.get("content")))
        called.error = _error_in(block) or called.error
        called.version += 1
        return called
    if isinstance(latest, MessageItem):
        close(latest)
    new: Item
    if type_ == "text":
        new = MessageItem(key, "message", role="assistant")
    elif type_ in ("thinking", "redacted_thinking"):
        new = ReasoningItem(key, "reasoning")
    elif type_.endswith(_CALLS):
        new = ToolCall(key, type_)
    else:
        new = OtherItem(key, type_ or "block")
    return put(slots, state, new, _ALL, _LATEST)


def _fill_call(state: ResponseState, call: ToolCall, block: dict[str, Any]) -> None:
    """Take in what a call is; its input comes in pieces, and is empty until then."""
    if _text(block.get("type")).endswith(_RESULT):
        return
    call.call_id = _text(block.get("id")) or call.call_id
    call.name = _text(block.get("name")) or call.name
    call.server_label = _text(block.get("server_name")) or call.server_label
    call.called_by = block.get("caller") or call.called_by
    if call.call_id:
        state.blocks.add(f"use/{call.call_id}", call.number)
    given = block.get("input")
    if given:
        call.arguments.append(given if isinstance(given, str) else as_text(given))
    call.action = given if given == {} else None  # until more comes


def _error_in(block: dict[str, Any]) -> str:
    """Why a tool of the server's failed; empty where it did not."""
    content = block.get("content")
    code = _text(content.get("error_code")) if isinstance(content, dict) else ""
    return code or ("the tool failed" if block.get("is_error") is True else "")


def _result(content: Any) -> str:
    """What a tool of the server's gave back, as text: parts one below the other."""
    if isinstance(content, list):
        return "\n".join(map(_result, content))
    if not isinstance(content, dict):
        return "" if content is None else as_text(content)
    named = filter(None, (_text(content.get(name)) for name in ("title", "url", "text")))
    words = "  ".join(named)
    shown = {name: each for name, each in content.items() if name != "encrypted_content"}
    return words or as_text(shown)


def _at(slots: Slots, state: ResponseState, index: int, new: Callable[[str], Item]) -> Item:
    """The item of a block; one that nobody has opened is opened."""
    key = _LATEST if index is NOT_SENT else f"{index}"
    item = found(slots, state, key)
    if item is None:
        item = put(slots, state, new(slots.next_key()), _ALL, _LATEST, f"{index}")
    return item


def _grown_part(new: type[PartedItem], type_: str, name: str) -> Any:
    """Return the handler of pieces of text that go into a part of an item."""

    def take(slots: Slots, state: ResponseState, event: ms.BlockDeltaEvent) -> Item:
        item = _at(slots, state, event.index, lambda key: new(key, name))
        if isinstance(item, PartedItem):
            grow(item, type_, event.delta, event.index if type_ == "output_text" else None)
        return item

    return take


def _input(slots: Slots, state: ResponseState, event: ms.InputJsonDeltaEvent) -> Item:
    item = _at(slots, state, event.index, lambda key: ToolCall(key, "tool_use"))
    if isinstance(item, ToolCall):
        item.arguments.append(event.delta)
        item.action = item.action if not event.delta else None
        item.version += 1
    return item


def _signature(slots: Slots, state: ResponseState, event: ms.SignatureDeltaEvent) -> Item:
    item = _at(slots, state, event.index, lambda key: ReasoningItem(key, "reasoning"))
    if isinstance(item, ReasoningItem):
        item.encrypted = True
        item.version += 1
    return item


def _citation(slots: Slots, state: ResponseState, event: ms.CitationsDeltaEvent) -> Item:
    item = _at(slots, state, event.index, lambda key: MessageItem(key, "message"))
    if isinstance(item, MessageItem):
        part = item.last_of("output_text") or item.open_part("output_text", 0)
        part.annotate(event.citation)
        item.version += 1
    return item


def _end(slots: Slots, state: ResponseState, event: ms.ContentBlockStopEvent) -> Item | None:
    """Close a block; a message may go on with another."""
    item = found(slots, state, f"{event.index}")
    if isinstance(item, MessageItem):
        ended = item.find_part("output_text", event.index)
        for part in item.parts if ended is None else (ended,):
            part.text.done = True
        item.version += 1
    elif item is not None:
        close(item)
    return item


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, ResponseState, Any], Item | None]] = {
    ms.MessageStartEvent: _start,
    ms.MessageDeltaEvent: _delta,
    ms.MessageStopEvent: _stop,
    ms.WholeMessage: _whole,
    ms.ContentBlockStartEvent: _begin,
    ms.ContentBlockStopEvent: _end,
    ms.TextDeltaEvent: _grown_part(MessageItem, "output_text", "message"),
    ms.ThinkingDeltaEvent: _grown_part(ReasoningItem, "reasoning_text", "reasoning"),
    ms.InputJsonDeltaEvent: _input,
    ms.SignatureDeltaEvent: _signature,
    ms.CitationsDeltaEvent: _citation,
}
