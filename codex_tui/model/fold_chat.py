"""Folding of Chat Completions: each choice is a message, with its reasoning and its calls.

A choice ends with its `finish_reason`; the response has ended when all choices have that were
begun, and its word is the worst of theirs. Tokens and `[DONE]` may come behind that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.model.blocks import all_found, close, found, grow, put, usage_in_words
from codex_tui.model.codex_usage import count_of
from codex_tui.model.items import MessageItem, ReasoningItem, ToolCall
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.chat_events import COMPLETION
from codex_tui.wire.items import ChatUsage
from codex_tui.wire.outcomes import outcome_of_stop

if TYPE_CHECKING:
    from codex_tui.model.blocks import ItemT
    from codex_tui.model.items import Item, ResponseState
    from codex_tui.model.slots import Slots
    from codex_tui.wire.chat_events import (
        ChatChoice,
        ChatCompletionChunk,
        ChatDelta,
        ChatFunction,
        ChatToolCall,
    )


def take_chunk(slots: Slots, state: ResponseState, event: ChatCompletionChunk) -> Item | None:
    """Fold a chunk; return an item that it spoke of, the last of several; of an answer none."""
    _note(state, event)
    touched = None
    for place, choice in enumerate(event.choices):
        index = place if choice.index is NOT_SENT else choice.index
        touched = _ChoiceFold(slots, state, index).take(choice, str(event.type)) or touched
    return None if event.type == COMPLETION else touched


def begins_another(state: ResponseState, event: ChatCompletionChunk) -> bool:
    """Whether a chunk is of another response than the one before, which has ended."""
    if state.marked and event.choices:
        return True
    return bool(state.terminal_type and event.id not in ("", state.id))


def _note(state: ResponseState, event: ChatCompletionChunk) -> None:
    state.created = True
    state.id = state.id or event.id or None
    state.model = event.model or state.model
    if (counted := event.counted) is not None:
        state.usage = _usage(counted)


def _usage(words: dict[str, Any]) -> ChatUsage:
    given, made = words.get("prompt_tokens_details"), words.get("completion_tokens_details")
    cached, reasoning = count_of(given, "cached_tokens"), count_of(made, "reasoning_tokens")
    names = ("prompt_tokens", "completion_tokens")
    return usage_in_words(ChatUsage, words, *names, cached=cached, reasoning=reasoning)


class _ChoiceFold:
    """One choice of a response, while a chunk is folded."""

    def __init__(self, slots: Slots, state: ResponseState, index: int) -> None:
        self._slots, self._state, self._index = slots, state, index
        self._all = f"{index}/all"

    def take(self, choice: ChatChoice, type_: str) -> Item | None:
        """Take in what a chunk says of it."""
        self._begin()
        brought = choice.brought
        items = [self._reasoning(brought), self._message(brought, choice)]
        items += [self._call(call, place) for place, call in enumerate(brought.tool_calls or ())]
        if brought.function_call is not None:
            items.append(self._function(brought.function_call))
        if choice.finish_reason:
            self._finish(choice.finish_reason, type_)
        return next((item for item in reversed(items) if item is not None), None)

    def _begin(self) -> None:
        """Count it among those that go on, when it is first spoken of."""
        state, key = self._state, f"{self._index}/begun"
        if not state.blocks.holds(key):
            state.blocks.add(key, 0)
            state.open_choices += 1
            state.terminal_type = state.outcome = None

    def _put(self, item: ItemT, name: str) -> ItemT:
        item.choice = self._index
        return put(self._slots, self._state, item, f"{self._index}/{name}", self._all)

    def _found(self, name: str) -> Item | None:
        return found(self._slots, self._state, f"{self._index}/{name}")

    def _reasoning(self, brought: ChatDelta) -> Item | None:
        pieces = (("reasoning_text", brought.thought), ("summary_text", brought.thought_summary))
        said = [(type_, piece) for type_, piece in pieces if piece]
        if not (said or brought.sealed):
            return None
        item = self._found("reasoning")
        if not isinstance(item, ReasoningItem) or (item.done and said):
            item = self._put(ReasoningItem(self._slots.next_key(), "reasoning"), "reasoning")
        for type_, piece in said:
            grow(item, type_, piece)
        item.encrypted = item.encrypted or brought.sealed
        return item

    def _message(self, brought: ChatDelta, choice: ChatChoice) -> Item | None:
        spoken = (brought.audio and brought.audio.transcript) or ""
        pieces = (
            ("output_text", brought.answer),
            ("refusal", brought.refusal or ""),
            ("audio_transcript", spoken),
        )
        said = [(type_, piece) for type_, piece in pieces if piece]
        if not (said or brought.annotations):
            return None
        item = self._message_item(brought)
        for type_, piece in said:
            grow(item, type_, piece)
        if brought.annotations:
            part = item.last_of("output_text") or item.open_part("output_text", 0)
            part.annotate(*map(_annotation, brought.annotations))
            item.version += 1
        return item

    def _message_item(self, brought: ChatDelta) -> MessageItem:
        """The message of the choice; what was thought before it is over when it begins."""
        item = self._found("message")
        if not isinstance(item, MessageItem):
            self._close_reasoning()
            new = MessageItem(self._slots.next_key(), "message", role="assistant")
            item = self._put(new, "message")
        item.role = brought.role or item.role
        return item

    def _close_reasoning(self) -> None:
        if (thought := self._found("reasoning")) is not None:
            close(thought)

    def _call(self, sent: ChatToolCall, place: int) -> Item:
        """Grow the call at an index; some servers give several calls the same, or none at all."""
        name = f"call/{place if sent.index is NOT_SENT else sent.index}"
        call = self._found(name)
        if not isinstance(call, ToolCall) or _is_another(call, sent):
            self._close_reasoning()
            custom = sent.custom is not None or sent.type == "custom"
            new = ToolCall(self._slots.next_key(), "custom" if custom else "function")
            call = self._put(new, name)
        call.call_id = call.call_id or sent.id
        return _grown(call, sent.name, sent.piece)

    def _function(self, sent: ChatFunction) -> Item:
        """Grow the one call that older versions of the API had; it has no id."""
        call = self._found("function")
        if not isinstance(call, ToolCall):
            call = self._put(ToolCall(self._slots.next_key(), "function"), "function")
        return _grown(call, sent.name or "", sent.arguments or "")

    def _finish(self, word: str, type_: str) -> None:
        """End the choice, and with the last of those that go on the response."""
        state, key = self._state, f"{self._index}/over"
        outcome = outcome_of_stop(word)
        for item in all_found(self._slots, state, self._all):
            close(item, "completed" if outcome == "completed" else "incomplete")
        if state.blocks.holds(key):
            return
        state.blocks.add(key, 0)
        state.open_choices -= 1
        state.stopped = outcome_of_stop(word, state.stopped)
        if outcome != "completed":
            state.incomplete_reason = word
        if not state.open_choices:
            state.terminal_type, state.outcome = type_, state.stopped
            state.status = state.outcome


def _is_another(call: ToolCall, sent: ChatToolCall) -> bool:
    """Whether a piece is of another call than that which has its index: by its id, or its name."""
    if sent.id and call.call_id not in (None, sent.id):
        return True
    begun = bool(sent.name) and len(call.arguments) > 0
    return begun and (sent.index is NOT_SENT or sent.name != call.name)


def _grown(call: ToolCall, name: str, piece: str) -> ToolCall:
    call.name = call.name or name
    call.arguments.append(piece)
    call.version += 1
    return call


def _annotation(sent: Any) -> Any:
    """A citation as those of responses are: its fields are not inside another object."""
    inner = sent.get("url_citation") if isinstance(sent, dict) else None
    return {"type": "url_citation", **inner} if isinstance(inner, dict) else sent
