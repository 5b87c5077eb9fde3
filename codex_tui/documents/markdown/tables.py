"""Tables (GFM §4.10): columns that fit the width, cells that wrap, rows that come one by one.

A row is a leaf, and so is the end of a table, which moves as rows come. While they do, the first
`SAMPLE` of them decide how wide the columns are, so that what has been read does not move; when
the table ends, all of them do.
"""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from codex_tui.documents.lines import Line, Run, padding, width_of, wrap
from codex_tui.documents.markdown.leaves import Leaf
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.documents.lines import Rows

SAMPLE = 12

MAX_COLUMNS = 64

MEASURED = 200
"""Rows that decide how wide the columns of a finished table are."""


class Table:
    """What the rows of a table have in common: the columns."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.rows: list[TableRow] = []
        self.end: TableEnd | None = None
        self.open = True
        """More rows may come."""
        self._wanted: list[int] = []

    def measure(self) -> bool:
        """Measure the columns; False if they are as they were."""
        narrowest = 2 if self.open else 1  # there may be a wide character in rows not looked at
        before, self._wanted = self._wanted, [narrowest] * len(self.columns)
        for row in islice(self.rows, SAMPLE + 1 if self.open else MEASURED):
            self._wanted = list(map(max, self._wanted, map(width_of, row.rows)))
        return before != self._wanted

    def widths(self, width: int) -> list[int]:
        """Share the width out between the columns; none where a grid finds no room."""
        room = width - 3 * len(self.columns) - 1
        return fit(self._wanted, room) if room >= 3 * len(self.columns) else []


def fit(wanted: list[int], room: int) -> list[int]:
    """Share the room: narrow columns get what they want, wide ones equal parts of the rest."""
    room = max(room, len(wanted))
    if sum(wanted) <= room:
        return wanted
    widths = [0] * len(wanted)
    left = len(wanted)
    for index in sorted(range(len(wanted)), key=wanted.__getitem__):
        widths[index] = min(wanted[index], room // left)
        room -= widths[index]
        left -= 1
    return widths


class TableRow(Leaf):
    """A row; the first one, which has the names of the columns, begins the table."""

    __slots__ = ("head", "table")

    def __init__(self, source: int, table: Table, cells: Rows, *, head: bool) -> None:
        super().__init__(source, cells, follows=not head)
        self.table = table
        self.head = head

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw the cells beside each other, or below each other where a grid finds no room."""
        del carry
        widths = self.table.widths(width)
        return self._in_grid(widths) if widths else self._listed(width)

    def _in_grid(self, widths: list[int]) -> list[Line]:
        wrapped = [wrap(cell, width) for cell, width in zip(self.rows, widths, strict=True)]
        rows = zip_longest(*wrapped, fillvalue=())
        lines = [_line(row, widths, self.table.columns) for row in rows]
        if not self.head:
            return lines
        return [_border("┌┬┐", widths), *lines, _border("├┼┤", widths)]

    def _listed(self, width: int) -> list[Line]:
        rule: Line = (Run("─" * width, Role.BORDER),)
        if self.head:
            return [rule]
        head, first = self.table.rows[:2]
        lines = [] if self is first else [rule]
        for name, cell in zip(head.rows, self.rows, strict=True):
            lines += wrap([*name, Run(": ", Role.MUTED), *cell], width, 2)
        return lines


class TableEnd(Leaf):
    """The end of a table, as far as its rows have come."""

    __slots__ = ("open", "table")

    def __init__(self, source: int, table: Table, *, is_open: bool) -> None:
        super().__init__(source, follows=True)
        self.table = table
        self.open = is_open
        """What follows may be one more row."""

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw the last line of a grid."""
        del carry
        widths = self.table.widths(width)
        return [_border("└┴┘", widths)] if widths else []


_EDGE = Run("│", Role.BORDER)


def _line(cells: Iterable[Line], widths: list[int], columns: list[str]) -> Line:
    line: list[Run] = [_EDGE]
    for runs, width, alignment in zip(cells, widths, columns, strict=True):
        free = max(width - width_of(runs), 0)
        before = {"left": 0, "right": free, "center": free // 2}[alignment]
        line += (padding(before + 1, 0), *runs, padding(free - before + 1, 0), _EDGE)
    return tuple(line)


def _border(corners: str, widths: list[int]) -> Line:
    left, middle, right = tuple(corners)
    return (Run(left + middle.join("─" * (width + 2) for width in widths) + right, Role.BORDER),)
