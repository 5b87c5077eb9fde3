"""Where events of the other APIs belong in a stream, and what folds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from codex_tui.model import fold_chat, fold_messages
from codex_tui.wire.chat_events import ChatCompletionChunk

if TYPE_CHECKING:
    from codex_tui.model.items import ResponseState
    from codex_tui.wire.base import ProtocolWord, ResponseStreamEvent

HANDLERS: dict[type[ResponseStreamEvent], Any] = {
    ChatCompletionChunk: fold_chat.take_chunk
} | fold_messages.HANDLERS

_BEGINNINGS: dict[ProtocolWord, Any] = {
    "chat_completions": fold_chat.begins_another,
    "messages": fold_messages.begins_another,
}


def belongs(
    state: ResponseState, event: ResponseStreamEvent, *, blank: bool
) -> Literal["here", "another", "nowhere"]:
    """Return whether an event is of the latest response, begins another, or is foreign to both.

    Args:
        state: The latest response.
        event: An event of another API than Responses.
        blank: Whether nothing has come of that response yet.
    """
    if state.protocol == event.protocol:
        return "another" if _BEGINNINGS[event.protocol](state, event) else "here"
    if blank:
        return "here"
    ended = state.terminal_type is not None or state.marked
    return "another" if ended else "nowhere"
