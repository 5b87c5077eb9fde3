"""The screen of the panes: what stands where on it, before anybody does anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from codex_tui.safe_text import clean_line
from codex_tui.tui.mends.breakpoints import set_breakpoint_classes
from codex_tui.tui.mends.compositor import paint_sparingly
from codex_tui.tui.mends.first_show import ShownOnce
from codex_tui.tui.messages import ClockTicked
from codex_tui.tui.panes.finder import Finder
from codex_tui.tui.panes.inspector import InspectorPane
from codex_tui.tui.panes.keyhints import KeyHints
from codex_tui.tui.panes.metrics import MetricsPane
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.panes.projection import ProjectionPane
from codex_tui.tui.panes.reasoning import ReasoningPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.panes.strip import TimeStripPane
from codex_tui.tui.panes.tabs import PaneTabs
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.tui.panes.tools import ToolsPane
from codex_tui.tui.panes.words import PANES, TABS
from codex_tui.tui.panes.wrong import WrongPane
from codex_tui.tui.widgets.timeline_view import TimelineView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.message import Message
    from textual.widget import Widget

    from codex_tui.model.items import Item
    from codex_tui.tui.panes.composer import Composer

Breakpoints = list[tuple[int, str]] | None
"""From how many cells on a screen has which class; it has one of each table."""

_WIDTHS: Breakpoints = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]
_HEIGHTS: Breakpoints = [(0, "-tiny"), (10, "-low"), (17, "-high"), (40, "-tall")]

_PROMPT = "❯"


class PanesScreen(ShownOnce[None]):
    """The panes, the status above them and the composer below."""

    CSS_PATH = "viewer.tcss"
    # Textual declares these as instance variables, so they can be no ClassVar here.
    HORIZONTAL_BREAKPOINTS: Breakpoints = _WIDTHS
    VERTICAL_BREAKPOINTS: Breakpoints = _HEIGHTS
    AUTO_FOCUS = ""

    asks = True
    """Whether anything can be asked for: else there is no composer."""

    plays = False
    """Whether what it opens on can be played."""

    begins = "output"
    """The pane that is shown at first where one is shown at a time: while something is to come,
    that of the answer, where it is said too what is known as long as nothing does."""

    shows_ids = False
    """Whether the timeline begins with the ids of its events."""

    def __init__(
        self,
        history: Sequence[str],
        first: Callable[[], Sequence[str]] = tuple,
        key_of: Callable[[str], str] = str,
    ) -> None:
        super().__init__()
        self._first = first
        self._key_of = key_of
        paint_sparingly(self)
        self._history = history
        self._listeners: list[Widget] = []
        self._clocks: list[Callable[[ClockTicked], None]] = []

    def compose(self) -> ComposeResult:
        """Lay out the panes; viewer.tcss arranges them by size."""
        set_breakpoint_classes(self)
        replaying = self.has_class("-replaying")
        first = self._first() if self.asks else ()
        yield self._listening(StatusBar(id="status"))
        yield PaneTabs(PANES, TABS, id="tabs")
        with Container(id="panes"):
            above = self.begins == "output"
            with Horizontal(id="upper", classes="-active" if above else ""):
                output = OutputPane(first, self._key_of, id="output", replayed=replaying)
                yield self._listening(output)
                with Vertical(id="side"):
                    yield self._listening(ReasoningPane(id="reasoning"))
                    yield self._listening(ToolsPane(id="tools"))
            playable = "-playable" if self.plays else ""  # later it would be laid out again
            yield self._listening(TimeStripPane(id="strip", classes=playable))
            with Horizontal(id="lower", classes="" if above else "-active"):
                yield self._listening(TimelinePane(id="timeline", ids=self.shows_ids))
                yield self._listening(InspectorPane(id="inspector"))
                yield self._listening(MetricsPane(id="metrics"))
                yield self._listening(WrongPane(id="wrong"))
        yield Finder(id="finder")
        if self.asks:
            yield Static("", id="asked", markup=False)
            yield self._entry()
        yield KeyHints(id="hints")

    def _entry(self) -> Widget:
        from codex_tui.tui.panes.composer import Composer

        prompt = Static(_PROMPT, id="prompt", markup=False)
        return Horizontal(prompt, Composer(self._history, id="composer"), id="entry")

    def _listening(self, widget: Widget) -> Widget:
        # Noted here, since a query at every tick was a fifth of what a silent stream costs.
        self._listeners.append(widget)
        if (let_pass := getattr(widget, ClockTicked.handler_name, None)) is not None:
            self._clocks.append(let_pass)
        # So it begins: what becomes active later has all below it styled again.
        widget.set_class(widget.id == self.begins, "-active", update=False)
        return widget

    @property
    def composer(self) -> Composer:
        """Where prompts are typed."""
        from codex_tui.tui.panes.composer import Composer

        return self.query_one(Composer)

    @property
    def strip_pane(self) -> TimeStripPane:
        """Everything over time."""
        return self.query_one(TimeStripPane)

    @property
    def timeline(self) -> TimelineView:
        """The rows of all events."""
        return self.query_one(TimelineView)

    def broadcast(self, make: Callable[[], Message], item: Item | None = None) -> None:
        """Post a message of its own to the status, the strip and every pane that takes such.

        Args:
            make: Makes the message.
            item: What alone goes on: only those hear of it that it concerns.
        """
        for widget in self._listeners:
            message = make()
            if hasattr(widget, message.handler_name) and _concerned(widget, item):
                widget.post_message(message)  # to none, where the app is just being left

    def tick(self, now: float | None) -> None:
        """Let a stream's time pass for those that show it.

        They are called: a message wakes up whoever gets it, and one of them would draw a moment
        after the others, in a second paint.
        """
        message = ClockTicked(now)
        for let_pass in self._clocks:
            let_pass(message)

    def ask(self, what: str, of: str = "") -> None:
        """Say in the composer what is to be typed, and above it what that belongs to."""
        self.composer.ask(what)
        self.query_one("#prompt", Static).update(Content("⏎" if what else _PROMPT))
        above = self.query_one("#asked", Static)
        above.update(Content(clean_line(of)))
        above.set_class(bool(of), "-open")


def _concerned(widget: Widget, item: Item | None) -> bool:
    """Whether a widget says something else where an item goes on; without one it may."""
    match widget:
        case _ if item is None:
            return True
        case ProjectionPane():
            return isinstance(item, widget.SHOWS)
        case _:
            return not _goes_by_clock(widget)


def _goes_by_clock(widget: Widget) -> bool:
    return isinstance(widget, Pane) and widget.BY_CLOCK
