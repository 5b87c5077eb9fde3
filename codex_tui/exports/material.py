"""What an export is made of: the records as they may leave, and what is folded from them.

What is taken out of records (nothing, what is private, or all text) is looked for on a first way
through, since what a stream says can only be told once its pieces have been put together. Records
are kept in a nameless temporary file, so that memory holds columns and texts alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from codex_tui.exports.redaction import Redaction
from codex_tui.exports.structure import Structure
from codex_tui.exports.wrong import WrongThings
from codex_tui.model.folds import Folds
from codex_tui.recording.log import EventLog, event_of
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    ForeignRecord,
    FrameRecord,
    SocketRecord,
)
from codex_tui.recording.turn_numbers import TurnNumbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from codex_tui.findings import Spec
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record
    from codex_tui.redact import Private


class Scrub(Protocol):
    """Takes something out of records: it is shown all of them, then asked for each of them."""

    @property
    def lengths(self) -> bool:
        """Whether texts stand as their lengths alone."""
        ...

    def look(self, record: Record) -> None:
        """See the next record, on the first way through."""
        ...

    def looked(self) -> None:
        """Hear that there are no more."""
        ...

    def scrubbed(self, record: Record) -> Record:
        """The next record as it may leave, on the second way through: a copy if it differs."""
        ...

    def sentence(self) -> str:
        """What was taken out, for the user."""
        ...


class Untouched:
    """Takes nothing out."""

    lengths = False

    def look(self, record: Record) -> None:
        """See nothing."""

    def looked(self) -> None:
        """Do nothing."""

    def scrubbed(self, record: Record) -> Record:
        """The record itself."""
        return record

    def sentence(self) -> str:
        """A warning."""
        return "not redacted: keys, addresses and paths stand in it as they were recorded"


def scrub_of(private: Private, *, redact: bool, structure_only: bool) -> Scrub:
    """The scrub that was asked for: all text goes, or what is private, or nothing.

    Args:
        private: What finds what is private.
        redact: Whether that is masked.
        structure_only: Whether texts stand as their lengths alone; then there is nothing to mask.
    """
    if structure_only:
        return Structure()
    return Redaction(private) if redact else Untouched()


_BLOCKS = (FrameRecord, CommentRecord, ForeignRecord)


def _closes(record: Record) -> bool:
    """Whether it closes the socket of all turns."""
    return isinstance(record, SocketRecord) and record.opcode == "close"


class NoSuchTurnError(LookupError):
    """A turn was asked for that is not there; the text says how many there are."""


class Material:
    """A session, or one turn of it, scrubbed.

    Args:
        records: The session's records, in order.
        scrub: What is taken out of them.
        turn: The only turn to take, from 1; all where it is None.
        name: What the session is called, for titles.
        keys: How servers take their keys, header and variable, by the beginnings of their URLs.
        rules: Whose rules it is checked by, and which of them are not spoken of.
        left: Bytes that are to stay free on the disk of temporary files.

    Raises:
        NoSuchTurnError: There is no such turn.
        OSError: There is not so much room for temporary files.
    """

    def __init__(
        self,
        records: Iterable[Record],
        scrub: Scrub | None = None,
        turn: int | None = None,
        name: str = "",
        keys: Mapping[str, tuple[str, str]] | None = None,
        rules: tuple[Spec, Sequence[str]] = ("openai", ()),
        left: int = 0,
    ) -> None:
        self._wrong = WrongThings(*rules)
        self.scrub: Scrub = scrub or Untouched()
        self.name = name
        self.keys = keys or {}
        self.torn = 0
        """Events that were cut off and after which more came, or another that was cut off."""
        self._left = left
        self._spool = Spool(left=left)
        self._log = EventLog(self._spool)
        self._take(records, turn)
        self.scrub.looked()

    def _take(self, records: Iterable[Record], wanted: int | None) -> None:
        numbers = TurnNumbers()
        cut = False
        for record in records:
            turn = numbers.of(record)
            if wanted in (None, turn) or _closes(record):
                self.torn += cut and isinstance(record, (*_BLOCKS, CutRecord))
                cut = isinstance(record, CutRecord) or (cut and not isinstance(record, _BLOCKS))
                self.scrub.look(record)
                (span,) = self._spool.keep([record])
                self._log.append(record, None, span)
        turn = numbers.latest
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
        spool = Spool(left=self._left)
        folds = Folds(spool)
        for record in self._log.records(0, len(self._log)):
            leaves, came = self.scrub.scrubbed(record), event_of(record)
            self._wrong.take(record, leaves, came)
            (span,) = spool.keep([leaves])
            folds.take(leaves, came if leaves is record else event_of(leaves), span)
        folds.conversation.finish()
        self._wrong.finish()
        return folds

    @property
    def wrong(self) -> WrongThings:
        """What is wrong with it."""
        _ = self.folds  # which is checked as it is folded
        return self._wrong

    @property
    def turns(self) -> list[Turn]:
        """The turns, folded."""
        return self.folds.conversation.turns
