"""The lines of a part of a comparison: texts with the names of their styles, drawn when seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.cells import cell_len, set_cell_size

from codex_tui.comparison.json_changes import ABSENT, canonical
from codex_tui.safe_text import clean_line, cut_to_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.comparison import Discrepancy
    from codex_tui.comparison.json_changes import ValueChange

Cells = list[tuple[str, str]]
"""Texts and the names of their styles, from left to right."""

SIGNS = {"same": "=", "changed": "≠", "only_a": "−", "only_b": "+"}
"""What stands before a row: both say the same, they differ, only A has it, only B."""

STYLES = {"same": "quiet", "changed": "changed", "only_a": "minus", "only_b": "plus"}
"""How that looks."""


class ShownLine(NamedTuple):
    """A line, and the numbers of the events that it tells of; what is too long is cut."""

    cells: Cells
    a: int | None = None
    b: int | None = None


class PartLines(Protocol):
    """What a part of a comparison shows."""

    def lay_out(self, width: int) -> None:
        """Set the width in cells, before anything is asked."""
        ...

    def __len__(self) -> int: ...

    def line(self, number: int) -> ShownLine:
        """Return a line, from 0."""
        ...

    def find(self, difference: Discrepancy) -> int:
        """Return the line at which a difference stands."""
        ...


class ListedLines:
    """Lines that are all there, whatever the width."""

    def __init__(self, lines: Sequence[ShownLine]) -> None:
        self._lines = lines

    def lay_out(self, width: int) -> None:
        """Do nothing: what is too long is cut."""

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, number: int) -> ShownLine:
        """Return a line."""
        return self._lines[number]

    def find(self, difference: Discrepancy) -> int:
        """Return the first line of its events whose text is in its sentence."""
        events = difference.a, difference.b
        places = (
            place
            for place, line in enumerate(self._lines)
            if (line.a, line.b) == events
            if any(look == "text" and text in difference.sentence for text, look in line.cells)
        )
        return next(places, 0)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return a text in exactly so many cells."""
    cut = cut_to_width(text, width)
    return " " * max(width - cell_len(cut), 0) + cut if right else set_cell_size(cut, max(width, 0))


def cut_cells(cells: Cells, width: int) -> Cells:
    """Return as many of the cells as there is room for; what is cut ends in an ellipsis."""
    fitting: Cells = []
    for text, look in cells:
        said = cut_to_width(text, width)
        fitting.append((said, look))
        width -= cell_len(said)
        if said != text:
            break
    return fitting


def change_cells(change: ValueChange) -> Cells:
    """Return a value that differs, with its path."""
    before, after = _value(change.a, "removed"), _value(change.b, "added")
    return [(f"{clean_line(change.path)}  ", "quiet"), before, (" → ", "quiet"), after]


def _value(value: object, style: str) -> tuple[str, str]:
    return ("nothing", "quiet") if value is ABSENT else (clean_line(canonical(value)), style)
