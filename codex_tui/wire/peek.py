"""The types of many events at once, for an index: as `decode_event` would find them.

The JSON of an event is checked to be whole, and to have what its type needs, but nothing of it is
kept. In any doubt nothing is said, and `decode_event` has to be asked.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import msgspec

from codex_tui.wire.base import RESPONSES, ROLLOUT
from codex_tui.wire.build import is_object
from codex_tui.wire.events import ResponseErrorEvent

if TYPE_CHECKING:
    from codex_tui.wire.base import EventType


def peek_types(lines: bytes, count: int) -> list[str] | None:
    """Return the types of `count` events, each a JSON object on a line of its own.

    Each line must begin with `{` and end with `}`, so that no object goes on in the next one. None
    where a line is no event of a known type, lacks a field that its type needs, or is no JSON.
    """
    decoder, names = _decoder()
    try:
        found = decoder.decode_lines(lines)
    except (ValueError, RecursionError):
        return None
    return list(map(names.__getitem__, map(type, found))) if len(found) == count else None


@cache
def can_peek(name: str) -> bool:
    """Whether events of a type can be peeked at."""
    return name in _decoder()[1].values()


def peek_label(data: str) -> str:
    """Return the label of a line of a rollout, as `label_of` its event would; empty in any doubt.

    Only its two types are read: its items can be large.
    """
    try:
        line = _line.decode(data)
    except (ValueError, RecursionError):
        return ""
    about = line.payload.type
    if not isinstance(line.type, str) or line.type not in ROLLOUT.types:
        return ""
    return f"{line.type}/{about}" if about and isinstance(about, str) else line.type


class _About(msgspec.Struct, gc=False):
    type: Any = None


class _Line(msgspec.Struct, gc=False):
    type: Any
    payload: _About


_line = msgspec.json.Decoder(_Line)


class _Object(msgspec.Struct, gc=False):
    """Any object: items, parts and responses need no fields of their own."""


@cache
def _decoder() -> tuple[msgspec.json.Decoder[Any], dict[type, str]]:
    """One decoder for all types of the API; an error is known by more than its type."""
    kinds = [kind for kind in RESPONSES.types.values() if kind.cls is not ResponseErrorEvent]
    names = {_struct(kind): kind.name for kind in kinds}
    return msgspec.json.Decoder(reduce(or_, names)), names


def _struct(kind: EventType) -> type:
    """A struct that is known by its type, and has the fields without which there is no event.

    Optional ones that are wrong count as not sent; that they are JSON is checked all the same.
    """
    required = [
        (field.name, _Object if is_object(field.type) else field.type)
        for field in msgspec.structs.fields(kind.cls)
        if field.required
    ]
    return msgspec.defstruct("Peeked", required, tag_field="type", tag=kind.name, gc=False)
