"""All that is folded from a session's records, fed in one place: nothing else writes this state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.model.checkpoints import Checkpoints
from codex_tui.model.conversation import Conversation
from codex_tui.model.timing import Timing
from codex_tui.recording.log import EventLog, event_of
from codex_tui.wire.registry import brings_in_runs

if TYPE_CHECKING:
    from codex_tui.model.forgiven import Witness
    from codex_tui.model.items import Item, Part
    from codex_tui.recording.payload import Keeper
    from codex_tui.recording.records import Record, Span
    from codex_tui.wire.base import ResponseStreamEvent


_BESIDE = 16  # items that are looked at: more at a time nobody sends


class Folds:
    """The log, the conversation, the timing and the checkpoints of one session.

    Args:
        payload: What keeps the records' bytes.
        witness: Who is told what is forgiven.
    """

    def __init__(self, payload: Keeper, witness: Witness | None = None) -> None:
        self.log = EventLog(payload)
        self.conversation = Conversation(witness=witness)
        self.timing = Timing(self.log)
        self.checkpoints = Checkpoints(self.log)
        self._last: type | None = None  # the class of the event before,
        self._text: Item | Part | None = None  # and the text that it was of

    def take(self, record: Record, event: ResponseStreamEvent | None, span: Span) -> Item | None:
        """Fold the next record in; `event` is what its frame carries.

        Returns the item that the event spoke of, None where it spoke of none.
        """
        entry = self.log.append(record, event, span)
        item = self.conversation.apply(record, event)
        self.timing.apply(record, event, item, self.conversation.whose)
        cls = event.__class__
        if cls is not self._last or item is None or (item.latest or item) is not self._text:
            self._change(entry, event, item)
        return item

    @property
    def behind(self) -> int:
        """How many entries of the log are not folded yet: an index is there before the folds."""
        return len(self.log) - len(self.timing)

    def catch_up(self, most: int) -> int:
        """Fold at most so many entries that the log has already; return how many are left.

        It ends before a large one, which can be read elsewhere: `large` says which.

        Raises:
            OSError: The records can't be read back.
        """
        first = len(self.timing)
        last = self.log.before_large(first + 1, min(len(self.log), first + most))
        for record in self.log.records(first, last):
            self.take_up(record, event_of(record))
        self.note()
        return self.behind

    @property
    def large(self) -> int | None:
        """The entry that is to be folded next, if it takes long to read and to decode."""
        entry = len(self.timing)
        return entry if entry < len(self.log) and self.log.is_large(entry) else None

    def take_up(self, record: Record, event: ResponseStreamEvent | None) -> None:
        """Fold the next entry of the log in, which was read already."""
        entry = len(self.timing)
        item = self.conversation.apply(record, event)
        self.timing.apply(record, event, item, self.conversation.whose)
        cls = event.__class__
        if cls is not self._last or item is None or (item.latest or item) is not self._text:
            self._change(entry, event, item)

    def _change(self, entry: int, event: ResponseStreamEvent | None, item: Item | None) -> None:
        """Note which text an event is of, and where that has to be told."""
        before, self._text = self._text, None if item is None else item.latest or item
        last, self._last = self._last, event.__class__
        if event is None or not brings_in_runs(event):
            return
        goes_on = last is self._last and before is not None  # in another text than its like
        if goes_on or (item is not None and self._is_beside(item)):
            self.log.breaks.append(entry)

    def _is_beside(self, item: Item) -> bool:
        """Whether another item of its type is open: what grows may then be of either."""
        items = self.conversation.current.transcript.items[-_BESIDE:]
        return any(each.type == item.type and each is not item and not each.done for each in items)

    def note(self) -> None:
        """Remember the state as it is, if it is time: it can then be gone back to quickly."""
        self.checkpoints.note(len(self.timing), self.conversation)
