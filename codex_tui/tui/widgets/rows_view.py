"""A view of rows with a cursor, which goes with the newest row until it is moved away from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.tui.messages import EntryHighlighted
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual import events

    from codex_tui.tui.widgets.rows import Rows


class RowsView(LineView):
    """Rows of entries, and how the keys go through them; what they look like is said elsewhere."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Rows | None = None
        self._cursor: int | None = None
        self._following = True
        self._position: int | None = None

    @property
    def shown(self) -> int:
        """How many rows there are."""
        return len(self._rows) if self._rows is not None else 0

    @property
    def following(self) -> bool:
        """Whether the cursor goes with the newest row."""
        return self._following

    @property
    def cursor(self) -> int | None:
        """The entry under the cursor."""
        return self._cursor

    # -- moving ------------------------------------------------------------------------------

    def point_at(self, entry: int) -> None:
        """Put the cursor on an entry for good, and tell nobody; a hidden entry has no row."""
        self._cursor, self._following = entry, False
        if self._rows is not None and (line := self._rows.line_of(entry)) is not None:
            self._reveal(line)
        self.refresh()

    def select(self, entry: int) -> None:
        """Put the cursor on an entry and show its row."""
        if (rows := self._rows) is None or (line := rows.line_of(entry)) is None:
            return
        self._cursor = entry
        self._following = line == len(rows) - 1 and self._position is None
        self._reveal(line)
        self.refresh()
        self.post_message(EntryHighlighted(entry))

    def _reveal(self, line: int) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if line < top:
            self.go_to(line)
        elif line >= top + height:
            self.go_to(line - height + 1)

    def _line(self) -> int:
        if self._rows is None or self._cursor is None:
            return 0
        return self._rows.line_of(self._cursor) or 0

    def _go(self, line: int) -> None:
        if self._rows is None or not len(self._rows):
            return
        row = self._rows.row(max(0, min(line, len(self._rows) - 1)))
        self.select(row.first)

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self._go(self._line() + lines)

    def action_page(self, pages: int) -> None:
        """Move the cursor by the lines that are in view."""
        self._go(self._line() + pages * max(1, self.scrollable_content_region.height - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the newest row, and with it from then on."""
        self._go(self.shown - 1)

    def action_toggle_run(self) -> None:
        """Open or close the run under the cursor."""
        if self._rows is None or not len(self._rows):
            return
        line = self._line()
        self._rows.toggle(line)
        self._following = False
        self._grow(len(self._rows))
        self._go(self._line() if line < len(self._rows) else len(self._rows) - 1)

    def on_click(self, event: events.Click) -> None:
        """Select the row that was clicked; a second click opens its run."""
        line = event.y + self.scroll_offset.y
        if line >= self.shown:
            return
        self._go(line)
        if event.chain == 2:
            self.action_toggle_run()

    def follow_again(self) -> None:
        """Go with the newest row, or with the moment of a replay, from now on."""
        self._following = True

    def _grow(self, height: int) -> None:
        follow = self.at_tail and self._position is None
        top = self.scroll_offset.y
        self.set_height(height, height if follow else None)
        if top == self.scroll_offset.y:
            self.refresh_changed()
