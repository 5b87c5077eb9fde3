"""Records folded for printing: the conversation, and the columns that its figures are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.figures.measures import measure
from codex_tui.figures.report import report, timing_object
from codex_tui.figures.summary import summary
from codex_tui.model.conversation import Conversation
from codex_tui.model.timing import Timing
from codex_tui.recording.records import FrameRecord
from codex_tui.safe_text import clean
from codex_tui.wire.decode import decode_event

if TYPE_CHECKING:
    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent


class Step(NamedTuple):
    """One record, and what it came to: its event, the item that this spoke of, and its turn."""

    record: Record
    event: ResponseStreamEvent | None
    item: Item | None
    turn: Turn


class Folded:
    """What has come so far."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self._timing = Timing()

    def take(self, record: Record) -> Step:
        """Fold the next record in."""
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        item = self.conversation.apply(record, event)
        self._timing.apply(record, event, item)
        return Step(record, event, item, self.conversation.turns[-1])

    def report(self, turn: Turn) -> dict[str, Any]:
        """A turn as a JSON object, its figures under `timing`."""
        return {**report(turn), "timing": timing_object(measure(turn, self._timing), self._timing)}

    def summary(self, turn: Turn) -> str:
        """The figures of a turn, for people: what servers say is made safe wherever it goes."""
        turns = len(self.conversation.turns)
        return clean(summary(measure(turn, self._timing), self._timing, turns))
