"""Where a conversation's bytes are kept: the recordings that are made, renewed and gone on from.

Every way is a `Keeper`. Nobody appends to a file that another program wrote: what goes on from a
recording stands in a new one, complete by itself. Until there is something to record, nothing is
made.
"""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.model.prompts import prompt_of
from codex_tui.recording.block_codecs import RECORDED
from codex_tui.recording.columns import CUT
from codex_tui.recording.format import HEADER_BYTES, end_of_block
from codex_tui.recording.payload import Spool, Unrecorded
from codex_tui.recording.records import RequestRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.recording.log import EventLog
    from codex_tui.recording.payload import Keeper, ReplayedFile
    from codex_tui.recording.recording import Recording
    from codex_tui.recording.records import Record, Span
    from codex_tui.recording.writer import RecordingWriter
    from codex_tui.sources.pipe import PipeSource

    Wake = Callable[[], None]
    """Called from any thread when more has been written: it may be shown now."""

    Keep = Callable[[Wake], Keeper]
    """Makes the place where one conversation is kept."""

_COPIED = 1024 * 1024  # bytes at a time


def spooled(wake: Wake) -> Keeper:
    """Keep a conversation in a temporary file without a name: nothing is recorded."""
    del wake  # nothing is ever waited for
    return Spool()


class Forgotten(Unrecorded):
    """Keeps nothing but the count: for whoever prints what comes, and reads nothing back."""

    form = RECORDED

    def __init__(self) -> None:
        self._count = 0

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Return a place for each record; nothing stands there."""
        first, self._count = self._count, self._count + len(records)
        return [(place, 1) for place in range(first, self._count)]

    def read(self, offset: int, length: int) -> bytes:
        """Nothing.

        Raises:
            OSError: always.
        """
        raise OSError(errno.ENOENT, "nothing is kept")

    def lasts(self) -> bool:
        """False."""
        return False


def forgotten(wake: Wake) -> Keeper:
    """Keep nothing of a conversation."""
    del wake
    return Forgotten()


def borrowed(keeper: Keeper) -> Keep:
    """Keep a conversation where it is kept already, as in the file that is replayed."""
    return lambda _wake: keeper


class Recordings(Struct, frozen=True):
    """A folder of recordings, in which each conversation gets a file of its own.

    Attributes:
        folder: The folder, which is made if it isn't there.
        title: What names the file of a conversation that has no prompt.
        wanted: Whether it is to be recorded; asked when the first record has come.
        otherwise: Makes what keeps it where it is not.
        group: What it has in common with others that are made to be compared with it.
        run: Which of those it is, as in `2/6`.
    """

    folder: Path
    title: str = ""
    wanted: Callable[[], bool] = lambda: True
    otherwise: Keep = spooled
    group: str | None = None
    run: str | None = None

    def open(self, wake: Wake) -> NewRecording:
        """Return a recording that begins when something is kept."""
        return NewRecording(self, wake)

    def make(self, title: str, continues: str | None = None) -> Recording:
        """Make a recording; `continues` is the name of one that it goes on from.

        Raises:
            OSError: It can't be made.
        """
        named = title or self.title
        from codex_tui.recording.recording import Recording

        return Recording.create(
            self.folder,
            title=named,
            now=datetime.now(UTC),
            continues=continues,
            group=self.group,
            run=self.run,
        )

    def written(self, recording: Recording | OSError, title: str, wake: Wake) -> RecordingWriter:
        """Have a recording written behind the program's back, and another one where it fails."""
        from codex_tui.recording.writer import RecordingWriter

        return RecordingWriter(
            recording,
            lambda _written: wake(),
            monotonic,
            renew=lambda before: self.make(title, before),
        )


def recorded(folder: Path | None, title: str = "", otherwise: Keep = spooled) -> Keep:
    """Record in a folder; None records nothing."""
    return otherwise if folder is None else Recordings(folder, title, otherwise=otherwise).open


def watched(pipe: PipeSource, folder: Path | None, otherwise: Keep = spooled) -> Keep:
    """Record what comes through a pipe, unless that is nothing, or has times of its own."""
    if folder is None:
        return otherwise
    return Recordings(folder, "from a pipe", lambda: not (pipe.saved or pipe.empty), otherwise).open


class NewRecording:
    """A recording that is made when there is something to record, or as soon as it can be.

    Args:
        recordings: Makes it; None records nothing.
        wake: Called when more has been written.
        title: Says what names it, by the first records.
        preface: Writes what is to stand before them; where that fails nothing is recorded.
    """

    form = RECORDED

    def __init__(
        self,
        recordings: Recordings | None,
        wake: Wake,
        title: Callable[[Sequence[Record]], str] | None = None,
        preface: Callable[[Recording], None] | None = None,
    ) -> None:
        self._recordings = recordings
        self._wake = wake
        self._title = title or title_of
        self._preface = preface
        self._keeper: Keeper | None = None
        self._error = ""  # why it can't be begun

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take records and return where each stands."""
        if self._keeper is None:
            self._keeper = self._begun(self._title(records))
        return self._keeper.keep(records)

    def _begun(self, title: str) -> Keeper:
        if self._recordings is None:
            return Spool()
        if not self._recordings.wanted():
            return self._recordings.otherwise(self._wake)
        recording: Recording | OSError
        try:
            recording = self._made(self._recordings, title)
        except OSError as error:
            recording = error
            if self._preface is not None:
                self._error = f"not recorded: {error.strerror or error}"
                return Spool()
        return self._recordings.written(recording, title, self._wake)

    def _made(self, recordings: Recordings, title: str) -> Recording:
        recording = recordings.make(title)
        try:
            if self._preface is not None:
                self._preface(recording)
        except OSError:
            recording.discard()  # half a preface would pass for the whole
            raise
        return recording

    def settled(self, offset: int) -> bool:
        """Whether what stands before an offset may be drawn."""
        return self._keeper is None or self._keeper.settled(offset)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: the disk fails.
        """
        return b"" if self._keeper is None else self._keeper.read(offset, length)

    def place(self) -> Path | None:
        """The recording's path, once there is one."""
        return None if self._keeper is None else self._keeper.place()

    def recorded(self) -> bool:
        """Whether there is something to record, and it was wanted."""
        return self._keeper is not None and self._keeper.recorded()

    def trouble(self) -> str:
        """Why it is not recorded; nothing where all is well."""
        return self._error or ("" if self._keeper is None else self._keeper.trouble())

    def behind(self) -> bool:
        """Whether the disk is slow."""
        return self._keeper is not None and self._keeper.behind()

    def lasts(self) -> bool:
        """Whether what came is recorded, or nothing came."""
        return self._keeper is None or self._keeper.lasts()

    def close(self) -> bool:
        """Write what is waiting."""
        return self._keeper is None or self._keeper.close()


def title_of(records: Sequence[Record]) -> str:
    """The first prompt among some records."""
    requests = (record for record in records if isinstance(record, RequestRecord))
    return next((prompt_of(request.body) for request in requests), "")


class ContinuedRecording:
    """A recording up to its end, and a new one from there on, as one row of bytes.

    The new one begins with the old one's blocks as they stand, so that it replays by itself.

    Args:
        file: The old one.
        recordings: Makes the new one; None records nothing.
        title: Says what names the new one, when it is made.
        wake: Called when more has been written.
    """

    form = RECORDED

    def __init__(
        self,
        file: ReplayedFile,
        recordings: Recordings | None,
        title: Callable[[], str],
        wake: Wake,
    ) -> None:
        self.log: EventLog | None = None
        """The log of the old file, which says how much of it there is."""
        self._file = file
        self._new = new = NewRecording(recordings, wake, lambda _: title(), self._copy)
        self.place, self.recorded, self.behind = new.place, new.recorded, new.behind
        self.lasts, self.close = new.lasts, new.close
        self._end: int | None = None  # where the old file ends and the new records begin
        self._shift = 0  # what the places of new records have more here than in their file

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take records and return where each stands; the first make the new recording."""
        begins = self._end is None
        if begins:
            self._end = self.log.end if self.log is not None else 0
        spans = self._new.keep(records)
        if begins:
            self._shift = (self._end or 0) - spans[0][0]
        return [(offset + self._shift, length) for offset, length in spans]

    def _copy(self, recording: Recording) -> None:
        """Copy the old file's blocks: all but its header, and a torn one as a cut, never whole."""
        file, log = self._file, self.log
        start, end = end_of_block(file.read(0, HEADER_BYTES), 0), self._end or 0
        cut = log is not None and len(log) > 0 and log.kind(len(log) - 1) == CUT
        end = log.offset(len(log) - 1) if log is not None and cut else end
        while start < end and (data := file.read(start, min(_COPIED, end - start))):
            recording.append(data)
            start += len(data)
        if log is not None and cut:
            recording.append(b"".join(recording.blocks([log.record(len(log) - 1)])))

    def settled(self, offset: int) -> bool:
        """Whether what stands before an offset may be drawn."""
        return self._new.settled(offset - self._shift)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: the disk fails.
        """
        if self._end is None or offset < self._end:
            return self._file.read(offset, length)
        return self._new.read(offset - self._shift, length)

    def trouble(self) -> str:
        """What troubles the new recording, or what another program did to the old one."""
        return self._new.trouble() or self._file.trouble()
