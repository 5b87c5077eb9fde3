"""Tables (GFM §4.10): columns that fit the width, cells that wrap, rows that come one by one.

While rows still come, the first `SAMPLE` of them decide how wide the columns are, so that what has
been read does not move; when the table ends, all of them do.
"""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from codex_tui.documents.lines import Line, Run, padding, width_of, wrap
from codex_tui.documents.markdown.leaves import Leaf, LeafPlace
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codex_tui.documents.markdown.links import LabelUse

SAMPLE = 12
PIECE = 8
"""Rows after which a piece takes no more: all of it is drawn with each."""

MAX_COLUMNS = 64

MEASURED = 200
"""Rows that decide how wide the columns of a finished table are."""


class Row:
    """A row: the runs of each cell."""

    __slots__ = ("_cells", "_drawn", "asked", "head")

    def __init__(self, cells: list[list[Run]], *, head: bool = False) -> None:
        self._cells = cells
        self._drawn: tuple[list[int], list[Line]] = ([], [])
        self.head = head
        self.asked: LabelUse | None = None
        """The link labels in it."""

    def cells(self) -> list[list[Run]]:
        """Return the runs of each cell."""
        if self.asked is not None and self.asked.stale:
            self._cells = self.asked.again() or self._cells
            self._drawn = ([], [])
        return self._cells

    def lines(self, widths: list[int], columns: list[str]) -> list[Line]:
        """Return it drawn in columns; it is drawn once as long as these stay."""
        cells = self.cells()
        if self._drawn[0] != widths:
            wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
            rows = zip_longest(*wrapped, fillvalue=())
            self._drawn = (widths, [_line(row, widths, columns) for row in rows])
        return self._drawn[1]


class Table:
    """What the pieces of a table have in common: the columns."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.pieces: list[TableRows] = []
        self.open = True
        """More rows may come."""
        self._seen: object = None
        self._wanted: list[int] = []

    def forget(self) -> None:
        """Have the columns measured again, since a row says something else."""
        self._seen = None

    def measure(self) -> bool:
        """Measure the columns; False if they are as they were."""
        rows = list(islice(self._rows(), SAMPLE + 1 if self.open else MEASURED))
        seen = (self.open, len(rows), rows[-1:])
        if self._seen == seen:
            return False
        before, self._wanted, self._seen = self._wanted, self._measured(rows), seen
        return before != self._wanted

    def widths(self, room: int) -> list[int]:
        """Share the room out between the columns."""
        self.measure()
        return fit(self._wanted, room)

    def _rows(self) -> Iterator[Row]:
        for piece in self.pieces:
            yield from piece.rows

    def _measured(self, rows: list[Row]) -> list[int]:
        narrowest = 2 if self.open else 1  # there may be a wide character in rows not looked at
        wanted = [narrowest] * len(self.columns)
        for row in rows:
            wanted = list(map(max, wanted, map(width_of, row.cells())))
        return wanted


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


class TableRows(Leaf):
    """A table, or some rows of a long one."""

    __slots__ = ("is_last", "rows", "table")

    def __init__(self, spot: LeafPlace, source: int, table: Table, rows: list[Row]) -> None:
        super().__init__(source, spot)
        self.table = table
        self.rows = rows
        self.is_last = True
        """It was drawn as the last piece."""

    @property
    def asking(self) -> list[LabelUse]:
        """The rows that do."""
        return [row.asked for row in self.rows if row.asked]

    def take(self, more: TableRows) -> bool:
        """Take the rows of a further piece, unless this one has enough."""
        if more.table is not self.table or len(self.rows) >= PIECE:
            return False
        self.rows += more.rows
        self.drawn = 0
        return True

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw the rows in a grid, or one cell below the other where a grid finds no room."""
        del carry
        self.is_last = self.table.pieces[-1] is self
        columns = len(self.table.columns)
        room = width - 3 * columns - 1
        if room < 3 * columns:
            return self._listed(width)
        return self._grid(self.table.widths(room))

    def _grid(self, widths: list[int]) -> list[Line]:
        lines: list[Line] = [] if self.follows else [_border("┌┬┐", widths)]
        for row in self.rows:
            lines += row.lines(widths, self.table.columns)
            if row.head:
                lines.append(_border("├┼┤", widths))
        if self.is_last:
            lines.append(_border("└┴┘", widths))
        return lines

    def _listed(self, width: int) -> list[Line]:
        lines: list[Line] = []
        head = self.table.pieces[0].rows[0].cells()
        for row in self.rows:
            if row.head:
                continue
            lines.append((Run("─" * width, Role.BORDER),))
            for name, cell in zip(head, row.cells(), strict=True):
                lines += wrap([*name, Run(": ", Role.MUTED), *cell], width, 2)
        return lines


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
