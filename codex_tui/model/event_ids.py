"""The ids that an event says: of its item, its call, its response, its thread, its turn.

As they were sent, whoever's they are: what servers change from event to event is seen by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.wire.base import ResponseStreamEvent

_OBJECTS = ("item", "payload", "response")
_HOLDERS = ("params", "data")  # which have such objects in their turn
_NAMES = ("item_id", "id", "call_id", "response_id", "thread_id", "turn_id")
_CAMEL = ("itemId", "callId", "threadId", "turnId")  # as the app server of the Codex CLI writes
_LONG, _HEAD, _TAIL = 16, 7, 6


def ids_of(event: ResponseStreamEvent) -> list[str]:
    """Return the ids that an event says, each once."""
    holders = (event, *(_value(event, name) for name in _HOLDERS))
    objects = [_value(each, name) for each in holders for name in _OBJECTS]
    return list(dict.fromkeys(_ids_in((*holders, *objects))))


def _ids_in(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        found = (_value(value, name) for name in (*_NAMES, *_CAMEL))
        yield from (id_ for id_ in found if isinstance(id_, str) and id_)


def _value(value: Any, name: str) -> Any:
    """What an object has under a name: one of JSON, or one of ours with its `extra`."""
    if isinstance(value, dict):
        return value.get(name)
    found = getattr(value, name, None)
    return found if found is not None else getattr(value, "extra", _NOTHING).get(name)


_NOTHING: dict[str, Any] = {}


def brief(id_: str) -> str:
    """Return an id in few cells: of a long one how it begins and how it ends."""
    return id_ if len(id_) <= _LONG else f"{id_[:_HEAD]}…{id_[-_TAIL:]}"
