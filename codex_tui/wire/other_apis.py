"""Whose events are in a stream: of which API, and what they are called where they don't belong.

Three APIs are known, and have events of their own; of all others there is but a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.wire.events import UnknownEvent

if TYPE_CHECKING:
    from codex_tui.wire.base import ProtocolWord, ResponseStreamEvent

PROTOCOLS: dict[ProtocolWord, str] = {
    "": "Responses",
    "responses": "Responses",
    "chat_completions": "Chat Completions",
    "messages": "Messages",
}
"""What the APIs are called whose events are known."""

_OBJECTS = {
    "chat.completion.chunk": "Chat Completions chunk",
    "chat.completion": "Chat Completions answer",
    "text_completion": "Completions chunk",
}
_MESSAGES = frozenset(
    (
        *("message", "message_start", "message_delta", "message_stop"),
        *("content_block_start", "content_block_delta", "content_block_stop"),
    )
)
_PARTS = dict.fromkeys(
    (
        *("text-start", "text-delta", "text-end", "start-step", "finish-step"),
        *("reasoning-start", "reasoning-delta", "reasoning-end"),
        *("tool-input-start", "tool-input-delta", "tool-input-available", "tool-output-available"),
    ),
    "AI SDK part",
)
_ENDS = ("Start", "Delta", "Stop")
_OTHERS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("GenerateContent chunk", (("candidates",), ("promptFeedback",), ("usageMetadata",))),
    ("Ollama chunk", (("model", "created_at", "done"),)),
    ("TGI chunk", (("token", "generated_text"),)),
    ("llama.cpp completion chunk", (("content", "stop"),)),
    *(
        ("Converse event", ((name,),))
        for name in ("messageStart", "messageStop", *(f"contentBlock{end}" for end in _ENDS))
    ),
)
"""What events are whose API has no word for them: each has all the fields of one of these."""


def other_api(data: dict[str, Any]) -> str:
    """Return what the JSON of an event is where it is one of another API; "" where it is not."""
    type_, object_ = data.get("type"), data.get("object")
    if isinstance(object_, str) and object_ in _OBJECTS:
        return _OBJECTS[object_]
    if isinstance(object_, str) and object_.startswith("thread."):
        return "Assistants event"
    if isinstance(type_, str):
        return "Messages event" if type_ in _MESSAGES else _PARTS.get(type_, "")
    if isinstance(data.get("choices"), list):
        return "Chat Completions chunk"
    named = (name for name, fields in _OTHERS if any(data.keys() >= {*each} for each in fields))
    return next(named, "")


def api_of(event: ResponseStreamEvent, protocol: ProtocolWord) -> str:
    """Return what an event is where it is of another API than those of a stream; else "".

    Args:
        event: The event.
        protocol: Whose events the stream is made of.
    """
    if isinstance(event, UnknownEvent):
        return other_api(event.data)
    strange = event.protocol not in ("responses", protocol)
    return other_api({"type": event.type, "object": event.type}) if strange else ""


def words_of(event: UnknownEvent) -> str:
    """Return what an unknown event is, in a few words; its type where it says one."""
    api = other_api(event.data)
    if not api:
        return f"unknown event {event.type}" if event.type else "event without a type"
    return f"{api} {event.type}" if event.type else api


def protocol_asked(url: str) -> ProtocolWord:
    """Return which API a request's URL is one of; empty where its path does not say it."""
    path = url.partition("?")[0].rstrip("/")
    return next((word for end, word in _PATHS if path.endswith(end)), "")


_PATHS: tuple[tuple[str, ProtocolWord], ...] = (
    ("/chat/completions", "chat_completions"),
    ("/messages", "messages"),
    ("/responses", "responses"),
)
