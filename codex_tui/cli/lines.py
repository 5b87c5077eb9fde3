"""One JSON object for each event, as `--format events` prints it while events come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.recording.records import FrameRecord, RequestRecord
from codex_tui.wire.decode import event_type

if TYPE_CHECKING:
    from codex_tui.recording.records import Record


class EventLines:
    """Numbers events from 1, as the timeline does, and turns in the order of their requests."""

    def __init__(self) -> None:
        self.turn = 0
        self._requests = 0
        self._number = 0

    def of(self, record: Record) -> dict[str, Any] | None:
        """The object for a record; None where the record is no event.

        `t` and `read` are null where the file has none, and as a recording has them while they
        come; `data` is what the wire carried, verbatim.
        """
        if isinstance(record, RequestRecord):
            self._requests += 1
        self.turn = max(self._requests, 1)
        if not isinstance(record, FrameRecord):
            return None
        self._number += 1
        return {
            "n": self._number,
            "t": None if record.t is None else round(record.t, 6),
            "read": record.read,
            "type": event_type(record.frame),
            "data": record.frame.data,
        }
