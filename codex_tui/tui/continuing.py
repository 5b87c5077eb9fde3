"""A recording that is gone on from: what is sent now stands in a new file, complete by itself.

Nobody appends to a file that another program wrote. When the first new record comes, a recording is
made, and the old one's blocks are copied into it as they stand: it replays from its beginning, and
needs no other file. Until then nothing is written, and all is read from the old file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.block_codecs import RECORDED
from codex_tui.recording.columns import CUT
from codex_tui.recording.format import HEADER_BYTES, end_of_block
from codex_tui.recording.payload import Spool
from codex_tui.recording.writer import RecordingWriter
from codex_tui.tui.opening import Written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.recording.log import EventLog
    from codex_tui.recording.payload import Keeper, ReplayedFile
    from codex_tui.recording.recording import Recording
    from codex_tui.recording.records import Record, Span
    from codex_tui.tui.opening import Kept, RecordingStore

_COPIED = 1024 * 1024  # bytes at a time


class ContinuedStore:
    """A recording to be shown, and gone on from.

    Args:
        file: The recording.
        title: Says what names the new one, when it is made.
        store: Makes the new one; None records nothing.
    """

    def __init__(
        self, file: ReplayedFile, title: Callable[[], str], store: RecordingStore | None
    ) -> None:
        self.file = file
        self.title = title
        self.store = store
        self.kept: ContinuedRecording | None = None

    def open(self, wake: Callable[[], None]) -> Kept:
        """Return the file, which grows in another one."""
        self.kept = ContinuedRecording(self, wake)
        return self.kept


class ContinuedRecording(Written):
    """The old file up to its end, and a new recording from there on, as one row of bytes."""

    form = RECORDED

    def __init__(self, store: ContinuedStore, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake
        self.log: EventLog | None = None
        """The log of the old file, which says how much of it there is."""
        self._end = 0  # where the old file ends and the new records begin
        self._shift = 0  # what the places of new records have more here than in their file

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take records and return where each stands; the first make the new recording."""
        if self._keeper is None:
            self._keeper = self._begun()
        spans = self._keeper.keep(records)
        return [(offset + self._shift, length) for offset, length in spans]

    def _begun(self) -> Keeper:
        self._end = self._shift = self.log.end if self.log is not None else 0
        if self._store.store is None:
            return Spool()
        recording = None
        try:
            recording = self._store.store.make(self._store.title())
            self._copy(recording)
        except OSError as error:
            self._error = f"not recorded: {error.strerror or error}"
            if recording is not None:
                recording.discard()  # half a copy would pass for the whole
            return Spool()
        self._shift = self._end - recording.size
        make = self._store.store.make
        self._writer = RecordingWriter(
            recording,
            lambda _written: self._wake(),
            renew=lambda before: make(self._store.title(), before),
        )
        return self._writer

    def _copy(self, recording: Recording) -> None:
        """Copy the old file's blocks: all but its header, and a torn one as a cut, never whole."""
        file, log = self._store.file, self.log
        start = end_of_block(file.read(0, HEADER_BYTES), 0)
        cut = log is not None and len(log) > 0 and log.kind(len(log) - 1) == CUT
        end = log.offset(len(log) - 1) if log is not None and cut else self._end
        while start < end and (data := file.read(start, min(_COPIED, end - start))):
            recording.append(data)
            start += len(data)
        if log is not None and cut:
            recording.append(b"".join(recording.blocks([log.record(len(log) - 1)])))

    def trouble(self, now: float) -> str:
        """Say what troubles the new recording, or what another program did to the old one."""
        return super().trouble(now) or self._store.file.trouble()

    def settled(self, offset: int) -> bool:
        """Whether what stands before an offset may be drawn."""
        return self._keeper is None or self._keeper.settled(offset - self._shift)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: the disk fails.
        """
        if self._keeper is None or offset < self._end:
            return self._store.file.read(offset, length)
        return self._keeper.read(offset - self._shift, length)
