"""The items of a response: which of them an event means, and whether ids and indices hold still.

An item that no event opened is taken for one all the same, so that one fault is found once and not
with every event that follows.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from codex_tui.findings.finding import quoted
from codex_tui.findings.text_groups import TextGroup
from codex_tui.findings.texts import texts_in
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.items import ToolCallItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.findings.finding import Findings
    from codex_tui.findings.texts import CheckedText, TextKind
    from codex_tui.wire.items import OutputItem


class CheckedItem:
    """One item, as far as it has come.

    Attributes:
        type: What it was opened as; "" where that is not known.
        id: The id that it was opened with.
        index: Its place in the output.
        call_id: Of a call, the id that its output will name.
        opened: The event that opened it, or the first that spoke of it.
        added: Whether that was the event that opens an item.
        before: Whether it may have begun before the file does.
        last: The latest event that spoke of it.
        done: The event that closed it.
        groups: Its texts: those that are numbered together, by what they are.
    """

    __slots__ = (
        *("added", "before", "call_id", "done", "groups", "id", "index", "last", "opened"),
        "type",
    )

    def __init__(self, index: int, id_: str | None, opened: int) -> None:
        self.type = ""
        self.id = id_
        self.index = index
        self.call_id: str | None = None
        self.opened = self.last = opened
        self.added = False
        self.before = False
        self.done: int | None = None
        self.groups: dict[str, TextGroup] = {}

    @property
    def named(self) -> str:
        """What it is called in a message."""
        return f"{self.type or 'item'} {self.id or f'at output_index {self.index}'}"

    @property
    def texts(self) -> Iterator[CheckedText]:
        """All its texts."""
        return chain.from_iterable(group.texts for group in self.groups.values())

    def group(self, kind: TextKind) -> TextGroup:
        """Return the texts that are numbered with those of a kind."""
        if (found := self.groups.get(kind.group)) is None:
            found = self.groups[kind.group] = TextGroup()
        return found

    def text(self, kind: TextKind, index: int) -> CheckedText:
        """Return one of its texts; a new one if nothing was said of it yet."""
        return self.group(kind).text(kind, index)


class Items:
    """The items of one response, found by id and by index.

    Args:
        findings: Who is told.
        middle: Whether the file begins in the middle of the response.
    """

    def __init__(self, findings: Findings, *, middle: bool) -> None:
        self.all: list[CheckedItem] = []
        self._findings = findings
        self._middle = middle
        self._by_id: dict[str, CheckedItem] = {}
        self._by_index: dict[int, CheckedItem] = {}
        self._next = 0  # the index that the next item should have
        self._by_call: dict[str, CheckedItem] = {}

    def add(self, item: OutputItem, index: int, number: int) -> CheckedItem:
        """Open an item."""
        if index is NOT_SENT:
            index = self._next  # that it is missing is found elsewhere
        self._check_place(index, number)
        self._check_id(item, number)
        before = self._by_index.get(index)
        if before is not None and before.added and before.id == item.id:
            return before  # the very same, once more
        added = self._new(index, item.id, number)
        added.added = True
        self._learn(added, item)
        return added

    def _check_place(self, index: int, number: int) -> None:
        before = self._by_index.get(index)
        if before is not None:
            self._findings.add(
                *("index.collision", (number, before.opened)),
                f"output_index {index} is taken: it is that of {before.named}",
                expected=f"output_index {self._next}",
                seen=f"output_index {index}",
            )
        elif index > self._next and not (self._middle and not self.all):
            self._findings.add(
                *("index.gap", (number,)),
                f"an item at output_index {index}, where {self._next} is next",
                expected=f"output_index {self._next}",
                seen=f"output_index {index}",
            )

    def _check_id(self, item: OutputItem, number: int) -> None:
        before = self._by_id.get(item.id or "")
        if before is not None:
            self._findings.add(
                *("id.repeat", (number, before.opened)),
                f"another item has the id {quoted(item.id)}: {before.named}",
                expected="an id of its own",
                seen=str(item.id),
            )
        call_id = item.call_id if isinstance(item, ToolCallItem) else None
        other = self._by_call.get(call_id or "")
        if other is not None and other is not before:
            self._findings.add(
                *("id.repeat", (number, other.opened)),
                f"another call has the call_id {quoted(call_id)}: {other.named}",
                expected="a call_id of its own",
                seen=str(call_id),
            )

    def _new(self, index: int, id_: str | None, number: int) -> CheckedItem:
        item = CheckedItem(index, id_, number)
        self.all.append(item)
        self._by_index[index] = item
        self._next = max(self._next, index + 1)
        if id_:
            self._by_id[id_] = item
        return item

    def _learn(self, known: CheckedItem, item: OutputItem) -> None:
        known.type = known.type or item.type
        known.id = known.id or item.id
        if isinstance(item, ToolCallItem) and item.call_id and known.call_id is None:
            known.call_id = item.call_id
            self._by_call[item.call_id] = known

    def close(self, item: OutputItem, index: int, number: int) -> CheckedItem:
        """Close an item; return the one that is meant."""
        call_id = item.call_id if isinstance(item, ToolCallItem) else None
        known = self.of(item.id or call_id, index, number, "output_item.done")
        if known.type and item.type and known.type != item.type:
            self._findings.add(
                *("output.differs", (number, known.opened)),
                f"{known.named} is done as {quoted(item.type)}",
                expected=known.type,
                seen=item.type,
                at_most="warning",
            )
        self.check_call(known, item, number)
        self._learn(known, item)
        known.done = known.last = number
        return known

    def check_call(self, known: CheckedItem, item: OutputItem, number: int) -> None:
        """Check that a call has the call_id that it had before."""
        call_id = item.call_id if isinstance(item, ToolCallItem) else None
        if call_id and known.call_id and call_id != known.call_id:
            self._findings.add(
                *("id.changes", (number, known.opened)),
                f"the call_id of {known.named} was {quoted(known.call_id)}, and is "
                f"{quoted(call_id)} here",
                expected=known.call_id,
                seen=call_id,
            )

    def of(self, id_: str | None, index: int, number: int, what: str) -> CheckedItem:
        """Return the item that an event means, and check that it is one that was opened.

        Args:
            id_: The item's id as the event has it.
            index: Its output_index; `NOT_SENT` where the event has none.
            number: The event.
            what: What the event is, in a word.
        """
        item = (self._by_id.get(id_) or self._by_call.get(id_)) if id_ else None
        if item is not None:
            self._check_index(item, index, number)
        elif index is NOT_SENT:
            item = self.all[-1] if self.all and not id_ else None
        elif (item := self._by_index.get(index)) is not None:
            self._check_same(item, id_, number)
        if item is None:
            item = self._unopened(id_, index, number)
        if not (item.added or item.before):
            self._not_added(item, number, what)
        item.last = number
        return item

    def _check_index(self, item: CheckedItem, index: int, number: int) -> None:
        if index is not NOT_SENT and index != item.index:
            self._findings.add(
                *("index.gap", (number, item.opened)),
                f"the output_index of {item.named} was {item.index}, and is {index} here",
                expected=f"output_index {item.index}",
                seen=f"output_index {index}",
                detail=f"{item.type or 'item'} {item.index}",
                once=True,
            )

    def _check_same(self, item: CheckedItem, id_: str | None, number: int) -> None:
        if id_ and item.id:
            self._findings.add(
                *("id.changes", (number, item.opened)),
                f"an event for {item.named} has the item_id {quoted(id_)}",
                expected=item.id,
                seen=id_,
                detail=f"{item.type or 'item'} {item.index}",
                once=True,
            )
        elif id_ and not item.added:
            item.id = id_
            self._by_id[id_] = item

    def _unopened(self, id_: str | None, index: int, number: int) -> CheckedItem:
        item = self._new(self._next if index is NOT_SENT else index, id_, number)
        item.before = self._middle
        return item

    def _not_added(self, item: CheckedItem, number: int, what: str) -> None:
        self._findings.add(
            *("order.item-not-added", (number,)),
            f"{what} for {item.named}, which no response.output_item.added opened",
            expected="response.output_item.added",
            seen=what,
            detail=f"item {item.index}",
            once=True,
        )

    def find(self, item: OutputItem, index: int) -> CheckedItem | None:
        """Return the item that one of a final response is, by its id or by its place."""
        here, known = self._by_index.get(index), self._by_id.get(item.id or "")
        if known is not None:
            return here if here is not None and here.id == known.id else known
        known = here
        return known if known is not None and known.type in ("", item.type) else None


def is_silent(item: OutputItem) -> bool:
    """Whether an item says nothing: no text of it has a character."""
    return not any(text for _, _, text in texts_in(item))
