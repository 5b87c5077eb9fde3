"""What all events and all items are made of.

Nothing here knows a type name. Fields that the wire did not send keep their default, and an index
that was not sent is `NOT_SENT`: it reads as 0, and the fold can still tell.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import Any


class NotSent(int):
    """A number that the wire did not send: equal to 0, printed as 0, and one object."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "0"

    def __reduce__(self) -> str:
        return "NOT_SENT"  # copies and pickles stay the one object


NOT_SENT = NotSent(0)
"""Default of every index: `event.output_index is NOT_SENT` says that none was sent."""


class ResponseStreamEvent:
    """An event of a Responses stream; use `isinstance()` to handle specific types.

    `type` is the name on the wire, `sequence_number` the server's own number where it sent one.
    """

    __slots__ = ()

    type: str | None
    sequence_number: int | None


@dataclass(slots=True)
class NumberedEvent(ResponseStreamEvent):
    """An event that may carry a sequence number."""

    _: KW_ONLY
    sequence_number: int | None = None


@dataclass(slots=True)
class ItemEvent(NumberedEvent):
    """An event about one output item."""

    _: KW_ONLY
    item_id: str | None = None


@dataclass(slots=True)
class CallProgressEvent(ItemEvent):
    """A tool call went one step on; the type is the whole message."""

    output_index: int = NOT_SENT


@dataclass(slots=True)
class ItemDeltaEvent(ItemEvent):
    """A piece of an item's one text."""

    delta: str
    output_index: int = NOT_SENT


@dataclass(slots=True)
class PartDeltaEvent(ItemEvent):
    """A piece of the text of one content part."""

    delta: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT


@dataclass(slots=True)
class PartTextDoneEvent(ItemEvent):
    """The whole text of one content part."""

    text: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT


@dataclass(slots=True)
class SummaryDeltaEvent(ItemEvent):
    """A piece of the text of one summary part."""

    delta: str
    output_index: int = NOT_SENT
    _: KW_ONLY
    summary_index: int = NOT_SENT


@dataclass(slots=True)
class SummaryTextDoneEvent(ItemEvent):
    """The whole text of one summary part."""

    text: str
    output_index: int = NOT_SENT
    _: KW_ONLY
    summary_index: int = NOT_SENT


@dataclass(slots=True)
class ArgumentsDoneEvent(ItemEvent):
    """The whole arguments of a call, as the JSON text that the model wrote."""

    arguments: str
    output_index: int = NOT_SENT


@dataclass(slots=True, kw_only=True)
class WireObject:
    """An object inside an event. `extra` keeps what has no field, or not the field's type."""

    extra: dict[str, Any] = field(default_factory=dict)


class ContentPart(WireObject):
    """A part of a message, or of a reasoning item."""

    __slots__ = ()

    type: str  # no field here, since it would stand before the text


@dataclass(slots=True, kw_only=True)
class OutputItem(WireObject):
    """One item of a response's output."""

    type: str = ""
    id: str | None = None
    status: str | None = None


@dataclass(slots=True, kw_only=True)
class ToolCallItem(OutputItem):
    """A call of a tool; every kind answers to these three names, empty where it has none."""

    name: str = ""
    call_id: str | None = None
    arguments: str = ""
