"""The time strip: when everything came, in one to three rows of text cells.

It points at a moment or chooses a range, with the mouse or with keys, and what is chosen goes up as
messages. Drawn from a `Density`, whose cost does not grow with the log. Without times events stand
at an even pace. Of what is replayed it has the playhead, which can be dragged; all behind it, the
future, is dim.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from codex_tui.timeline.density import DensityIntake
from codex_tui.tui.mends.component_styles import ComponentsOnDemand
from codex_tui.tui.mends.painted_lines import PaintedLines
from codex_tui.tui.mends.slices import after_a_breath
from codex_tui.tui.messages import MomentChosen, RangeCleared, RangeSelected
from codex_tui.tui.widgets.strip_axis import (
    Axis,
    Playhead,
    RangeSelection,
    labels_for,
    own_scale,
)
from codex_tui.tui.widgets.strip_cells import COMPONENTS, CSS, MOST_ROWS, Labels, StripPainter
from codex_tui.tui.widgets.strip_grip import Grip

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from textual import events
    from textual.geometry import Region
    from textual.strip import Strip
    from textual.widget import Widget

    from codex_tui.findings import Culprits
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.density import Density, Wrong

NOTHING_YET = "no events yet"

SLICE = 0.0015
"""Seconds that taking up a long log may hold the loop; other panes do so in the same turn of it."""

_DRAW_EVERY = 0.1  # seconds between two looks at a log that grows


class TimeStrip(ComponentsOnDemand, can_focus=True):
    """A log over time, with a cursor, the present while it streams, and a range to be chosen.

    Attributes:
        played: How much of a replay is shown; None where nothing is replayed.
    """

    FOCUS_ON_CLICK = False  # a click takes the other panes to a moment: keys stay where they were
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = CSS

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
        self.cursor: int | None = None
        self.selection: RangeSelection | None = None
        self.played: Playhead | None = None
        self.beside: TimeStrip | None = None
        """The strip that it shares its axis with: the longer one says how long that is."""
        self._now: float | None = None
        self._grip = Grip(self)
        self._painter = StripPainter(self)
        self._drawn: list[Strip] = []
        self._painted = PaintedLines(self, self._row)
        self._feed = StripFeed(self, self._changed)

    @property
    def density(self) -> Density | None:
        """What is shown of the log."""
        intake = self._feed.intake
        return None if intake is None else intake.density

    # -- what is shown -----------------------------------------------------------------------

    def show_log(self, log: EventLog) -> None:
        """Show another log."""
        self._feed.open(log)
        self._now = self.cursor = self.selection = self.played = None
        self.take_up()

    def flag(self, culprits: Culprits | None) -> None:
        """Flag what is wrong, as soon as it was taken in."""
        self._feed.flag(culprits)

    def take_up(self, turn_seconds: float | None = None) -> None:
        """Show what was appended to the log so far; a long one in slices.

        Args:
            turn_seconds: What time it is then in the latest turn, None when nothing runs.
        """
        turns = turn_seconds is None or self._now is None  # what begins, and what ends
        self._now = turn_seconds
        self._feed.take_up(at_once=turns)

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
        self._feed.pace.drawn()
        self.draw_anew()
        if self.beside is not None:
            self.beside.draw_anew()

    def draw_anew(self) -> None:
        """Draw all of it soon, be nothing of it new: the axis may be another one."""
        self._drawn = []
        self._painted.refresh_soon()

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
        self._drawn = []
        self._painter.forget()

    def on_resize(self) -> None:
        """Draw for another width."""
        self._paint_again()

    def on_focus(self) -> None:
        """Show that keys go here."""
        self._painter.forget()
        self._paint_again()

    def on_blur(self) -> None:
        """Show that they don't."""
        self._painter.forget()
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
            return self._painter.blank()
        return self._drawn[y]

    def _draw(self) -> list[Strip]:
        density = self.density
        if density is None or not (density.timed or density.log.events or self._now is not None):
            return self._painter.say(NOTHING_YET, self._rows)
        labels, axis = self.laid_out(density)
        played = self.played
        cursor = axis.cell_of(self.cursor) if played is None else played.cell(axis)
        scene = axis.scene(cursor, self.selection, letters=self.app.no_color)
        is_over = played is None or played.position >= len(density.log)
        return self._painter.paint(scene, labels, self._rows, ahead_of=None if is_over else cursor)


class DrawPace:
    """When a widget that grows is drawn: at once after a silence, then with every other batch.

    Args:
        widget: The widget.
        draw: Draws it.
    """

    def __init__(self, widget: Widget, draw: Callable[[], None]) -> None:
        self._widget = widget
        self._draw = draw
        self._next = 0.0  # when to draw again what comes
        self._late: asyncio.TimerHandle | None = None  # draws what came last, if nothing follows

    def begin_anew(self) -> None:
        """Draw at once what comes next."""
        self._next = 0.0

    def draw_soon(self, now: float) -> None:
        """Draw what came by now, in the seconds of any clock that goes on."""
        if now >= self._next:
            self._next = now + _DRAW_EVERY
            self._draw()
        elif self._late is None:  # by itself it would be a paint of its own
            self._late = after_a_breath(self._widget, self._draw, 2 * _DRAW_EVERY)

    def drawn(self) -> None:
        """Take note that all that came is drawn."""
        if self._late is not None:
            self._late.cancel()
            self._late = None


class StripFeed:
    """Brings a log into what a strip shows of it: a long one in slices, drawn now and then.

    Args:
        strip: The strip.
        draw: Draws it.

    Attributes:
        intake: What takes the log in; None before any.
        pace: When it is drawn.
    """

    def __init__(self, strip: Widget, draw: Callable[[], None]) -> None:
        self._strip = strip
        self.intake: DensityIntake | None = None
        self.pace = DrawPace(strip, draw)
        self._working = self._flagging = False  # whether more of it is done after a breath

    def open(self, log: EventLog) -> None:
        """Bring in another log."""
        self.intake = DensityIntake(log)

    def take_up(self, *, at_once: bool) -> None:
        """Bring in what was appended so far; it is drawn at once, or when its time comes."""
        if self.intake is not None:
            self.intake.grow()
        if at_once:
            self.pace.begin_anew()
        if not self._working:
            self._work()

    def flag(self, wrong: Wrong | None) -> None:
        """Flag what is wrong, as soon as it was taken in."""
        if self.intake is not None:
            self.intake.wrong = wrong
        if not self._flagging:
            self._flag()

    def _work(self) -> None:
        again, self._working = self._working, False
        if (intake := self.intake) is None:
            return
        deadline = perf_counter() + SLICE
        while intake.take_up():
            if perf_counter() > deadline:
                self._working = True
                after_a_breath(self._strip, self._work)
                break
        if not self._flagging:
            self._flag()
        if again and not self._working:
            self.pace.begin_anew()  # all of a long log is there
        self.pace.draw_soon(perf_counter())

    def _flag(self) -> None:
        self._flagging = False
        if (intake := self.intake) is None or not intake.can_flag:
            return
        intake.flag()
        self._flagging = intake.can_flag
        if self._flagging:
            after_a_breath(self._strip, self._flag)
        self.pace.draw_soon(perf_counter())
