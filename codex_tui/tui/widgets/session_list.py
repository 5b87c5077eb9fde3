"""The line-API view of sessions: rows drawn only where they are seen, with a cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from codex_tui.library.library import Hit
from codex_tui.tui.widgets.line_view import LineView
from codex_tui.tui.widgets.session_row import cells_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from codex_tui.library.saved import SavedSession


class SessionList(LineView):
    """One row a session, or a hit of a search; the keys are those of the screen."""

    COMPONENTS: ClassVar[set[str]] = {
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
    class Chosen(Message):
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
                self.post_message(self.Chosen())

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
