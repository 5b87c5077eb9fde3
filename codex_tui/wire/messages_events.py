"""Events of the Messages API, one class a type; of deltas one for each kind of delta.

What stands in the `delta` of an event is an attribute of the event itself: `delta` is the piece of
text that it brings, as with all events. Blocks and messages are kept as the objects that were sent.
"""

from typing import Any, ClassVar, Literal

import msgspec

from codex_tui.wire.base import MESSAGES, NOT_SENT, Family, ProtocolWord, ResponseStreamEvent

__all__ = [
    "BlockDeltaEvent",
    "BlockEvent",
    "CitationsDeltaEvent",
    "ContentBlockDeltaEvent",
    "ContentBlockStartEvent",
    "ContentBlockStopEvent",
    "InputJsonDeltaEvent",
    "MessageDeltaEvent",
    "MessageStartEvent",
    "MessageStopEvent",
    "MessagesEvent",
    "SignatureDeltaEvent",
    "TextDeltaEvent",
    "ThinkingDeltaEvent",
    "WholeMessage",
]


class MessagesEvent(ResponseStreamEvent, kw_only=True):
    """An event of a Messages stream."""

    protocol: ClassVar[ProtocolWord] = "messages"


# -- the message -------------------------------------------------------------------------------


@MESSAGES.event(Family.LIFECYCLE)
class MessageStartEvent(MessagesEvent, kw_only=True):
    """The message begins; its content is empty as yet."""

    message: dict[str, Any]
    type: Literal["message_start"] = "message_start"


@MESSAGES.event(Family.LIFECYCLE)
class MessageDeltaEvent(MessagesEvent, kw_only=True):
    """What is known at the end: why it stopped, and the tokens used; counts are totals so far."""

    changes: dict[str, Any] = msgspec.field(default_factory=dict, name="delta")
    usage: dict[str, Any] | None = None
    type: Literal["message_delta"] = "message_delta"

    @property
    def stop_reason(self) -> str:
        """Why the model stopped; empty where that is not said."""
        said = self.changes.get("stop_reason")
        return said if isinstance(said, str) else ""


@MESSAGES.event(Family.LIFECYCLE, outcome="completed")
class MessageStopEvent(MessagesEvent, kw_only=True):
    """The message is over: a terminal event."""

    type: Literal["message_stop"] = "message_stop"


class WholeMessage(MessagesEvent, kw_only=True):
    """A whole message that was not streamed: the object itself, which is no event of the API."""

    message: dict[str, Any]
    type: Literal["message"] = "message"


# -- its blocks --------------------------------------------------------------------------------


class BlockEvent(MessagesEvent, kw_only=True):
    """An event about one content block."""

    index: int = NOT_SENT


@MESSAGES.event(Family.LIFECYCLE)
class ContentBlockStartEvent(BlockEvent, kw_only=True):
    """A content block begins."""

    content_block: dict[str, Any]
    type: Literal["content_block_start"] = "content_block_start"

    @property
    def about(self) -> str:
        """The type of the block."""
        said = self.content_block.get("type")
        return said if isinstance(said, str) else ""


@MESSAGES.event(Family.LIFECYCLE)
class ContentBlockStopEvent(BlockEvent, kw_only=True):
    """A content block is whole."""

    type: Literal["content_block_stop"] = "content_block_stop"


@MESSAGES.event(Family.LIFECYCLE)
class ContentBlockDeltaEvent(BlockEvent, kw_only=True):
    """A content block grows, in a way that is not known: `changes` is the delta that was sent."""

    changes: dict[str, Any] = msgspec.field(default_factory=dict, name="delta")
    type: Literal["content_block_delta"] = "content_block_delta"


class BlockDeltaEvent(BlockEvent, kw_only=True):
    """A content block grows by a piece of text; its class says what that is a piece of."""

    about: ClassVar[str] = ""
    delta: str
    type: Literal["content_block_delta"] = "content_block_delta"


@MESSAGES.event(Family.OUTPUT, delta=True)
class TextDeltaEvent(BlockDeltaEvent, kw_only=True):
    """A piece of the answer."""

    about = "text_delta"


@MESSAGES.event(Family.REASONING, delta=True)
class ThinkingDeltaEvent(BlockDeltaEvent, kw_only=True):
    """A piece of reasoning."""

    about = "thinking_delta"


@MESSAGES.event(Family.TOOL, delta=True)
class InputJsonDeltaEvent(BlockDeltaEvent, kw_only=True):
    """A piece of the input of a call, as JSON text."""

    about = "input_json_delta"


@MESSAGES.event(Family.REASONING, runs=True)
class SignatureDeltaEvent(BlockDeltaEvent, kw_only=True):
    """The signature of a thinking block: sealed, and nothing to be read."""

    about = "signature_delta"


@MESSAGES.event(Family.OUTPUT)
class CitationsDeltaEvent(BlockEvent, kw_only=True):
    """A citation of the text of a block."""

    about: ClassVar[str] = "citations_delta"
    citation: dict[str, Any]
    type: Literal["content_block_delta"] = "content_block_delta"


_PIECES: dict[str, tuple[type[BlockDeltaEvent], str]] = {
    "text_delta": (TextDeltaEvent, "text"),
    "thinking_delta": (ThinkingDeltaEvent, "thinking"),
    "input_json_delta": (InputJsonDeltaEvent, "partial_json"),
    "signature_delta": (SignatureDeltaEvent, "signature"),
}


def delta_as_it_is(event: ContentBlockDeltaEvent) -> MessagesEvent:
    """Return a delta as one of the class for what it brings; itself where that is not known."""
    sent = event.changes
    name, citation = sent.get("type"), sent.get("citation")
    if name == CitationsDeltaEvent.about and isinstance(citation, dict):
        return CitationsDeltaEvent(index=event.index, citation=citation)
    cls, key = _PIECES.get(name, (None, "")) if isinstance(name, str) else (None, "")
    piece = sent.get(key)
    if cls is None or not isinstance(piece, str):
        return event
    return cls(index=event.index, delta=piece)


def is_message(data: dict[str, Any]) -> bool:
    """Return whether some JSON is a whole message, and no item of a response of that name."""
    return data.get("type") == "message" and "stop_reason" in data and "usage" in data
