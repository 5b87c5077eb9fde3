"""What all events and all items are made of, and what the class statement of an event says.

They are structs of msgspec, which are made in a ninth of the time of dataclasses and decoded in two
thirds; whoever asks `dataclasses` finds dataclasses. Fields that the wire did not send keep their
default, and an index that was not sent is `NOT_SENT`: it reads as 0, and the fold can still tell.
"""

from collections.abc import Callable
from dataclasses import Field, field, make_dataclass
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Literal, TypeVar

from msgspec import NODEFAULT, Struct, structs

__all__ = ["NOT_SENT", "NotSent", "ResponseStreamEvent"]


class NotSent(int):
    """A number that the wire did not send: equal to 0, printed as 0, and one object."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "0"

    def __reduce__(self) -> str:
        return "NOT_SENT"  # copies and pickles stay the one object


NOT_SENT = NotSent(0)
"""Default of every index: `event.output_index is NOT_SENT` says that none was sent."""


class JsonText(str):
    """What a value is read as that came where a text belongs: its JSON text, or the text in it."""

    __slots__ = ()


# -- structs that are dataclasses too ----------------------------------------------------------


class _Fields:
    """What `dataclasses` looks for in a class; found out when it asks, for that takes long."""

    def __get__(self, instance: object, owner: type[Struct]) -> dict[str, Field[Any]]:
        return _fields_of(owner)


@cache
def _fields_of(cls: type[Struct]) -> dict[str, Field[Any]]:
    twin = make_dataclass(cls.__name__, [_field(cls, each) for each in structs.fields(cls)])
    found: dict[str, Field[Any]] = vars(twin)["__dataclass_fields__"]
    return found


def _field(cls: type[Struct], each: structs.FieldInfo) -> tuple[str, Any, Any]:
    given = {"default": each.default, "default_factory": each.default_factory}
    said = {name: value for name, value in given.items() if value is not NODEFAULT}
    return each.name, each.type, field(kw_only=each.name not in cls.__match_args__, **said)


class Sent(Struct, gc=False):
    """Anything that a server sends: a struct, and a dataclass for those who ask."""

    __dataclass_fields__: ClassVar[Any] = _Fields()


# -- the registry ------------------------------------------------------------------------------


class Family(Enum):
    """What an event is about; the value is the letter that says so without colour."""

    LIFECYCLE = "L"
    REASONING = "R"
    OUTPUT = "T"
    TOOL = "C"
    ERROR = "E"
    UNKNOWN = "?"
    KEEPALIVE = ":"

    @property
    def variable(self) -> str:
        """The name of the theme variable that colours it, as in `$event-output`."""
        return f"event-{self.name.lower()}"


Outcome = Literal["completed", "failed", "incomplete", "cancelled"]
"""How a terminal event says that its response ended."""


ProtocolWord = Literal["", "responses", "chat_completions", "messages"]
"""Whose events a stream is made of; empty where that is not known."""


class EventType(Struct, frozen=True, gc=False):
    """A type of events, as its class statement says.

    `delta` says that the field of that name is a piece of what the model writes, `runs` that they
    come many in a row, as deltas do; `outcome` is set for those that end a response. Of events that
    one type is the name of, whatever they bring, the name says that too: `…delta/text_delta`.
    """

    name: str
    cls: type["ResponseStreamEvent"]
    family: Family
    delta: bool
    runs: bool
    outcome: Outcome | None


TYPES: dict[str, EventType] = {}
"""The types of all protocols, by name alone; who was first has it."""

TYPES_BY_CLASS: dict[type["ResponseStreamEvent"], EventType] = {}
EVENT_CLASSES: dict[str, type["ResponseStreamEvent"]] = {}
OUTCOMES: dict[str, Outcome] = {}

E = TypeVar("E", bound="ResponseStreamEvent")


class Protocol:
    """Who defines events, and all of them that are known, by name.

    Args:
        key: The field that says what an event is: of its JSON, and of its class, where its
            default is the one value that it may have.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.types: dict[str, EventType] = {}

    def event(
        self,
        family: Family,
        *,
        delta: bool = False,
        runs: bool = False,
        outcome: Outcome | None = None,
    ) -> Callable[[type[E]], type[E]]:
        """Return what enters a class into the registry; see `EventType`."""

        def enter(cls: type[E]) -> type[E]:
            names = cls.__struct_fields__
            name = cls.__struct_defaults__[names.index(self.key) - len(names)]
            about = getattr(cls, "about", "")  # else it is known by each event alone
            label = f"{name}/{about}" if about and isinstance(about, str) else name
            self._enter(EventType(label, cls, family, delta, delta or runs, outcome), name)
            return cls

        return enter

    def _enter(self, kind: EventType, name: str) -> None:
        self.types[kind.name] = TYPES_BY_CLASS[kind.cls] = kind
        TYPES.setdefault(kind.name, kind)
        if self.key == "type" and kind.name == name:
            EVENT_CLASSES.setdefault(name, kind.cls)
        if kind.outcome is not None:
            OUTCOMES[kind.name] = kind.outcome


RESPONSES = Protocol("type")
"""OpenAI's Responses API, and what other servers of it say."""

CHAT_COMPLETIONS = Protocol("object")
"""OpenAI's Chat Completions API, and what other servers of it say."""

MESSAGES = Protocol("type")
"""Anthropic's Messages API, and what other servers of it say; `ping` and `error` are words of both,
and whoever was first has them."""

ROLLOUT = Protocol("type")
"""The Codex CLI's own record of a session."""

EXEC = Protocol("type")
"""What `codex exec --json` prints."""

APP_SERVER = Protocol("type")
"""What `codex app-server` says; its messages have no type of their own, but a method."""


# -- events ------------------------------------------------------------------------------------


class _TypedEvent:
    """The type of an event; its field stands behind those that the event is about."""

    __slots__ = ()

    type: str | None


class ResponseStreamEvent(_TypedEvent, Sent, kw_only=True):
    """An event of a Responses stream; use `isinstance()` to handle specific types.

    `type` is the name on the wire, `sequence_number` the server's own number where it sent one,
    `agent` who of several agents it is of; `protocol` whose streams have such events.
    """

    protocol: ClassVar[ProtocolWord] = "responses"
    sequence_number: int | None = None
    agent: Any = None


class ItemEvent(ResponseStreamEvent, kw_only=True):
    """An event about one output item."""

    item_id: str | None = None


class ItemSignalEvent(ItemEvent):
    """An event about one output item whose type is the whole message."""

    output_index: int = NOT_SENT


class CallProgressEvent(ItemSignalEvent):
    """A tool call went one step on, to the status that its type ends with."""


class ItemDeltaEvent(ItemEvent):
    """A piece of an item's one text."""

    delta: str
    output_index: int = NOT_SENT


class PartDeltaEvent(ItemEvent):
    """A piece of the text of one content part."""

    delta: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT


class PartTextDoneEvent(ItemEvent):
    """The whole text of one content part."""

    text: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT


class SummaryEvent(ItemEvent, kw_only=True):
    """An event about one part of a reasoning summary."""

    summary_index: int = NOT_SENT


class SummaryDeltaEvent(SummaryEvent):
    """A piece of the text of one summary part."""

    delta: str
    output_index: int = NOT_SENT


class SummaryTextDoneEvent(SummaryEvent):
    """The whole text of one summary part."""

    text: str
    output_index: int = NOT_SENT
