"""The items of a response whose API has none: made by the fold, and found again by a key.

A key says what its events call a thing (`0/call/2`); it holds within one response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from codex_tui.model.codex_usage import count_of
from codex_tui.model.fold_items import close_item
from codex_tui.model.ledger import NOBODY
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.items import InputTokensDetails, OutputTokensDetails, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from codex_tui.model.items import Item, Part, PartedItem, ResponseState
    from codex_tui.model.slots import Slots

ItemT = TypeVar("ItemT", bound="Item")
UsageT = TypeVar("UsageT", bound=Usage)


def found(slots: Slots, state: ResponseState, key: str) -> Item | None:
    """Return what was put under a key last, to be written; None where nothing was."""
    number = state.blocks.latest(key)
    return None if number == NOBODY else slots.items.take(number)


def all_found(slots: Slots, state: ResponseState, key: str) -> Iterator[Item]:
    """Yield all that was put under a key, to be written."""
    for number in state.blocks.backwards(key):
        yield slots.items.take(number)


def put(slots: Slots, state: ResponseState, item: ItemT, *keys: str) -> ItemT:
    """Add a new item, and let it be found under some keys."""
    slots.add(item, NOT_SENT, None)
    item.status = "in_progress"
    for key in keys:
        state.blocks.add(key, item.number)
    return item


def grow(item: PartedItem, type_: str, piece: str, index: int | None = None) -> Part:
    """Add a piece to the part at an index, or to the latest of its type if that is not done."""
    sent = None if index is NOT_SENT else index
    part = item.last_of(type_) if sent is None else item.find_part(type_, sent)
    if part is None or (part.done and sent is None):
        part = item.open_part(type_, len(item.of_type(type_)) if sent is None else sent)
    part.text.append(piece)
    part.pieces += 1
    item.latest = part
    item.version += 1
    return part


def close(item: Item, status: str = "completed") -> None:
    """Mark an item as done."""
    if not item.done:
        item.status = status
        item.version += 1
        close_item(item)


def usage_in_words(
    cls: type[UsageT],
    words: dict[str, Any],
    given: str,
    made: str,
    *,
    cached: int | None = None,
    reasoning: int | None = None,
) -> UsageT:
    """Return token counts of another API, under its own names as well.

    Args:
        cls: Whose they are.
        words: As they were sent.
        given: What it calls the tokens of the request.
        made: What it calls those of the answer.
        cached: How many of the request's came from a cache, where that is a part of them.
        reasoning: How many of the answer's were reasoning.
    """
    return cls(
        input_tokens=_count(words, given),
        output_tokens=_count(words, made),
        total_tokens=_count(words, "total_tokens"),
        input_tokens_details=None if cached is None else InputTokensDetails(cached),
        output_tokens_details=None if reasoning is None else OutputTokensDetails(reasoning),
        extra=words,
    )


def _count(words: dict[str, Any], name: str) -> int:
    count = count_of(words, name)
    return NOT_SENT if count is None else count
