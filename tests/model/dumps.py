"""All that a fold holds, laid out to be compared: nothing may differ, nor what is the same."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from codex_tui.model.forgiven import Forgiving
from codex_tui.model.item_list import ItemList
from codex_tui.model.items import Item, Part
from codex_tui.model.ledger import Ledger
from codex_tui.model.sequence import Sequence
from codex_tui.model.slots import Slots
from codex_tui.model.text import Text
from codex_tui.model.transcript import Transcript

if TYPE_CHECKING:
    from codex_tui.model.conversation import Conversation

_OPEN = (Forgiving, Item, Part, Slots, Sequence, Transcript)


def dump(conversation: Conversation) -> Any:
    """Return a conversation as plain values; an object met again is the number it was met with."""
    return _dump(conversation.turns, {})


def _dump(value: Any, met: dict[int, int]) -> Any:
    if isinstance(value, Ledger):
        keys = [] if value._row is None else value._row.keys[: len(value)]
        return {key: [*value.backwards(key)] for key in keys}
    if isinstance(value, list | tuple | ItemList):
        return [_dump(each, met) for each in value]
    if isinstance(value, dict):
        return {key: _dump(each, met) for key, each in value.items()}
    if not isinstance(value, Text | Item | Part) and not _has_fields(value):
        return repr(value)
    if id(value) in met:
        return ("the same as", met[id(value)])
    met[id(value)] = len(met)
    if isinstance(value, Text):
        return _text(value)
    return (type(value).__name__, {name: _dump(each, met) for name, each in _fields(value)})


def _text(text: Text) -> tuple[Any, ...]:
    streamed = text._streamed
    return (
        str(text),
        len(text),
        text.done,
        text.replaced,
        text._filled,
        None if streamed is None else _text(streamed),
    )


def _has_fields(value: Any) -> bool:
    return is_dataclass(value) or isinstance(value, (Struct, *_OPEN))


def _fields(value: Any) -> list[tuple[str, Any]]:
    if is_dataclass(value):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Struct):
        return [(name, getattr(value, name)) for name in value.__struct_fields__]
    names = getattr(type(value), "__slots__", None) or vars(value)
    return [(name, getattr(value, name)) for name in names if name != "_found"]  # what is at hand
