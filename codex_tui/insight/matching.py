"""Which streamed item each item of a terminal event's output is.

The same id decides, then the same place, then the order within a type: ids may have changed and
places may have moved, but an item is never taken for one of another type.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from codex_tui.insight.items import ToolCall, ToolOutput
from codex_tui.wire.items import ToolCallItem, ToolOutputItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.insight.items import Item
    from codex_tui.wire.items import OutputItem

_Key = tuple[str, str | int | None]


def match_output(items: list[Item], output: list[OutputItem]) -> list[Item | None]:
    """Return the streamed item for each item of an output, None for those that never streamed."""
    found: list[Item | None] = [None] * len(output)
    taken: set[str] = set()
    for streamed, sent in _IDENTITIES:
        known = _index([item for item in items if item.key not in taken], streamed)
        for place, item in enumerate(output):
            if found[place] is None:
                found[place] = _take(known, sent(place, item), taken)
    return found


def call_id_of(item: OutputItem) -> str | None:
    """Return the id by which a call and its output belong together."""
    return item.call_id if isinstance(item, ToolCallItem | ToolOutputItem) else None


def _index(items: list[Item], streamed: Callable[[Item], list[_Key]]) -> dict[_Key, list[Item]]:
    known: dict[_Key, list[Item]] = defaultdict(list)
    for item in reversed(items):  # candidates are taken from the end: the earliest first
        for key in streamed(item):
            known[key].append(item)
    return known


def _take(known: dict[_Key, list[Item]], keys: list[_Key], taken: set[str]) -> Item | None:
    for key in keys:
        while candidates := known.get(key):
            item = candidates.pop()
            if item.key not in taken:
                taken.add(item.key)
                return item
    return None


def _ids_streamed(item: Item) -> list[_Key]:
    call_id = item.call_id if isinstance(item, ToolCall | ToolOutput) else None
    return [(item.type, id_) for id_ in (item.item_id, call_id) if id_]


def _ids_sent(_place: int, item: OutputItem) -> list[_Key]:
    return [(item.type, id_) for id_ in (item.id, call_id_of(item)) if id_]


def _place_streamed(item: Item) -> list[_Key]:
    return [] if item.output_index is None else [(item.type, item.output_index)]


def _place_sent(place: int, item: OutputItem) -> list[_Key]:
    return [(item.type, place)]


def _type_streamed(item: Item) -> list[_Key]:
    return [(item.type, None)]


def _type_sent(_place: int, item: OutputItem) -> list[_Key]:
    return [(item.type, None)]


_IDENTITIES = (
    (_ids_streamed, _ids_sent),
    (_place_streamed, _place_sent),
    (_type_streamed, _type_sent),
)
