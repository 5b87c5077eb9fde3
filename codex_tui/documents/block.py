"""The blocks that documents are made of: a few lines that are drawn together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.documents.lines import Line, Run, fold, links_in, settled, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence


class Block:
    """A few lines that are drawn together; a `joined` one goes on in the line of the one before."""

    __slots__ = ("_lines", "carry", "continued", "drawn", "gap", "index", "joined", "source", "top")

    def __init__(self, source: int, *, joined: bool = False) -> None:
        self.source = source
        """Where the block begins in the source text."""
        self.joined = joined
        self.continued = False
        """The block after this one is joined to it."""
        self.drawn = 0
        """The width that `lines` were drawn for; 0 when they are out of date."""
        self._lines: list[Line] = []
        self.carry: Sequence[Run] = ()
        """The last line, where a joined block draws it."""
        self.gap: Line | None = None
        """The blank line above the block, if there is one."""
        self.index = 0
        self.top = 0
        """The line of the document that the block begins at, its gap included."""

    def draw(self, width: int, carry: Sequence[Run]) -> None:
        """Fill `lines`, and `carry` where the block is continued."""
        raise NotImplementedError

    @property
    def lines(self) -> list[Line]:
        """The lines, as they were drawn last."""
        return self._lines

    @lines.setter
    def lines(self, lines: list[Line]) -> None:
        self._lines = lines

    @property
    def drawing(self) -> object:
        """Another object each time that the lines are other ones."""
        return self._lines

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links in the lines: text and target."""
        return links_in(self._lines)

    def gap_after(self, before: Block | None) -> Line | None:
        """Return the blank line that parts this block from the one before, if any."""
        return None

    @property
    def height(self) -> int:
        """Lines, the gap included."""
        return self.count + (self.gap is not None)

    @property
    def count(self) -> int:
        """Lines without the gap."""
        return len(self._lines)


class Flow(Block):
    """Lines of plain runs, wrapped or folded to the width."""

    __slots__ = ("folded", "hanging", "rows")

    def __init__(
        self, source: int, *, joined: bool = False, folded: bool = False, hanging: int = 0
    ) -> None:
        super().__init__(source, joined=joined)
        self.folded = folded
        self.hanging = hanging
        self.rows: list[list[Run]] = []

    def draw(self, width: int, carry: Sequence[Run]) -> None:
        """Wrap the rows; the first goes on where the block before stopped."""
        breaking = fold if self.folded else wrap
        rows = self.rows
        if carry and rows:
            rows = [[*carry, *rows[0]], *rows[1:]]
        self.lines = []
        for row in rows[:-1] if self.continued else rows:
            self.lines += breaking(row, width, self.hanging)
        if self.continued and rows:
            done, self.carry = settled(rows[-1], width, folded=self.folded)
            self.lines += done
