"""Tables (GFM §4.10): columns that fit the width, cells that wrap, rows that come one by one.

While rows still come, the first `SAMPLE` of them decide how wide the columns are, so that what has
been read does not move; when the table ends, all of them do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.documents.lines import Line, Run, padding, width_of, wrap
from codex_tui.documents.markdown.leaves import Leaf, Spot
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.documents.markdown.links import Asked

SAMPLE = 12
PIECE = 24
"""Rows of a piece."""

LONGEST = 2_048
"""Characters of the source after which a piece ends sooner."""

MAX_COLUMNS = 64

MEASURED = 20
"""Pieces whose rows decide how wide the columns of a finished table are."""


class Row:
    """A row: the runs of each cell."""

    __slots__ = ("_cells", "asked", "head", "place")

    def __init__(self, cells: list[list[Run]], place: int, *, head: bool = False) -> None:
        self._cells = cells
        self.place = place
        """Where it begins in the source."""
        self.head = head
        self.asked: Asked | None = None
        """The link labels in it."""

    def cells(self) -> list[list[Run]]:
        """Return the runs of each cell."""
        if self.asked is not None and self.asked.stale:
            self._cells = self.asked.again() or self._cells
        return self._cells


class Table:
    """What the pieces of a table have in common: the columns."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.pieces: list[TableRows] = []
        self.open = True
        """More rows may come."""

        self._wanted: tuple[object, list[int]] = (None, [])

    def forget(self) -> None:
        """Have the columns measured again, since a row says something else."""
        self._wanted = (None, [])

    def widths(self, room: int) -> list[int]:
        """Share the room out between the columns."""
        pieces = self.pieces[: 1 if self.open else MEASURED]
        rows = [row for piece in pieces for row in piece.rows]
        if self.open:
            rows = rows[: SAMPLE + 1]
        seen = (self.open, len(rows), rows[-1:])
        if self._wanted[0] != seen:
            self._wanted = (seen, self._measured(rows))
        return fit(self._wanted[1], room)

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

    def __init__(self, spot: Spot, source: int, table: Table, rows: list[Row]) -> None:
        super().__init__(source, spot)
        self.table = table
        self.rows = rows
        self.is_last = True
        """It was drawn as the last piece."""

    @property
    def asking(self) -> list[Asked]:
        """The rows that do."""
        return [row.asked for row in self.rows if row.asked]

    def split(self) -> TableRows | None:
        """Cut the first piece off if it is long enough; return what follows it."""
        first = self.rows[0].place
        for count, row in enumerate(self.rows[1:], 1):
            if count >= PIECE or row.place - first > LONGEST:
                following = TableRows(self.inside, row.place, self.table, self.rows[count:])
                following.follows = True
                self.rows = self.rows[:count]
                return following
        return None

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Draw the rows in a grid, or one cell below the other where a grid finds no room."""
        del carry
        columns = len(self.table.columns)
        room = width - 3 * columns - 1
        if room < 3 * columns:
            return self._listed(width)
        return self._grid(self.table.widths(room))

    def _grid(self, widths: list[int]) -> list[Line]:
        lines: list[Line] = [] if self.follows else [_border("┌┬┐", widths)]
        for row in self.rows:
            lines += self._row(row, widths)
            if row.head:
                lines.append(_border("├┼┤", widths))
        self.is_last = self.table.pieces[-1] is self
        if self.is_last:
            lines.append(_border("└┴┘", widths))
        return lines

    def _row(self, row: Row, widths: list[int]) -> list[Line]:
        cells = row.cells()
        wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
        height = max(map(len, wrapped))
        return [self._line([cell[y : y + 1] for cell in wrapped], widths) for y in range(height)]

    def _line(self, cells: list[list[Line]], widths: list[int]) -> Line:
        line: list[Run] = [_EDGE]
        for cell, width, alignment in zip(cells, widths, self.table.columns, strict=True):
            runs = cell[0] if cell else ()
            free = max(width - width_of(runs), 0)
            before = {"left": 0, "right": free, "center": free // 2}[alignment]
            line += (padding(before + 1, 0), *runs, padding(free - before + 1, 0), _EDGE)
        return tuple(line)

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


def _border(corners: str, widths: list[int]) -> Line:
    left, middle, right = tuple(corners)
    return (Run(left + middle.join("─" * (width + 2) for width in widths) + right, Role.BORDER),)
