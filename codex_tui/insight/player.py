"""A replay: time moves the position in a log, as it was or faster, with long silences shortened.

Pure: the time comes with each `tick`. Paused or playing, the user moves the position at will.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.insight.idle import Shortened
from codex_tui.insight.playhead import Playhead

if TYPE_CHECKING:
    from codex_tui.insight.idle import Silence
    from codex_tui.sessions.log import EventLog

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""What `faster` and `slower` choose from."""

GRACE = 1.0
"""Seconds after a mark in which going back, while it plays, means the mark before that one."""


class Player(Playhead):
    """Plays a log.

    Args:
        log: what is played.
        speed: 2.0 plays twice as fast.
        idle_limit: seconds of a silence that are played, as with asciinema's `-i`; None for all.
        loop: begin again at the end.
        playing: whether it plays at once.
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
        super().__init__(log)
        self.speed = speed
        self.loop = loop
        self.playing = playing
        self.complete = True
        """Whether the log has all its entries; where it hasn't, playing waits at the end."""
        self.live = False
        """Whether the log grows as things happen: at the end, playing shows them at once."""
        self._shortened = None if idle_limit is None else Shortened(idle_limit)
        self._ticked: float | None = None
        self._following = False

    def _take_pause(self, start: float, end: float) -> None:
        if self._shortened is not None:
            self._shortened.take(start, end)

    @property
    def following(self) -> bool:
        """Whether it shows what happens as it happens."""
        return self._following and self.playing

    @property
    def idle_limit(self) -> float | None:
        """How many seconds of a silence are played; None for all."""
        return None if self._shortened is None else self._shortened.limit

    @property
    def silence(self) -> Silence | None:
        """The silence that is being shortened; None where none is."""
        if self._shortened is None or not self.has_times:
            return None
        return self._shortened.at(self._moment)

    @property
    def played_duration(self) -> float | None:
        """How long playing all of it takes at speed 1, its silences shortened."""
        if self._shortened is None or not self.has_times:
            return self.duration
        return self._shortened.to_played(self._clock.latest)

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
        self._moment = min(self._passed(seconds), self._end)
        self.position = max(self.position, self._until(self._moment))
        if self.at_end and self.complete and not self.loop:
            self.playing = False

    def _passed(self, seconds: float) -> float:
        shortened = self._shortened
        if shortened is None or not self.has_times:
            return self._moment + seconds
        played = shortened.to_played(self._moment) + seconds
        return max(self._moment, shortened.to_session(played))

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
        super().seek_entry(position)
        self._following = False

    def _seek(self, seconds: float) -> None:
        super()._seek(seconds)
        self._following = False

    def step(self, count: int) -> None:
        """Pause, and go so many events forward, or back where it is negative."""
        self.pause()
        super().step(count)

    def _mark_before(self) -> int:
        if not self.playing:
            return super()._mark_before()
        return self._until(self._moment - GRACE * self.speed)
