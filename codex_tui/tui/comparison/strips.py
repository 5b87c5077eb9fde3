"""Two time strips on one axis: what both did at the same moment stands one above the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from codex_tui.tui.comparison.marks import LETTERS
from codex_tui.tui.widgets.time_strip import TimeStrip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from codex_tui.tui.comparison.turn_log import TurnLog


class TwoStrips(Vertical):
    """A strip for each side; the longer one says how long the axis is."""

    DEFAULT_CSS = """
    TwoStrips {
        height: auto;
        & > Horizontal { height: 1; }
        & .letter { width: 3; padding: 0 1; color: $line-focus; text-style: bold; }
        & TimeStrip { width: 1fr; }
        &.-tall > Horizontal { height: 2; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.strips = TimeStrip(), TimeStrip()
        a, b = self.strips
        a.beside, b.beside = b, a
        a.can_focus = b.can_focus = False
        self._logs: list[TurnLog | None] = [None, None]

    def compose(self) -> ComposeResult:
        """Stand them below each other, each behind its letter."""
        for letter, strip in zip(LETTERS, self.strips, strict=True):
            with Horizontal():
                yield Static(Content(letter), classes="letter")
                yield strip

    def show(self, logs: Sequence[TurnLog | None], nows: Sequence[float | None]) -> None:
        """Show what came by now in the turns that are compared, and what time it is in each."""
        for side, (log, now, strip) in enumerate(zip(logs, nows, self.strips, strict=True)):
            if log is not None and log is not self._logs[side]:
                strip.show_log(log.log)
            self._logs[side] = log
            strip.take_up(now)

    def pass_time(self, nows: Sequence[float | None]) -> None:
        """Let time pass in the turns that go on."""
        for strip, now in zip(self.strips, nows, strict=True):
            strip.show_now(now)

    def point(self, numbers: Sequence[int | None]) -> None:
        """Mark an event on each side, by its number in the file, or none."""
        for log, number, strip in zip(self._logs, numbers, self.strips, strict=True):
            strip.show_cursor(None if log is None else log.entry_of(number))
