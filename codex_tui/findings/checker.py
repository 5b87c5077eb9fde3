"""The engine: records in, findings out, in one pass; it has no clock and knows no screen.

A delta in steady state runs only what its own type needs: the same text goes on, and everything
about it is as it was with the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.findings.finding import Findings
from codex_tui.findings.rollouts import RolloutCheck
from codex_tui.findings.sockets import Lanes
from codex_tui.findings.turn import TurnCheck
from codex_tui.recording.records import EndRecord, FrameRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.findings.culprits import Culprits
    from codex_tui.findings.rules import Spec
    from codex_tui.model.conversation import Turn
    from codex_tui.model.forgiven import Forgiven
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent


class Checker:
    """Checks a session as it is folded; a `Witness` of what the fold forgives.

        checker = Checker()
        conversation = Conversation(witness=checker)
        for record in records:
            event = event_of(record)
            conversation.apply(record, event)
            checker.take(record, event, conversation.current)
        checker.finish()

    Args:
        spec: The specification that sets the levels.
        ignore: Rules that are not spoken of; see `Findings`.
        culprits: Is told where each finding is; see `Findings`.
    """

    def __init__(
        self, spec: Spec = "openai", ignore: Iterable[str] = (), culprits: Culprits | None = None
    ) -> None:
        self.findings = Findings(spec, ignore, culprits)
        self.checked = 0
        """Events of a Responses stream, and lines of the Codex CLI, that were checked."""
        self._number = 0
        self._turns: dict[int, TurnCheck] = {}
        self._current: TurnCheck | None = None
        self._heard: list[Forgiven] = []
        self._rollout = RolloutCheck(self.findings)
        self._lanes = Lanes()
        self._over: set[int] = set()  # turns whose end was checked

    def forgave(self, forgiven: Forgiven) -> None:
        """Hear what the fold forgave; it is taken in with the record that is at hand."""
        if forgiven.rule.startswith("number."):
            self._heard.append(forgiven)

    def take(self, record: Record, event: ResponseStreamEvent | None, turn: Turn) -> None:
        """Check the next record, which was folded.

        Args:
            record: The record.
            event: What its frame carries; None for what is no frame.
            turn: The turn that it was folded into.
        """
        self.findings.taken += 1
        check = self._current
        if check is None or check.turn is not turn:
            check = self._turn(turn)
        if event is not None and isinstance(record, FrameRecord):
            number = self._number = self._number + 1
            if self._heard:
                self._hear()
            if turn.taken_up and turn.transcript.passed_over == number:
                return
            ours = check.take_event(record, event, number)
            self.checked += ours or self._rollout.take(event, record.frame.data, number)
        else:
            check.take_other(record, self._number)
            if isinstance(record, EndRecord):
                self._end(turn.number, check)

    def _turn(self, turn: Turn) -> TurnCheck:
        if (check := self._turns.get(turn.number)) is None:
            if turn.request is None or not turn.request.beside:
                self._end_those_before(turn)
            check = self._turns[turn.number] = TurnCheck(self.findings, turn, self._lanes)
        self._current = check
        self.findings.turn = turn.number
        return check

    def _end_those_before(self, turn: Turn) -> None:
        for number, check in list(self._turns.items()):
            if check.turn.ended:
                self._end(number, check)
                if not check.on_socket:  # where others run beside it, it may still be spoken of
                    del self._turns[number]

    def _end(self, number: int, check: TurnCheck) -> None:
        """Say that a turn is over, once: what is missing in it won't come any more."""
        if number not in self._over:
            self._over.add(number)
            self.findings.turn = number
            check.finish(self._number)

    def _hear(self) -> None:
        for each in self._heard:
            begins = each.rule == "number.start"
            message = f"{each.expected} was next, and {each.seen} came"
            message = f"the stream begins at {each.seen}" if begins else message
            self.findings.add(
                each.rule, each.entries, message, expected=each.expected, seen=each.seen
            )
        self._heard.clear()

    def finish(self, *, growing: bool = False) -> None:
        """Say that no more records come.

        Args:
            growing: Whether the file goes on to grow: what is missing may still come.
        """
        for number, check in self._turns.items():
            if not growing:
                self._end(number, check)
        if not growing:
            self._rollout.finish()
        self._turns.clear()
        self._current = None
