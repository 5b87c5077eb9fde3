"""The cursor in the texts of a stack, which goes by characters.

It stands on a place of a source, so it stays on its character while lines come and go and widths
change; what the view adds by itself (bars, bullets, padding) it passes over. Of the screen it knows
the window alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, split_graphemes

from codex_tui.documents.styles import CARET, STILL
from codex_tui.tui.section_view.overlays import flagged, laid_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codex_tui.documents.lines import Line, Run
    from codex_tui.tui.section_view.stack import SectionStack
    from codex_tui.tui.section_view.window import Window


class Caret(NamedTuple):
    """A character of a section's source."""

    key: str
    source: int


class Stop(NamedTuple):
    """A character on a line: the cell that it begins at, its section's indent included."""

    cell: int
    caret: Caret


class Pointer:
    """Where one points in a stack: at a character now and then, or with a cursor.

    Args:
        stack: The stack.
        window: What it is seen in.
        pointed: Called with each character that is pointed at.

    Attributes:
        caret: The character under the cursor; None while there is none.
    """

    def __init__(
        self, stack: SectionStack, window: Window, pointed: Callable[[Caret], None]
    ) -> None:
        self._stack = stack
        self._window = window
        self._pointed = pointed
        self.caret: Caret | None = None
        self._last: Caret | None = None  # where the user pointed last
        self._column = 0

    def point_at(self, caret: Caret) -> None:
        """Put the cursor on a character; where there is none, it will begin there."""
        if self.caret is not None:
            self._put(caret)
        else:
            self._last = caret
            self._pointed(caret)

    def begin(self) -> None:
        """Put the cursor where the user pointed last, or on the first character in sight."""
        if self.caret is None and self._put(self._place_to_begin()):
            self._window.refresh_bindings()

    def leave(self) -> bool:
        """Take the cursor away; False if there was none."""
        if self.caret is None:
            return False
        self.caret = None
        self._window.refresh()
        self._window.refresh_bindings()
        return True

    def forget(self) -> None:
        """Take the cursor away, and know of no place."""
        self.leave()
        self._last = None

    def step(self, step: int) -> None:
        """Go to the next character (1) or to the one before (-1)."""
        caret = self._living()
        self._put(caret and stepped(self._stack, caret, step))

    def move(self, lines: int) -> None:
        """Go by lines, and stay on the column as far as that can be."""
        caret = self._living()
        target = caret and moved(self._stack, caret, lines, self._column)
        self._put(target, keep_column=True)

    def go_to_edge(self, way: int) -> None:
        """Go to the end (1) or the beginning (-1) of the line, and from there to that of all."""
        caret = self._living()
        self._put(caret and edge(self._stack, caret, way))

    def over(self, key: str, line: Line) -> Line:
        """Lay the cursor over a line of a section, if it stands there."""
        if self.caret is None or self.caret.key != key:
            return line
        source = self.caret.source
        return laid_over(line, flagged(source, source + 1, CARET))

    def _place_to_begin(self) -> Caret | None:
        window = self._window.seen
        if self._last is not None and self._stack.y_of_source(*self._last) in window:
            return self._last
        y = nearest(self._stack, window.start, 1)
        y = y if y is not None else nearest(self._stack, window.start, -1)
        return None if y is None else at_column(self._stack, y, 0)

    def _living(self) -> Caret | None:
        """The cursor, put into sight again where its text has gone, as in a jump back in time."""
        if self.caret is None or self._stack.y_of_source(*self.caret) is not None:
            return self.caret
        self._last = None
        return self._place_to_begin()

    def _put(self, caret: Caret | None, *, keep_column: bool = False) -> bool:
        """Put the cursor on a character, show it and say so; False where there is none."""
        if caret is None:
            return False
        self.caret = self._last = caret
        if not keep_column:
            self._column = column_of(self._stack, caret)
        if (y := self._stack.y_of_source(*caret)) is not None:
            self._window.reveal(y)
        self._window.refresh()
        self._pointed(caret)
        return True


# -- where the cursor can stand, and where it goes


def stops(stack: SectionStack, y: int) -> list[Stop]:
    """Return where the cursor can stand on a line of the view, from left to right."""
    spot = stack.at(y)
    if spot is None or spot.line < 0:
        return []
    found: list[Stop] = []
    cell = spot.section.indent
    for run in stack.line(y):
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


def column_of(stack: SectionStack, caret: Caret) -> int:
    """Return the cell that the cursor stands on."""
    y = stack.y_of_source(*caret)
    here = stops(stack, y) if y is not None else []
    return here[_index(here, caret)].cell if here else 0


def _index(here: list[Stop], caret: Caret) -> int:
    return next((n for n, stop in enumerate(here) if stop.caret.source >= caret.source), -1)


def stepped(stack: SectionStack, caret: Caret, step: int) -> Caret:
    """Return the character after (1) or before (-1) one, across lines and stack."""
    y = stack.y_of_source(*caret)
    if y is None:
        return caret
    here = stops(stack, y)
    index = _index(here, caret) % max(len(here), 1) + step
    if 0 <= index < len(here):
        return here[index].caret
    found = nearest(stack, y + step, step)
    return stops(stack, found)[0 if step > 0 else -1].caret if found is not None else caret


def moved(stack: SectionStack, caret: Caret, lines: int, column: int) -> Caret:
    """Return the character so many lines below, or above, that stands on a column or before it."""
    y = stack.y_of_source(*caret)
    if y is None:
        return caret
    way = 1 if lines > 0 else -1
    target = min(max(y + lines, 0), stack.height - 1)
    found = nearest(stack, target, way)
    if found is None:
        found = nearest(stack, target, -way)
    return caret if found is None else at_column(stack, found, column) or caret


def at_column(stack: SectionStack, y: int, column: int) -> Caret | None:
    """Return the character of a line that stands on a column, or else the last before it."""
    here = stops(stack, y)
    before = [stop for stop in here if stop.cell <= column]
    return before[-1].caret if before else here[0].caret if here else None


def edge(stack: SectionStack, caret: Caret, way: int) -> Caret:
    """Return the first (-1) or last (1) character of the line, and from there that of all."""
    y = stack.y_of_source(*caret)
    here = stops(stack, y) if y is not None else []
    if not here:
        return caret
    end = here[-1 if way > 0 else 0].caret
    if end.source != caret.source:
        return end
    last = nearest(stack, stack.height - 1 if way > 0 else 0, -way)
    return caret if last is None else stops(stack, last)[-1 if way > 0 else 0].caret


def nearest(stack: SectionStack, y: int, way: int) -> int | None:
    """Return the first line from one on, down (1) or up (-1), that the cursor can stand on."""
    while 0 <= y < stack.height:
        if stops(stack, y):
            return y
        y += way
    return None
