"""A position in a log, moved by the user and as time goes by.

Pure, and quick at any size: nothing is read but the log's columns, and the time comes with each
`tick`. Where the log has no times it is measured at an even pace, and no time is told. Long
silences can be shortened, as with asciinema's `-i`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.timeline.goto import GotoError, ToEvent, ToRow, ToTime, parse_goto
from codex_tui.timeline.marks import Marks
from codex_tui.timeline.session_clock import SessionClock

if TYPE_CHECKING:
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.goto import Goto


class TimeAxis:
    """The entries of a log laid out in time, be it complete, still being loaded, or growing live.

    Call `take_up` until it returns False, and again whenever the log has grown: only what was taken
    up can be reached. Seconds are the session's: each turn follows where the one before it ended,
    and no time passes between two turns (see `SessionClock`).

    Args:
        log: What is laid out.
        idle_limit: Seconds of a silence that are played; None for all.
    """

    def __init__(self, log: EventLog, idle_limit: float | None = None) -> None:
        self.log = log
        self.marks = Marks(log)
        self.shortened = None if idle_limit is None else Shortened(idle_limit)
        self._clock = SessionClock(log)

    def take_up(self, most: int = 10_000) -> bool:
        """Take in at most so many new entries of the log; return whether there are more."""
        first, last = len(self._clock), min(len(self.log), len(self._clock) + most)
        for entry in range(first, last):
            before = self._clock.latest
            seconds = self._clock.advance()
            self.marks.note(entry, seconds)
            if self.shortened is not None:
                self.shortened.add(before, seconds)
        return last < len(self.log)

    @property
    def total(self) -> int:
        """How many entries there are to show."""
        return len(self._clock)

    @property
    def timed(self) -> bool:
        """Whether the file has times; else none is told, and it is measured at an even pace."""
        return self._clock.timed

    @property
    def end(self) -> float:
        """Where the last entry stands, in seconds."""
        return self._clock.axis.latest

    def moment_of(self, position: int) -> float:
        """Return when so many entries are shown."""
        return self._clock.axis.seconds(position - 1) if position else 0.0

    def position_at(self, moment: float) -> int:
        """Return how many entries stand at a moment or before it."""
        return self._clock.axis.through(moment)

    def position_of_event(self, number: int) -> int:
        """Return how many entries are shown with an event; the nearest where there is none."""
        if number < 1:
            return 0
        return self.total if number > self.log.events else self.log.entry_of(number) + 1

    def played(self, moment: float, seconds: float) -> float:
        """Return where one is who plays on from a moment for so long."""
        if self.shortened is None or not self.timed:
            return moment + seconds
        played = self.shortened.to_played(moment) + seconds
        return max(moment, self.shortened.to_session(played))


class ShortenedSilence(Struct, frozen=True):
    """A shortened silence: when it began, in seconds of the session, and how long it was."""

    start: float
    seconds: float


class Shortened:
    """The silences that are longer than a limit, and the clock that passes over them.

    Args:
        limit: seconds of a silence that are played.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._starts = array("d")
        self._ends = array("d")
        self._jumps = array("d")  # where, on the shortened clock, what is left of each is skipped
        self._skipped = array("d", [0.0])  # how much is skipped before each

    def add(self, start: float, end: float) -> None:
        """Take in the next time in which nothing came; times are the session's."""
        if end - start > self.limit:
            skipped = self._skipped[-1]
            self._starts.append(start)
            self._ends.append(end)
            self._jumps.append(start + self.limit - skipped)
            self._skipped.append(skipped + end - start - self.limit)

    def to_played(self, seconds: float) -> float:
        """Return what the shortened clock says at a moment of the session."""
        place = bisect_right(self._ends, seconds)
        played = seconds - self._skipped[place]
        return played if place == len(self._jumps) else min(played, self._jumps[place])

    def to_session(self, played: float) -> float:
        """Return the moment of the session when the shortened clock has come so far."""
        place = bisect_right(self._jumps, played)
        seconds = played + self._skipped[place]
        return max(seconds, self._ends[place - 1]) if place else seconds

    def at(self, seconds: float) -> ShortenedSilence | None:
        """Return the shortened silence that a moment of the session lies in."""
        place = bisect_right(self._starts, seconds) - 1
        if place < 0 or seconds >= self._ends[place]:
            return None
        return ShortenedSilence(self._starts[place], self._ends[place] - self._starts[place])


SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""What `faster` and `slower` choose from."""

GRACE = 1.0
"""Seconds after a mark in which going back, while it plays, means the mark before that one."""


class Player:
    """Plays a log, and goes where one asks it to.

    Args:
        log: What is played.
        speed: 2.0 plays twice as fast.
        idle_limit: Seconds of a silence that are played, as with asciinema's `-i`; None for all.
        loop: Begin again at the end.
        playing: Whether it plays at once.
    """

    def __init__(
        self,
        log: EventLog,
        *,
        speed: float = 1.0,
        idle_limit: float | None = None,
        loop: bool = False,
        playing: bool = True,
    ) -> None:
        self.log = log
        self.axis = axis = TimeAxis(log, idle_limit)
        self.marks, self.take_up = axis.marks, axis.take_up
        self.position = 0
        """How many entries are shown."""
        self.speed = speed
        self.loop = loop
        self.playing = playing
        self.complete = True
        """Whether the log has all its entries; where it hasn't, playing waits at the end."""
        self.live = False
        """Whether the log grows as things happen: at the end, playing shows them at once."""
        self._moment = 0.0
        self._ticked: float | None = None
        self._following = False

    # -- what is shown -------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many entries there are to show."""
        return self.axis.total

    @property
    def at_end(self) -> bool:
        """Whether all entries are shown."""
        return self.position >= self.total

    @property
    def has_times(self) -> bool:
        """Whether the file has times; else none is told."""
        return self.axis.timed

    @property
    def moment(self) -> float | None:
        """Where it stands, in seconds of the session."""
        return self._moment if self.has_times else None

    @property
    def duration(self) -> float | None:
        """How long the session is, in seconds."""
        return self.axis.end if self.has_times else None

    @property
    def share(self) -> float:
        """How far it has come, 0 to 1: in time where there are times, else in entries."""
        if self.at_end:
            return 1.0
        return self._moment / self.axis.end if self.axis.end else self.position / self.total

    @property
    def turn_seconds(self) -> float | None:
        """Where it stands in seconds since the request of the turn that is shown."""
        t = self.log.t(self.position - 1) if self.position else None
        if t is None:
            return None
        return t + max(0.0, self._moment - self.axis.moment_of(self.position))

    @property
    def following(self) -> bool:
        """Whether it shows what happens as it happens."""
        return self._following and self.playing

    @property
    def idle_limit(self) -> float | None:
        """How many seconds of a silence are played; None for all."""
        return None if self.axis.shortened is None else self.axis.shortened.limit

    @property
    def silence(self) -> ShortenedSilence | None:
        """The silence that is being shortened; None where none is."""
        shortened = self.axis.shortened
        return shortened.at(self._moment) if shortened is not None and self.has_times else None

    # -- time ----------------------------------------------------------------------------------

    def play(self) -> None:
        """Play on; from the beginning, if all was shown."""
        if self.at_end and self.complete:
            self.seek_entry(0)
        self.playing, self._ticked = True, None

    def pause(self) -> None:
        """Stand still."""
        self.playing = self._following = False

    def toggle(self) -> None:
        """Pause, or play on."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def faster(self) -> None:
        """Take the next higher of the `SPEEDS`."""
        self.speed = next((speed for speed in SPEEDS if speed > self.speed), self.speed)

    def slower(self) -> None:
        """Take the next lower of the `SPEEDS`."""
        self.speed = next((s for s in reversed(SPEEDS) if s < self.speed), self.speed)

    def tick(self, now: float) -> int:
        """Let time pass until `now`, in seconds of any clock that never goes back.

        Returns the position.
        """
        elapsed = 0.0 if self._ticked is None else max(0.0, now - self._ticked)
        self._ticked = now
        if not self.playing:
            return self.position
        if self._following or self.at_end:
            self._go_on_at_end()
        else:
            self._go_on(elapsed * self.speed)
        return self.position

    def _go_on(self, seconds: float) -> None:
        self._moment = min(self.axis.played(self._moment, seconds), self.axis.end)
        self.position = max(self.position, self.axis.position_at(self._moment))
        if self.at_end and self.complete and not self.loop:
            self.playing = False

    def _go_on_at_end(self) -> None:
        if self.live:
            self.seek_entry(self.total)
            self._following = True
        elif self.complete and self.loop:
            self.seek_entry(0)
        elif self.complete:
            self.pause()

    # -- places --------------------------------------------------------------------------------

    def seek_entry(self, position: int) -> None:
        """Show so many entries."""
        self.position = max(0, min(position, self.total))
        self._moment = self.axis.moment_of(self.position)
        self._following = False

    def seek_time(self, seconds: float) -> None:
        """Show what had come at a moment of the session.

        Raises:
            GotoError: The file has no times.
        """
        if not self.has_times:
            raise GotoError("There is no timing in this file: say an event or a share.")
        self.seek_moment(seconds)

    def seek_moment(self, seconds: float) -> None:
        """Show what had come at a moment of the axis, whose pace is even without times."""
        self._moment = max(0.0, min(seconds, self.axis.end))
        self.position = self.axis.position_at(self._moment)
        self._following = False

    def seek_share(self, share: float) -> None:
        """Go to a part of the whole, 0 to 1: in time where there are times, else in entries."""
        share = max(0.0, min(share, 1.0))
        if self.has_times and 0 < share < 1 and self.axis.end:
            self.seek_moment(share * self.axis.end)
        else:
            self.seek_entry(round(share * self.total))

    def skip(self, seconds: float) -> None:
        """Go forward by so many seconds, or back; where there are no times, at the even pace."""
        self.seek_moment(self._moment + seconds)

    def skip_share(self, share: float) -> None:
        """Go forward by a part of the whole, or back."""
        self.seek_share(self.share + share)

    def step(self, count: int) -> None:
        """Pause, and go so many events forward, or back where it is negative."""
        self.pause()
        shown = self.log.events_before(self.position)
        if count < 0 and shown and self.log.entry_of(shown) + 1 < self.position:
            count += 1  # back over what stands behind the latest event
        self.seek_entry(self.axis.position_of_event(shown + count))

    def go(self, place: Goto | str) -> None:
        """Go to a place that the user names.

        Raises:
            GotoError: It is not there, or names none.
        """
        match parse_goto(place) if isinstance(place, str) else place:
            case ToEvent(number):
                if not 1 <= number <= self.log.events:
                    raise GotoError(f"There is no event {number}; there are {self.log.events:,}.")
                self.seek_entry(self.axis.position_of_event(number))
            case ToRow(number, after):
                entry = self.log.entry_at(number, after)
                if entry is None:
                    raise GotoError(f"There is no row #{number}+{after}.")
                self.seek_entry(entry + 1)
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
        late = self.position - 1  # the first entry that is too late to go back to
        if self.playing:
            late = self.axis.position_at(self._moment - GRACE * self.speed)
        place = bisect_left(marks, max(0, late)) - 1
        if place < 0:
            return False
        self.seek_entry(marks[place] + 1)
        return True
