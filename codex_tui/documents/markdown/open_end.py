"""The open end of a document: the leaf and the containers that the next line may go on with.

Only these can still change, so the state between two lines is small: it is saved before a line
that is not finished, and restored when more of that line comes.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.inline import parse_inline
from codex_tui.documents.markdown.leaves import (
    Container,
    Empty,
    Leaf,
    ListState,
    Restore,
    Spot,
    Text,
    shared,
)
from codex_tui.documents.markdown.links import take_definition
from codex_tui.documents.markdown.tables import TableRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.documents.block import Block

PIECE = 2_048
"""Characters of a paragraph after which it goes on in a further piece, where nothing is open; and
twice as many where something is: emphasis or a link across that place stays text."""


@dataclass(frozen=True, slots=True)
class Fence:
    """An open code fence."""

    mark: str
    indent: int


@dataclass(frozen=True, slots=True)
class Html:
    """An open block of HTML."""

    kind: int


class Saved(NamedTuple):
    """Enough to take a line back."""

    leaves: int
    last: Leaf | None
    content: Restore | None
    stack: list[Container]
    lists: list[ListState | None]
    tip: Leaf | None
    kind: Fence | Html | None
    blank: bool
    numbers: int
    definitions: int


class OpenEnd:
    """Leaves, of which the last may be open, and the containers around it."""

    def __init__(self, leaves: list[Block]) -> None:
        self.leaves = leaves
        self.definitions: dict[str, str] = {}
        """Link targets by label, of the paragraphs that are finished."""
        self.references: ChainMap[str, str] = ChainMap(self.definitions, {})
        """The same, and then those of the open paragraph."""
        self.changed_labels: set[str] = set()
        self.touched: list[Leaf] = []
        """Leaves before the last that have to be drawn again."""
        self._root = Container()
        self._stack: list[Container] = []
        self._tip: Leaf | None = None
        """The leaf that the next line may go on with."""
        self._kind: Fence | Html | None = None
        self._blank = False
        self._numbers = 0

    @property
    def tip(self) -> Leaf | None:
        """The leaf that the next line may go on with."""
        return self._tip

    @property
    def _last(self) -> Leaf | None:
        last = self.leaves[-1] if self.leaves else None
        return last if isinstance(last, Leaf) else None

    @property
    def _parent(self) -> Container:
        return self._stack[-1] if self._stack else self._root

    # -- leaves

    def _place(self) -> Spot:
        """Return where a new leaf stands; it takes the place of an empty item that it fills."""
        self._parent.last = None
        path = tuple(self._stack)
        last = self._last
        if isinstance(last, Empty) and path[: len(last.path)] == last.path:
            self.leaves.pop()
            return Spot(path, last.opens, last.after_blank)
        return Spot(path, self._unshown(), self._blank)

    def _unshown(self) -> int:
        """Return the first open container that no leaf stands in yet."""
        last = self._last
        return shared(last.path, tuple(self._stack)) if last is not None else 0

    def _push(self, leaf: Leaf, kind: Fence | Html | None = None, *, tip: bool = True) -> None:
        self.leaves.append(leaf)
        self._tip = leaf if tip else None
        self._kind = kind

    def _close(self, matched: int) -> None:
        """Close the open leaf and the containers that the line does not belong to."""
        self._end_tip()
        del self._stack[matched:]

    def _end_tip(self) -> None:
        match self._tip:
            case Text() as paragraph:
                self._take_definitions(paragraph, final=True)
            case TableRows() as rows:
                rows.table.open = False
                self._touch(rows.table.pieces)
        self._tip = None
        self._kind = None

    def _take_definitions(self, paragraph: Text, *, final: bool) -> None:
        """Move the definitions that a paragraph begins with to the others (CommonMark §4.7)."""
        while not paragraph.joined:
            found = take_definition(paragraph.passage.text, final=final)
            if found is None:
                break
            definition, end = found
            paragraph.passage = paragraph.passage.part(end)
            paragraph.spoil()
            if definition.label not in self.definitions:
                self.definitions[definition.label] = definition.target
                self.changed_labels.add(definition.label)

    def _touch(self, leaves: Iterable[Text | TableRows]) -> None:
        for leaf in leaves:
            leaf.spoil()
            self.touched.append(leaf)

    def settle(self) -> None:
        """Cut what is final off a long leaf. Only for lines that are not going to be taken back."""
        match self._tip:
            case Text() as paragraph:
                self._take_definitions(paragraph, final=False)
                while (place := _place_to_cut(paragraph)) is not None:
                    paragraph = paragraph.cut(place)
                    self._push(paragraph)
            case Code() | TableRows() as leaf:
                if (following := leaf.split()) is not None:
                    self._push(following, self._kind)

    def finish(self) -> None:
        """Put right what waited for more; `restore` takes it back."""
        if isinstance(self._tip, TableRows):
            self._tip.table.open = False
            self._touch(self._tip.table.pieces)

    # -- lines that are not final

    def save(self) -> Saved:
        """Remember the state between two lines."""
        containers = [self._root, *self._stack]
        return Saved(
            len(self.leaves),
            self._last,
            self._last.saved() if self._last else None,
            list(self._stack),
            [container.last for container in containers],
            self._tip,
            self._kind,
            self._blank,
            self._numbers,
            len(self.definitions),
        )

    def restore(self, saved: Saved) -> None:
        """Go back to a state: everything since then happened to the last leaf or after it."""
        del self.leaves[max(saved.leaves - 1, 0) :]
        if saved.last is not None:
            self.leaves.append(saved.last)
        if saved.last is not None and saved.content is not None and saved.content():
            self._touch_pieces(saved.last)
        self._stack = list(saved.stack)
        for container, last in zip([self._root, *self._stack], saved.lists, strict=True):
            container.last = last
        self._tip, self._kind = saved.tip, saved.kind
        self._blank, self._numbers = saved.blank, saved.numbers
        while len(self.definitions) > saved.definitions:
            self.changed_labels.add(self.definitions.popitem()[0])

    def _touch_pieces(self, leaf: Leaf) -> None:
        match leaf:
            case Text():
                self._touch(leaf.whole.pieces)
            case TableRows():
                self._touch(leaf.table.pieces)


def _place_to_cut(paragraph: Text) -> int | None:
    """Return where a long paragraph goes on in a further piece, or None."""
    text = paragraph.passage.text
    if len(text) <= PIECE or len(text) < paragraph.next_try:
        return None
    # Where nothing can be cut off yet, not every short line is worth another look.
    paragraph.next_try = len(text) + PIECE // 8
    if not paragraph.joined and take_definition(text, final=True):
        return None
    window = 2 * PIECE
    settled = parse_inline(text, {}, find_settled=True).settled
    place = max((place for place in settled if place <= window), default=None)
    if place is not None or len(text) <= window:
        return place
    return text.rfind(" ", PIECE, window) + 1 or window
