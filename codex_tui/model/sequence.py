"""The server's own numbering of its events: what is odd about it is forgiven, and said.

Nothing is reordered or dropped on account of a number: the order of arrival is the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.wire.events import MalformedEvent, ResponseCreatedEvent, UnknownEvent

if TYPE_CHECKING:
    from codex_tui.model.forgiven import Forgiving
    from codex_tui.wire.base import ResponseStreamEvent

_LARGEST = 1 << 63  # a number beyond it counts nothing, and may be too long to be told
_UNSURE = -1  # the next number may be any
_USUAL = 2  # streams begin at 0 or at 1; from here on they begin in the middle


class Sequence:
    """Checks sequence numbers as they come; servers that send none are left in peace."""

    __slots__ = ("_created", "_expected", "_forgiving", "events")

    def __init__(self, forgiving: Forgiving) -> None:
        self.events = 0
        self._forgiving = forgiving
        self._expected = 0
        self._created = False

    def check(self, event: ResponseStreamEvent) -> None:
        """Take in the number of the next event."""
        self.events += 1
        number = event.sequence_number
        if number == self._expected:
            self._expected += 1
            return
        if event.__class__ is ResponseCreatedEvent:
            self._created = True
        if number is not None and abs(number) < _LARGEST:
            self._compare(event, number)
        elif number is not None or isinstance(event, MalformedEvent | UnknownEvent):
            self._expected = _UNSURE  # its number may stand where we could not read it

    def fork(self, forgiving: Forgiving) -> Sequence:
        """Return another that has seen the same; from here on each goes its own way."""
        fork = Sequence(forgiving)
        fork.events, fork._expected, fork._created = self.events, self._expected, self._created
        return fork

    def _compare(self, event: ResponseStreamEvent, number: int) -> None:
        expected, self._expected = self._expected, number + 1
        restart = event.__class__ is ResponseCreatedEvent and number < expected
        if expected == _UNSURE or restart:
            return
        if expected == 0:
            self._begin(number)
        elif number > expected:
            self._say("number.gap", expected, number)
        elif number == expected - 1:
            self._say("number.repeat", expected, number)
        else:
            self._say("number.back", expected, number)

    def _begin(self, number: int) -> None:
        if number >= _USUAL:
            self._forgiving.resumed = not self._created
            told = "" if self._created else ": a resumed stream"
            self._forgiving.forgive("number.start", "number 0", f"number {number:,}{told}")

    def _say(self, rule: str, expected: int, number: int) -> None:
        self._forgiving.forgive(rule, f"number {expected:,}", f"number {number:,}")
