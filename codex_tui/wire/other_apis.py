"""Events of other APIs, which come where a path or a base URL is not that of Responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codex_tui.wire.events import UnknownEvent

_OBJECTS = {
    "chat.completion.chunk": "Chat Completions chunk",
    "chat.completion": "Chat Completions answer",
    "text_completion": "Completions chunk",
}
_MESSAGES = frozenset(
    (
        *("message_start", "message_delta", "message_stop"),
        *("content_block_start", "content_block_delta", "content_block_stop"),
    )
)
_GENERATE = ("candidates", "promptFeedback", "usageMetadata")


def other_api(data: dict[str, Any]) -> str:
    """Return what the JSON of an event is where it is one of another API; "" where it is not."""
    type_, object_ = data.get("type"), data.get("object")
    if isinstance(type_, str):
        return "Messages event" if type_ in _MESSAGES else ""
    if isinstance(object_, str) and object_ in _OBJECTS:
        return _OBJECTS[object_]
    if isinstance(data.get("choices"), list):
        return "Chat Completions chunk"
    return "GenerateContent chunk" if any(name in data for name in _GENERATE) else ""


def words_of(event: UnknownEvent) -> str:
    """Return what an unknown event is, in a few words; its type where it says one."""
    api = other_api(event.data)
    if not api:
        return f"unknown event {event.type}" if event.type else "event without a type"
    return f"{api} {event.type}" if event.type else api
