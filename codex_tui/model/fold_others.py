"""Where events of the other APIs belong in a stream, and what folds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from codex_tui.model import fold_chat, fold_messages
from codex_tui.wire.chat_events import ChatCompletionChunk

if TYPE_CHECKING:
    from codex_tui.model.items import Item, ResponseState
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ProtocolWord, ResponseStreamEvent

Fold = Callable[["Slots", "ResponseState", Any], "Item | None"]
"""What folds an event into a response; it returns the item that the event spoke of."""

_BEGINNINGS: dict[ProtocolWord, Any] = {
    "chat_completions": fold_chat.begins_another,
    "messages": fold_messages.begins_another,
}


def fold_of(event: ResponseStreamEvent) -> Fold | None:
    """Return what folds an event of another API; None for one that nothing is known of."""
    if isinstance(event, ChatCompletionChunk):
        return fold_chat.take_chunk
    return fold_messages.HANDLERS.get(event.__class__)


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
