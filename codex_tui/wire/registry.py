"""The registry, complete: what is known of a type by its class, or by its name alone.

There is no list here: a type is what its class statement says, and the modules in which those stand
are loaded with this one. Of a type that is not known, its name is all that there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from codex_tui.wire import app_server, base, chat_events, codex_events, events, messages_events
from codex_tui.wire.base import Family
from codex_tui.wire.items import ContentPart, OutputItem

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from codex_tui.wire.base import EventType, ResponseStreamEvent

__all__ = ["EVENT_CLASSES", "ITEM_CLASSES", "PART_CLASSES", "TERMINAL_TYPES"]

COMPLETE = (events, chat_events, messages_events, codex_events, app_server)
"""The modules whose class statements are the registry."""

EVENT_CLASSES = base.EVENT_CLASSES
"""The class of every known event that says in its `type` what it is."""

_T = TypeVar("_T", ContentPart, OutputItem)


def _by_type(base: type[_T]) -> dict[str, type[_T]]:
    """The classes made of another that stand for one type, each by that type."""
    found: dict[str, type[_T]] = {}
    for cls in base.__subclasses__():
        found |= {type_: cls for type_ in [cls().type] if type_}
        found |= _by_type(cls)
    return found


PART_CLASSES = _by_type(ContentPart)
"""Content parts by their type; any other is an `UnknownPart`."""

ITEM_CLASSES = _by_type(OutputItem)
"""Output items by their type; any other is an `UnknownItem`."""

OUTCOMES = base.OUTCOMES
"""The word that each terminal type gives."""

TERMINAL_TYPES: AbstractSet[str] = OUTCOMES.keys()
"""The types that end a response. The end of the bytes does not."""

PER_ITEM = (*(kind.cls for kind in base.ROLLOUT.types.values()), codex_events.BareItemLine)
"""Lines whose times are those of whole items: when they were written, not when they streamed."""

MALFORMED = "malformed"
"""The name under which a frame that could not be parsed stands in an index."""

EMPTY = "empty"
"""What a frame without data is called, before the type that `event:` gives it."""

DONE = "[DONE]"

# What is no event of anybody.
_MARKS = {MALFORMED: Family.ERROR, EMPTY: Family.KEEPALIVE, DONE: Family.LIFECYCLE}

# Of what a line of the Codex CLI is about, and of an item that stands for itself, the first word
# found in the name decides; so the narrower words stand before the wider ones.
_WORDS = (
    ("reasoning", Family.REASONING),
    ("output_text", Family.OUTPUT),
    ("refusal", Family.OUTPUT),
    ("content_part", Family.OUTPUT),
    ("audio", Family.OUTPUT),
    ("_call", Family.TOOL),
    ("mcp_", Family.TOOL),
    ("tool", Family.TOOL),
    ("command_execution", Family.TOOL),
    ("file_change", Family.TOOL),
    ("web_search", Family.TOOL),
    ("commandExecution", Family.TOOL),
    ("fileChange", Family.TOOL),
    ("ToolCall", Family.TOOL),
    ("webSearch", Family.TOOL),
    ("Message", Family.OUTPUT),
    ("message", Family.OUTPUT),
)
_ERRORS = {"error", "stream_error", "turn_aborted"}

# What a block of a Messages stream is of, where no word above says it.
_BLOCKS = {
    "text": Family.OUTPUT,
    "thinking": Family.REASONING,
    "redacted_thinking": Family.REASONING,
}


def type_of(cls: type[ResponseStreamEvent]) -> EventType | None:
    """Return the type that a class stands for; None where it is one of those without a name."""
    return base.TYPES_BY_CLASS.get(cls)


def is_piece(event: ResponseStreamEvent | None) -> bool:
    """Return whether an event brings a piece of what the model writes, and nothing else."""
    kind = None if event is None else base.TYPES_BY_CLASS.get(event.__class__)
    return kind is not None and kind.delta


def brings_in_runs(event: ResponseStreamEvent) -> bool:
    """Return whether an event is one of those that come in runs, and of one item alone."""
    kind = base.TYPES_BY_CLASS.get(event.__class__)
    return comes_in_runs(event.type or "") if kind is None else kind.runs


def label_of(event: ResponseStreamEvent) -> str | None:
    """Return the type of an event, and of what it is about where its own type says too little.

    Of one without a type it is what it calls its object, as chunks of other APIs do.
    """
    about = getattr(event, "about", "")
    if isinstance(event, events.EmptyEvent):
        return f"{EMPTY}/{event.type}" if event.type else EMPTY
    if event.type is None:
        return _label_without_type(event)
    return f"{event.type}/{about}" if about else event.type


def _label_without_type(event: ResponseStreamEvent) -> str | None:
    said = event.data.get("object") if isinstance(event, events.UnknownEvent) else None
    return said if isinstance(said, str) and said else None


def family_of(label: str) -> Family:
    """Return the family of an event by its label; types that nobody documented are `UNKNOWN`."""
    if (kind := base.TYPES.get(label)) is not None and kind.family is not Family.LIFECYCLE:
        return kind.family
    name, about = _parted(label)
    if about in _ERRORS:
        return Family.ERROR
    kind = base.TYPES.get(name)
    if kind is not None and kind.family is not Family.LIFECYCLE:
        return kind.family
    if kind is None and name not in ITEM_CLASSES:
        return _MARKS.get(name, Family.UNKNOWN)
    if about in _BLOCKS:
        return _BLOCKS[about]
    told = label if kind is None else about
    return next((family for word, family in _WORDS if word in told), Family.LIFECYCLE)


def _parted(label: str) -> tuple[str, str]:
    """The name in a label, which may have a slash in it, and what it is about."""
    if label in base.TYPES:
        return label, ""
    name, _, about = label.rpartition("/")
    if name not in base.TYPES:
        name, _, about = label.partition("/")
    return name, about


def comes_in_runs(name: str) -> bool:
    """Return whether events of a type come in runs: pieces of one growing thing, as a rule."""
    kind = base.TYPES.get(name)
    return name.endswith((".delta", "_delta")) if kind is None else kind.runs


_GROWS = "content_block_delta/"
"""What all deltas of a Messages stream are called; what grows is said behind it."""


def short_name(name: str) -> str:
    """Return the name without the `response.` that nearly all of them begin with, or their like."""
    return name.removeprefix("response.").removeprefix("chat.completion.").removeprefix(_GROWS)
