"""The sessions in rows that are drawn only where they are seen, with a cursor.

What a row says is worked out apart from the view: texts and the names of their styles. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from codex_tui.library.groups import follows
from codex_tui.library.library import Hit
from codex_tui.library.query import CLOSE, OPEN
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.tui.sessions.columns import (
    Cell,
    Sorting,
    cells_of,
    column_at,
    heads,
    local_time,
    mark_of,
    shown_columns,
    title_of,
)
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from codex_tui.library.saved import SavedSession
    from codex_tui.tui.sessions.columns import SessionColumn


class SessionList(LineView):
    """One row a session, or a hit of a search; the keys are those of the screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sessions--cursor",
        *(f"sessions--{name}" for name in ("title", "quiet", "star", "tag", "runs", "wrong")),
        *("sessions--match", "sessions--mark"),
    }

    DEFAULT_CSS = """
    SessionList {
        width: 1fr;
        height: 1fr;
        & > .sessions--cursor { background: $row-selected; text-style: bold; }
        & > .sessions--title { color: $foreground; }
        & > .sessions--quiet { color: $quiet; text-style: $quiet-style; }
        & > .sessions--star { color: $stall; }
        & > .sessions--tag { color: $event-tool; }
        & > .sessions--runs { color: $event-output; text-style: bold; }
        & > .sessions--wrong { color: $event-error; }
        & > .sessions--match { background: $match-background; color: $match-foreground; }
        & > .sessions--mark { color: $line-focus; text-style: bold reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    @dataclass
    class Moved(Message):
        """Another row is under the cursor; None where there is none."""

        row: SavedSession | Hit | None

    @dataclass
    class RowChosen(Message):
        """A row was clicked twice."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(follow=False, id=id)
        self.can_focus = False
        self._rows: Sequence[SavedSession | Hit] = ()
        self._line = 0
        self._was_moved = False
        self.letter_of: Callable[[SavedSession], str] = lambda _: ""
        """What stands before a session that is marked."""

    @property
    def row(self) -> SavedSession | Hit | None:
        """The row under the cursor."""
        return self._rows[self._line] if self._line < len(self._rows) else None

    @property
    def session(self) -> SavedSession | None:
        """The session under the cursor."""
        row = self.row
        return row.session if isinstance(row, Hit) else row

    def show(self, rows: Sequence[SavedSession | Hit]) -> None:
        """Show other rows; a cursor that was moved stays on its session while that is there."""
        kept = self.session if self._was_moved else None
        numbers = [row.session.number if isinstance(row, Hit) else row.number for row in rows]
        self._rows = rows
        at = numbers.index(kept.number) if kept is not None and kept.number in numbers else None
        self._line = at if at is not None else min(self._line, max(0, len(rows) - 1))
        self.set_height(len(rows))
        self.reveal(self._line)
        self.refresh()
        self.post_message(self.Moved(self.row))

    def move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self._go(self._line + lines)

    def page(self, pages: int) -> None:
        """Move the cursor by the lines that are in view."""
        self._go(self._line + pages * max(1, self.scrollable_content_region.height - 1))

    def _go(self, line: int) -> None:
        line = max(0, min(line, len(self._rows) - 1))
        self._was_moved = True
        if line != self._line and self._rows:
            self._line = line
            self.reveal(self._line)
            self.refresh()
            self.post_message(self.Moved(self.row))

    def on_click(self, event: events.Click) -> None:
        """Select the row that was clicked; a second click opens it."""
        line = event.y + self.scroll_offset.y
        if line < len(self._rows):
            self._go(line)
            if event.chain == 2:
                self.post_message(self.RowChosen())

    def draw(self, y: int) -> Strip:
        """Draw the row that stands in line `y` of the view."""
        line, width = y + self.scroll_offset.y, self.width
        base = self.rich_style
        if line >= len(self._rows):
            return Strip.blank(width, base)
        chosen = line == self._line
        if chosen:
            base += self.get_component_rich_style("sessions--cursor")
        cells = [self._first(self._rows[line], chosen=chosen), *row_of(self._rows, line, width - 1)]
        segments = [Segment(text, base + self._style(name)) for text, name in cells]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _first(self, row: SavedSession | Hit, *, chosen: bool) -> Cell:
        """The cell before a row: its mark, else the cursor."""
        letter = self.letter_of(row.session if isinstance(row, Hit) else row)
        return (letter, "mark") if letter else ("▌" if chosen else " ", "title")

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"sessions--{name}", partial=True)


class SessionHeads(Widget):
    """What stands above the rows; a click sorts by a column."""

    DEFAULT_CSS = """
    SessionHeads { height: 1; color: $quiet; text-style: $quiet-style; }
    """

    @dataclass
    class HeadChosen(Message):
        """A column was clicked."""

        column: SessionColumn

    def __init__(self) -> None:
        super().__init__()
        self._sorting = Sorting()

    @property
    def columns(self) -> list[SessionColumn]:
        """The columns that there is room for."""
        return shown_columns(self.size.width - _BESIDE)

    def show(self, sorting: Sorting) -> None:
        """Show by what the rows are sorted."""
        self._sorting = sorting
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw it; the row's mark and its scrollbar have no head."""
        text = f" {heads(self.size.width - _BESIDE, self._sorting)}"
        return Strip([Segment(text, self.rich_style)]).adjust_cell_length(
            self.size.width, self.rich_style
        )

    def on_click(self, event: events.Click) -> None:
        """Sort by the column that was clicked."""
        column = column_at(event.x - 1, self.size.width - _BESIDE)
        if column is not None:
            self.post_message(self.HeadChosen(column))


_BESIDE = 2  # cells: the cursor's, and the scrollbar

Cells = list[Cell]
"""Texts and the names of their styles, from left to right."""

_TITLE_BESIDE_A_HIT = 26


def row_of(rows: Sequence[SavedSession | Hit], line: int, width: int) -> Cells:
    """What one of the rows says in so many cells."""
    row = rows[line]
    if not isinstance(row, Hit):
        above = rows[line - 1] if line else None
        return cells_of(row, width, below=not isinstance(above, Hit) and follows(row, above))
    session = row.session
    star = ("★ " if session.starred else "  ", "star")
    mark, style = mark_of(session)
    head: Cells = [star, (f"{local_time(session.recorded)} ", "quiet"), (f"{mark} ", style)]
    return [*head, *_hit(row, width - sum(cell_len(text) for text, _ in head))]


def _hit(hit: Hit, room: int) -> Cells:
    title = _fit(title_of(hit.session), min(_TITLE_BESIDE_A_HIT, room // 3))
    cells: Cells = [(f"{title} ", "title"), (f"{hit.where} {hit.turn} ", "quiet")]
    left = room - sum(cell_len(text) for text, _ in cells)
    for text, style in snippet_cells(hit.snippet):
        cells.append((cut_to_width(text, left), style))
        left -= cell_len(cells[-1][0])
    return cells


def snippet_cells(snippet: str) -> Cells:
    """The words around a hit on one line, those that were looked for in their own style."""
    cells: Cells = []
    for part in " ".join(snippet.split(" ")).split(OPEN):
        found, closed, rest = part.partition(CLOSE)
        if closed:
            cells.append((clean_line(found), "match"))
        cells.append((clean_line(" ".join(rest.splitlines()) if closed else found), "title"))
    return [cell for cell in cells if cell[0]]


def _fit(text: str, room: int) -> str:
    return set_cell_size(cut_to_width(text, room), max(0, room))
