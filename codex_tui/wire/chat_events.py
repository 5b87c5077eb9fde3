"""Chunks of the Chat Completions API: one class for what a chunk brings, and its parts.

All chunks have one name, which `object` says; so the class is told by what one choice of it brings.
A chunk that brings several things, or none of those, is of the class that all others are made of.
Beside the API's own fields stand those in use: `reasoning_content` (DeepSeek, vLLM), `reasoning`
and `reasoning_details` (OpenRouter, vLLM), `thinking_blocks` (LiteLLM), `prompt_filter_results`
(Azure).
"""

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from codex_tui.wire.base import (
    CHAT_COMPLETIONS,
    NOT_SENT,
    Family,
    ProtocolWord,
    ResponseStreamEvent,
    Sent,
)

__all__ = [
    "ChatAudio",
    "ChatChoice",
    "ChatCompletion",
    "ChatCompletionChunk",
    "ChatContentChunk",
    "ChatCustomTool",
    "ChatDelta",
    "ChatFinishChunk",
    "ChatFunction",
    "ChatReasoningChunk",
    "ChatRefusalChunk",
    "ChatRoleChunk",
    "ChatToolCall",
    "ChatToolCallChunk",
    "ChatUsageChunk",
]

CHUNK = "chat.completion.chunk"
COMPLETION = "chat.completion"


class ChatFunction(Sent):
    """The name of a function, and a piece of its arguments."""

    name: str | None = None
    arguments: str | None = None


class ChatCustomTool(Sent):
    """The name of a custom tool, and a piece of its input."""

    name: str | None = None
    input: str | None = None


class ChatToolCall(Sent):
    """A piece of a call; pieces of one call have its index, and only the first its id and name."""

    index: int = NOT_SENT
    id: str | None = None
    type: str | None = None
    function: ChatFunction | None = None
    custom: ChatCustomTool | None = None

    @property
    def name(self) -> str:
        """The name of what is called; empty where this piece does not say it."""
        return (self.function and self.function.name) or (self.custom and self.custom.name) or ""

    @property
    def piece(self) -> str:
        """The piece of its arguments, or of a custom tool's input."""
        said = self.function and self.function.arguments
        return said or (self.custom and self.custom.input) or ""


class ChatAudio(Sent):
    """A piece of spoken words: their transcript, or their sound in base64."""

    id: str | None = None
    data: str | None = None
    transcript: str | None = None
    expires_at: int | None = None


class ChatDelta(Sent):
    """What a choice brings; of an answer that was not streamed, the whole message.

    `content` and `reasoning` are texts as a rule, and lists of parts with some servers.
    """

    role: str | None = None
    content: Any = None
    refusal: str | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    reasoning_details: list[Any] | None = None
    thinking_blocks: list[Any] | None = None
    tool_calls: list[ChatToolCall] | None = None
    function_call: ChatFunction | None = None
    audio: ChatAudio | None = None
    annotations: list[Any] | None = None

    @property
    def says_only_text(self) -> bool:
        """Whether it brings a piece of the answer and nothing else: most do."""
        more = self.reasoning_content or self.reasoning or self.refusal or self.tool_calls
        rarer = self.function_call or self.audio or self.annotations
        rarer = rarer or self.reasoning_details or self.thinking_blocks
        return bool(self.content) and self.content.__class__ is str and not (more or rarer)

    @property
    def answer(self) -> str:
        """The piece of the answer."""
        return text_in(self.content)

    @property
    def thought(self) -> str:
        """The piece of reasoning, under whichever name; those that say it twice say it once."""
        said = text_in(self.reasoning_content) or text_in(self.reasoning)
        return said or thinking_in(self.content) or "".join(self._details("text"))

    @property
    def thought_summary(self) -> str:
        """The piece of a summary of reasoning, where nothing else says what was thought."""
        return "" if self.thought else "".join(self._details("summary"))

    @property
    def sealed(self) -> bool:
        """Whether it brings reasoning that is encrypted, or signed."""
        details = (*(self.reasoning_details or ()), *(self.thinking_blocks or ()))
        return any(
            each.get("signature") or each.get("type") == "reasoning.encrypted"
            for each in details
            if isinstance(each, dict)
        )

    def _details(self, key: str) -> list[str]:
        details = (each for each in self.reasoning_details or () if isinstance(each, dict))
        return [text for each in details if isinstance(text := each.get(key), str)]


_NOTHING = ChatDelta()


class ChatChoice(Sent):
    """One of the answers to a request: a piece of it, or the whole `message`."""

    index: int = NOT_SENT
    delta: ChatDelta | None = None
    message: ChatDelta | None = None
    finish_reason: str | None = None
    logprobs: Any = None
    usage: Any = None

    @property
    def brought(self) -> ChatDelta:
        """What it brings, wherever that stands."""
        return self.delta or self.message or _NOTHING


class ChatCompletionChunk(ResponseStreamEvent, kw_only=True):
    """A chunk, of which nothing more precise is to be said; `usage` is as it was sent.

    `timings` are llama.cpp's, `x_groq` is Groq's.
    """

    protocol: ClassVar[ProtocolWord] = "chat_completions"
    about: ClassVar[str] = ""
    type: str = CHUNK
    object: str = CHUNK
    id: str = ""
    model: str = ""
    created: Any = None
    choices: list[ChatChoice] = msgspec.field(default_factory=list)
    usage: dict[str, Any] | None = None
    service_tier: str | None = None
    system_fingerprint: str | None = None
    prompt_filter_results: Any = None
    timings: Any = None
    x_groq: Any = None
    error: Any = None

    @property
    def counted(self) -> dict[str, Any] | None:
        """The tokens, wherever they stand: Groq and Moonshot have places of their own."""
        if self.usage:
            return self.usage
        groq = self.x_groq.get("usage") if isinstance(self.x_groq, dict) else None
        counts = (*(choice.usage for choice in self.choices), groq)
        return next((each for each in counts if each and isinstance(each, dict)), None)

    @property
    def finished(self) -> str:
        """The words by which choices end, the first of them; empty where none does."""
        return next((each.finish_reason for each in self.choices if each.finish_reason), "")


CHAT_COMPLETIONS.event(Family.LIFECYCLE)(ChatCompletionChunk)


class _ChatPiece(ChatCompletionChunk, kw_only=True):
    """A chunk that brings a piece of one text of one choice, and nothing else."""

    @property
    def delta(self) -> str:
        """The piece."""
        return _PIECES[self.about](self.choices[0].brought)


@CHAT_COMPLETIONS.event(Family.OUTPUT, delta=True)
class ChatContentChunk(_ChatPiece, kw_only=True):
    """A piece of the answer."""

    about = "content"


@CHAT_COMPLETIONS.event(Family.OUTPUT, delta=True)
class ChatRefusalChunk(_ChatPiece, kw_only=True):
    """A piece of a refusal."""

    about = "refusal"


@CHAT_COMPLETIONS.event(Family.REASONING, delta=True)
class ChatReasoningChunk(_ChatPiece, kw_only=True):
    """A piece of reasoning."""

    about = "reasoning"


@CHAT_COMPLETIONS.event(Family.TOOL, delta=True)
class ChatToolCallChunk(_ChatPiece, kw_only=True):
    """A piece of one call, or its beginning."""

    about = "tool_calls"


@CHAT_COMPLETIONS.event(Family.LIFECYCLE)
class ChatRoleChunk(ChatCompletionChunk, kw_only=True):
    """A choice begins: it says whose words will come."""

    about = "role"


@CHAT_COMPLETIONS.event(Family.LIFECYCLE)
class ChatFinishChunk(ChatCompletionChunk, kw_only=True):
    """A choice ends; `finish_reason` says why."""

    about = "finish_reason"


@CHAT_COMPLETIONS.event(Family.LIFECYCLE)
class ChatUsageChunk(ChatCompletionChunk, kw_only=True):
    """The tokens used, in a chunk without choices."""

    about = "usage"


@CHAT_COMPLETIONS.event(Family.LIFECYCLE)
class ChatCompletion(ChatCompletionChunk, kw_only=True):
    """A whole answer that was not streamed: its choices have messages."""

    type: str = COMPLETION
    object: str = COMPLETION


_PIECES: dict[str, Callable[[ChatDelta], str]] = {
    "content": lambda brought: brought.answer,
    "refusal": lambda brought: brought.refusal or "",
    "reasoning": lambda brought: brought.thought or brought.thought_summary,
    "tool_calls": lambda brought: "".join(call.piece for call in brought.tool_calls or ()),
}
_CLASSES: dict[str, type[ChatCompletionChunk]] = {
    cls.about: cls
    for cls in (
        *(ChatContentChunk, ChatRefusalChunk, ChatReasoningChunk, ChatToolCallChunk),
        *(ChatRoleChunk, ChatFinishChunk, ChatUsageChunk),
    )
}


def chunk_as_it_is(chunk: ChatCompletionChunk) -> ChatCompletionChunk:
    """Return a chunk as one of the class for what it brings."""
    cls = _CLASSES.get(_about(chunk), ChatCompletionChunk)
    return chunk if chunk.__class__ is cls else cls(**msgspec.structs.asdict(chunk))


def _about(chunk: ChatCompletionChunk) -> str:
    if len(chunk.choices) != 1:
        return "usage" if chunk.usage and not chunk.choices else ""
    choice = chunk.choices[0]
    brought = choice.brought
    if brought.says_only_text and not choice.finish_reason:
        return "content"
    if brought.audio or brought.annotations or brought.function_call or brought.sealed:
        return ""
    brings = [name for name, piece in _PIECES.items() if piece(brought)]
    if brought.tool_calls:
        brings = [*(name for name in brings if name != "tool_calls"), "tool_calls"]
    if choice.finish_reason:
        return "" if brings else "finish_reason"
    if not brings:
        return "role" if brought.role else ""
    return brings[0] if len(brings) == 1 and len(brought.tool_calls or ()) < 2 else ""


def text_in(content: Any) -> str:
    """Return a text, or the text of all parts of a list that are text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "".join(_text_of(part) for part in parts if isinstance(part, dict))


def _text_of(part: dict[str, Any]) -> str:
    text = part.get("text")
    return text if isinstance(text, str) and part.get("type", "text") == "text" else ""


def thinking_in(content: Any) -> str:
    """Return the reasoning among the parts of a content, as Mistral sends it."""
    parts = content if isinstance(content, list) else ()
    return "".join(text_in(part.get("thinking")) for part in parts if isinstance(part, dict))


def is_chunk(kind: Any, choices: Any) -> bool:
    """Return whether `object` and `choices` of some JSON are those of a chunk."""
    if isinstance(kind, str):
        return kind == CHUNK or (not kind and isinstance(choices, list))  # Azure's first has none
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and isinstance(first.get("delta"), dict)
