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
_MOST_HOLES = 64
_USUAL = 2  # streams begin at 0 or at 1; from here on they begin in the middle


class Sequence:
    """Checks sequence numbers as they come; servers that send none are left in peace.

    Numbers that were left out may come late: they go back then, and are no repeats; and behind them
    the stream may go on from the number that came last, or from where it was.
    """

    __slots__ = (
        *("_created", "_expected", "_forgiving", "_high", "_holes"),
        *("events", "passed_over_through", "response_id"),
    )

    def __init__(self, forgiving: Forgiving) -> None:
        self.events = 0
        self._forgiving = forgiving
        self._expected = 0
        self._high = 0  # beyond all that came
        self._holes: tuple[range, ...] = ()
        self._created = False
        self.response_id: str | None = None
        """The response that is numbered, as far as its id is known: another begins anew."""
        self.passed_over_through = -1
        """The number up to which events came before the stream was taken up again."""

    def begin_behind(self, number: int) -> None:
        """Expect the rest of a stream: what is behind a number, as the request asks for."""
        self._expected = self._high = number + 1
        self._forgiving.resumed = True

    def check(self, event: ResponseStreamEvent) -> bool:
        """Take in the number of the next event; whether it is one that has come already.

        Only of a stream that was taken up again is that certain: else a number may be mistaken.
        """
        self.events += 1
        number = event.sequence_number
        if number == self._expected:
            self._expected += 1
            return False
        if number is not None and number <= self.passed_over_through:
            return True
        if event.__class__ is ResponseCreatedEvent:
            self._created = True
        if number is not None and abs(number) < _LARGEST:
            self._compare(event, number)
        elif number is not None or isinstance(event, MalformedEvent | UnknownEvent):
            self._expected = _UNSURE  # its number may stand where we could not read it
        return False

    def fork(self, forgiving: Forgiving) -> Sequence:
        """Return another that has seen the same; from here on each goes its own way."""
        fork = Sequence(forgiving)
        fork.events, fork._expected, fork._created = self.events, self._expected, self._created
        fork._high, fork._holes = self._high, self._holes
        fork.response_id = self.response_id
        fork.passed_over_through = self.passed_over_through
        return fork

    def _compare(self, event: ResponseStreamEvent, number: int) -> None:
        expected, self._expected = self._expected, number + 1
        high = max(expected, self._high)
        self._high = max(number + 1, high)
        if number < expected and self._is_another(event):
            self._high, self._holes = number + 1, ()
        elif number < expected and self.events == 1:
            self._high = number + 1  # what was asked for, and not what came
            seen = f"number {number:,}, not at {expected:,}"
            self._forgiving.forgive("number.start", f"number {expected:,}", seen)
        elif expected == 0:
            self._begin(number)
        elif expected != _UNSURE and number != high:
            self._say(self._broken(number, high), expected, number)

    def _is_another(self, event: ResponseStreamEvent) -> bool:
        if not isinstance(event, ResponseCreatedEvent) or self._is_late(event.sequence_number):
            return False
        return not event.response.id or event.response.id != self.response_id

    def _is_late(self, number: int | None) -> bool:
        """Whether a response is created behind its first events, with the number of its first."""
        return self.response_id is None and any(number in hole for hole in self._holes)

    def _broken(self, number: int, high: int) -> str:
        """The rule that a number breaks that is not the next one."""
        if number > high:
            self._holes = (*self._holes, range(high, number))[-_MOST_HOLES:]
            return "number.gap"
        late = [hole for hole in self._holes if number in hole]
        for hole in late:
            rest = (range(hole.start, number), range(number + 1, hole.stop))
            at = self._holes.index(hole)
            self._holes = (*self._holes[:at], *filter(None, rest), *self._holes[at + 1 :])
        return "number.back" if late else "number.repeat"

    def _begin(self, number: int) -> None:
        self._holes = (range(number),)
        if number >= _USUAL:
            self._forgiving.resumed = not self._created
            told = "" if self._created else ": a resumed stream"
            self._forgiving.forgive("number.start", "number 0", f"number {number:,}{told}")

    def _say(self, rule: str, expected: int, number: int) -> None:
        self._forgiving.forgive(rule, f"number {expected:,}", f"number {number:,}")
