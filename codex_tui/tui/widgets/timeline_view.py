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

from codex_tui.model.record_facts import gist_of_mark
from codex_tui.recording.records import FrameRecord
from codex_tui.tui.mends.slices import after_a_breath
from codex_tui.tui.messages import EntryHighlighted
from codex_tui.tui.widgets.line_view import LineView
from codex_tui.tui.widgets.timeline_row import STALL, RowLook, TimelinePainter
from codex_tui.tui.widgets.timeline_rows import Rows
from codex_tui.tui.widgets.timeline_search import TimelineSearch
from codex_tui.wire.base import Family
from codex_tui.wire.registry import comes_in_runs

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual import events
    from textual.strip import Strip

    from codex_tui.findings import Culprits, Level
    from codex_tui.recording.log import EventLog
    from codex_tui.tui.widgets.timeline_rows import TimelineRow

NOTHING_YET = "no events yet"
NOTHING_PASSES = "No event's type passes the filter; f changes it."

_TAKEN = 2_500  # entries that are taken up at a time: two milliseconds


class TimelineView(LineView):
    """One row for each event or run of deltas, with a cursor that follows the newest one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--cursor",
        "timeline--muted",
        "timeline--text",
        "timeline--stall",
        "timeline--match",
        "timeline--culprit",
        "timeline--contradicted",
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
        & > .timeline--culprit { background: $event-error 30%; text-style: bold; }
        & > .timeline--contradicted { background: $line-focus 25%; text-style: bold; }
        &:nocolor > .timeline--culprit { text-style: bold reverse; }
        &:nocolor > .timeline--contradicted { text-style: underline; }
        & > .timeline--lifecycle { color: $event-lifecycle; }
        & > .timeline--reasoning { color: $event-reasoning; }
        & > .timeline--output { color: $event-output; }
        & > .timeline--tool { color: $event-tool; }
        & > .timeline--error { color: $event-error; text-style: bold; }
        & > .timeline--unknown { color: $event-unknown; text-style: bold; }
        & > .timeline--keepalive { color: $event-keepalive; }
    }
    """

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
        self._rows: Rows | None = None
        self._cursor: int | None = None
        self._following = True
        self._at_newest = False  # as it was asked for: with every row that is still to come
        self._position: int | None = None
        self._on_the_way = set[int]()  # entries that were gone to, and that a replay goes to
        self._filter = ""
        self.search = TimelineSearch(self, self._here, self._gone_to, self._counted)
        self._range: tuple[int, int] | None = None
        self._culprits: Culprits | None = None
        self._lit: tuple[int, ...] = ()
        self._painter = TimelinePainter(self)
        self._painter.ids = ids

    # -- what is shown -----------------------------------------------------------------------

    def show_log(self, log: EventLog) -> None:
        """Show another log, from its end."""
        self._log = log
        self.search.open(log)
        self._cursor, self._following = None, True
        self._on_the_way.clear()
        self._position = self._range = self._culprits = None
        self._lit = ()
        self.filter_names(self._filter)

    def filter_names(self, words: str) -> None:
        """Show only entries whose type's name holds every word; `!word` hides a type."""
        self._filter, self._at_newest = words, False
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

    def flag(self, culprits: Culprits | None) -> None:
        """Flag the rows of the events that something is wrong with."""
        self._culprits = culprits
        self.refresh_changed()

    def light(self, entries: Collection[int]) -> None:
        """Light up the rows of a finding: of its culprit first, then of what it contradicts."""
        self._lit = tuple(entries)
        if self._rows is not None and self._lit:
            lines = (self._rows.line_of(entry) for entry in reversed(self._lit[:2]))
            for line in lines:
                self.reveal(line or 0)
        self.refresh_changed()

    def toggle_ids(self) -> bool:
        """Show the ids of the events, or no longer; return whether they are shown now."""
        self._painter.ids = not self._painter.ids
        self._painter.forget_rows()
        self.refresh()
        return self._painter.ids

    @property
    def shows_ids(self) -> bool:
        """Whether rows say the ids of their events."""
        return self._painter.ids

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
        split = rows.split() is not None
        if split:
            self._painter.forget_rows()  # a run may be named now that begins where it did
        same = self._same_rows() if position is None and not split else 0
        more = rows.extend(_TAKEN, self._told)
        if more:
            after_a_breath(self, partial(self._take_more, rows))
        self._position = position
        if position is not None:
            self._go_along(position)
        elif self._following and len(rows):
            self._cursor = rows.row(len(rows) - 1).last
        self._grow(len(rows), same)
        if self._at_newest and not more and self._line() < len(rows) - 1:
            self.action_last()

    def _same_rows(self) -> int:
        """How many rows look the same whatever comes: all but the last, with its run.

        A cursor that is to go with the newest row may leave any other.
        """
        if not self.shown or self._rows is None or self._position is not None:
            return 0
        last = self.shown - 1
        leaves = self._following and self._line() != last
        return 0 if leaves or self._rows.row(last).child else last

    def _take_more(self, rows: Rows) -> None:
        if rows is self._rows:
            self._take(self._position)

    def _grow(self, height: int, same: int = 0) -> None:
        follow = self.at_tail and self._position is None
        top, before = self.scroll_offset.y, self.virtual_size.height
        self.set_height(height, height if follow else None)
        if top == self.scroll_offset.y:
            stop = max(height, before) - top if height and before else None
            self.refresh_changed(same - top, stop)

    def _go_along(self, position: int) -> None:
        """Put the cursor on what came last at a moment of a replay."""
        self._grow(self.shown)
        if position - 1 in self._on_the_way and position - 1 != self._cursor:
            return  # another one was gone to meanwhile
        self._on_the_way.clear()
        line = self._rows.line_of(position - 1) if self._rows is not None and position else None
        if self._following:
            self._cursor = position - 1 if position else None
            self.reveal(line or 0)

    @property
    def filter_words(self) -> str:
        """What the filter is now."""
        return self._filter

    @property
    def lit(self) -> bool:
        """Whether the rows of a finding are lit up."""
        return bool(self._lit)

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
        self._cursor, self._following, self._at_newest = entry, False, False
        if self._rows is not None and (line := self._rows.line_of(entry)) is not None:
            self.reveal(line)
        self.refresh()

    def select(self, entry: int) -> None:
        """Put the cursor on an entry and show its row."""
        if (rows := self._rows) is None or (line := rows.line_of(entry)) is None:
            return
        self._cursor = entry
        if self._position is not None:
            self._on_the_way.add(entry)
        self._following = line == len(rows) - 1 and self._position is None
        self._at_newest = False
        self.reveal(line)
        self.refresh()
        self.post_message(EntryHighlighted(entry))

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
        """Go to the newest row, and with it from then on: what is loaded may have more rows."""
        self._go(self.shown - 1)
        self._at_newest = True

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

    def follow_again(self, *, newest: bool = False) -> None:
        """Go with the newest row, or with the moment of a replay, from now on.

        Args:
            newest: Whether it stays with the newest row, if that was asked for.
        """
        self._following, self._at_newest = True, self._at_newest and newest

    # -- searching and copying ---------------------------------------------------------------

    def _here(self) -> int:
        return self._cursor or 0

    def _gone_to(self, entry: int) -> None:
        self.select(entry)
        self._counted()

    def _counted(self) -> None:
        self.post_message(self.MatchesCounted(self))

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
        look = RowLook(
            chosen=self._cursor is not None and self._rows.line_of(self._cursor) == line,
            ahead=self._position is not None and row.first >= self._position,
            level=None if self._culprits is None else self._level(self._culprits, self._log, row),
            lit=self._lit_as(row) if self._lit else "",
        )
        return self._painter.row(self._log, row, self.width, look)

    def _level(self, culprits: Culprits, log: EventLog, row: TimelineRow) -> Level | None:
        """Return the worst of what is wrong with a row."""
        number = log.number(row.first)
        if number is None:
            return culprits.worst_at(f"#{log.place(row.first)}")
        return culprits.worst_of(number, log.number(row.last) or number)

    def _lit_as(self, row: TimelineRow) -> str:
        culprit, *others = self._lit
        if row.first <= culprit <= row.last:
            return "culprit"
        return "contradicted" if any(row.first <= each <= row.last for each in others) else ""

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
