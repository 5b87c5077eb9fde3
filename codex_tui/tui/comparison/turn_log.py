"""One turn of a log as a log of its own: what a strip shows of a session that has several.

It refers to the same bytes; its times count from its own request.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from codex_tui.recording.records import RequestRecord

if TYPE_CHECKING:
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent


class TurnLog:
    """The entries of one turn.

    Args:
        whole: The log that they stand in.
    """

    def __init__(self, whole: EventLog) -> None:
        self.log = whole.sequel()
        self._whole = whole
        self._entries = array("I")

    def take(
        self, entry: int, record: Record, event: ResponseStreamEvent | None, turn: Turn
    ) -> None:
        """Take an entry of the whole log in, which is of this turn."""
        whole = self._whole
        begins, ends = whole.offset(entry), whole.offset(whole.columns.block_of(entry).stop)
        if turn.began and not isinstance(record, RequestRecord) and record.t is not None:
            record = replace(record, t=turn.since(record.t))
        elif turn.began and isinstance(record, RequestRecord):
            record = replace(record, t=0.0)
        self.log.append(record, event, (begins, ends - begins))
        self._entries.append(entry)

    def entry_of(self, number: int | None) -> int | None:
        """Where the event of a number in the whole log stands here; None where it does not."""
        if number is None or not 1 <= number <= self._whole.events:
            return None
        entry = self._whole.entry_of(number)
        place = bisect_left(self._entries, entry)
        found = place < len(self._entries) and self._entries[place] == entry
        return place if found else None
