"""The leaves of a Markdown document, drawn one below the other, and the containers beside them.

A document is a flat list of leaves. Quotes and list items are no boxes around them but prefixes of
their lines, so that an open quote or list costs nothing as it grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from codex_tui.documents.block import Block
from codex_tui.documents.lines import Line, Run, padding, settled, wrap
from codex_tui.documents.styles import ROLE_MASK, STILL, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.documents.lines import Rows
    from codex_tui.documents.markdown.links import LabelUse

BULLETS = "•◦▪"
"""By depth; deeper lists take the last."""


class Container(Struct, frozen=True, eq=False):
    """A block quote or a list item."""

    marker: Line
    """What stands before the first line of an item, or every line of a quote."""
    rest: Line
    """What stands before the other lines."""
    mark: str
    """What the source begins it with: `>`, a bullet, or what stands behind a number."""
    offset: int = 0
    """Columns that a line must be indented by to belong to the item."""
    number: int = 0
    """Which item of an ordered list it is."""
    list_number: int = 0
    """Tells lists apart; 0 for a quote."""

    @property
    def is_item(self) -> bool:
        """Whether this is a list item."""
        return self.list_number > 0


def quote() -> Container:
    """Make a block quote."""
    bar = Run("▎ ", Role.BAR)
    return Container((bar,), (bar,), ">")


def item(mark: str, number: int, offset: int, list_number: int, depth: int) -> Container:
    """Make a list item."""
    label = f"{number:>2}{mark} " if mark in ".)" else f"{BULLETS[min(depth, 2)]} "
    marker = Run(label, Role.MARKER)
    return Container((marker,), (padding(len(label), 0),), mark, offset, number, list_number)


class LeafPlace(NamedTuple):
    """Where a leaf stands."""

    path: tuple[Container, ...]
    opens: int
    """The containers of the path from this one on begin with the leaf."""
    after_blank: bool = False
    """A blank line stands before it in the source."""


NOWHERE = LeafPlace((), 0)


class Leaf(Block):
    """A block of the document, and the containers that it stands in."""

    __slots__ = ("after_blank", "follows", "opens", "path")

    def __init__(self, source: int, spot: LeafPlace, *, joined: bool = False) -> None:
        super().__init__(source, joined=joined)
        self.path, self.opens, self.after_blank = spot
        self.follows = joined
        """It is a further piece of the block before."""

    @property
    def inside(self) -> LeafPlace:
        """Where a further piece stands."""
        return LeafPlace(self.path, len(self.path))

    @property
    def hidden(self) -> bool:
        """Whether there is nothing to draw."""
        return False

    @property
    def asking(self) -> list[LabelUse]:
        """Its parts that look up link labels."""
        return []

    def split(self) -> Leaf | None:
        """Cut the first piece off if it is long enough; return what follows it."""
        return None

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
        if common < min(len(before.path), len(self.path)):
            one, other = before.path[common], self.path[common]
            if one.is_item and one.list_number == other.list_number:
                return True
        return common > 0 and self.path[common - 1].is_item


def shared(one: tuple[Container, ...], other: tuple[Container, ...]) -> int:
    """Return how many containers two paths have in common."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine is not yours:
            break
        count += 1
    return count


class Empty(Leaf):
    """An item that has no content yet."""

    __slots__ = ()

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw one line."""
        del width, carry
        return [()]


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


class Paragraph:
    """What the pieces of one paragraph have in common."""

    def __init__(self, level: int = 0) -> None:
        self.level = level
        """Of the heading that it is, 0 for none."""
        self.pieces: list[TextLeaf] = []
        """Those before the last."""


class TextLeaf(Leaf):
    """A paragraph or a heading, or a piece of a long one."""

    __slots__ = ("_drawn_level", "_rows", "asked", "level", "task", "whole")

    def __init__(
        self,
        source: int,
        spot: LeafPlace,
        whole: Paragraph,
        rows: Rows,
        level: int = 0,
        *,
        joined: bool = False,
    ) -> None:
        super().__init__(source, spot, joined=joined)
        self.whole = whole
        self.level = level
        """What this piece alone says; what all are is said by the last."""
        self._rows = rows
        self._drawn_level = level
        self.asked: LabelUse | None = None
        """The link labels in it."""
        self.task: bool | None = None
        """Done or not, where an item begins with a task box (GFM §5.3)."""

    @property
    def asking(self) -> list[LabelUse]:
        """The text, if it does."""
        return [self.asked] if self.asked else []

    @property
    def hidden(self) -> bool:
        """Whether there is nothing in it, and no bullet to show."""
        return self.opens >= len(self.path) and not self.joined and not self._rows

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Wrap the text."""
        rows = self.rows()
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

    def rows(self) -> Rows:
        """Return the text as runs, a row for each hard line break."""
        if self.asked is not None and self.asked.stale:
            self._rows = self.asked.again() or self._rows
            self._drawn_level = self.level
        if self._drawn_level != self.whole.level:
            self._rows = [[_in_role(run, self.whole.level) for run in row] for row in self._rows]
            self._drawn_level = self.whole.level
        return self._rows

    def _prefixes(self, width: int) -> tuple[Line, Line]:
        first, rest = super()._prefixes(width)
        if self.task is None or not first:
            return first, rest
        box = Run("☑ " if self.task else "☐ ", Role.MARKER)
        return (*first[:-1], box), rest


def _in_role(run: Run, level: int) -> Run:
    """Return a run of a heading that turned out to be one, or not to be."""
    if run.style & ROLE_MASK not in HEADINGS:
        return run
    return replace(run, style=run.style & ~ROLE_MASK | heading_role(level))
