"""Answers of Chat Completions and of Messages as lists of JSON, so that a test breaks one thing.

`chat` and `messages` say the same thing: some reasoning, some text, a call of a tool.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Json = dict[str, Any]

THOUGHTS = ("Let me ", "see.")
TEXT = ("The sun ", "shines.")
ARGUMENTS = ('{"city": ', '"Oslo"}')
DONE = "[DONE]"
CHAT_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
MESSAGES_TOOL = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
CHAT_URL = "https://api.example.com/v1/chat/completions"
MESSAGES_URL = "https://api.example.com/v1/messages"


def chunk(*choices: Json, **more: Any) -> Json:
    """A chunk with some choices."""
    given = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": "m-1",
        "choices": list(choices),
    }
    return given | more


def choice(delta: Json | None = None, index: int = 0, reason: str | None = None) -> Json:
    """A choice of a chunk."""
    return {"index": index, "delta": delta or {}, "finish_reason": reason}


def said(**delta: Any) -> Json:
    """A chunk that brings something of the first choice."""
    return chunk(choice(delta))


def tool_piece(index: int | None = 0, arguments: str = "", **more: Any) -> Json:
    """A piece of a call."""
    named = more.pop("name", None)
    function = {"arguments": arguments} | ({"name": named} if named else {})
    place = {} if index is None else {"index": index}
    return {**place, **more, "function": function}


def call_begins(index: int = 0, id_: str = "call_1", name: str = "get_weather") -> Json:
    """The chunk with which a call begins."""
    piece = tool_piece(index, id=id_, type="function", name=name)
    return said(tool_calls=[piece])


def finished(reason: str = "tool_calls", index: int = 0) -> Json:
    """The chunk with which a choice ends."""
    return chunk(choice(index=index, reason=reason))


def chat_usage(given: int = 40, made: int = 20, **more: Any) -> Json:
    """The chunk that says the tokens."""
    usage = {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}
    return chunk(usage=usage | more)


def chat(
    thoughts: Sequence[str] = THOUGHTS,
    text: Sequence[str] = TEXT,
    arguments: Sequence[str] = ARGUMENTS,
) -> list[Json | str]:
    """A whole stream of Chat Completions."""
    calls: list[Json] = []
    if arguments:
        pieces = [said(tool_calls=[tool_piece(0, piece)]) for piece in arguments]
        calls = [call_begins(), *pieces]
    return [
        said(role="assistant", content=""),
        *(said(reasoning_content=piece) for piece in thoughts),
        *(said(content=piece) for piece in text),
        *calls,
        finished("tool_calls" if arguments else "stop"),
        chat_usage(),
        DONE,
    ]


# -- Messages ----------------------------------------------------------------------------------


def message_start(**more: Any) -> Json:
    """The event with which a message begins."""
    message: Json = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m-1",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 40, "output_tokens": 1},
    }
    return {"type": "message_start", "message": message | more}


def block_start(index: int, type_: str, **more: Any) -> Json:
    """The event with which a block begins."""
    return {"type": "content_block_start", "index": index, "content_block": {"type": type_, **more}}


def grows(index: int, type_: str, **more: Any) -> Json:
    """A delta of a block."""
    return {"type": "content_block_delta", "index": index, "delta": {"type": type_, **more}}


def block_stop(index: int) -> Json:
    """The event with which a block ends."""
    return {"type": "content_block_stop", "index": index}


def message_delta(reason: str | None = "end_turn", made: int | None = 20) -> Json:
    """The event that says why a message stopped."""
    usage = {} if made is None else {"usage": {"output_tokens": made}}
    return {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
    } | usage


STOP: Json = {"type": "message_stop"}


def thinking(index: int = 0, pieces: Sequence[str] = THOUGHTS) -> list[Json]:
    """A block of thinking."""
    return [
        block_start(index, "thinking", thinking="", signature=""),
        *(grows(index, "thinking_delta", thinking=piece) for piece in pieces),
        grows(index, "signature_delta", signature="EqQB"),
        block_stop(index),
    ]


def text(index: int = 1, pieces: Sequence[str] = TEXT) -> list[Json]:
    """A block of text."""
    return [
        block_start(index, "text", text=""),
        *(grows(index, "text_delta", text=piece) for piece in pieces),
        block_stop(index),
    ]


def tool_use(index: int = 2, pieces: Sequence[str] = ARGUMENTS, **more: Any) -> list[Json]:
    """A call of a tool."""
    given = {"id": "toolu_1", "name": "get_weather", "input": {}} | more
    return [
        block_start(index, "tool_use", **given),
        *(grows(index, "input_json_delta", partial_json=piece) for piece in pieces),
        block_stop(index),
    ]


def messages() -> list[Json]:
    """A whole Messages stream."""
    ended = [message_delta("tool_use"), STOP]
    return [message_start(), {"type": "ping"}, *thinking(), *text(), *tool_use(), *ended]


# -- the wire ----------------------------------------------------------------------------------


def sse(events: Iterable[Json | str]) -> bytes:
    """The events as a server sends them: those of Messages are named, chunks are not."""
    return b"".join(map(_frame, events))


def _frame(sent: Json | str) -> bytes:
    data = sent if isinstance(sent, str) else json.dumps(sent)
    name = "" if isinstance(sent, str) or "type" not in sent else f"event: {sent['type']}\n"
    return f"{name}data: {data}\n\n".encode()
