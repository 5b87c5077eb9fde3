"""What an export is made of: the records as they may leave, and what is folded from them.

Records are kept in a nameless temporary file, so that memory holds columns and texts alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from codex_tui.exports.scrubbing import Untouched
from codex_tui.model.folds import Folds
from codex_tui.recording.log import EventLog, event_of
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import CommentRecord, CutRecord, FrameRecord, RequestRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.exports.scrubbing import Scrub
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record


_BLOCKS = (FrameRecord, CommentRecord)


class NoSuchTurnError(LookupError):
    """A turn was asked for that is not there; the text says how many there are."""


class Material:
    """A session, or one turn of it, scrubbed.

    Args:
        records: The session's records, in order.
        scrub: What is taken out of them.
        turn: The only turn to take, from 1; all where it is None.
        name: What the session is called, for titles.

    Raises:
        NoSuchTurnError: There is no such turn.
    """

    def __init__(
        self,
        records: Iterable[Record],
        scrub: Scrub | None = None,
        turn: int | None = None,
        name: str = "",
    ) -> None:
        self.scrub: Scrub = scrub or Untouched()
        self.name = name
        self.torn = 0
        """Events that were cut off and after which more came, or another that was cut off."""
        self._spool = Spool()
        self._log = EventLog(self._spool)
        self._take(records, turn)
        self.scrub.looked()
        self._scrubbed: Folds | None = None

    def _take(self, records: Iterable[Record], wanted: int | None) -> None:
        turn = 0
        requests = 0
        cut = False
        for record in records:
            requests += isinstance(record, RequestRecord)
            turn = max(requests, 1)
            if wanted in (None, turn):
                self.torn += cut and isinstance(record, (*_BLOCKS, CutRecord))
                cut = isinstance(record, CutRecord) or (cut and not isinstance(record, _BLOCKS))
                self.scrub.look(record)
                (span,) = self._spool.keep([record])
                self._log.append(record, None, span)
        if wanted is not None and not 1 <= wanted <= turn:
            turns = "1 turn" if turn == 1 else f"{turn} turns"
            raise NoSuchTurnError(f"there is no turn {wanted}: {turns}")

    def records(self) -> Iterator[Record]:
        """Yield the records as they may leave, once.

        Raises:
            OSError: The temporary file can't be read back.
        """
        for record in self._log.records(0, len(self._log)):
            yield self.scrub.scrubbed(record)

    @cached_property
    def folds(self) -> Folds:
        """All that is folded from the records as they may leave; instead of `records`.

        Raises:
            OSError: The temporary file can't be read back.
        """
        spool = Spool()
        folds = Folds(spool)
        for record in self.records():
            (span,) = spool.keep([record])
            event = event_of(record)
            folds.take(record, event, span)
        folds.conversation.finish()
        return folds

    @property
    def turns(self) -> list[Turn]:
        """The turns, folded."""
        return self.folds.conversation.turns
