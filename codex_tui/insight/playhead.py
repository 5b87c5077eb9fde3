"""A position in a log that the user moves: by entry, event, time, share, and from mark to mark.

Pure, and quick at any size: nothing is read but the log's columns. The position is how many entries
are shown. Where the log has no times it is measured at an even pace, and no time is told.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from codex_tui.insight.goto import GotoError, ToEvent, ToTime, parse_goto
from codex_tui.insight.marks import Marks
from codex_tui.insight.session_clock import SessionClock

if TYPE_CHECKING:
    from array import array

    from codex_tui.insight.goto import Goto
    from codex_tui.sessions.log import EventLog

PLAIN_PACE = 50.0
"""Entries a second where there are no times, as when a plain dump is streamed again."""


class Playhead:
    """Where one stands in a log that is complete, still being loaded, or growing live.

    Call `take_up` until it returns False, and again whenever the log has grown: only what was taken
    up can be reached. Seconds are the session's: each turn follows where the one before it ended,
    and no time passes between two turns (see `SessionClock`).

    Args:
        log: where one stands in.
    """

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.position = 0
        """How many entries are shown."""
        self.marks = Marks(log)
        self._clock = SessionClock(log)
        self._moment = 0.0

    def take_up(self, most: int = 10_000) -> bool:
        """Take in at most so many new entries of the log; return whether there are more."""
        first, last = len(self._clock), min(len(self.log), len(self._clock) + most)
        for entry in range(first, last):
            before = self._clock.latest
            seconds = self._clock.take()
            self.marks.take(entry, seconds)
            self._take_pause(before, seconds)
        return last < len(self.log)

    def _take_pause(self, start: float, end: float) -> None:
        """Take in a time in which nothing came: for whoever plays."""

    # -- what is shown -------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many entries there are to show."""
        return len(self._clock)

    @property
    def entry(self) -> int | None:
        """The entry that was shown last; None at the beginning."""
        return self.position - 1 if self.position else None

    @property
    def at_end(self) -> bool:
        """Whether all entries are shown."""
        return self.position >= self.total

    @property
    def has_times(self) -> bool:
        """Whether the file has times; else none is told."""
        return self._clock.timed

    @property
    def moment(self) -> float | None:
        """Where it stands, in seconds of the session."""
        return self._moment if self.has_times else None

    @property
    def duration(self) -> float | None:
        """How long the session is, in seconds."""
        return self._clock.latest if self.has_times else None

    @property
    def share(self) -> float:
        """How far it has come, 0 to 1: in time where there are times, else in entries."""
        if self.at_end:
            return 1.0
        return self._moment / self._end if self._end else self.position / self.total

    @property
    def turn_seconds(self) -> float | None:
        """Where it stands in seconds since the request of the turn that is shown."""
        entry = self.entry
        t = self.log.t(entry) if entry is not None else None
        if entry is None or t is None:
            return None
        return t + max(0.0, self._moment - self._clock.seconds(entry))

    def share_of(self, entry: int) -> float:
        """Where an entry stands, 0 to 1, as `share` measures it."""
        if not self._end:
            return 0.0
        seconds = self._clock.seconds(entry) if self.has_times else entry / PLAIN_PACE
        return seconds / self._end

    @property
    def _end(self) -> float:
        return self._clock.latest if self.has_times else self.total / PLAIN_PACE

    def _until(self, seconds: float) -> int:
        """How many entries stand at a moment or before it."""
        if self.has_times:
            return self._clock.through(seconds)
        return min(self.total, int(seconds * PLAIN_PACE + 1e-6))

    # -- places --------------------------------------------------------------------------------

    def seek_entry(self, position: int) -> None:
        """Show so many entries."""
        self.position = position = max(0, min(position, self.total))
        if not position:
            self._moment = 0.0
        elif self.has_times:
            self._moment = self._clock.seconds(position - 1)
        else:
            self._moment = position / PLAIN_PACE

    def seek_time(self, seconds: float) -> None:
        """Show what had come at a moment of the session.

        Raises:
            GotoError: The file has no times.
        """
        if not self.has_times:
            raise GotoError("There is no timing in this file: say an event or a share.")
        self._seek(seconds)

    def _seek(self, seconds: float) -> None:
        self._moment = max(0.0, min(seconds, self._end))
        self.position = self._until(self._moment)

    def seek_share(self, share: float) -> None:
        """Go to a part of the whole, 0 to 1: in time where there are times, else in entries."""
        share = max(0.0, min(share, 1.0))
        if self.has_times and 0 < share < 1 and self._end:
            self._seek(share * self._end)
        else:
            self.seek_entry(round(share * self.total))

    def skip(self, seconds: float) -> None:
        """Go forward by so many seconds, or back; where there are no times, at the even pace."""
        self._seek(self._moment + seconds)

    def skip_share(self, share: float) -> None:
        """Go forward by a part of the whole, or back."""
        self.seek_share(self.share + share)

    def step(self, count: int) -> None:
        """Go so many events forward, or back where it is negative."""
        shown = self.log.events_before(self.position)
        if count < 0 and shown and self.log.entry_of(shown) + 1 < self.position:
            count += 1  # back over what stands behind the latest event
        self._seek_event(shown + count)

    def _seek_event(self, number: int) -> None:
        if number < 1:
            self.seek_entry(0)
        elif number > self.log.events:
            self.seek_entry(self.total)
        else:
            self.seek_entry(self.log.entry_of(number) + 1)

    def go(self, place: Goto | str) -> None:
        """Go to a place that the user names.

        Raises:
            GotoError: It is not there, or names none.
        """
        match parse_goto(place) if isinstance(place, str) else place:
            case ToEvent(number):
                if not 1 <= number <= self.log.events:
                    raise GotoError(f"There is no event {number}; there are {self.log.events:,}.")
                self._seek_event(number)
            case ToTime(seconds):
                self.seek_time(seconds)
            case to_share:
                self.seek_share(to_share.share)

    # -- marks: each says whether there was one to go to ---------------------------------------

    def next_mark(self) -> bool:
        """Go to where the next item begins, or to the next stall or failure."""
        return self._forward(self.marks.all)

    def previous_mark(self) -> bool:
        """Go back to a mark."""
        return self._back(self.marks.all)

    def next_error(self) -> bool:
        """Go to the next error, failure, or malformed event."""
        return self._forward(self.marks.errors)

    def previous_error(self) -> bool:
        """Go back to an error."""
        return self._back(self.marks.errors)

    def next_slow(self) -> bool:
        """Go to what ended the next silence of two seconds or more."""
        return self._forward(self.marks.slow)

    def previous_slow(self) -> bool:
        """Go back to what ended a silence."""
        return self._back(self.marks.slow)

    def _forward(self, marks: array[int]) -> bool:
        place = bisect_left(marks, self.position)
        if place == len(marks):
            return False
        self.seek_entry(marks[place] + 1)
        return True

    def _back(self, marks: array[int]) -> bool:
        place = bisect_left(marks, max(0, self._mark_before())) - 1
        if place < 0:
            return False
        self.seek_entry(marks[place] + 1)
        return True

    def _mark_before(self) -> int:
        """The first entry that is too late to go back to."""
        return self.position - 1
