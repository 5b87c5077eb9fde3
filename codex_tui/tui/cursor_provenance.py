"""Provenance on the screen: from a character to its event, from an event to its characters.

To point at something is to inspect it, never to seek: the moment that is shown stays.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.tui.mends.slices import SLICE, after_a_breath
from codex_tui.tui.messages import Noted, SpanLit, TokensShown
from codex_tui.tui.section_view.overlays import GAPS
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.widgets.timeline_view import TimelineView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message
    from textual.screen import Screen

    from codex_tui.model.conversation import Conversation
    from codex_tui.model.folds import Folds
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.provenance import Brought, PieceScan
    from codex_tui.tui.messages import PlacePointed

    Broadcast = Callable[[Callable[[], Message]], None]

_SHOW_EVERY = 0.1  # seconds

_STEPS = " · ".join(map(units.seconds, GAPS))
LEGEND = f"pieces, stronger after {_STEPS} of silence"
UNTIMED = "pieces as they came; how long each was waited for is not in this file"


class CursorProvenance:
    """What is pointed at, what is lit, and whether the pieces of the texts are shown.

    Args:
        screen: The viewer.
        broadcast: Posts a message of its own to every pane.
        inspect: Shows an entry in the inspector.

    Attributes:
        lit: The entry that is lit.
        scan: The pieces found so far, while they are shown.
    """

    def __init__(
        self, screen: Screen[None], broadcast: Broadcast, inspect: Callable[[int], None]
    ) -> None:
        self._screen = screen
        self._broadcast = broadcast
        self._inspect = inspect
        self._folds: Folds | None = None
        self._shown: Conversation | None = None
        self._pointed = False  # the timeline's cursor stands where a text was pointed at
        self.lit: int | None = None
        self._span: Brought | None = None
        self.scan: PieceScan | None = None
        self._scanning = False
        self._told = 0.0

    def open(self, folds: Folds) -> None:
        """Point into another session."""
        self._folds, self._shown = folds, folds.conversation
        self._pointed = False
        self.clear()
        if self.scan is not None:
            self.scan = _scan_of(folds)
            self._go_on()

    def moved(self, conversation: Conversation) -> None:
        """Take note of what is shown now: more has come, or another moment was sought."""
        self._shown = conversation
        self._go_on()

    # -- from text to event ------------------------------------------------------------------

    def take(self, event: PlacePointed) -> None:
        """Select the event that brought a character, without going to its moment."""
        if (folds := self._folds) is None or self._is_lit(event):
            return
        from codex_tui.timeline.provenance import entry_of

        try:
            entry = entry_of(folds, event.place, event.offset, self._shown)
        except OSError as error:
            said = f"can't be read back: {error.strerror or error}"
            self._screen.notify(said, severity="error", markup=False)
            return
        if entry is not None:
            self._pointed = True
            self._screen.query_one(TimelineView).point_at(entry)
            self._inspect(entry)
            self.light(entry, chosen=True)

    def _is_lit(self, event: PlacePointed) -> bool:
        span = self._span
        if span is None or self._screen.query_one(TimelineView).cursor.follows:
            return False
        return span.place == event.place and span.start <= event.offset < span.end

    # -- from event to text ------------------------------------------------------------------

    def light(self, entry: int, *, chosen: bool = False, reveal: bool = False) -> None:
        """Light what an entry brought; a `chosen` one also says its figures in its pane."""
        if self._folds is None or (entry == self.lit and not chosen):
            return
        self.lit, self._span = entry, self._span_of(entry)
        span = self._span
        note = self._note(entry) if chosen or self.scan is not None else ""
        self._broadcast(lambda: SpanLit(span, note, reveal))

    def _span_of(self, entry: int) -> Brought | None:
        from codex_tui.timeline.provenance import span_of

        try:
            return span_of(self._folds, entry) if self._folds is not None else None
        except OSError:  # the inspector says so
            return None

    def clear(self) -> None:
        """Light nothing."""
        if self.lit is not None:
            self.lit = self._span = None
            self._broadcast(lambda: SpanLit(None))

    def _note(self, entry: int) -> str:
        """Return number, time, gap and probability of an event, as far as they are known."""
        if self._folds is None or (number := self._folds.log.number(entry)) is None:
            return ""
        log = self._folds.log
        words = [f"#{number:,}"]
        if (t := log.t(entry)) is not None:
            words.append(f"{t:.3f} s")
            before = log.t(log.entry_of(number - 1)) if number > 1 else None
            if before is not None and t >= before:
                words.append(f"+{units.seconds(t - before)}")
        return " · ".join([*words, *_probability(log, entry)])

    # -- leaving -----------------------------------------------------------------------------

    def leave_cursor(self) -> bool:
        """Leave the cursor mode of the focused view; False if it is in none."""
        view = self._screen.focused
        return isinstance(view, SectionView) and view.pointer.leave()

    def follow_again(self) -> bool:
        """Give up what was pointed at: the timeline follows the stream again; False if nothing."""
        pointed, self._pointed = self._pointed, False
        timeline = self._screen.query_one(TimelineView)
        if not pointed or timeline.cursor.follows:
            return False
        timeline.cursor.follow()
        self.clear()
        return True

    # -- the token view ----------------------------------------------------------------------

    def toggle_tokens(self) -> None:
        """Show the pieces that the texts came in, or the plain texts again."""
        if self._folds is None:
            return
        on = self.scan is None
        self.scan = _scan_of(self._folds) if on else None
        if on:
            self._go_on()
        else:
            self._broadcast(lambda: TokensShown(None))
        legend = LEGEND if self._folds.timing.timed else UNTIMED
        self._broadcast(lambda: Noted(legend if on else ""))

    def _go_on(self) -> None:
        if self.scan is not None and not self._scanning:
            self._scanning = True
            after_a_breath(self._screen, self._advance)

    def _advance(self) -> None:
        self._scanning = False
        if (scan := self.scan) is None:
            return
        if (entry := scan.large) is not None and self._folds is not None:
            self._scanning = True
            work = self._read_large(scan, self._folds.log, entry)
            self._screen.run_worker(work, group="pieces", exclusive=True)
            return
        now = perf_counter()
        try:
            more = scan.advance(lambda: perf_counter() >= now + SLICE)
        except OSError:  # what was found can still be seen
            more = False
        if not more or now - self._told >= _SHOW_EVERY:
            self._told = now
            self._broadcast(lambda: TokensShown(scan))
        if more:
            self._go_on()

    async def _read_large(self, scan: PieceScan, log: EventLog, entry: int) -> None:
        """Go on behind a large entry, which is read beside the loop."""
        with suppress(OSError):  # what was found can still be seen
            record, event = await asyncio.to_thread(log.decoded, entry)
            if scan is self.scan:
                scan.fold(entry, record, event)
                self._broadcast(lambda: TokensShown(scan))
        self._scanning = False
        if scan is not self.scan or scan.large != entry:
            self._go_on()


def _scan_of(folds: Folds) -> PieceScan:
    from codex_tui.timeline.provenance import PieceScan

    return PieceScan(folds.log)


def _probability(log: EventLog, entry: int) -> list[str]:
    from codex_tui.model.logprobs import logprob_of, share

    try:
        event = log.event(entry)
    except OSError:  # the inspector says so
        return []
    logprob = logprob_of(event) if event is not None else None
    return [] if logprob is None else [f"p {share(logprob)}"]
