"""What all events and all items are made of.

Nothing here knows a type name. Fields that the wire did not send keep their default, and an index
that was not sent is `NOT_SENT`: it reads as 0, and the fold can still tell. Methods that say the
same in all classes are written once: to have each made by `dataclass` doubles the time of import.
"""

from dataclasses import KW_ONLY, Field, dataclass, field, fields
from reprlib import recursive_repr
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


_shown: dict[type[Any], list[str]] = {}  # filled as objects are compared or printed


class Compared:
    """Dataclasses that are equal by class and fields, and show the fields of their own first."""

    __slots__ = ()

    @recursive_repr()
    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in _fields_of(self))
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _fields_of(self) == _fields_of(other)

    def __hash__(self) -> int:
        raise TypeError(f"unhashable type: {type(self).__name__!r}")  # the fields may be set


def _fields_of(value: object) -> list[tuple[str, Any]]:
    cls = type(value)
    if cls not in _shown:
        _shown[cls] = _in_order(cls)
    return [(name, getattr(value, name)) for name in _shown[cls]]


def _in_order(cls: type[Any]) -> list[str]:
    """The names of all fields, those that say most first."""

    def rank(each: Field[Any]) -> tuple[bool, bool]:
        return bool(each.kw_only), each.name == "extra"

    return [each.name for each in sorted(fields(cls), key=rank)]


class ResponseStreamEvent(Compared):
    """An event of a Responses stream; use `isinstance()` to handle specific types.

    `type` is the name on the wire, `sequence_number` the server's own number where it sent one.
    """

    __slots__ = ()

    type: str | None
    sequence_number: int | None


@dataclass(slots=True, repr=False, eq=False)
class NumberedEvent(ResponseStreamEvent):
    """An event that may carry a sequence number."""

    _: KW_ONLY
    sequence_number: int | None = None


@dataclass(slots=True, repr=False, eq=False)
class ItemEvent(NumberedEvent):
    """An event about one output item."""

    _: KW_ONLY
    item_id: str | None = None


@dataclass(slots=True, repr=False, eq=False)
class CallProgressEvent(ItemEvent):
    """A tool call went one step on; the type is the whole message."""

    output_index: int = NOT_SENT


@dataclass(slots=True, repr=False, eq=False)
class ItemDeltaEvent(ItemEvent):
    """A piece of an item's one text."""

    delta: str
    output_index: int = NOT_SENT


@dataclass(slots=True, repr=False, eq=False)
class PartDeltaEvent(ItemEvent):
    """A piece of the text of one content part."""

    delta: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT


@dataclass(slots=True, repr=False, eq=False)
class PartTextDoneEvent(ItemEvent):
    """The whole text of one content part."""

    text: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT


@dataclass(slots=True, repr=False, eq=False)
class SummaryDeltaEvent(ItemEvent):
    """A piece of the text of one summary part."""

    delta: str
    output_index: int = NOT_SENT
    _: KW_ONLY
    summary_index: int = NOT_SENT


@dataclass(slots=True, repr=False, eq=False)
class SummaryTextDoneEvent(ItemEvent):
    """The whole text of one summary part."""

    text: str
    output_index: int = NOT_SENT
    _: KW_ONLY
    summary_index: int = NOT_SENT


@dataclass(slots=True, repr=False, eq=False)
class ArgumentsDoneEvent(ItemEvent):
    """The whole arguments of a call, as the JSON text that the model wrote."""

    arguments: str
    output_index: int = NOT_SENT


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class WireObject(Compared):
    """An object inside an event. `extra` keeps what has no field, or not the field's type."""

    extra: dict[str, Any] = field(default_factory=dict)


class ContentPart(WireObject):
    """A part of a message, or of a reasoning item."""

    __slots__ = ()

    type: str  # no field here, since it would stand before the text


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class OutputItem(WireObject):
    """One item of a response's output."""

    type: str = ""
    id: str | None = None
    status: str | None = None


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ToolCallItem(OutputItem):
    """A call of a tool; every kind answers to these three names, empty where it has none."""

    name: str = ""
    call_id: str | None = None
    arguments: str = ""
