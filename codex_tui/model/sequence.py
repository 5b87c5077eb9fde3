"""The server's own numbering of its events: gaps, repeats and backward steps are noted, no more.

Nothing is reordered or dropped on account of a number: the order of arrival is the truth.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.wire.events import MalformedEvent, ResponseCreatedEvent, UnknownEvent

if TYPE_CHECKING:
    from codex_tui.wire.base import ResponseStreamEvent

_LIMIT = 100  # anomalies kept; more of them are only counted
_LARGEST = 1 << 63  # a number beyond it counts nothing, and may be too long to be told
_UNSURE = -1  # the next number may be any


class Anomaly(Struct, frozen=True):
    """Something odd about the order of a stream; `event` counts the stream's events from 1."""

    event: int
    kind: str
    detail: str

    def __str__(self) -> str:
        return f"event {self.event:,}: {self.kind}, {self.detail}"


class Sequence:
    """Checks sequence numbers as they come; servers that send none are left in peace."""

    __slots__ = ("_expected", "anomalies", "count", "events")

    def __init__(self) -> None:
        self.events = 0
        self.count = 0
        self.anomalies: list[Anomaly] = []
        self._expected = 0

    def check(self, event: ResponseStreamEvent) -> None:
        """Take in the number of the next event."""
        self.events += 1
        number = event.sequence_number
        if number == self._expected:
            self._expected += 1
        elif number is not None and abs(number) < _LARGEST:
            self._compare(event, number)
        elif number is not None or isinstance(event, MalformedEvent | UnknownEvent):
            self._expected = _UNSURE  # its number may stand where we could not read it

    def fork(self) -> Sequence:
        """Return another that has seen the same; from here on each goes its own way."""
        fork = copy(self)
        fork.anomalies = self.anomalies.copy()
        return fork

    def note(self, kind: str, detail: str) -> None:
        """Keep an anomaly of the latest event."""
        self.count += 1
        if len(self.anomalies) < _LIMIT:
            self.anomalies.append(Anomaly(self.events, kind, detail))

    def _compare(self, event: ResponseStreamEvent, number: int) -> None:
        expected, self._expected = self._expected, number + 1
        restart = isinstance(event, ResponseCreatedEvent) and number < expected
        if expected == _UNSURE or restart or (expected == 0 and number == 1):
            return
        if number > expected:
            self.note("gap", f"number {number} where {expected} was next")
        elif number == expected - 1:
            self.note("duplicate", f"number {number} again")
        else:
            self.note("backward", f"number {number} after {expected - 1}")
