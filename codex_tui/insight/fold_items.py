"""Folding of whole items: as they begin, as they are done, and as the terminal event lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.insight.filling import fill
from codex_tui.insight.items import Item, ToolCall, new_item
from codex_tui.insight.matching import call_id_of, match_output
from codex_tui.wire import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.insight.slots import Slots
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


HANDLERS: dict[type[ev.ResponseStreamEvent], Callable[[Slots, Any], Item]] = {
    ev.ResponseOutputItemAddedEvent: _added,
    ev.ResponseOutputItemDoneEvent: _done,
}
