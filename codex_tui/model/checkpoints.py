"""Any earlier state of a session: the nearest checkpoint before it, and a fold of what came since.

A checkpoint is a copy of what was running; it shares the turns that were over by then, and with the
checkpoint before it all items that were not written in between. Nobody folds into a checkpoint,
only into forks of it; so a state is the same whether it was reached from the start or from anywhere
else.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.model.conversation import Conversation, Standing, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.log import EventLog

SPACING = 256
"""Entries between two checkpoints of a short log, about: folding them again takes some 3 ms."""

MOST = 256
"""Checkpoints that are kept; beyond them every other one goes, and spacing doubles."""

_STEPS = 16
"""Entries before a moment that was asked for: whoever steps back from there comes to it quickly."""

_NOTED = 16  # entries between two looks whether a checkpoint is due: a look costs a microsecond
_SIXTEEN = 16  # turns or responses that are shared cost about what an item does
_ENTRY_BYTES = 512  # a larger entry takes longer to fold again, and counts for several


class _Checkpoint(NamedTuple):
    """The state after the first `folded` entries: where the fold stood, and the turns not over.

    `weight` is how much there was to copy, in items, parts, and sixteens of turns and responses.
    """

    folded: int
    standing: Standing = Standing(0, (0, 0), 0)
    running: tuple[Turn, ...] = ()
    weight: int = 0


class Checkpoints:
    """The states of a log's entries, as a fold from the start would have them.

    Whoever folds the log calls `note` now and then; what nobody has folded yet is folded here.

    Args:
        log: the entries, which may still grow.
        spacing: entries between two checkpoints.
        most: how many checkpoints are kept.
    """

    def __init__(self, log: EventLog, spacing: int = SPACING, most: int = MOST) -> None:
        self._log = log
        self._spacing = spacing
        self._most = most
        self._over: list[Turn] = []  # the turns that are over
        self._kept = [_Checkpoint(0)]
        self._asked = _Checkpoint(0)  # just before what was asked for last

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def latest(self) -> int:
        """How many entries the latest checkpoint holds: `state_at` folds nothing there."""
        return self._kept[-1].folded

    def note(self, folded: int, conversation: Conversation) -> None:
        """Keep the state of a conversation that holds the first `folded` entries, if it is time.

        Where it is not, that costs about a microsecond: once for several entries is enough.
        """
        place = self._place(folded)
        before = self._kept[place - 1]
        if self._cost(before.folded, folded) >= self._spacing + before.weight // 4:
            self._kept.insert(place, self._taken(folded, conversation))
            if len(self._kept) > self._most:
                del self._kept[1::2]
                self._spacing *= 2

    def distance(self, n: int) -> int:
        """How many entries `state_at(n)` has to fold."""
        return n - self._before(n).folded

    def state_at(self, n: int) -> Conversation:
        """Return the state after the first `n` entries; it is the caller's, who may fold on in it.

        Turns that are over are shared. A turn that the file leaves open is open: `finish` says
        that nothing more will come.

        Raises:
            OSError: the records can't be read back.
        """
        folded, conversation = self._nearest(n)
        self._fold(conversation, folded, n)
        return conversation

    def first(self, holds: Callable[[Conversation], bool]) -> int | None:
        """Return the first entry after which something holds; None where it never does.

        What holds once must hold from there on: then only what stands between two checkpoints is
        folded again. Nobody may fold into the states that are asked about.

        Raises:
            OSError: as `state_at`.
        """
        kept = self._kept
        place = bisect_left(kept, True, key=lambda each: holds(self._seen(each)))
        stop = kept[place].folded if place < len(kept) else len(self._log)
        folded, conversation = self._nearest(kept[max(place - 1, 0)].folded)
        for entry, record in enumerate(self._log.records(folded, stop), folded):
            conversation.apply(record)
            if holds(conversation):
                return entry
        return None

    def _seen(self, kept: _Checkpoint) -> Conversation:
        """What a checkpoint holds, to be looked at and not to be folded into."""
        over = self._over[: kept.standing.over]
        return Conversation((*over, *kept.running), None, kept.standing)

    def _nearest(self, n: int) -> tuple[int, Conversation]:
        """The nearest state before one, forked, and how many entries it holds."""
        kept = self._before(n)
        return kept.folded, self._seen(kept).fork()

    def _before(self, n: int) -> _Checkpoint:
        kept = self._kept[self._place(n) - 1]
        return self._asked if kept.folded < self._asked.folded <= n else kept

    def _fold(self, conversation: Conversation, first: int, last: int) -> None:
        for folded, record in enumerate(self._log.records(first, last), first + 1):
            conversation.apply(record)
            if folded % _NOTED == 0:
                self.note(folded, conversation)
            if last - folded == _STEPS < folded - first:
                self._asked = self._taken(folded, conversation)

    def _place(self, folded: int) -> int:
        """Where a checkpoint of so many entries belongs: behind those of as many or fewer."""
        kept = self._kept
        if folded >= kept[-1].folded:
            return len(kept)
        return bisect_right(kept, folded, key=attrgetter("folded"))

    def _cost(self, first: int, last: int) -> int:
        size = self._log.offset(last) - self._log.offset(first)
        return max(last - first, size // _ENTRY_BYTES)

    def _taken(self, folded: int, state: Conversation) -> _Checkpoint:
        standing = state.standing
        self._over += state.turns[len(self._over) : standing.over]
        running = tuple(
            turn.keep() if state.goes_on(turn) else turn for turn in state.turns[standing.over :]
        )
        weight = sum(turn.transcript.weight for turn in running if state.goes_on(turn))
        return _Checkpoint(folded, standing, running, weight + len(running) // _SIXTEEN)
