"""Which item an event speaks of: by its output index, else by its id, else the one that is open.

Servers change ids on every event, send no indices, put two items on one index, leave out `added`.
Two items of different types are never taken for one.
Whatever is returned here may be written: it is this fork's own.
"""

from __future__ import annotations

from copy import copy
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

from codex_tui.model.item_list import ItemList
from codex_tui.model.items import (
    Item,
    MessageItem,
    ReasoningItem,
    ToolCall,
    ToolOutput,
    tool_word,
)
from codex_tui.model.ledger import NOBODY, Ledger
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from codex_tui.model.forgiven import Forgiving

ItemT = TypeVar("ItemT", bound=Item)

# How many items on one index are looked at; more than two is already a server gone astray.
_LOOK_BACK = 64
_LONGEST_ID = 200  # what is longer is counted: of a cut one nobody could tell if it is a secret


class Slots:
    """The items of a turn in the order of their opening, and the ways to find one again.

    Indices are the wire's, `NOT_SENT` where it has none; ids are empty or None where it has none.
    The `text` of a closing event tells its item where neither does.
    """

    __slots__ = (
        *("_by_id", "_by_index", "_found", "_ids_hold", "_latest"),
        *("first", "forgiving", "items", "response"),
    )

    def __init__(self, forgiving: Forgiving) -> None:
        self.forgiving = forgiving
        self.items = ItemList()
        self.response = 0
        self.first = 0
        """Where the items of the latest response begin."""
        self.forget()

    def forget(self) -> None:
        """Find none of the items again: no event will speak of them any more."""
        self._by_index: Ledger[int] = Ledger()
        self._by_id: Ledger[str] = Ledger()
        self._latest: Ledger[str] = Ledger()
        self._ids_hold = False  # an event found its item by id: the server's ids mean something
        self._found: Item | None = None  # by its index, where it is alone

    def begin_response(self) -> None:
        """Start another response in the same turn: its events never reach the items before."""
        self.response += 1
        self.first = len(self.items)
        self.forget()

    def fork(self) -> Slots:
        """Return a copy that grows apart; it costs what was written since the last one."""
        return self._with(self.items.fork())

    def keep(self) -> Slots:
        """Return a copy for keeping: nobody may write it."""
        return self._with(self.items.keep())

    def _with(self, items: ItemList) -> Slots:
        fork = copy(self)
        fork.items, fork._found = items, None
        fork._by_index = self._by_index.fork()
        fork._by_id, fork._latest = self._by_id.fork(), self._latest.fork()
        return fork

    @property
    def of_response(self) -> list[Item]:
        """The items of the latest response."""
        return self.items[self.first :]

    @property
    def begun(self) -> bool:
        """Whether the latest response has an item."""
        return len(self.items) > self.first

    def next_key(self) -> str:
        """Return the key for the item that is added next."""
        return f"item-{len(self.items) + 1}"

    def add(self, item: ItemT, index: int, id_: str | None) -> ItemT:
        """Add a new item."""
        item.response = self.response
        item.opened = self.forgiving.number
        item.item_id = id_ or None
        self.items.append(item)
        self._latest.add(item.type, item.number)
        self.set_index(item, index)
        self.know(item, id_)
        return item

    def open(self, item: ItemT, index: int, id_: str | None, *, announced: bool = False) -> ItemT:
        """Add a new item that an event of a stream speaks of; what that contradicts is forgiven.

        `announced` says that it is the event that opens items.
        """
        said = named(item.type, id_)
        if not announced:
            self.tell_unless_resumed("order.item-not-added", "response.output_item.added", said)
        if (number := self._by_index.latest(index)) != NOBODY:
            before = self.items[number]
            of = f"output_index {index} for {named(before.type, before.item_id)} alone"
            self.forgiving.forgive("index.collision", of, said, before.opened)
        if (known := self._seen_with_id(id_)) is not None:
            self.forgiving.forgive("id.repeat", f"{id_} for one item", said, known.opened)
        return self.add(item, index, id_)

    def tell_unless_resumed(self, rule: str, expected: str, seen: str) -> None:
        """Say that something lacked, unless it may have come before the stream was taken up."""
        if not self.forgiving.resumed:
            self.forgiving.forgive(rule, expected, seen)

    def set_index(self, item: Item, index: int) -> None:
        """Let an item be found under an index, beside those that are there already."""
        if index is not NOT_SENT:
            item.output_index = index
            self._by_index.add(index, item.number)
            self._found = None

    def know(self, item: Item, id_: str | None) -> None:
        """Let an item be found by an id: its own, or its call's; the newest item takes it over."""
        if not id_ or (number := self._by_id.latest(id_)) == item.number:
            return
        if number == NOBODY:
            self._by_id.add(id_, item.number)
        elif item.number == len(self.items) - 1:
            self._by_id.add(id_, item.number)
            if item.twin is None:
                item.twin = self.items[number]
                self.items.link(item.twin, item)

    def with_id(self, id_: str | None) -> Item | None:
        """Return the latest item that has this id, of any type."""
        return self._taken(self._seen_with_id(id_))

    def latest(self, type_: str) -> Item | None:
        """Return the item of a type that was opened last."""
        return self._taken(self._seen_latest(type_))

    def take(self, item: ItemT) -> ItemT:
        """Return an item of those in `items` to be written."""
        return cast("ItemT", self.items.take(item.number))

    # What is only looked at.

    def _taken(self, seen: Item | None) -> Item | None:
        return None if seen is None else self.items.take(seen.number)

    def _seen_with_id(self, id_: str | None) -> Item | None:
        number = self._by_id.latest(id_)
        return None if number == NOBODY else self.items[number]

    def _seen_latest(self, type_: str) -> Item | None:
        number = self._latest.latest(type_)
        return None if number == NOBODY else self.items[number]

    def find(
        self,
        type_: str,
        index: int,
        id_: str | None,
        *,
        closing: bool = False,
        opening: bool = False,
    ) -> Item | None:
        """Return the item of a type that an event means, or None where it means a new one.

        `closing` events belong to an item even if it is done already; others only if the id says
        so, since a delta after the end of an item more likely begins another one. What is `opening`
        is not an item that was announced under another index.
        """
        if index is NOT_SENT:
            return self._without_index(type_, id_, closing=closing)
        if (item := self._found) is not None and self._is_found(
            item, type_, index, id_, opening=opening
        ):
            return item
        if (number := self._by_index.latest(index)) == NOBODY:
            return self._elsewhere(type_, index, id_) or self._adopt(
                type_, index, id_, opening=opening
            )
        item = self.items[number]
        if self._by_index.is_single(index):
            self._found = item = self.items.take(number)
            if self._is_found(item, type_, index, id_, opening=opening):
                return item
        here = map(self.items.__getitem__, islice(self._by_index.backwards(index), _LOOK_BACK))
        fitting = [item for item in here if item.type == type_]
        return (
            self._taken(_with_id(fitting, id_))
            or self._elsewhere(type_, index, id_)
            or self._taken(_last(fitting, closing=closing))
        )

    def _is_found(
        self, item: Item, type_: str, index: int, id_: str | None, *, opening: bool
    ) -> bool:
        """Whether an event means the item that stands alone under its index, by id or by place."""
        if item.output_index != index or item.type != type_ or item.done:
            return False
        if item.item_id != id_:
            if self._by_id.latest(id_) != NOBODY:
                return False
            if not opening:  # what is announced may be another one
                self.rename(item, id_)
        self.items.fresh.add(item.number)
        return True

    def _elsewhere(self, type_: str, index: int, id_: str | None) -> Item | None:
        """Return the open item with an id that stands under another index than an event says."""
        item = self._seen_with_id(id_)
        if item is None or item.type != type_ or item.done or item.output_index is None:
            return None
        item = self.take(item)
        if item.output_index != index:
            self._tell_index(item, index)
        return item

    def _tell_index(self, item: Item, index: int) -> None:
        """Say once of an item that its events have several indices."""
        if not item.moved:
            item.moved = True
            expected = f"output_index {item.output_index} for {item.item_id or item.type}"
            seen = f"output_index {item.output_index} became {index}"
            self.forgiving.forgive("index.gap", expected, seen, item.opened)

    def rename(self, item: Item, id_: str | None) -> None:
        """Say once of an item that its events have several ids; it keeps the first."""
        if id_ and item.item_id and id_ != item.item_id and not item.renamed:
            item.renamed = True
            self.tell_id(item, "item id", item.item_id, id_)

    def tell_id(self, item: Item, name: str, expected: str, seen: str) -> None:
        """Say that an id of an item changes."""
        changed = f"{_brief(expected)} became {_brief(seen)}"
        self.forgiving.forgive("id.changes", f"{name} {expected}", changed, item.opened)

    def said_by(self, type_: str, index: int, id_: str | None, text: str) -> Item | None:
        """Return the open item of a type that says what closes here under an index of nobody's."""
        item = self._seen_latest(type_)
        if not text or item is None or item.done or item.output_index is None:
            return None
        if index is NOT_SENT or self._by_index.latest(index) != NOBODY or not item.says(text):
            return None
        item = self.take(item)
        self._tell_index(item, index)
        self.rename(item, id_)
        return item

    def _adopt(self, type_: str, index: int, id_: str | None, *, opening: bool) -> Item | None:
        """Give an item this index: one that came without, or that nothing has come of."""
        item = self._seen_with_id(id_) or self._seen_latest(type_)
        if item is None or item.type != type_ or item.done:
            return None
        item, last = self.take(item), item.number == len(self.items) - 1
        if item.output_index is not None:
            if opening or not (item.announced and last and item.empty):
                return None
            self._tell_index(item, index)
        self.rename(item, id_)
        self.set_index(item, index)
        return item

    def _without_index(self, type_: str, id_: str | None, *, closing: bool) -> Item | None:
        known = self._seen_with_id(id_)
        if known is not None and known.type == type_:
            self._ids_hold = True
            return self.take(known)
        if id_ and self._ids_hold:
            return None
        latest = self._seen_latest(type_)
        if latest is None or (latest.done and not closing):
            return None
        latest = self.take(latest)
        self.rename(latest, id_)
        return latest

    def message(
        self, index: int, id_: str | None, *, closing: bool = False, text: str = ""
    ) -> MessageItem:
        """Return the message that an event means, a new one if need be."""
        item = self.find("message", index, id_, closing=closing)
        item = item or self.said_by("message", index, id_, text)
        if isinstance(item, MessageItem):
            return item
        return self.open(MessageItem(self.next_key(), "message"), index, id_)

    def reasoning(
        self, index: int, id_: str | None, *, closing: bool = False, text: str = ""
    ) -> ReasoningItem:
        """Return the reasoning that an event means, a new one if need be."""
        item = self.find("reasoning", index, id_, closing=closing)
        item = item or self.said_by("reasoning", index, id_, text)
        if isinstance(item, ReasoningItem):
            return item
        return self.open(ReasoningItem(self.next_key(), "reasoning"), index, id_)

    def call(
        self, type_: str, index: int, id_: str | None, *, closing: bool = False, text: str = ""
    ) -> ToolCall:
        """Return the tool call that an event means, a new one if need be.

        Servers send the events of one type for calls of another; then the id has to agree.
        """
        item = self.find(type_, index, id_, closing=closing) or self.with_id(id_)
        item = item or self.said_by(type_, index, id_, text)
        if isinstance(item, ToolCall):
            return item
        return self.open(ToolCall(self.next_key(), type_, name=tool_word(type_)), index, id_)

    def tool_output(
        self, type_: str, index: int, id_: str | None, *, closing: bool = False
    ) -> ToolOutput:
        """Return the output of a call that an event means, a new one if need be."""
        item = self.find(type_, index, id_, closing=closing)
        if isinstance(item, ToolOutput):
            return item
        return self.open(ToolOutput(self.next_key(), type_), index, id_)


def _brief(id_: str) -> str:
    return id_ if len(id_) <= _LONGEST_ID else f"one of {len(id_):,} characters"


def named(type_: str, id_: str | None) -> str:
    """Return what an item is called in sentences: its type and its id."""
    return f"{type_} {_brief(id_)}" if id_ else type_


def _with_id(items: list[Item], id_: str | None) -> Item | None:
    """Return the latest of some items with an id; the latest stands first."""
    if not id_:
        return None
    return next((item for item in items if item.item_id == id_), None)


def _last(items: list[Item], *, closing: bool) -> Item | None:
    if (item := next((item for item in items if not item.done), None)) is not None:
        return item
    return items[0] if items and closing else None
