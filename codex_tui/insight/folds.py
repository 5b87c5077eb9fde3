"""All that is folded from a session's records, fed in one place: nothing else writes this state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.insight.checkpoints import Checkpoints
from codex_tui.insight.conversation import Conversation
from codex_tui.insight.timing import Timing
from codex_tui.sessions.log import EventLog
from codex_tui.sessions.records import FrameRecord
from codex_tui.wire.decode import decode_event

if TYPE_CHECKING:
    from codex_tui.sessions.payload import Payload
    from codex_tui.sessions.records import Record, Span
    from codex_tui.wire.events import ResponseStreamEvent


class Folds:
    """The log, the conversation, the timing and the checkpoints of one session.

    Args:
        payload: What keeps the records' bytes.
    """

    def __init__(self, payload: Payload) -> None:
        self.log = EventLog(payload)
        self.conversation = Conversation()
        self.timing = Timing(self.log)
        self.checkpoints = Checkpoints(self.log)

    def take(self, record: Record, event: ResponseStreamEvent | None, span: Span) -> int:
        """Fold the next record in, and return its entry; `event` is what its frame carries."""
        entry = self.log.append(record, event, span)
        item = self.conversation.apply(record, event)
        self.timing.apply(record, event, item)
        return entry

    @property
    def behind(self) -> int:
        """How many entries of the log are not folded yet: an index is there before the folds."""
        return len(self.log) - len(self.timing)

    def catch_up(self, most: int) -> int:
        """Fold at most so many entries that the log has already; return how many are left.

        Raises:
            OSError: The records can't be read back.
        """
        first = len(self.timing)
        for record in self.log.records(first, min(len(self.log), first + most)):
            event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
            self.timing.apply(record, event, self.conversation.apply(record, event))
        self.note()
        return self.behind

    def note(self) -> None:
        """Remember the state as it is, if it is time: it can then be gone back to quickly."""
        self.checkpoints.note(len(self.timing), self.conversation)
