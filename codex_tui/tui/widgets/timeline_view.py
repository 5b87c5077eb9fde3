"""The timeline's line-API view: rows over a log's columns, drawn only where they are seen.

Nothing is kept per row: what a visible row says is read back from the log when it is drawn, and
the drawn strip is cached until the row changes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from codex_tui.model.record_facts import gist_of_mark
from codex_tui.recording.records import FrameRecord
from codex_tui.tui.widgets.log_search import LogSearch
from codex_tui.tui.widgets.rows import Rows
from codex_tui.tui.widgets.rows_view import RowsView
from codex_tui.tui.widgets.slices import after_a_breath
from codex_tui.tui.widgets.timeline_painter import TimelinePainter
from codex_tui.tui.widgets.timeline_row import STALL
from codex_tui.wire.base import Family
from codex_tui.wire.registry import comes_in_runs

if TYPE_CHECKING:
    from textual.strip import Strip

    from codex_tui.recording.log import EventLog

NOTHING_YET = "Every event stands here with the time of its arrival."
NOTHING_PASSES = "No event's type passes the filter; f changes it."

_TAKEN = 2_500  # entries that are taken up at a time: two milliseconds


class TimelineView(RowsView):
    """One row for each event or run of deltas, with a cursor that follows the newest one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--cursor",
        "timeline--muted",
        "timeline--text",
        "timeline--stall",
        "timeline--match",
        *(f"timeline--{family.name.lower()}" for family in Family),
    }

    DEFAULT_CSS = """
    TimelineView {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .timeline--cursor { background: $row-selected; text-style: $row-selected-style; }
        &:focus > .timeline--cursor { background: $row-selected; text-style: bold; }
        & > .timeline--muted { color: $quiet; text-style: $quiet-style; }
        & > .timeline--text { color: $foreground; }
        & > .timeline--stall { color: $stall; text-style: bold; }
        & > .timeline--match { background: $match-background; color: $match-foreground; }
        & > .timeline--lifecycle { color: $event-lifecycle; }
        & > .timeline--reasoning { color: $event-reasoning; }
        & > .timeline--output { color: $event-output; }
        & > .timeline--tool { color: $event-tool; }
        & > .timeline--error { color: $event-error; text-style: bold; }
        & > .timeline--unknown { color: $event-unknown; text-style: bold; }
        & > .timeline--keepalive { color: $event-keepalive; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", id="timeline.down", show=False),
        Binding("k,up", "move(-1)", "Previous", id="timeline.up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="timeline.page-down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="timeline.page-up", show=False),
        Binding("g,home", "first", "First", id="timeline.first", show=False),
        Binding("G,end", "last", "Newest", id="timeline.last"),
        Binding("enter", "toggle_run", "Open run", id="timeline.toggle"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._log: EventLog | None = None
        self._filter = ""
        self._search = LogSearch(self, self.select)
        self._range: tuple[int, int] | None = None
        self._painter = TimelinePainter(self)

    # -- what is shown -----------------------------------------------------------------------

    def show_log(self, log: EventLog) -> None:
        """Show another log, from its end."""
        self._log = log
        self._search.stop()
        self._cursor, self._following = None, True
        self._position = self._range = None
        self.filter_names(self._filter)

    def filter_names(self, words: str) -> None:
        """Show only entries whose type's name holds every word; `!word` hides a type."""
        self._filter = words
        if (log := self._log) is None:
            return
        accepts = (lambda kind: name_matches(log.kind_name(kind), words)) if words else None

        def folds(kind: int) -> bool:
            return comes_in_runs(log.kind_name(kind))

        self._rows = Rows(log, folds, accepts, STALL, self._range)
        self._painter.forget_rows()
        self.take_up(self._position)

    def show_range(self, entries: tuple[int, int] | None) -> None:
        """Show only the entries of a range, first and last; None for all again."""
        self._range = entries
        self.filter_names(self._filter)

    def take_up(self, position: int | None = None) -> None:
        """Show what was appended to the log so far.

        Args:
            position: How many entries have come at the moment shown; None for all.
        """
        if self._log is not None:
            self._told = len(self._log)
            self._take(position)

    _told = 0  # entries of the log when it was last said that it has grown

    def _take(self, position: int | None) -> None:
        if (rows := self._rows) is None:
            return
        if rows.extend(_TAKEN, self._told):
            after_a_breath(self, partial(self._take_more, rows))
        self._position = position
        if position is not None:
            self._go_along(position)
        elif self._following and len(rows):
            self._cursor = rows.row(len(rows) - 1).last
        self._grow(len(rows))

    def _take_more(self, rows: Rows) -> None:
        if rows is self._rows:
            self._take(self._position)

    def _go_along(self, position: int) -> None:
        """Put the cursor on what came last at a moment of a replay."""
        self._grow(self.shown)
        line = self._rows.line_of(position - 1) if self._rows is not None and position else None
        if self._following:
            self._cursor = position - 1 if position else None
            self._reveal(line or 0)

    @property
    def filter_words(self) -> str:
        """What the filter is now."""
        return self._filter

    # -- searching and copying ---------------------------------------------------------------

    def search(self, text: str) -> int | None:
        """Go to the first entry from the cursor on whose bytes hold a text, in either case."""
        self._search.seek(text)
        self._search.go(self._log, self._cursor or 0, 1)
        return None

    def clear_search(self) -> None:
        """Search for nothing."""
        self._search.seek("")

    def next_match(self) -> None:
        """Go to the next entry that holds the text."""
        self._search.go(self._log, (self._cursor or 0) + 1, 1)

    def previous_match(self) -> None:
        """Go to the previous entry that holds the text."""
        self._search.go(self._log, (self._cursor or 0) - 1, -1)

    def copy_source(self) -> str:
        """Return the verbatim data of the event under the cursor."""
        if self._log is None or self._cursor is None:
            return ""
        try:
            record = self._log.record(self._cursor)
        except OSError:
            return ""
        return record.frame.data if isinstance(record, FrameRecord) else gist_of_mark(record)

    # -- drawing -----------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._painter.forget()

    def draw(self, y: int) -> Strip:
        """Draw the row that stands in line `y` of the view."""
        line = y + self.scroll_offset.y
        if self._log is None or self._rows is None or line >= len(self._rows):
            height = self.scrollable_content_region.height
            return self._painter.empty(self._missing(), y, self.width, height)
        row = self._rows.row(line)
        chosen = self._cursor is not None and self._rows.line_of(self._cursor) == line
        ahead = self._position is not None and row.first >= self._position
        return self._painter.row(self._log, row, self.width, chosen=chosen, ahead=ahead)

    def _missing(self) -> str:
        """Return why there are no rows; nothing where there are."""
        if self.shown:
            return ""
        return NOTHING_PASSES if self._log is not None and len(self._log) else NOTHING_YET


def name_matches(name: str, words: str) -> bool:
    """Whether a type's name holds every word of a filter and none that follows a `!`."""
    return all(
        (word[1:] not in name) if word.startswith("!") else (word in name)
        for word in words.split()
        if word != "!"
    )
