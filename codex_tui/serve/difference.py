"""In what two JSON values differ, place by place, in words for a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 60  # characters of a value that are quoted
_NOTHING = object()


def differences(recorded: object, came: object) -> Iterator[str]:
    """Yield what differs, as in `input[2].content: recorded "a", asked "b"`, in their order."""
    waiting = [("", recorded, came)]
    while waiting:
        place, one, other = waiting.pop()
        if one == other:
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            waiting += reversed([*_fields(place, one, other)])
        elif isinstance(one, list) and isinstance(other, list):
            waiting += reversed([*_items(place, one, other)])
        else:
            yield f"{place or 'the body'}: recorded {_shown(one)}, asked {_shown(other)}"


Pair = tuple[str, object, object]


def _fields(place: str, one: dict[str, object], other: dict[str, object]) -> Iterator[Pair]:
    for name in dict.fromkeys((*one, *other)):
        yield f"{place}.{name}".lstrip("."), one.get(name, _NOTHING), other.get(name, _NOTHING)


def _items(place: str, one: list[object], other: list[object]) -> Iterator[Pair]:
    for at in range(max(len(one), len(other))):
        yield f"{place}[{at}]", _item(one, at), _item(other, at)


def _item(items: list[object], at: int) -> object:
    return items[at] if at < len(items) else _NOTHING


def _shown(value: object) -> str:
    if value is _NOTHING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
