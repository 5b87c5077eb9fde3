"""Folding of whole items: as they begin, as they are done, and as the terminal event lists them.

Which streamed item the terminal event means is decided by the same id, then by the same place, then
by the order within a type: ids may have changed and places may have moved, but an item is never
taken for one of another type.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from codex_tui.model.filling import fill
from codex_tui.model.items import Item, ToolCall, ToolOutput, new_item
from codex_tui.wire import events as ev
from codex_tui.wire.items import ToolCallItem, ToolOutputItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import Item
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.items import OutputItem


def _added(slots: Slots, event: ev.ResponseOutputItemAddedEvent) -> Item:
    """Open an item, unless it is the one that its deltas have opened already."""
    item = _begun(slots, event.item, event.output_index)
    item = item or _open(slots, event.item, event.output_index)
    item.announced = True
    fill(slots, item, event.item, done=False)
    return item


def _begun(slots: Slots, sent: OutputItem, index: int) -> Item | None:
    """Return the open item that an `added` speaks of: not announced yet, or announced twice."""
    item = slots.find(sent.type, index, sent.id or call_id_of(sent))
    if item is None or item.done:
        return None
    return item if not item.announced or _is_same(item, sent) else None


def _is_same(item: Item, sent: OutputItem) -> bool:
    call_id = call_id_of(sent)
    if isinstance(item, ToolCall) and item.call_id and call_id:
        return item.call_id == call_id
    return bool(sent.id) and item.item_id == sent.id


def _done(slots: Slots, event: ev.ResponseOutputItemDoneEvent) -> Item:
    sent, index = event.item, event.output_index
    item = slots.find(sent.type, index, sent.id or call_id_of(sent), closing=True)
    item = item or _open(slots, sent, index)
    fill(slots, item, sent, done=True)
    return item


def _open(slots: Slots, sent: OutputItem, index: int) -> Item:
    return slots.add(new_item(sent.type, slots.next_key()), index, sent.id)


def fill_output(slots: Slots, output: list[OutputItem]) -> None:
    """Complete the items of a response with those that its terminal event lists."""
    found = match_output(slots.of_response, output)
    for place, sent in enumerate(output):
        fill(slots, found[place] or _unstreamed(slots, sent, place), sent, done=True)


def _unstreamed(slots: Slots, sent: OutputItem, place: int) -> Item:
    item = _open(slots, sent, place)
    item.streamed = False
    return item


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, Any], Item]] = {
    ev.ResponseOutputItemAddedEvent: _added,
    ev.ResponseOutputItemDoneEvent: _done,
}


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
