"""Records folded for whoever only prints them: the conversation and its figures, and no log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.engine.observer import Arrival
from codex_tui.model.conversation import Conversation
from codex_tui.model.timing import Timing
from codex_tui.recording.log import event_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.engine.observer import Observer
    from codex_tui.model.forgiven import Witness
    from codex_tui.recording.records import Record


class Folded:
    """What has come so far.

    Args:
        witness: Who is told what the fold forgives.
    """

    def __init__(self, witness: Witness | None = None) -> None:
        self.conversation = Conversation(witness=witness)
        self.timing = Timing()

    def take(self, record: Record) -> Arrival:
        """Fold the next record in."""
        event = event_of(record)
        item = self.conversation.apply(record, event)
        self.timing.apply(record, event, item, self.conversation.whose)
        return Arrival(len(self.timing) - 1, record, self.conversation.current, event, item)

    def tell(self, records: Iterable[Record], observer: Observer) -> None:
        """Fold all records, and tell of each before the next one is folded."""
        for record in records:
            observer.took(self.take(record))
        self.conversation.finish()
