"""What is wrong with a session, as it may leave: found in what was recorded, told without secrets.

Findings are made of the records as they came, for a mask is not as long as what it hides. Where an
event that a finding names is not handed on as it was, the finding says what its rule demands, and
quotes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from codex_tui.findings import LEVELS, RULES, Checker, told
from codex_tui.model.conversation import Conversation
from codex_tui.recording.records import ForeignRecord, FrameRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.findings import Finding, Level, Spec
    from codex_tui.findings.finding import Entry
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

_QUOTING = ("text.", "tool.", "wire.")
"""Rules whose findings quote what was said, be it by other events than those that they name."""

_MARKS = 10_000  # events that are marked


class WrongThings:
    """What is wrong with the records of an export.

    Args:
        spec: The specification that judges.
        ignore: Rules that are not spoken of.
    """

    def __init__(self, spec: Spec, ignore: Sequence[str]) -> None:
        self._checker = Checker(spec, ignore)
        self._conversation = Conversation(witness=self._checker)
        self._number = 0
        self._changed: set[Entry] = set()

    def take(self, record: Record, leaves: Record, event: ResponseStreamEvent | None) -> None:
        """Check the next record.

        Args:
            record: The record as it came.
            leaves: The same as it is handed on.
            event: The event that came.
        """
        self._conversation.apply(record, event)
        turn = self._conversation.current
        self._checker.take(record, event, turn)
        self._number += isinstance(record, FrameRecord)
        if leaves != record:
            unnumbered = isinstance(record, ForeignRecord)
            place = "#{}+{}".format(*turn.unnumbered) if unnumbered else self._number
            self._changed.add(place)

    def finish(self) -> None:
        """Say that no more records come."""
        self._conversation.finish()
        self._checker.finish()
        self.found = [self._public(each) for each in self._checker.findings.kept]
        """The findings as they may be told, in their order."""

    def _public(self, finding: Finding) -> Finding:
        quotes = finding.rule.startswith(_QUOTING) or not finding.entries
        private = bool(self._changed) if quotes else not self._changed.isdisjoint(finding.entries)
        if not private:
            return finding
        demand = RULES[finding.rule].demand
        return structs.replace(finding, message=demand, expected="", seen="", detail="")

    @property
    def spec(self) -> Spec:
        """The specification that judged."""
        return self._checker.findings.spec

    def counts(self, turn: int | None = None) -> dict[Level, int]:
        """Return how many there are of each level: in one turn, or in all."""
        return self._checker.findings.counted(turn)

    def marks(self) -> dict[int, Level]:
        """Return the events that are to blame, each with the worst level that is found there."""
        marked: dict[int, Level] = {}
        for finding in self.found:
            for entry in finding.entries[:1] if finding.count == 1 else finding.entries:
                if isinstance(entry, int) and len(marked) < _MARKS:
                    before = marked.get(entry, finding.level)
                    marked[entry] = min(before, finding.level, key=LEVELS.index)
        return marked


def objects_of(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON has them."""
    return [told(each) for each in found]


def worst_first(found: Sequence[Finding]) -> list[Finding]:
    """Return what is told to people: errors, then warnings, each in their order; notes are not."""
    told = [each for each in found if each.level != "note"]
    return sorted(told, key=lambda each: LEVELS.index(each.level))
