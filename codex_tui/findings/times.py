"""What the times of a stream tell: silences, and events that were held back on the way.

A recording without times says nothing of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings

SILENCE = 15.0
"""Seconds without a byte that are worth a word; the standard proposes a comment as often."""

_MANY = 30  # events from which on their reads say something
_FEW = 0.1  # reads an event
_LONG = 2.0  # seconds of a turn in which a burst is one
_BURST = 0.05  # of that time, in which all events came


class LastByte:
    """When something came last over a connection, on the clock of its records."""

    __slots__ = ("t",)

    def __init__(self) -> None:
        self.t = 0.0


class TimeCheck:
    """The times of one turn, on the clock of its records.

    Args:
        findings: Who is told.
        began: When it was asked for.
        heard: What was heard of its connection, which may carry other turns as well.
    """

    __slots__ = (
        *("_began", "_count", "_findings", "_first", "_heard", "_latest", "_number", "_read"),
        *("_reads", "_start"),
    )

    def __init__(self, findings: Findings, began: float, heard: LastByte) -> None:
        self._findings = findings
        self._began = self._latest = began
        self._heard = heard
        heard.t = max(heard.t, began)
        self._first: float | None = None
        self._start = self._number = 0
        self._count = self._reads = 0
        self._read: int | None = None

    def take(self, t: float, read: int | None, number: int) -> None:
        """Take in that something came."""
        if t - self._heard.t >= SILENCE:
            self._silent(t, number)
        self._heard.t = t
        if self._first is None:
            self._first, self._start = t, number
        if read != self._read:
            self._read = read
            self._reads += 1
        self._count += 1
        self._latest, self._number = t, number

    def hear(self, t: float, number: int) -> None:
        """Take in that the connection is alive."""
        if t - self._heard.t >= SILENCE:
            self._silent(t, number)
        self._heard.t = t

    def _silent(self, t: float, number: int) -> None:
        seconds = t - self._heard.t
        self._findings.add(
            *("time.silent", (number,)),
            f"not a byte came for {units.seconds(seconds)} before event {number}",
            expected=f"something every {SILENCE:g} s",
            seen=units.seconds(seconds),
        )

    def finish(self) -> None:
        """Say whether the stream was held back."""
        if self._first is None or self._count < _MANY or self._read is None:
            return
        took, lasted = self._latest - self._first, self._latest - self._began
        if lasted >= _LONG and took <= lasted * _BURST:
            words = f"all {self._count:,} came within {units.seconds(took)}, at the end"
        elif self._reads <= self._count * _FEW and lasted >= _LONG:
            words = f"{self._count:,} came in {units.count(self._reads, 'read')}"
        else:
            return
        self._findings.add(
            *("time.buffered", (self._start, self._number)),
            f"held back on the way: {words}",
            expected="events as they are made",
            seen=words,
        )
