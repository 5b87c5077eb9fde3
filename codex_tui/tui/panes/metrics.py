"""The metrics: every figure of the latest turn or of a selected range, with its two ends."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from codex_tui.documents.text_document import TextDocument
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.background_work import AT_ONCE, BackgroundWork
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.panes.words import EMPTY, PANES
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from codex_tui.figures.measures import Measures
    from codex_tui.model.conversation import Conversation, Turn
    from codex_tui.model.timing import Timing
    from codex_tui.tui.messages import (
        ClockTicked,
        RangeChanged,
        RecordsArrived,
        SessionOpened,
        SessionSought,
    )

_BUFFERING = "buffering"
"""The block that is a sentence."""

_EVENTS_A_SECOND = 20_000
"""A long turn is measured less often: its figures cost about a microsecond an event."""


class MetricsPane(Pane):
    """Figures in groups, brought up to date once a second while it streams."""

    TITLE = PANES["metrics"]
    BY_CLOCK = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._timing: Timing | None = None
        self._conversation: Conversation | None = None
        self._range: range | None = None
        self._position: int | None = None
        self._measured: float | None = None  # when, on the running turn's clock
        self._beside = BackgroundWork(self)

    def compose(self) -> ComposeResult:
        """Hold the view."""
        yield SectionView(EMPTY["metrics"], follow=False)

    # -- messages ----------------------------------------------------------------------------

    def on_session_opened(self, message: SessionOpened) -> None:
        """Measure another session."""
        self._conversation, self._timing = message.conversation, message.timing
        self._range = self._position = self._measured = None
        self.query_one(SectionView).clear()
        self.show_figures()

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Measure once more when a turn has ended, or as soon as there is something."""
        self._conversation, self._position = message.conversation, message.position
        turn = message.conversation.turn
        if turn is not None and (turn.ended or self._measured is None):
            self.show_figures(turn.reached)

    def on_session_sought(self, message: SessionSought) -> None:
        """Measure what had come by another moment."""
        self._conversation, self._position = message.conversation, message.position
        self.show_figures()

    def on_clock_ticked(self, message: ClockTicked) -> None:
        """Measure again if it is time."""
        turn = self._conversation.turn if self._conversation is not None else None
        if turn is None or message.now is None:
            return
        wait = max(1.0, turn.events.total / _EVENTS_A_SECOND)
        if self._measured is None or not 0 <= message.now - self._measured < wait:
            self.show_figures(message.now)

    def on_range_changed(self, message: RangeChanged) -> None:
        """Speak of a range of entries only, or of all again."""
        chosen = message.entries
        self._range = None if chosen is None else range(chosen[0], chosen[1] + 1)
        self.show_figures()

    def on_show(self) -> None:
        """Work out what was left while nobody saw it."""
        self.show_figures()

    # -- what is shown -----------------------------------------------------------------------

    def show_figures(self, now: float | None = None) -> None:
        """Work the figures out and show them; a hidden pane works nothing out."""
        self._measured = now
        self._beside.forget()
        turn = self._turn()
        if turn is None or self._timing is None or not self.display:
            return
        from codex_tui.figures.measures import measure

        entries = self._range
        if entries is None and self._position is not None:
            entries = range(self._position)
        live = None if turn.ended or self._position is not None else now
        if turn.events.total <= AT_ONCE or live is not None:
            self._show(measure(turn, self._timing, entries, live), self._timing)
            return
        # A long turn, once it has ended.
        work = partial(measure, turn, self._timing, entries)
        self._beside.want(work, partial(self._show, timing=self._timing))

    def _turn(self) -> Turn | None:
        turns = self._conversation.turns if self._conversation is not None else []
        if not turns:
            return None
        if self._range is None or self._timing is None or not len(self._range):
            return turns[-1]
        number = self._timing.turn_of(self._range.start)
        return turns[min(max(number, 1), len(turns)) - 1]

    def _show(self, measures: Measures, timing: Timing) -> None:
        from codex_tui.figures.report import HANGING

        stack = self.query_one(SectionView).stack
        wanted = dict(_blocks(measures, timing))
        for section in list(stack):
            if section.key not in wanted:
                stack.discard(section.key)
        for title, text in wanted.items():
            if title not in stack:
                document = TextDocument(hanging=0 if title == _BUFFERING else HANGING)
                stack.add(Section(title, title, document=document))
            stack.replace(title, text)
        turn = f"turn {measures.turn.number}" if len(self._turns()) > 1 else ""
        self.say("range" if self._range is not None else turn)

    def _turns(self) -> list[Turn]:
        return self._conversation.turns if self._conversation is not None else []


def _blocks(measures: Measures, timing: Timing) -> list[tuple[str, str]]:
    from codex_tui.figures.report import lines_of, note_on_times

    blocks = []
    if note := note_on_times(measures):
        blocks.append((note, ""))
    if measures.buffering is not None:
        blocks.append((_BUFFERING, measures.buffering.sentence))
    for group, lines in groupby(lines_of(measures, timing), key=lambda line: line.group):
        text = "\n".join(clean_line(str(line)) for line in lines)
        blocks.append((group, text))
    return blocks
