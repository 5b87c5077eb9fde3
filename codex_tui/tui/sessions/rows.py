"""The sessions in rows that are drawn only where they are seen, with a cursor.

What a row says is worked out apart from the view: texts and the names of their styles. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from codex_tui import units
from codex_tui.library.library import Hit
from codex_tui.library.query import CLOSE, OPEN
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from codex_tui.library.saved import SavedSession


class SessionList(LineView):
    """One row a session, or a hit of a search; the keys are those of the screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sessions--cursor",
        *(f"sessions--{name}" for name in ("title", "quiet", "star", "tag", "runs", "wrong")),
        "sessions--match",
    }

    DEFAULT_CSS = """
    SessionList {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .sessions--cursor { background: $row-selected; text-style: bold; }
        & > .sessions--title { color: $foreground; }
        & > .sessions--quiet { color: $quiet; text-style: $quiet-style; }
        & > .sessions--star { color: $stall; }
        & > .sessions--tag { color: $event-tool; }
        & > .sessions--runs { color: $event-output; text-style: bold; }
        & > .sessions--wrong { color: $event-error; }
        & > .sessions--match { background: $match-background; color: $match-foreground; }
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
        cells = [("▌" if chosen else " ", "title"), *cells_of(self._rows[line], width - 1)]
        segments = [Segment(text, base + self._style(name)) for text, name in cells]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"sessions--{name}", partial=True)


Cells = list[tuple[str, str]]
"""Texts and the names of their styles, from left to right."""

_MARKS = {"completed": "✓", "streaming": "●", "unread": "…", "": "!"}
_TITLE_BESIDE_A_HIT = 26


def mark_of(session: SavedSession) -> tuple[str, str]:
    """A sign for how a session ended, and its style."""
    how = "" if session.problem else session.how
    style = {"completed": "quiet", "unread": "quiet", "streaming": "runs"}.get(how, "wrong")
    return _MARKS.get(how, "✗"), style


def local_time(seconds: float, form: str = "%m-%d %H:%M") -> str:
    """A moment as the user's clock shows it."""
    try:
        return f"{datetime.fromtimestamp(seconds).astimezone():{form}}"
    except (ValueError, OverflowError, OSError):
        return "?"


def cells_of(row: SavedSession | Hit, width: int) -> Cells:
    """What a row says in so many cells."""
    session = row.session if isinstance(row, Hit) else row
    mark, style = mark_of(session)
    star = ("★" if session.starred else " ", "star")
    head: Cells = [star, (f"{local_time(session.recorded)} ", "quiet"), (f"{mark} ", style)]
    room = width - sum(cell_len(text) for text, _ in head)
    return [*head, *(_hit(row, room) if isinstance(row, Hit) else _facts(session, room))]


def title_of(session: SavedSession) -> str:
    """The title, or the file's name."""
    return clean_line(session.shown_title or session.file_name)


def _facts(session: SavedSession, room: int) -> Cells:
    facts: Cells = []
    if room >= 50:
        took = "" if session.seconds is None else units.seconds(max(session.seconds, 0.0))
        facts.append((f" {took:>8}", "quiet"))
    if room >= 62:
        facts.insert(0, (f" {session.events:>7,}" if session.turns else " " * 8, "quiet"))
    if room >= 56:
        flags = "·" if session.findings is None else f"⚑{session.findings:,}"
        style = "wrong" if session.errors else "quiet"
        facts.insert(0, (f" {flags if session.findings != 0 else '':>5}", style))
    if room >= 80:
        facts.insert(0, (f" {_fit(clean_line(session.model), 18)}", "quiet"))
    room -= sum(cell_len(text) for text, _ in facts)
    if session.problem:
        return [
            (_fit(f"{title_of(session)}: {clean_line(session.problem)}", room), "wrong"),
            *facts,
        ]
    tags = clean_line("".join(f" #{tag}" for tag in session.tag_list))
    title = cut_to_width(title_of(session), max(8, room - cell_len(tags)))
    rest = " " * max(0, room - cell_len(title) - cell_len(tags))
    return [(title, "title"), (cut_to_width(tags, room), "tag"), (rest, "title"), *facts]


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
