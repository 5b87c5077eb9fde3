"""Whose the records of a log are: the latest request's, unless something else is known of them.

Frames that follow each other are of one turn: the log asks here only where that changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.columns import Holding
from codex_tui.recording.records import LATEST, EndRecord, RequestRecord, ResponseRecord

if TYPE_CHECKING:
    from codex_tui.recording.records import Record


class RecordTurns:
    """Whose the records of a log are, where that is not the latest request's.

    Attributes:
        held: The turns of such records.
        given: The turn of the record that came last; None where the next one has to be looked at.
    """

    def __init__(self) -> None:
        self.held: Holding[int] = Holding(LATEST)
        self.given: int | None = None
        self._latest = LATEST  # the turn of the latest request
        self._beside: set[int] = set()  # requests that end no turn

    def go_on(self, turn: int, entry: int) -> None:
        """Take in whose the records from an entry on are."""
        self.given = turn
        astray = LATEST if turn == self._latest else turn
        if astray != self.held.last:
            self.held.last = astray
            self.held.note(entry, astray)

    def note(self, entry: int, record: Record) -> None:
        """Take the turn of what is no frame: that of a request is the latest from there on."""
        match record:
            case RequestRecord():
                self._latest = record.turn
                self.go_on(record.turn, entry)
                if record.beside:
                    self._beside.add(entry)
            case ResponseRecord() | EndRecord():
                pass
            case _:
                self.go_on(record.turn, entry)

    def restore(self, record: Record, entry: int) -> Record:
        """Give a record the turn that its bytes don't say."""
        if isinstance(record, RequestRecord):
            record.beside = record.beside or entry in self._beside
        elif not isinstance(record, ResponseRecord | EndRecord):
            record.turn = self.held.at(entry)
        return record

    def go_on_from(self, others: RecordTurns, entry: int) -> None:
        """Begin with what holds at an entry of another."""
        self.held.go_on_from(others.held, entry)
        self._latest, self.given = others._latest, None

    def join(self, others: RecordTurns, first: int) -> None:
        """Take over what is known of records from an entry on."""
        self.held.join(others.held, first)
        self._latest, self.given = others._latest, None
        self._beside |= {first + entry for entry in others._beside}
