"""The leaves of a Markdown document, drawn one below the other, and the containers beside them.

A document is a flat list of leaves. Quotes and list items are no boxes around them but prefixes of
their lines, so that an open quote or list costs nothing as it grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from codex_tui.documents.block import Block
from codex_tui.documents.lines import Line, Run, padding, settled, wrap
from codex_tui.documents.styles import STILL, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.documents.lines import Rows

Labels = dict[str, str | None]
"""Link labels, and the target that each was found to have."""

BULLETS = "•◦▪"
"""By depth; deeper lists take the last."""


class Opening(NamedTuple):
    """What opens something in the source: a line, up to what stands in it."""

    line: int
    """Where the line begins."""
    text: str


class Container(Struct, frozen=True, eq=False):
    """A block quote or a list item."""

    opening: Opening
    marker: Line
    """What stands before the first line of an item, or every line of a quote."""
    rest: Line
    """What stands before the other lines."""
    mark: str
    """What the source begins it with: `>`, a bullet, or what stands behind a number."""
    number: int = 0
    """Which item of an ordered list it is."""
    list_number: int = 0
    """Tells lists apart; 0 for a quote."""

    @property
    def is_item(self) -> bool:
        """Whether this is a list item."""
        return self.list_number > 0


def quote(opening: Opening) -> Container:
    """Make a block quote."""
    bar = Run("▎ ", Role.BAR)
    return Container(opening, (bar,), (bar,), ">")


def item(opening: Opening, mark: str, number: int, list_number: int, depth: int) -> Container:
    """Make a list item."""
    label = f"{number:>2}{mark} " if mark in ".)" else f"{BULLETS[min(depth, 2)]} "
    marker = Run(label, Role.MARKER)
    return Container(opening, (marker,), (padding(len(label), 0),), mark, number, list_number)


class Leaf(Block):
    """A block of the document, and the containers that it stands in."""

    __slots__ = ("after_blank", "again", "follows", "labels", "opens", "path", "rows")

    def __init__(
        self, source: int, rows: Rows | None = None, *, joined: bool = False, follows: bool = False
    ) -> None:
        super().__init__(source, joined=joined)
        self.rows: Rows = rows or []
        """Its text: a row for each hard line break, or for each cell."""
        self.follows = follows or joined
        """It is a further piece of the block before."""
        self.path: tuple[Container, ...] = ()
        self.opens = 0
        """The containers of the path from this one on begin with the leaf."""
        self.after_blank = False
        """A blank line stands before it in the source."""
        self.labels: Labels = {}
        """The link labels that it asks for, and what they led to when it was read."""
        self.again: Callable[[], Leaf | None] | None = None
        """Reads it again, as labels lead now."""

    @property
    def hidden(self) -> bool:
        """Whether there is nothing to draw."""
        return False

    def draw(self, width: int, carry: Sequence[Run]) -> None:
        """Draw the content, with the prefixes of the containers."""
        first, rest = self._prefixes(width)
        used = sum(len(run.text) for run in rest)
        content = self.content(max(width - used, 1), carry)
        if not content and self.opens < len(self.path) and not self.joined:
            content = [()]
        self.lines = [(first if index == 0 else rest) + line for index, line in enumerate(content)]

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw what stands beside the prefixes."""
        raise NotImplementedError

    def _prefixes(self, width: int) -> tuple[Line, Line]:
        """Return what stands before the first and before every other line."""
        first: Line = ()
        rest: Line = ()
        for index in range(self._outermost(width), len(self.path)):
            container = self.path[index]
            rest += container.rest
            begins = index >= self.opens and not self.joined
            first += container.marker if begins else container.rest
        return first, rest

    def _outermost(self, width: int) -> int:
        """Return from which container on there is room for prefixes, the innermost first."""
        used = 0
        for index in range(len(self.path) - 1, -1, -1):
            used += sum(len(run.text) for run in self.path[index].rest)
            if used * 2 > width:
                return index + 1
        return 0

    def gap_after(self, before: Block | None) -> Line | None:
        """Return the blank line above: between items where the source has one, else always."""
        if not isinstance(before, Leaf) or self.follows or self.hidden:
            return None
        common = shared(before.path, self.path)
        if self._in_list(before, common) and not self.after_blank:
            return None
        prefix: Line = ()
        for container in self.path[self._outermost(self.drawn) : common]:
            prefix += container.rest
        return prefix

    def _in_list(self, before: Leaf, common: int) -> bool:
        """Say whether what both leaves stand in is a list, or an item of one."""
        return is_sibling(before.path, self.path, common) or (
            common > 0 and self.path[common - 1].is_item
        )


def shared(one: tuple[Container, ...], other: tuple[Container, ...]) -> int:
    """Return how many containers two paths have in common."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine is not yours:
            break
        count += 1
    return count


def is_sibling(one: tuple[Container, ...], other: tuple[Container, ...], depth: int) -> bool:
    """Say whether two paths have items of one list at a depth."""
    if depth >= min(len(one), len(other)):
        return False
    return 0 < one[depth].list_number == other[depth].list_number


class ThematicBreak(Leaf):
    """A thematic break."""

    __slots__ = ()

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw a line."""
        del carry
        return [(Run("─" * width, Role.RULE | STILL, self.source),)]


HEADINGS = (Role.TEXT, Role.HEADING_1, Role.HEADING_2, Role.HEADING_3, Role.HEADING_4)


def heading_role(level: int) -> Role:
    """Return the role of the text of a heading, or of a paragraph, which has level 0."""
    return HEADINGS[min(level, 4)]


class TextLeaf(Leaf):
    """A paragraph or a heading, or a piece of a long one; an item with nothing in it."""

    __slots__ = ("level", "task")

    def __init__(
        self, source: int, rows: Rows | None = None, level: int = 0, *, joined: bool = False
    ) -> None:
        super().__init__(source, rows, joined=joined)
        self.level = level
        """Of a heading; 0 for none."""
        self.task: bool | None = None
        """Done or not, where an item begins with a task box (GFM §5.3)."""

    @property
    def hidden(self) -> bool:
        """Whether there is nothing in it, and no bullet to show."""
        return self.opens >= len(self.path) and not self.joined and not self.rows

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Wrap the text."""
        rows = self.rows
        if carry:
            rows = [[*carry, *rows[0]], *rows[1:]] if rows else [list(carry)]
        self.carry = ()
        lines: list[Line] = []
        for row in rows[:-1] if self.continued else rows:
            lines += wrap(row, width)
        if self.continued and rows:
            done, self.carry = settled(rows[-1], width)
            lines += done
        return lines

    def _prefixes(self, width: int) -> tuple[Line, Line]:
        first, rest = super()._prefixes(width)
        if self.task is None or not first:
            return first, rest
        box = Run("☑ " if self.task else "☐ ", Role.MARKER)
        return (*first[:-1], box), rest
