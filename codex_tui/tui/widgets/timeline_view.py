"""The timeline's line-API view: rows over a log's columns, drawn only where they are seen.

Its cursor goes with the newest row until it is moved away from it. Nothing is kept per row: what a
visible row says is read back from the log when it is drawn, and the drawn strip is
cached until the row changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from codex_tui.tui.mends.slices import after_a_breath
from codex_tui.tui.messages import EntryHighlighted
from codex_tui.tui.widgets.line_view import LineView
from codex_tui.tui.widgets.timeline_row import (
    COMPONENTS,
    CSS,
    STALL,
    RowLook,
    RowMarks,
    TimelinePainter,
    verbatim,
)
from codex_tui.tui.widgets.timeline_rows import NoEntries, RowCursor, Rows
from codex_tui.tui.widgets.timeline_search import TimelineSearch
from codex_tui.wire.registry import comes_in_runs

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual import events
    from textual.strip import Strip

    from codex_tui.findings import Culprits
    from codex_tui.recording.log import EventLog

NOTHING_YET = "no events yet"
NOTHING_PASSES = "No event's type passes the filter; f changes it."

_TAKEN = 2_500  # entries that are taken up at a time: two milliseconds


class TimelineView(LineView):
    """One row for each event or run of deltas.

    Attributes:
        cursor: The entry under the cursor, and what that goes along with.
        marks: What is wrong with rows, and which of them are lit up.
        filter_words: What the filter is now.
        search: What is searched for in the entries.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = CSS

    @dataclass(eq=False, repr=False)
    class MatchesCounted(Message):
        """Up: another match was gone to, or more of them are known."""

        view: TimelineView

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", id="timeline.down", show=False),
        Binding("k,up", "move(-1)", "Previous", id="timeline.up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="timeline.page-down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="timeline.page-up", show=False),
        Binding("g,home", "first", "First", id="timeline.first", show=False),
        Binding("G,end", "last", "Newest", id="timeline.last"),
        Binding("enter", "toggle_run", "Open run", id="timeline.toggle"),
    ]

    def __init__(self, *, id: str | None = None, ids: bool = False) -> None:
        super().__init__(id=id)
        self._log: EventLog | None = None
        self._rows = Rows(NoEntries(), bool)
        self._told = 0  # entries of the log when it was last said that it has grown
        self.filter_words = ""
        self._range: tuple[int, int] | None = None
        self.cursor = RowCursor()
        self.marks = RowMarks()
        self.search = TimelineSearch(self, self._here, self._gone_to, self._counted)
        self._painter = TimelinePainter(self)
        self._painter.ids = ids

    # -- what is shown -----------------------------------------------------------------------

    def show_log(self, log: EventLog) -> None:
        """Show another log, from its end."""
        self._log, self._range = log, None
        self.cursor, self.marks = RowCursor(), RowMarks()
        self.search.open(log)
        self.filter_names(self.filter_words)

    def filter_names(self, words: str) -> None:
        """Show only entries whose type's name holds every word; `!word` hides a type."""
        self.filter_words = words
        self.cursor.keeps_newest = False
        if (log := self._log) is not None:
            self._rows = rows_of(log, words, self._range)
            self._painter.forget_rows()
            self.take_up(self.cursor.position)

    def show_range(self, entries: tuple[int, int] | None) -> None:
        """Show only the entries of a range, first and last; None for all again."""
        self._range = entries
        self.filter_names(self.filter_words)

    def flag(self, culprits: Culprits | None) -> None:
        """Flag the rows of the events that something is wrong with."""
        self.marks.culprits = culprits
        self.refresh_changed()

    def light(self, entries: Collection[int]) -> None:
        """Light up the rows of a finding: of its culprit first, then of what it contradicts."""
        self.marks.lit = tuple(entries)
        for entry in reversed(self.marks.lit[:2]):
            self.reveal(self._rows.line_of(entry) or 0)
        self.refresh_changed()

    def toggle_ids(self) -> bool:
        """Show the ids of the events, or no longer; return whether they are shown now."""
        self._painter.ids = not self._painter.ids
        self._painter.forget_rows()
        self.refresh()
        return self._painter.ids

    def take_up(self, position: int | None = None) -> None:
        """Show what was appended to the log so far.

        Args:
            position: How many entries have come at the moment shown; None for all.
        """
        if self._log is not None:
            self._told = len(self._log)
            self._take(position)

    def _take(self, position: int | None) -> None:
        rows = self._rows
        split = rows.split() is not None
        if split:
            self._painter.forget_rows()  # a run may be named now that begins where it did
        same = self._same_rows() if position is None and not split else 0
        more = rows.extend(_TAKEN, self._told)
        if more:
            after_a_breath(self, partial(self._take_more, rows))
        if position is None:
            self.cursor.show_all(rows.row(len(rows) - 1).last if len(rows) else None)
        elif self.cursor.show_moment(position):
            self._grow()
            self.reveal(self._line())
        self._grow(same)
        if self.cursor.keeps_newest and not more and self._line() < len(rows) - 1:
            self.action_last()

    def _same_rows(self) -> int:
        """How many rows look the same whatever comes: all but the last, with its run.

        A cursor that is to go with the newest row may leave any other.
        """
        if not self.shown or self.cursor.position is not None:
            return 0
        last = self.shown - 1
        leaves = self.cursor.follows and self._line() != last
        return 0 if leaves or self._rows.row(last).child else last

    def _take_more(self, rows: Rows) -> None:
        if rows is self._rows:
            self._take(self.cursor.position)

    def _grow(self, same: int = 0) -> None:
        """Have as many lines as there are rows, and paint all but some that look the same."""
        height = self.shown
        follow = self.at_tail and self.cursor.position is None
        top, before = self.scroll_offset.y, self.virtual_size.height
        self.set_height(height, height if follow else None)
        if top == self.scroll_offset.y:
            stop = max(height, before) - top if height and before else None
            self.refresh_changed(same - top, stop)

    @property
    def shows_ids(self) -> bool:
        """Whether rows say the ids of their events."""
        return self._painter.ids

    @property
    def shown(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    # -- the cursor --------------------------------------------------------------------------

    def point_at(self, entry: int) -> None:
        """Put the cursor on an entry for good, and tell nobody; a hidden entry has no row."""
        self.cursor.point_at(entry)
        if (line := self._rows.line_of(entry)) is not None:
            self.reveal(line)
        self.refresh()

    def select(self, entry: int) -> None:
        """Put the cursor on an entry and show its row."""
        if (line := self._rows.line_of(entry)) is None:
            return
        self.cursor.go_to(entry, newest=line == self.shown - 1)
        self.reveal(line)
        self.refresh()
        self.post_message(EntryHighlighted(entry))

    def _line(self) -> int:
        entry = self.cursor.entry
        return 0 if entry is None else self._rows.line_of(entry) or 0

    def _go(self, line: int) -> None:
        if self.shown:
            self.select(self._rows.row(max(0, min(line, self.shown - 1))).first)

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
        """Go to the newest row, and with it from then on: what is loaded may have more rows."""
        self._go(self.shown - 1)
        self.cursor.keeps_newest = True

    def action_toggle_run(self) -> None:
        """Open or close the run under the cursor."""
        if not self.shown:
            return
        line = self._line()
        self._rows.toggle(line)
        self.cursor.follows = False
        self._grow()
        self._go(self._line() if line < self.shown else self.shown - 1)

    def on_click(self, event: events.Click) -> None:
        """Select the row that was clicked; a second click opens its run."""
        line = event.y + self.scroll_offset.y
        if line >= self.shown:
            return
        self._go(line)
        if event.chain == 2:
            self.action_toggle_run()

    # -- searching and copying ---------------------------------------------------------------

    def _here(self) -> int:
        return self.cursor.entry or 0

    def _gone_to(self, entry: int) -> None:
        self.select(entry)
        self._counted()

    def _counted(self) -> None:
        self.post_message(self.MatchesCounted(self))

    def copy_source(self) -> str:
        """Return the verbatim data of the event under the cursor."""
        entry = self.cursor.entry
        return "" if self._log is None or entry is None else verbatim(self._log, entry)

    # -- drawing -----------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._painter.forget()

    def draw(self, y: int) -> Strip:
        """Draw the row that stands in line `y` of the view."""
        line, cursor, marks = y + self.scroll_offset.y, self.cursor, self.marks
        if self._log is None or line >= self.shown:
            height = self.scrollable_content_region.height
            return self._painter.empty(self._missing(), y, self.width, height)
        row = self._rows.row(line)
        look = RowLook(
            chosen=cursor.entry is not None and self._rows.line_of(cursor.entry) == line,
            ahead=cursor.position is not None and row.first >= cursor.position,
            level=marks.level(self._log, row),
            lit=marks.lit_as(row),
        )
        return self._painter.row(self._log, row, self.width, look)

    def _missing(self) -> str:
        """Return why there are no rows; nothing where there are."""
        if self.shown:
            return ""
        return NOTHING_PASSES if self._log is not None and len(self._log) else NOTHING_YET


def rows_of(log: EventLog, words: str, within: tuple[int, int] | None) -> Rows:
    """Return the rows of a log: of types that a filter lets through, and of a range, if any."""

    def folds(kind: int) -> bool:
        return comes_in_runs(log.kind_name(kind))

    def accepts(kind: int) -> bool:
        return name_matches(log.kind_name(kind), words)

    return Rows(log, folds, accepts if words else None, STALL, within)


def name_matches(name: str, words: str) -> bool:
    """Whether a type's name holds every word of a filter and none that follows a `!`."""
    return all(
        (word[1:] not in name) if word.startswith("!") else (word in name)
        for word in words.split()
        if word != "!"
    )
