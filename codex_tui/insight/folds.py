"""All that is folded from a session's records, fed in one place: nothing else writes this state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.insight.checkpoints import Checkpoints
from codex_tui.insight.conversation import Conversation
from codex_tui.insight.timing import Timing
from codex_tui.sessions.log import EventLog

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

    def note(self) -> None:
        """Remember the state as it is, if it is time: it can then be gone back to quickly."""
        self.checkpoints.note(len(self.log), self.conversation)
