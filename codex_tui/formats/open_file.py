"""A file of any format opened: what it is, what keeps its records, and what makes their log."""

from __future__ import annotations

import errno
import stat
from typing import TYPE_CHECKING

from codex_tui.formats.readers import AnyReader, Bounds, Unrecognized, slices
from codex_tui.formats.sniffing import HEAD, sniff
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.files import LEFT_FREE
from codex_tui.recording.payload import ReplayedFile, Spool
from codex_tui.recording.reader import RecordParser
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.decode import decode_event
from codex_tui.wire.peek import peek_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codex_tui.formats.readers import Format, Placed, Reader
    from codex_tui.recording.bulk_index import LogMaker
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Span


class UnreadableError(OSError):
    """A file that holds no stream and no session; `strerror` says what it is instead."""


class OpenFile:
    """A file whose format is known.

    Args:
        path: The file.
        limited: Whether it is read only as far as the limits of events, packing and disks allow.

    Raises:
        OSError: It can't be read.
        UnreadableError: It is nothing that can be read as records.
    """

    def __init__(self, path: Path, *, limited: bool = True) -> None:
        self.path = path
        self.format: Format = _format_of(path)
        self.reader: Reader = self.format.make(Bounds.of(limited=limited))
        """What reads it; `trouble` is known when it has read all."""
        self.keeper: ReplayedFile | Spool = Spool(copied=True, left=LEFT_FREE if limited else 0)
        """What gives the bytes of its records back: the file itself, where they stand in it."""
        if self.format.form is not None:
            self.keeper = ReplayedFile(path, self.format.form)

    @property
    def indexed(self) -> bool:
        """Whether the index that is made of it is worth being saved: that of streams alone."""
        return isinstance(self.reader, RecordParser)

    def maker(self, log: EventLog) -> LogMaker:
        """Return what makes the log of the file's bytes."""
        if isinstance(self.reader, RecordParser):
            return Indexer(log, self.reader)
        spool = self.keeper if isinstance(self.keeper, Spool) else None
        return ReaderLog(log, self.reader, spool)


_ONCE = "a pipe or a device, which can be read only once: save it to a file first"


def _format_of(path: Path) -> Format:
    if not (stat.S_ISREG(mode := path.stat().st_mode) or stat.S_ISDIR(mode)):
        raise UnreadableError(errno.EINVAL, _ONCE, str(path))
    with path.open("rb") as file:
        head = file.read(HEAD + 1)
    found = sniff(head, complete=len(head) <= HEAD)
    if found is None or isinstance(found, Unrecognized):
        sentence = found.sentence if found else "it can't be told what it is"
        raise UnreadableError(errno.EINVAL, sentence, str(path))
    return found


class ReaderLog:
    """Makes a log of bytes of any format, record by record.

    Args:
        log: A log that is empty.
        reader: What reads the bytes.
        spool: What is to keep the records, where they don't stand in the file.
    """

    def __init__(self, log: EventLog, reader: Reader | AnyReader, spool: Spool | None) -> None:
        self._log = log.sequel()
        self._reader = reader
        self._spool = spool

    def feed(self, chunk: bytes) -> EventLog:
        """Take in the next bytes; return what they complete."""
        for part in (chunk,) if self._spool is None else slices(chunk):
            self._append(self._reader.feed(part))
        return self._sequel()

    def close(self) -> EventLog:
        """Take in that nothing more comes; return what is left."""
        self._append(self._reader.close())
        return self._sequel()

    @property
    def over(self) -> bool:
        """Whether more makes no difference: it has reached a limit, or can't be read."""
        refused = isinstance(self._reader, AnyReader) and self._reader.refusal is not None
        return refused or bool(self._reader.limit)

    def _append(self, placed: Sequence[Placed]) -> None:
        for span, (_, record) in zip(self._spans(placed), placed, strict=True):
            if isinstance(record, FrameRecord):
                label = peek_label(record.frame.data)
                event = None if label else decode_event(record.frame)
                self._log.append(record, event, span, label)
            else:
                self._log.append(record, None, span)

    def _sequel(self) -> EventLog:
        log, self._log = self._log, self._log.sequel()
        return log

    def _spans(self, placed: Sequence[Placed]) -> Sequence[Span]:
        if self._spool is None:
            return [span for span, _ in placed]
        return self._spool.keep([record for _, record in placed])
