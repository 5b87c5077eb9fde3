"""Tables (GFM §4.10): columns that fit the width, cells that wrap, rows that come one by one.

While rows still come, the first `SAMPLE` of them decide how wide the columns are, so that what has
been read does not move; when the table ends, all of them do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.documents.intake import Passage
from codex_tui.documents.lines import Line, Run, padding, width_of, wrap
from codex_tui.documents.markdown.inline import parse_inline
from codex_tui.documents.markdown.leaves import Leaf, Restore, Spot, inline_rows
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

SAMPLE = 12
PIECE = 24
"""Rows of a piece."""

MAX_COLUMNS = 64
_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


def alignments(line: str) -> list[str] | None:
    """Return the alignment of each column that a delimiter row names, or None if it is none."""
    line = line.strip()
    if not _DELIMITER.match(line):
        return None
    cells = line.removeprefix("|").removesuffix("|").split("|")
    return [_alignment(cell.strip()) for cell in cells[:MAX_COLUMNS]]


def _alignment(cell: str) -> str:
    match cell.startswith(":"), cell.endswith(":"):
        case True, True:
            return "center"
        case _, True:
            return "right"
    return "left"


def cells_of(row: Passage) -> list[Passage]:
    """Cut a row at its bars; an escaped bar is part of its cell."""
    text = row.text
    start = len(text) - len(text.lstrip(" \t"))
    end = len(text.rstrip(" \t"))
    if text[start:end] == "|":
        return []
    start += text.startswith("|", start)
    bars = _bars(text, start, end)
    spans = zip([start, *(at + 1 for at in bars)], [*bars, end], strict=True)
    cells = [_cell(row, *span) for span in spans]
    if bars and bars[-1] == end - 1:
        cells.pop()
    return cells


def _bars(text: str, start: int, end: int) -> list[int]:
    found: list[int] = []
    position = start
    while position < end:
        if text[position] == "\\":
            position += 1
        elif text[position] == "|":
            found.append(position)
        position += 1
    return found


def _cell(row: Passage, start: int, end: int) -> Passage:
    text = row.text[start:end]
    start += len(text) - len(text.lstrip(" \t"))
    end = max(end - (len(text) - len(text.rstrip(" \t"))), start)
    cell = Passage()
    while (escaped := row.text.find("\\|", start, end)) >= 0:
        cell.add(row.part(start, escaped))
        start = escaped + 1
    cell.add(row.part(start, end))
    return cell


class Row:
    """A row, its cells parsed when they are first drawn."""

    __slots__ = ("_runs", "cells", "head", "labels")

    def __init__(self, cells: list[Passage], *, head: bool = False) -> None:
        self.cells = cells
        self.head = head
        self.labels: set[str] = set()
        self._runs: list[list[Run]] | None = None

    def forget(self) -> None:
        """Have the cells parsed again."""
        self._runs = None

    def runs(self, references: Mapping[str, str]) -> list[list[Run]]:
        """Return the runs of each cell."""
        if self._runs is None:
            self._runs = [self._cell(cell, references) for cell in self.cells]
        return self._runs

    def _cell(self, cell: Passage, references: Mapping[str, str]) -> list[Run]:
        inline = parse_inline(cell.text, references)
        self.labels |= inline.labels
        base = Role.TABLE_HEAD if self.head else Role.TEXT
        return [run for row in inline_rows(cell, inline, base) for run in row]


class Table:
    """What the pieces of a table have in common: the columns."""

    def __init__(self, columns: list[str], references: Mapping[str, str]) -> None:
        self.columns = columns
        self.references = references
        self.pieces: list[TableRows] = []
        self.open = True
        """More rows may come."""

    def row(self, line: Passage, *, head: bool = False) -> Row:
        """Make a row with as many cells as there are columns."""
        cells = cells_of(line)[: len(self.columns)]
        end = Passage("", line.part(len(line.text)).places)
        return Row([*cells, *[end] * (len(self.columns) - len(cells))], head=head)

    def widths(self, room: int) -> list[int]:
        """Share the room out between the columns."""
        pieces = self.pieces[:1] if self.open else self.pieces
        rows = [row for piece in pieces for row in piece.rows]
        if self.open:
            rows = rows[: SAMPLE + 1]
        narrowest = 2 if self.open else 1  # there may be a wide character in rows not looked at
        wanted = [narrowest] * len(self.columns)
        for row in rows:
            cells = row.runs(self.references)
            wanted = [max(width, width_of(cell)) for width, cell in zip(wanted, cells, strict=True)]
        return fit(wanted, room)


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

    __slots__ = ("rows", "table")

    def __init__(self, source: int, spot: Spot, table: Table) -> None:
        super().__init__(source, spot)
        self.table = table
        self.rows: list[Row] = []
        self.follows = bool(table.pieces)
        table.pieces.append(self)

    @property
    def labels(self) -> AbstractSet[str]:
        """The link labels that the cells look up."""
        for row in self.rows:
            row.runs(self.table.references)  # only what was parsed has said what it looks up
        return set().union(*(row.labels for row in self.rows))

    def saved(self) -> Restore:
        """Remember the rows."""
        rows, is_open = list(self.rows), self.table.open

        def restore() -> bool:
            if self.rows != rows:
                self.rows = rows
                self.drawn = 0
            changed, self.table.open = self.table.open != is_open, is_open
            return changed

        return restore

    def add(self, line: Passage) -> None:
        """Add a row."""
        self.rows.append(self.table.row(line))
        self.drawn = 0

    def extend(self, more: Passage) -> None:
        """Add more of the line that the last row came from: it belongs to the last cell."""
        last = self.rows[-1]
        cell = last.cells[-1].part(0)
        cell.add(more)
        self.rows[-1] = Row([*last.cells[:-1], cell], head=last.head)
        self.drawn = 0

    def spoil(self) -> None:
        """Forget what was drawn."""
        self.drawn = 0
        for row in self.rows:
            if row.labels:
                row.forget()

    def split(self) -> TableRows | None:
        """Begin a new piece if this one is long enough; return it."""
        if len(self.rows) < PIECE:
            return None
        self.drawn = 0
        return TableRows(self.rows[-1].cells[0].source, self.inside, self.table)

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
        if self.table.pieces[-1] is self:
            lines.append(_border("└┴┘", widths))
        return lines

    def _row(self, row: Row, widths: list[int]) -> list[Line]:
        cells = row.runs(self.table.references)
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
        head = self.table.pieces[0].rows[0].runs(self.table.references)
        for row in self.rows:
            if row.head:
                continue
            lines.append((Run("─" * width, Role.BORDER),))
            for name, cell in zip(head, row.runs(self.table.references), strict=True):
                lines += wrap([*name, Run(": ", Role.MUTED), *cell], width, 2)
        return lines


_EDGE = Run("│", Role.BORDER)


def _border(corners: str, widths: list[int]) -> Line:
    left, middle, right = tuple(corners)
    return (Run(left + middle.join("─" * (width + 2) for width in widths) + right, Role.BORDER),)
