"""What a row of the timeline says, in columns, and its strip, kept until the row changes.

Numbers stand in columns of their own at every width; what a row brings has the rest.
"""

from __future__ import annotations

from functools import lru_cache
from textwrap import wrap
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from codex_tui import units
from codex_tui.model.record_facts import gist_of_event, gist_of_mark, named_text
from codex_tui.model.socket_words import is_good_end, way_of
from codex_tui.model.timing import is_sign_of_life
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.tui.widgets.families import family_components, family_rules
from codex_tui.tui.widgets.flags import FLAG, LOOKS
from codex_tui.wire.base import Family
from codex_tui.wire.registry import family_of, short_name

if TYPE_CHECKING:
    from rich.style import Style
    from textual.widget import Widget

    from codex_tui.findings import Culprits, Level
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record
    from codex_tui.tui.widgets.timeline_rows import TimelineRow
    from codex_tui.wire.base import ResponseStreamEvent

STALL = 2.0
"""Seconds of silence from which on a gap is marked, and ends a run of deltas."""

UNREADABLE = "can't be read back"
"""Stands for what an event brought, where its file fails or was changed by somebody else."""

_KEPT = 250  # of some screens, since each takes Textual more than a kilobyte
_GIST_PIECES = 24  # how many deltas of a run are read to say how its text begins
_LARGE = 1 << 20  # bytes: an event beyond them is not read back for a glance,
_BEGINNING = 200  # but so many characters of it

COMPONENTS = {
    "timeline--cursor",
    "timeline--muted",
    "timeline--text",
    "timeline--stall",
    "timeline--culprit",
    "timeline--contradicted",
    *family_components("timeline"),
}

CSS = (
    """
TimelineView {
    & > .timeline--cursor { background: $row-selected; text-style: $row-selected-style; }
    &:focus > .timeline--cursor { background: $row-selected; text-style: bold; }
    & > .timeline--muted { color: $quiet; text-style: $quiet-style; }
    & > .timeline--text { color: $foreground; }
    & > .timeline--stall { color: $stall; text-style: bold; }
    & > .timeline--culprit { background: $event-error 30%; text-style: bold; }
    & > .timeline--contradicted { background: $line-focus 25%; text-style: bold; }
    &:nocolor > .timeline--culprit { text-style: bold reverse; }
    &:nocolor > .timeline--contradicted { text-style: underline; }
"""
    + family_rules("timeline")
    + "}"
)

Cells = list[tuple[str, str]]
"""Texts and the names of their styles, from left to right."""


class RowColumns(Struct, frozen=True):
    """The widths of a row's columns in cells; 0 leaves a column out, or lets it flow (`name`)."""

    number: int
    time: int
    gap: int
    name: int
    count: int
    size: int

    @classmethod
    def for_width(cls, width: int) -> RowColumns:
        """Return the columns that leave room for the gist; wide views get more of them."""
        if width >= 110:
            return cls(8, 10, 10, 34, 8, 9)
        if width >= 90:
            return cls(7, 9, 9, 27, 7, 8)
        if width >= 60:
            return cls(7, 9, 9, 25, 6, 0)
        return cls(6, 8, 0, 0, 0, 0)


class RowLook(Struct, frozen=True):
    """How a row looks beside what it says.

    Attributes:
        chosen: Whether it is under the cursor.
        ahead: Whether it is yet to come: it is paler.
        level: The worst of what is wrong with it; it has a flag.
        lit: The component that lights it up, where the finding that is looked at names it.
    """

    chosen: bool = False
    ahead: bool = False
    level: Level | None = None
    lit: str = ""


class RowMarks:
    """What marks rows out: what is wrong with their events, and the finding that is looked at.

    Attributes:
        culprits: What is wrong; None where that is not known.
        lit: The entries of the finding: its culprit first, then what that contradicts.
    """

    def __init__(self) -> None:
        self.culprits: Culprits | None = None
        self.lit: tuple[int, ...] = ()

    def level(self, log: EventLog, row: TimelineRow) -> Level | None:
        """Return the worst of what is wrong with a row."""
        if self.culprits is None:
            return None
        number = log.number(row.first)
        if number is None:
            return self.culprits.worst_at(f"#{log.place(row.first)}")
        return self.culprits.worst_of(number, log.number(row.last) or number)

    def lit_as(self, row: TimelineRow) -> str:
        """Return the component that lights a row up; "" if the finding does not name it."""
        if not self.lit:
            return ""
        culprit, *others = self.lit
        if row.first <= culprit <= row.last:
            return "culprit"
        return "contradicted" if any(row.first <= each <= row.last for each in others) else ""


def cells_of(log: EventLog, row: TimelineRow, width: int, *, ids: bool = False) -> Cells:
    """Return what a row says in so many cells, with the ids that it has or without."""
    columns = RowColumns.for_width(width)
    name, family, whose, gist = _says(log, row, ids=ids)
    gap = _gap(log, row)
    cells: Cells = [
        (f"{family.value} ", family.name.lower()),
        (_number(log, row, columns.number - 2), "muted"),
        (_time(log, row).rjust(columns.time), "text"),
        (_gap_text(gap, columns.gap), "stall" if _stalls(log, row, gap) else "muted"),
        (_name(name, row, columns.name or _flowing(name, row, width - 14)), family.name.lower()),
        (_count(row).rjust(columns.count)[: columns.count], "muted"),
        (_size(log, row).rjust(columns.size)[: columns.size], "muted"),
    ]
    room = width - sum(cell_len(text) for text, _ in cells)
    style = "muted" if family is Family.KEEPALIVE else "text"
    return [*cells, *_telling(whose, gist, style, room)]


def _telling(whose: str, gist: str, style: str, room: int) -> Cells:
    """Return what a row brings, after whose it is where that is to be said."""
    if not whose:
        return [("  " + cut_to_width(gist, room - 2), style)]
    of = cut_to_width(f"  {whose}: ", room)
    return [(of, "muted"), (cut_to_width(gist, room - cell_len(of)), style)]


def _says(log: EventLog, row: TimelineRow, *, ids: bool) -> tuple[str, Family, str, str]:
    """Return a row's name, its family, which text or ids it is of, and its gist."""
    name = log.name(row.first)
    if log.number(row.first) is None:
        size = log.total_size(row.first, row.first)
        if name == "cut" and size > _LARGE:
            return name, Family.ERROR, "", f"{units.size(size)} of an event that never ended"
        try:
            record = log.record(row.first)
        except OSError:  # the inspector says why
            return name, Family.ERROR, "", UNREADABLE
        said = way_of(record) if isinstance(record, SentRecord | SocketRecord) else name
        beside = log.turns and isinstance(record, RequestRecord | EndRecord)
        of = f"turn {record.turn}" if beside else ""
        return said, mark_family(record), of, clean_line(gist_of_mark(record))
    last = min(row.last, row.first + _GIST_PIECES)
    gist = _gist(log, row.first, last, run=row.count > 1, cut=last < row.last)
    told = not row.child and log.breaks_at(row.first)
    if ids:
        whose = _ids(log, row.first, last, more=last < row.last)
    else:
        whose = _text_of(log, row.first) if told else ""
    if turn := log.turns.at(row.first):  # one that goes on beside the latest
        whose = f"turn {turn} {whose}".rstrip()
    return clean_line(short_name(name)), family_of(name), clean_line(whose), gist


def verbatim(log: EventLog, entry: int) -> str:
    """Return an event's data as it came, or what else an entry says; "" if it can't be read."""
    try:
        record = log.record(entry)
    except OSError:
        return ""
    return record.frame.data if isinstance(record, FrameRecord) else gist_of_mark(record)


def mark_family(record: Record) -> Family:
    """Return the family of a record that is no event; an end that is no success is an error."""
    match record:
        case CommentRecord() | ForeignRecord():
            return Family.KEEPALIVE if is_sign_of_life(record) else Family.ERROR
        case CutRecord():
            return Family.ERROR
        case SocketRecord():
            well = record.opcode != "close" or is_good_end(record)
            return Family.KEEPALIVE if well else Family.ERROR
        case EndRecord():
            return Family.LIFECYCLE if record.how == "completed" else Family.ERROR
        case _:
            return Family.LIFECYCLE


def _piece(log: EventLog, entry: int) -> str:
    """Return what an event brought; of one that takes long to read, how it begins."""
    try:
        if log.total_size(entry, entry) > _LARGE:
            return log.beginning(entry, _BEGINNING)
        event = log.event(entry)
    except OSError:
        return UNREADABLE
    return "" if event is None else gist_of_event(event)


def _glance(log: EventLog, entry: int) -> ResponseStreamEvent | None:
    """Return an event, if it can be read back at a glance."""
    try:
        return None if log.total_size(entry, entry) > _LARGE else log.event(entry)
    except OSError:
        return None


def _text_of(log: EventLog, entry: int) -> str:
    """Which text goes on at an entry where others do beside it: its item, and its part."""
    event = _glance(log, entry)
    return "" if event is None else named_text(event)


@lru_cache(8)
def _ids(log: EventLog, first: int, last: int, *, more: bool) -> str:
    """The ids of an event, or of a run: those of its first event, and how many others it has."""
    from codex_tui.model.event_ids import brief, ids_of

    events = (_glance(log, entry) for entry in range(first, last + 1))
    said = [ids_of(event) for event in events if event is not None]
    begins = said[0] if said else []
    others = {id_ for ids in said for id_ in ids} - {*begins}
    rest = f"+{units.count(len(others), 'id')}{'…' if more else ''}" if others else ""
    return " ".join(filter(None, (*map(brief, begins), rest)))


@lru_cache(8)  # a run that grows is drawn with each tick, and begins as it did
def _gist(log: EventLog, first: int, last: int, *, run: bool, cut: bool) -> str:
    pieces = [_piece(log, entry) for entry in range(first, last + 1)]
    if not run:
        return clean_line(pieces[0])
    # Pieces of a run may stand in quotes of their own; what they bring is one text.
    quote = '"' if pieces[0].startswith('"') and pieces[0].endswith('"') else ""
    joined = "".join(piece.removeprefix(quote).removesuffix(quote) for piece in pieces)
    return clean_line(quote + joined + ("…" if cut else quote))


def _number(log: EventLog, row: TimelineRow, width: int) -> str:
    """Return a number, or where a row stands that has none; of that the end, if it is too long."""
    number = log.number(row.first)
    place = log.place(row.first) if number is None else str(number)
    if len(place) > width and number is None:
        place = f"+{place.partition('+')[2]}"
    return place.rjust(width)


def _time(log: EventLog, row: TimelineRow) -> str:
    t = log.t(row.first)
    return "" if t is None else f"{t:.3f}"


def _gap(log: EventLog, row: TimelineRow) -> float | None:
    if row.first == 0:
        return None
    t, before = log.t(row.first), log.t(row.first - 1)
    return None if t is None or before is None or t < before else t - before


def _stalls(log: EventLog, row: TimelineRow, gap: float | None) -> bool:
    """Whether what stands before a row was waited for: nobody waits for a request, or a ping."""
    return (gap or 0) >= STALL and log.name(row.first) not in ("request", "sent", "socket", "ping")


def _gap_text(gap: float | None, width: int) -> str:
    return "".rjust(width) if gap is None else f"+{gap:.3f}".rjust(width)[:width]


def _size(log: EventLog, row: TimelineRow) -> str:
    total = log.total_size(row.first, row.last)
    return units.size(total) if total else ""


def _name(name: str, row: TimelineRow, width: int) -> str:
    """Return the name after two blanks, set in where it stands within a run."""
    inset = ("  " if row.child else "") + name
    return f"  {_fit(inset, width - 2)}"


def _flowing(name: str, row: TimelineRow, room: int) -> int:
    """Return the width of a name that stands in no column."""
    return min(len(name) + (4 if row.child else 2), room)


def _count(row: TimelineRow) -> str:
    return "" if row.count == 1 or row.child else f"×{row.count:,}"


def _fit(text: str, width: int) -> str:
    """Return a text in so many cells; a long name loses its first words, its end says most."""
    fitting = text
    while len(fitting) > width and "_" in fitting:
        fitting = f"…{fitting.partition('_')[2]}"
    return cut_to_width(fitting, width).ljust(width)


class TimelinePainter:
    """Paints the rows of one timeline in its theme's styles."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self.ids = False
        """Whether rows say the ids of their events; `forget_rows` after a change."""
        self._kept: dict[tuple[TimelineRow, RowLook, bool, int], Strip] = {}
        self._empty: dict[tuple[str, int, int, int], Strip] = {}
        self._ground: Style | None = None

    def forget_rows(self) -> None:
        """Drop what was painted of another log, or said otherwise."""
        self._kept.clear()

    def forget(self) -> None:
        """Drop what was painted in other colours."""
        self._kept.clear()
        self._empty.clear()
        self._ground = None

    def row(self, log: EventLog, row: TimelineRow, width: int, look: RowLook) -> Strip:
        """Paint a row."""
        key = (row, look, look.chosen and self._view.has_focus, width)
        if key not in self._kept:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            self._kept[key] = self._paint(log, row, width, look)
        return self._kept[key]

    def _paint(self, log: EventLog, row: TimelineRow, width: int, look: RowLook) -> Strip:
        base = self._base
        for name in filter(None, ("cursor" if look.chosen else "", look.lit)):
            base += self._view.get_component_rich_style(f"timeline--{name}")
        cells = cells_of(log, row, width - 1, ids=self.ids)
        bar = "▌" if look.chosen else " ", cells[0][1] if cells else "text"
        first = bar if look.level is None else (FLAG, LOOKS[look.level])
        looks = ((text, "muted" if look.ahead else name) for text, name in (first, *cells))
        segments = [Segment(text, base + self._style(name)) for text, name in looks]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def empty(self, text: str, y: int, width: int, height: int) -> Strip:
        """Paint a line without a row; in a view that has none it says what will stand here."""
        key = (text, y if text else 0, width, height)
        if key not in self._empty:
            if len(self._empty) > _KEPT:
                self._empty.clear()
            self._empty[key] = self._paint_empty(*key)
        return self._empty[key]

    def _paint_empty(self, text: str, y: int, width: int, height: int) -> Strip:
        style = self._base + self._style("muted")
        lines = wrap(text, max(1, width - 4))
        line = y - (height - len(lines)) // 2
        said = lines[line] if 0 <= line < len(lines) else ""
        return Strip([Segment(said.center(width), style)]).crop_extend(0, width, style)

    @property
    def _base(self) -> Style:
        """The style of the view itself; Textual makes it anew from all its ancestors."""
        if self._ground is None:
            self._ground = self._view.rich_style
        return self._ground

    def _style(self, name: str) -> Style:
        return self._view.get_component_rich_style(f"timeline--{name}", partial=True)
