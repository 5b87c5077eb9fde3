"""Which item an event speaks of: by its output index, else by its id, else the one that is open.

Servers change ids on every event, send no indices, put two items on one index, leave out `added`.
Two items of different types are never taken for one.
A fork, of which checkpoints are made, costs its items and not their texts. Items that have not
changed since an earlier fork may be that fork's own, as long as nobody folds into either.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, TypeVar

from codex_tui.model.items import (
    Item,
    MessageItem,
    PartedItem,
    ReasoningItem,
    ToolCall,
    ToolOutput,
    tool_word,
)
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.forgiven import Forgiving
    from codex_tui.model.text import Text

ItemT = TypeVar("ItemT", bound=Item)

# How many items on one index are looked at; more than two is already a server gone astray.
_LOOK_BACK = 64
_LONG_ID = 24


class Slots:
    """The items of a turn in the order of their opening, and the ways to find one again.

    Indices are the wire's, `NOT_SENT` where it has none; ids are empty or None where it has none.
    The `text` of a closing event tells its item where neither does.
    """

    __slots__ = (
        *("_by_id", "_by_index", "_first", "_ids_hold", "_latest"),
        *("forgiving", "items", "response"),
    )

    def __init__(self, forgiving: Forgiving) -> None:
        self.forgiving = forgiving
        self.items: list[Item] = []
        self.response = 0
        self._first = 0  # where the items of the latest response begin
        self.forget()

    def forget(self) -> None:
        """Find none of the items again: no event will speak of them any more."""
        self._by_index: dict[int, list[Item]] = {}
        self._by_id: dict[str, Item] = {}
        self._latest: dict[str, Item] = {}
        self._ids_hold = False  # an event found its item by id: the server's ids mean something

    def begin_response(self) -> None:
        """Start another response in the same turn: its events never reach the items before."""
        self.response += 1
        self._first = len(self.items)
        self.forget()

    def fork(self, earlier: Slots | None = None) -> tuple[Slots, Forks]:
        """Return a copy that grows apart, and which of its items is whose fork.

        With an earlier fork it shares what has not changed since; then neither may grow.
        """
        forks = fork_items(self.items, earlier.items if earlier else ())
        fork = copy(self)
        fork.items = list(forks.values())
        fork._by_index = {at: [forks[i] for i in here] for at, here in self._by_index.items()}
        fork._by_id = {id_: forks[item] for id_, item in self._by_id.items()}
        fork._latest = {type_: forks[item] for type_, item in self._latest.items()}
        return fork, forks

    @property
    def of_response(self) -> list[Item]:
        """The items of the latest response."""
        return self.items[self._first :]

    @property
    def begun(self) -> bool:
        """Whether the latest response has an item."""
        return len(self.items) > self._first

    def next_key(self) -> str:
        """Return the key for the item that is added next."""
        return f"item-{len(self.items) + 1}"

    def add(self, item: ItemT, index: int, id_: str | None) -> ItemT:
        """Add a new item."""
        item.response = self.response
        item.opened = self.forgiving.number
        item.item_id = id_ or None
        self.items.append(item)
        self._latest[item.type] = item
        self.set_index(item, index)
        self.know(item, id_)
        return item

    def set_index(self, item: Item, index: int) -> None:
        """Let an item be found under an index, beside those that are there already."""
        if index is not NOT_SENT:
            item.output_index = index
            self._by_index.setdefault(index, []).append(item)

    def know(self, item: Item, id_: str | None) -> None:
        """Let an item be found by an id: its own, or its call's; the newest item takes it over."""
        known = self._by_id.get(id_ or "", item)
        if id_ and (known is item or item is self.items[-1]):
            self._by_id[id_] = item
            if known is not item:
                item.twin = item.twin or known

    def with_id(self, id_: str | None) -> Item | None:
        """Return the latest item that has this id, of any type."""
        return self._by_id.get(id_) if id_ else None

    def latest(self, type_: str) -> Item | None:
        """Return the item of a type that was opened last."""
        return self._latest.get(type_)

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
        here = self._by_index.get(index)
        if here is None:
            return self._elsewhere(type_, index, id_) or self._adopt(
                type_, index, id_, opening=opening
            )
        item = here[-1]
        if len(here) == 1 and item.type == type_ and not item.done:
            if item.item_id == id_:
                return item
            if id_ not in self._by_id:
                self.rename(item, id_)
                return item
        fitting = [item for item in here[-_LOOK_BACK:] if item.type == type_]
        return (
            _with_id(fitting, id_)
            or self._elsewhere(type_, index, id_)
            or _last(fitting, closing=closing)
        )

    def _elsewhere(self, type_: str, index: int, id_: str | None) -> Item | None:
        """Return the open item with an id that stands under another index than an event says."""
        item = self.with_id(id_)
        if item is None or item.type != type_ or item.done or item.output_index is None:
            return None
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
        if id_ and item.item_id and not item.renamed:
            item.renamed = True
            self.tell_id(item, "item id", item.item_id, id_)

    def tell_id(self, item: Item, name: str, expected: str, seen: str) -> None:
        """Say that an id of an item changes."""
        changed = f"{_brief(expected)} became {_brief(seen)}"
        self.forgiving.forgive("id.changes", f"{name} {expected}", changed, item.opened)

    def said_by(self, type_: str, index: int, text: str) -> Item | None:
        """Return the open item of a type that says what closes here under an index of nobody's."""
        item = self._latest.get(type_)
        if not text or item is None or item.done or item.output_index is None:
            return None
        if index is NOT_SENT or index in self._by_index or not item.says(text):
            return None
        self._tell_index(item, index)
        return item

    def _adopt(self, type_: str, index: int, id_: str | None, *, opening: bool) -> Item | None:
        """Give an item this index: one that came without, or that nothing has come of."""
        item = self.with_id(id_) or self._latest.get(type_)
        if item is None or item.type != type_ or item.done:
            return None
        if item.output_index is not None:
            if opening or not (item.announced and item is self.items[-1] and item.empty):
                return None
            self._tell_index(item, index)
        self.set_index(item, index)
        return item

    def _without_index(self, type_: str, id_: str | None, *, closing: bool) -> Item | None:
        known = self.with_id(id_)
        if known is not None and known.type == type_:
            self._ids_hold = True
            return known
        if id_ and self._ids_hold:
            return None
        latest = self._latest.get(type_)
        return latest if latest is not None and (closing or not latest.done) else None

    def message(
        self, index: int, id_: str | None, *, closing: bool = False, text: str = ""
    ) -> MessageItem:
        """Return the message that an event means, a new one if need be."""
        item = self.find("message", index, id_, closing=closing)
        item = item or self.said_by("message", index, text)
        if isinstance(item, MessageItem):
            return item
        return self.add(MessageItem(self.next_key(), "message"), index, id_)

    def reasoning(
        self, index: int, id_: str | None, *, closing: bool = False, text: str = ""
    ) -> ReasoningItem:
        """Return the reasoning that an event means, a new one if need be."""
        item = self.find("reasoning", index, id_, closing=closing)
        item = item or self.said_by("reasoning", index, text)
        if isinstance(item, ReasoningItem):
            return item
        return self.add(ReasoningItem(self.next_key(), "reasoning"), index, id_)

    def call(
        self, type_: str, index: int, id_: str | None, *, closing: bool = False, text: str = ""
    ) -> ToolCall:
        """Return the tool call that an event means, a new one if need be.

        Servers send the events of one type for calls of another; then the id has to agree.
        """
        item = self.find(type_, index, id_, closing=closing) or self.with_id(id_)
        item = item or self.said_by(type_, index, text)
        if isinstance(item, ToolCall):
            return item
        return self.add(ToolCall(self.next_key(), type_, name=tool_word(type_)), index, id_)

    def tool_output(
        self, type_: str, index: int, id_: str | None, *, closing: bool = False
    ) -> ToolOutput:
        """Return the output of a call that an event means, a new one if need be."""
        item = self.find(type_, index, id_, closing=closing)
        if isinstance(item, ToolOutput):
            return item
        return self.add(ToolOutput(self.next_key(), type_), index, id_)


def _brief(id_: str) -> str:
    return id_ if len(id_) <= _LONG_ID else f"{id_[:_LONG_ID]}…"


def _with_id(items: list[Item], id_: str | None) -> Item | None:
    if not id_:
        return None
    return next((item for item in reversed(items) if item.item_id == id_), None)


def _last(items: list[Item], *, closing: bool) -> Item | None:
    if (item := next((item for item in reversed(items) if not item.done), None)) is not None:
        return item
    return items[-1] if items and closing else None


Forks = dict[Item, Item]
"""The fork of each item."""


def fork_items(items: Sequence[Item], earlier: Sequence[Item] = ()) -> Forks:
    """Return the fork of each item; `earlier` are forks of the first ones that may be shared."""
    forks: Forks = {}
    outputs: dict[int, Text] = {}  # a call and its outputs hold one text
    for place, item in enumerate(items):
        before = earlier[place] if place < len(earlier) else None
        forks[item] = before if before is not None and _stands(before, item) else _fork(item)
        if isinstance(item, ToolCall):
            outputs[id(item.output)] = forks[item].texts()[1]
    for item, fork in forks.items():
        _link(item, fork, forks, outputs)
    return forks


def _stands(before: Item, item: Item) -> bool:
    """Whether an earlier fork says all that the item says; items that lead to others never do."""
    if isinstance(item, ToolOutput) or item.twin is not None:
        return False
    return before.version == item.version


def _link(item: Item, fork: Item, forks: Forks, outputs: dict[int, Text]) -> None:
    """Lead a fork to the forks of what its item leads to."""
    if item.twin is not None:
        fork.twin = forks[item.twin]
    if isinstance(item, ToolOutput) and isinstance(fork, ToolOutput):
        call = None if item.call is None else forks[item.call]
        fork.call = call if isinstance(call, ToolCall) else None
        if id(item.output) not in outputs:
            outputs[id(item.output)] = item.output.fork()
        fork.output = outputs[id(item.output)]


def _fork(item: Item) -> Item:
    fork = copy(item)
    if isinstance(fork, PartedItem):
        fork.fork_parts()
    elif isinstance(fork, ToolCall):
        fork.arguments, fork.output = fork.arguments.fork(), fork.output.fork()
        fork.commands = {index: text.fork() for index, text in fork.commands.items()}
    return fork
