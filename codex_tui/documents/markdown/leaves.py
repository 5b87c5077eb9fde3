"""The leaves of a Markdown document, drawn one below the other, and the containers beside them.

A document is a flat list of leaves. Quotes and list items are no boxes around them but prefixes of
their lines, so that an open quote or list costs nothing as it grows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.documents.block import Block
from codex_tui.documents.intake import Passage, Place
from codex_tui.documents.lines import Line, Run, padding, settled, wrap
from codex_tui.documents.markdown.inline import Inline, parse_inline
from codex_tui.documents.markdown.links import take_definition
from codex_tui.documents.styles import ROLE_MASK, STILL, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_LABELS: AbstractSet[str] = frozenset()
BULLETS = "•◦▪"
"""By depth; deeper lists take the last."""


class ListState(NamedTuple):
    """The list that the last item of a container belongs to."""

    number: int
    """Tells lists apart."""
    ordered: bool
    mark: str
    next: int


@dataclass(slots=True, eq=False)
class Container:
    """A block quote, a list item, or the document itself."""

    offset: int = 0
    """Columns that a line must be indented by to belong to the item; 0 for a quote."""
    marker: Line = ()
    """What stands before the first line of an item, or every line of a quote."""
    rest: Line = ()
    """What stands before the other lines."""
    list_number: int = 0
    """The list that an item belongs to; 0 for a quote."""
    last: ListState | None = None
    """The list that a further item would belong to."""

    @property
    def is_item(self) -> bool:
        """Whether this is a list item."""
        return self.list_number > 0


def quote() -> Container:
    """Make a block quote."""
    bar = Run("▎ ", Role.BAR)
    return Container(marker=(bar,), rest=(bar,))


def item(state: ListState, number: int, offset: int, depth: int) -> Container:
    """Make a list item."""
    label = f"{number:>2}{state.mark} " if state.ordered else f"{BULLETS[min(depth, 2)]} "
    marker = Run(label, Role.MARKER)
    return Container(offset, (marker,), (padding(len(label), 0),), state.number)


Restore = Callable[[], bool]
"""Goes back to what was saved; returns whether other pieces of the block have to be drawn again."""


def _nothing() -> bool:
    return False


class Spot(NamedTuple):
    """Where a leaf stands."""

    path: tuple[Container, ...]
    opens: int
    """The containers of the path from this one on begin with the leaf."""
    after_blank: bool = False
    """A blank line stands before it in the source."""


class Leaf(Block):
    """A block of the document, and the containers that it stands in."""

    __slots__ = ("after_blank", "follows", "opens", "path")

    def __init__(self, source: int, spot: Spot, *, joined: bool = False) -> None:
        super().__init__(source, joined=joined)
        self.path, self.opens, self.after_blank = spot
        self.follows = joined
        """It is a further piece of the block before."""

    @property
    def inside(self) -> Spot:
        """Where a further piece stands."""
        return Spot(self.path, len(self.path))

    @property
    def hidden(self) -> bool:
        """Whether there is nothing to draw."""
        return False

    @property
    def labels(self) -> AbstractSet[str]:
        """The link labels that the leaf looks up."""
        return _NO_LABELS

    def spoil(self) -> None:
        """Forget what was drawn."""
        self.drawn = 0

    def saved(self) -> Restore:
        """Remember the content, as far as further lines can change it."""
        return _nothing

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


class Rule(Leaf):
    """A thematic break."""

    __slots__ = ()

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw a line."""
        del carry
        return [(Run("─" * width, Role.RULE | STILL, self.source),)]


_TASK = re.compile(r"\[([ xX])\][ \t\n](?=[^ \t\n])")
HEADINGS = (Role.TEXT, Role.HEADING_1, Role.HEADING_2, Role.HEADING_3, Role.HEADING_4)


@dataclass(slots=True)
class Paragraph:
    """What the pieces of one paragraph have in common."""

    level: int = 0
    """Of the heading that it is, 0 for none."""
    pieces: list[Text] = field(default_factory=list)


class Text(Leaf):
    """A paragraph or a heading, or a piece of a long one."""

    __slots__ = ("_labels", "_references", "_rows", "next_try", "passage", "whole")

    def __init__(
        self,
        passage: Passage,
        references: Mapping[str, str],
        whole: Paragraph,
        spot: Spot,
        *,
        joined: bool = False,
    ) -> None:
        super().__init__(passage.source, spot, joined=joined)
        self.passage = passage
        self.whole = whole
        whole.pieces.append(self)
        self._references = references
        self.next_try = 0
        """The length from which on it is looked at whether a piece can be cut off."""
        self._labels: AbstractSet[str] = _NO_LABELS
        self._rows: list[list[Run]] | None = None

    def saved(self) -> Restore:
        """Remember the text."""
        passage, text, places = self.passage, self.passage.text, len(self.passage.places)
        level = self.whole.level

        def restore() -> bool:
            if self.passage is not passage or passage.text != text:
                passage.text = text
                del passage.places[places:]
                self.passage = passage
                self.spoil()
            changed, self.whole.level = self.whole.level != level, level
            return changed

        return restore

    def cut(self, place: int) -> Text:
        """Go on in a further piece from a place on."""
        rest = self.passage.part(place)
        self.passage = self.passage.part(0, place)
        self.continued = True
        self.spoil()
        return Text(rest, self._references, self.whole, self.inside, joined=True)

    def spoil(self) -> None:
        """Forget what was drawn, since the text or a link target changed."""
        self._rows = None
        self.drawn = 0

    @property
    def labels(self) -> AbstractSet[str]:
        """The link labels that the text looks up."""
        self.rows()
        return self._labels

    @property
    def hidden(self) -> bool:
        """Whether there is nothing but definitions in it, and no bullet to show."""
        return self.opens >= len(self.path) and not self.joined and not self.rows()

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

    def rows(self) -> list[list[Run]]:
        """Return the text as runs, a row for each hard line break."""
        if self._rows is None:
            passage = self._shown()
            parsed = parse_inline(passage.text, self._references)
            self._labels = parsed.labels or _NO_LABELS
            self._rows = inline_rows(passage, parsed, self._base()) if passage.text else []
        return self._rows

    def _shown(self) -> Passage:
        """Return the text without the definitions before and the blanks after it."""
        passage = self.passage
        while not self.whole.level and (found := take_definition(passage.text, final=True)):
            passage = passage.part(found[1])
        if self.task is not None:
            passage = passage.part(4)
        if self.continued:
            return passage
        return passage.part(0, len(passage.text.rstrip(" \t\n")))

    @property
    def task(self) -> bool | None:
        """Done or not, where an item begins with a task box (GFM §5.3)."""
        if self.joined or self.whole.level or not self._begins_item():
            return None
        found = _TASK.match(self.passage.text)
        return None if found is None else found[1] != " "

    def _begins_item(self) -> bool:
        return self.opens < len(self.path) and self.path[-1].is_item

    def _base(self) -> int:
        return HEADINGS[min(self.whole.level, 4)]

    def _prefixes(self, width: int) -> tuple[Line, Line]:
        first, rest = super()._prefixes(width)
        if self.task is None or not first:
            return first, rest
        box = Run("☑ " if self.task else "☐ ", Role.MARKER)
        return (*first[:-1], box), rest


def inline_rows(passage: Passage, parsed: Inline, base: int) -> list[list[Run]]:
    """Make runs of parsed text, a row for each hard line break."""
    shown = Passage(passage.text.replace("\n", " ").replace("\t", " "), passage.places)
    rows: list[list[Run]] = [[]]
    for node in parsed.nodes:
        if node.text == "\n":
            rows.append([])
            continue
        style = node.style if node.style & ROLE_MASK else node.style | base
        if node.text is None:
            rows[-1] += shown.runs(node.start, node.end, style, node.link)
        else:
            part = Passage(node.text, [Place(0, passage.locate(node.start), still=True)])
            rows[-1] += part.runs(0, len(node.text), style, node.link)
    return rows
