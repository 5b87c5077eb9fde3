"""What a turn's socket carried beside the events of its response."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from codex_tui.recording.json_lines import close_object, sent_object
from codex_tui.recording.records import SentRecord, SocketRecord

MOST_SENT = 100
"""Messages of the client that a turn holds; the recording has all of them."""

MOST_HELD = 1 << 20
"""Characters of them, about."""


class SocketFacts(Struct, frozen=True):
    """What was sent, and what control frames and binary messages came.

    `sent` are the first messages of the client that began no turn, `sent_total` is how many there
    were, `held` how long they are; `others` counts all else by way and kind, as `received ping`.
    `close` is the close frame that came first.
    """

    sent: tuple[SentRecord, ...] = ()
    sent_total: int = 0
    others: tuple[tuple[str, int], ...] = ()
    close: SocketRecord | None = None
    held: int = 0

    def told(self) -> dict[str, Any]:
        """Return them as JSON has them."""
        return {
            "sent": [sent_object(record) for record in self.sent],
            "sent_total": self.sent_total,
            "others": dict(self.others),
            "close": None if self.close is None else close_object(self.close),
        }

    def take(self, record: SentRecord | SocketRecord) -> SocketFacts:
        """Return the facts with another one."""
        if isinstance(record, SentRecord):
            held = self.held + len(record.data)
            fits = len(self.sent) < MOST_SENT and held <= MOST_HELD
            sent = (*self.sent, record) if fits else self.sent
            return replace(self, sent=sent, sent_total=self.sent_total + 1, held=held)
        if record.opcode == "close":
            return replace(self, close=self.close or record)  # the other side only answers
        counts = dict(self.others)
        way = f"{record.dir} {record.opcode}"
        counts[way] = counts.get(way, 0) + 1
        return replace(self, others=tuple(counts.items()))
