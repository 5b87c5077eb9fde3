"""Which turn of a session a record is of, for who reads records and folds none.

Turns count from 1 in the order of their requests, whatever number those have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.records import RequestRecord

if TYPE_CHECKING:
    from codex_tui.recording.records import Record


class TurnNumbers:
    """Numbers the turns; `of` is to be asked of each record, in order."""

    def __init__(self) -> None:
        self.latest = 0
        """The number of the latest turn; 0 before the first record."""
        self._numbers: dict[int, int] = {}

    def of(self, record: Record) -> int:
        """Return the number of a record's turn."""
        if isinstance(record, RequestRecord):
            self.latest += 1
            self._numbers[record.turn] = self.latest
            return self.latest
        self.latest = self.latest or 1
        return self._numbers.get(record.turn, self.latest)
