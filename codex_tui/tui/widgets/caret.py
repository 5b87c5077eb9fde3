"""A cursor in drawn text: where it can stand, and where it goes. Pure arithmetic over sections.

It stands on a place of a source, so it stays on its character while lines come and go and widths
change; what the view adds by itself (bars, bullets, padding) it passes over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, split_graphemes

from codex_tui.documents.styles import STILL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.documents.lines import Run
    from codex_tui.tui.widgets.sections import Sections


class Caret(NamedTuple):
    """A character of a section's source."""

    key: str
    source: int


class Stop(NamedTuple):
    """A character on a line: the cell that it begins at, its section's indent included."""

    cell: int
    caret: Caret


def stops(sections: Sections, y: int) -> list[Stop]:
    """Return where the cursor can stand on a line of the view, from left to right."""
    spot = sections.at(y)
    if spot is None or spot.line < 0:
        return []
    found: list[Stop] = []
    cell = spot.section.indent
    for run in sections.line(y):
        if run.source >= 0:
            found += [Stop(cell + at, Caret(spot.section.key, source)) for at, source in _in(run)]
        cell += cell_len(run.text)
    return found


def _in(run: Run) -> Iterable[tuple[int, int]]:
    """Yield the cell and the source of each character of a run."""
    if run.style & STILL:
        return [(0, run.source)] if run.text else []
    if run.text.isascii():
        return ((at, run.source + at) for at in range(len(run.text)))
    return _graphemes(run)


def _graphemes(run: Run) -> Iterable[tuple[int, int]]:
    cell = 0
    for start, _, cells in split_graphemes(run.text)[0]:
        yield cell, run.source + start
        cell += cells


def line_of(sections: Sections, caret: Caret) -> int | None:
    """Return the line of the view that the cursor stands on; None if its text is not shown."""
    if caret.key not in sections:
        return None
    section = sections[caret.key]
    if section.document is None or not section.body:
        return None
    position = section.document.position_of(caret.source)
    return None if position is None else sections.y_of(section, position[0])


def column_of(sections: Sections, caret: Caret) -> int:
    """Return the cell that the cursor stands on."""
    y = line_of(sections, caret)
    here = stops(sections, y) if y is not None else []
    return here[_index(here, caret)].cell if here else 0


def _index(here: list[Stop], caret: Caret) -> int:
    return next((n for n, stop in enumerate(here) if stop.caret.source >= caret.source), -1)


def stepped(sections: Sections, caret: Caret, step: int) -> Caret:
    """Return the character after (1) or before (-1) one, across lines and sections."""
    y = line_of(sections, caret)
    if y is None:
        return caret
    here = stops(sections, y)
    index = _index(here, caret) % max(len(here), 1) + step
    if 0 <= index < len(here):
        return here[index].caret
    found = nearest(sections, y + step, step)
    return stops(sections, found)[0 if step > 0 else -1].caret if found is not None else caret


def moved(sections: Sections, caret: Caret, lines: int, column: int) -> Caret:
    """Return the character so many lines below, or above, that stands on a column or before it."""
    y = line_of(sections, caret)
    if y is None:
        return caret
    way = 1 if lines > 0 else -1
    target = min(max(y + lines, 0), sections.height - 1)
    found = nearest(sections, target, way)
    if found is None:
        found = nearest(sections, target, -way)
    return caret if found is None else at_column(sections, found, column) or caret


def at_column(sections: Sections, y: int, column: int) -> Caret | None:
    """Return the character of a line that stands on a column, or else the last before it."""
    here = stops(sections, y)
    before = [stop for stop in here if stop.cell <= column]
    return before[-1].caret if before else here[0].caret if here else None


def edge(sections: Sections, caret: Caret, way: int) -> Caret:
    """Return the first (-1) or last (1) character of the line, and from there that of all."""
    y = line_of(sections, caret)
    here = stops(sections, y) if y is not None else []
    if not here:
        return caret
    end = here[-1 if way > 0 else 0].caret
    if end.source != caret.source:
        return end
    last = nearest(sections, sections.height - 1 if way > 0 else 0, -way)
    return caret if last is None else stops(sections, last)[-1 if way > 0 else 0].caret


def nearest(sections: Sections, y: int, way: int) -> int | None:
    """Return the first line from one on, down (1) or up (-1), that the cursor can stand on."""
    while 0 <= y < sections.height:
        if stops(sections, y):
            return y
        y += way
    return None
