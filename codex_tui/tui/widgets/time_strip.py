"""The time strip: when everything came, in one to three rows of text cells.

It points at a moment or chooses a range, with the mouse or with keys, and what is chosen goes up as
messages. Drawn from a `Density`, whose cost does not grow with the log. Without times events stand
at an even pace. Of what is replayed it has the playhead, which can be dragged; all behind it, the
future, is dim.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.strip import Strip

from codex_tui.timeline.density import Density
from codex_tui.tui.mends.component_styles import ComponentsOnDemand
from codex_tui.tui.mends.painted_lines import PaintedLines
from codex_tui.tui.mends.slices import after_a_breath
from codex_tui.tui.messages import MomentChosen, RangeCleared, RangeSelected
from codex_tui.tui.widgets.strip_axis import (
    Axis,
    Labels,
    Playhead,
    RangeSelection,
    labels_for,
    own_scale,
)
from codex_tui.tui.widgets.strip_cells import MOST_ROWS, Row, draw
from codex_tui.tui.widgets.strip_grip import Grip
from codex_tui.wire.base import Family

if TYPE_CHECKING:
    import asyncio

    from rich.style import Style
    from textual import events
    from textual.geometry import Region

    from codex_tui.findings import Culprits
    from codex_tui.recording.log import EventLog

NOTHING_YET = "no events yet"

SLICE = 0.0015
"""Seconds that taking up a long log may hold the loop; other panes do so in the same turn of it."""

_PORTION = 64
_DRAW_EVERY = 0.1  # seconds between two looks at a log that grows
_STYLES = (
    *("label", "muted", "now", "cursor", "ahead", "bracket", "turn", "range", "note"),
    *("stall-1", "stall-2", "stall-3", "words"),
    *("stall-1-words", "stall-2-words", "stall-3-words"),
    *("flag-error", "flag-stall", "flag-muted"),
    *(family.name.lower() for family in Family),
)
_AHEAD = "ahead "  # before the name of a style: that of a cell of the future
_LIT = "chosen "  # before the name of a style: that of a cell in the range


class TimeStrip(ComponentsOnDemand, can_focus=True):
    """A log over time, with a cursor, the present while it streams, and a range to be chosen.

    Attributes:
        played: How much of a replay is shown; None where nothing is replayed.
    """

    FOCUS_ON_CLICK = False  # a click takes the other panes to a moment: keys stay where they were
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"strip--{name}" for name in _STYLES}

    DEFAULT_CSS = """
    TimeStrip {
        height: 1fr;
        & > .strip--label { color: $quiet; text-style: $quiet-style; }
        &:focus > .strip--label { color: $line-focus; text-style: bold; }
        & > .strip--muted { color: $quiet; text-style: $quiet-style; }
        & > .strip--note { color: $stall; text-style: bold; }
        & > .strip--now { color: $line-focus; text-style: bold; }
        & > .strip--cursor { color: $line-focus; text-style: bold; }
        & > .strip--ahead { text-style: dim; }
        & > .strip--bracket { color: $quiet; text-style: $quiet-style; }
        & > .strip--turn { color: $quiet; text-style: $quiet-style; }
        & > .strip--words { color: $line-focus; text-style: bold reverse; }
        & > .strip--range { background: $match-background; color: $match-foreground; }
        &:nocolor > .strip--range { text-style: reverse; }
        & > .strip--stall-1 { color: $stall; }
        & > .strip--stall-2 { color: $stall; text-style: bold; }
        & > .strip--stall-3 { color: $stall; text-style: bold; }
        & > .strip--stall-1-words { color: $stall; }
        & > .strip--stall-2-words { color: $stall; text-style: bold; }
        & > .strip--stall-3-words { color: $stall; text-style: bold reverse; }
        & > .strip--flag-error { color: $event-error; text-style: bold; }
        & > .strip--flag-stall { color: $stall; text-style: bold; }
        & > .strip--flag-muted { color: $quiet; text-style: $quiet-style; }
        & > .strip--lifecycle { color: $event-lifecycle; }
        & > .strip--reasoning { color: $event-reasoning; }
        & > .strip--output { color: $event-output; }
        & > .strip--tool { color: $event-tool; }
        & > .strip--error { color: $event-error; text-style: bold; }
        & > .strip--unknown { color: $event-unknown; text-style: bold; }
        & > .strip--keepalive { color: $event-keepalive; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "begin_range", "Select a range", id="strip.range"),
        Binding("left", "move(-1)", "Earlier", id="strip.left"),
        Binding("right", "move(1)", "Later", id="strip.right"),
        Binding("shift+left", "move(-10)", "Far earlier", id="strip.far-left", show=False),
        Binding("shift+right", "move(10)", "Far later", id="strip.far-right", show=False),
        Binding("enter", "take_range", "Take the range", id="strip.take"),
        Binding("escape", "leave_range", "Leave the range", id="strip.leave"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.density: Density | None = None
        self._now: float | None = None
        self.cursor: int | None = None
        self.selection: RangeSelection | None = None
        self.played: Playhead | None = None
        self._grip = Grip(self)
        self._drawn: list[Strip] = []
        self._known_styles: dict[str, Style] = {}
        self._scheduled = False
        self._painted = PaintedLines(self, self._row)
        self.beside: TimeStrip | None = None
        """The strip that it shares its axis with: the longer one says how long that is."""

    # -- what is shown -----------------------------------------------------------------------

    def show_log(self, log: EventLog) -> None:
        """Show another log."""
        self.density = Density(log)
        self._now = self.cursor = self.selection = self._culprits = self.played = None
        self._flagged = 0
        self.take_up()

    def flag(self, culprits: Culprits | None) -> None:
        """Flag what is wrong, as soon as it was taken in."""
        self._culprits = culprits
        if not self._flagging:
            self._flag()

    _culprits: Culprits | None = None
    _flagged = 0  # of how many findings it is known where they stand
    _flagging = False  # whether more of them are flagged after a breath

    def _flag(self) -> None:
        density, culprits = self.density, self._culprits
        if density is None or culprits is None or self._flagged == len(culprits):
            return
        log = density.log
        for number, level in culprits.some(self._flagged, _PORTION):
            entry = log.entry_of(number) if 1 <= number <= log.events else None
            if entry is not None and entry >= len(density.clock):
                self._flagging = False  # until it was taken in
                return
            self._flagged += 1
            if entry is not None:
                density.flag(entry, level)
        self._flagging = self._flagged < len(culprits)
        if self._flagging:
            after_a_breath(self, self._flag)
        self._draw_soon()

    def take_up(self, turn_seconds: float | None = None) -> None:
        """Show what was appended to the log so far; a long one in slices.

        Args:
            turn_seconds: What time it is then in the latest turn, None when nothing runs.
        """
        if self.density is not None:
            self._told = len(self.density.log)
        if turn_seconds is None or self._now is None:
            self._draw_at = 0.0  # what begins, and what ends, is seen at once
        self._now = turn_seconds
        if not self._scheduled:
            self._work()

    _told = 0  # entries of the log when it was last said that it has grown

    def _work(self) -> None:
        again, self._scheduled = self._scheduled, False
        if (density := self.density) is None:
            return
        now = perf_counter()
        while density.take_up(_PORTION, self._told):
            if perf_counter() > now + SLICE:
                self._scheduled = True
                after_a_breath(self, self._work)
                break
        if not self._flagging:
            self._flag()
        if again and not self._scheduled:
            self._draw_at = 0.0  # all of a long log is there
        self._draw_soon()

    def _draw_soon(self) -> None:
        """Draw what came: at once after a silence, and then with every other batch."""
        now = perf_counter()
        if now >= self._draw_at:
            self._draw_at = now + _DRAW_EVERY
            self._changed()
        elif self._late is None:  # by itself it would be a paint of its own
            self._late = after_a_breath(self, self._changed, 2 * _DRAW_EVERY)

    _draw_at = 0.0  # when to draw again what comes
    _late: asyncio.TimerHandle | None = None
    """Draws what came last, if nothing comes that is drawn with it."""

    def show_now(self, turn_seconds: float | None) -> None:
        """Say what time it is in the latest turn, None when nothing runs."""
        if turn_seconds != self._now:
            self._now = turn_seconds
            self._changed()

    def show_cursor(self, entry: int | None) -> None:
        """Mark an entry."""
        if entry != self.cursor:
            self.cursor = entry
            self._changed()

    def show_played(self, position: int | None, moment: float | None = None) -> None:
        """Say how many entries of a replay are shown: the others are its future.

        Args:
            position: How many; None where nothing is replayed.
            moment: Where it stands between two entries, where there are times.
        """
        before = self.played
        self.played = None if position is None else Playhead(position, moment)
        if self.played != before and not self._stands(before):
            self._changed()

    def _stands(self, before: Playhead | None) -> bool:
        """Whether only time passes, and not enough of it to move the playhead by a cell."""
        played, density = self.played, self.density
        if played is None or before is None or density is None or not self._drawn:
            return False
        _, axis = self.laid_out(density)
        return played.position == before.position and played.cell(axis) == before.cell(axis)

    def show_range(self, selection: RangeSelection | None) -> None:
        """Show a range that was chosen elsewhere, or none."""
        self.selection = selection
        self._changed()
        self.refresh_bindings()

    def _changed(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        for strip in filter(None, (self, self.beside)):
            strip._drawn = []
            strip._painted.refresh_soon()

    def _paint_again(self) -> None:
        self._drawn = []
        self.refresh()

    @property
    def _rows(self) -> int:
        return max(1, min(self.size.height, MOST_ROWS))

    def laid_out(self, density: Density) -> tuple[Labels, Axis]:
        """Return what stands at the ends, and where everything stands between them."""
        now, least = self._present(density), 0.0 if density.evenly else self._scale_beside()
        labels = labels_for(density, self.size.width, self._rows, now, least)
        return labels, Axis(density, labels.cells, now, least)

    def _scale_beside(self) -> float:
        """How many seconds the strip beside this one shows; 0 where there is none, or no time."""
        density = self.beside.density if self.beside is not None else None
        if self.beside is None or density is None or density.evenly:
            return 0.0
        return own_scale(density, self.beside._present(density))

    def _present(self, density: Density) -> float | None:
        return None if self._now is None or density.evenly else density.clock.now(self._now)

    # -- choosing ----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the arrows and enter for a range that is being chosen: else others have them."""
        choosing = self.selection is not None and not self.selection.taken
        match action:
            case "move" | "take_range":
                return choosing
            case "leave_range":
                return self.selection is not None
            case _:
                return True

    def action_begin_range(self) -> None:
        """Begin a range at the cursor, else at the newest entry."""
        density = self.density
        if density is None or not density.timed:
            return
        newest = len(density.clock) - 1
        cursor = self.cursor if self.played is None else max(self.played.position - 1, 0)
        entry = newest if cursor is None else min(cursor, newest)
        self.show_range(RangeSelection(entry, entry))

    def action_move(self, cells: int) -> None:
        """Move the end of the range by cells, and over a silence at once."""
        if self.density is not None and self.selection is not None:
            _, axis = self.laid_out(self.density)
            self.show_range(self.selection.moved(axis.moved(self.selection.head, cells)))

    def action_take_range(self) -> None:
        """Say that this is the range."""
        if self.selection is not None:
            self.take_range(self.selection)

    def take_range(self, chosen: RangeSelection) -> None:
        """Say that a range was chosen."""
        self.show_range(chosen.take())
        self.post_message(RangeSelected(chosen.first, chosen.last))

    def action_leave_range(self) -> None:
        """Choose nothing."""
        self.show_range(None)
        self.post_message(RangeCleared())

    def choose(self, axis: Axis, cell: int) -> None:
        """Say which moment was pointed at."""
        last = axis.entries(cell, cell).stop - 1
        self.post_message(MomentChosen(axis.moment(cell), max(0, last)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to point at a moment, or to drag."""
        self.capture_mouse(self._grip.take(event))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what is dragged."""
        self._grip.drag(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Take the moment, or the range."""
        self.release_mouse()
        self._grip.let_go(event)

    # -- drawing -----------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._drawn, self._known_styles = [], {}

    def on_resize(self) -> None:
        """Draw for another width."""
        self._paint_again()

    def on_focus(self) -> None:
        """Show that keys go here."""
        self._known_styles = {}
        self._paint_again()

    def on_blur(self) -> None:
        """Show that they don't."""
        self._known_styles = {}
        self._paint_again()

    def render_line(self, y: int) -> Strip:
        """Paint one row."""
        return self._painted.paint(y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint some rows."""
        return self._painted.render(crop)

    def _row(self, y: int) -> Strip:
        if not self._drawn:
            self._drawn = self._draw()
        if y >= len(self._drawn):
            return Strip.blank(self.size.width, self._look())
        return self._drawn[y]

    def _draw(self) -> list[Strip]:
        density = self.density
        if density is None or not (density.timed or density.log.events or self._now is not None):
            return self._say(NOTHING_YET)
        labels, axis = self.laid_out(density)
        played = self.played
        cursor = axis.cell_of(self.cursor) if played is None else played.cell(axis)
        scene = axis.scene(cursor, self.selection, letters=self.app.no_color)
        rows = draw(scene, self._rows)
        if played is not None and cursor is not None and played.position < len(density.log):
            rows = [[*row[: cursor + 1], *_ahead(row[cursor + 1 :])] for row in rows]
        return [self._strip(row, labels, y, scene.chosen) for y, row in enumerate(rows)]

    def _say(self, text: str) -> list[Strip]:
        blank = Strip.blank(self.size.width, self._look())
        line = Strip([Segment(f" {text}"[: self.size.width], self._look("muted"))])
        return [line if y == self._rows // 2 else blank for y in range(self._rows)]

    def _strip(self, row: Row, labels: Labels, y: int, chosen: tuple[int, int] | None) -> Strip:
        look = self._look
        segments = [Segment(labels.left[y], look("label"))]
        cells = _lit(row, *chosen) if chosen is not None else row
        for name, run in groupby(cells, key=itemgetter(1)):
            segments.append(Segment("".join(glyph for glyph, _ in run), look(name)))
        segments += [Segment(text, look(name)) for text, name in labels.right[y]]
        width = self.size.width
        return Strip(segments).adjust_cell_length(width, look()).crop(0, width)

    def _look(self, name: str = "") -> Style:
        """What a name of ours looks like now; asking Textual costs more than drawing."""
        if (known := self._known_styles.get(name)) is None:
            known = self._known_styles[name] = self._asked(name)
        return known

    def _asked(self, name: str) -> Style:
        for prefix, over in ((_LIT, "range"), (_AHEAD, "ahead")):
            if name.startswith(prefix):
                return self._look(name.removeprefix(prefix)) + self._style(over)
        return self.rich_style + self._style(name) if name else self.rich_style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"strip--{name}", partial=True)


def _ahead(row: Row) -> Row:
    """Cells of the future: what is marked there can be seen, and is not there yet."""
    return [(glyph, name and _AHEAD + name) for glyph, name in row]


def _lit(row: Row, first: int, last: int) -> Row:
    """A row whose cells from `first` to `last` look chosen; what is said of the range does not."""
    chosen = [(glyph, name if name == "words" else _LIT + name) for glyph, name in row]
    return [*row[:first], *chosen[first : last + 1], *row[last + 1 :]]
