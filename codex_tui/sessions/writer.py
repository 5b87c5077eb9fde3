"""The recording of a live stream, written by a thread so that no disk ever holds a frame.

`keep` returns at once: the bytes are formatted and their places known, and a daemon thread writes
them, all that is waiting in one go. What stands where is decided when it is queued; so a record
can be read back at any time, from the queue, from the file or, when the disk has failed, from what
then took its place. The recording gets whole groups in order or, after a failure, nothing more.
"""

from __future__ import annotations

from collections import deque
from threading import Condition, Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.sessions.forms import RECORDED
from codex_tui.sessions.payload import Spool, spans_of
from codex_tui.sessions.recording import SYNC_EVERY
from codex_tui.sessions.records import EndRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.sessions.recording import Recording
    from codex_tui.sessions.records import Record, Span

BEHIND_AFTER = 0.25
"""Seconds that drawing waits for the disk; then it goes on, under the mark "recording behind"."""

GATHER = 0.008
"""Seconds between two writes while records come without a pause.

The first write of a burst is not delayed, nor one that somebody waits for. Waking a thread costs
more than the write does: woken for each of 3,000 records a second it takes three times the CPU.
"""


class _Group(NamedTuple):
    """What was kept in one go, where it stands, and since when it waits."""

    offset: int
    data: bytes
    since: float
    ended: bool


class RecordingWriter:
    """Writes a recording behind the back of the program.

    Args:
        recording: the file, which is the writer's from now on.
        on_written: called from the writing thread, after each write, with `written`; and once
            more when the recording has failed.
        clock: seconds that never go back; the same as the `now` of `behind_since`.
    """

    form = RECORDED

    def __init__(
        self,
        recording: Recording,
        on_written: Callable[[int], None] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.error: str | None = None
        """Why the stream is no longer recorded, as a sentence; None while it is."""
        self.written = recording.size
        """How far the recording stands in the file, in bytes from its beginning."""
        self._recording = recording
        self._on_written = on_written
        self._clock = clock
        self._queued = recording.size
        self._groups: deque[_Group] = deque()
        self._changed = Condition()
        self._closing = False
        self._awaited = Event()
        self._spool: Spool | None = None  # takes all that comes after a failure
        self._spooled_from = 0
        self._thread = Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The recording's file."""
        return self._recording.path

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take records and return where each stands: offset and length in bytes.

        What is taken after `close` is readable, but never written.
        """
        blocks = self._recording.blocks(records)
        spans = spans_of(blocks, self._queued)
        ended = bool(records) and isinstance(records[-1], EndRecord)
        group = _Group(self._queued, b"".join(blocks), self._clock(), ended)
        self._queued += len(group.data)
        with self._changed:
            self._groups.append(group)
            if len(self._groups) == 1:
                self._changed.notify()
        return spans

    def settled(self, offset: int) -> bool:
        """Whether what stands before `offset` may be drawn: written, or waited for long enough."""
        if offset <= self.written or self.error is not None:
            return True
        self._awaited.set()
        return self.behind_since(self._clock()) is not None

    def behind_since(self, now: float) -> float | None:
        """Since when the disk keeps the recording waiting, None unless that is too long ago.

        A recording that has failed is not behind: it has an `error`.
        """
        with self._changed:
            oldest = self._groups[0].since if self._groups else now
        return oldest if now - oldest >= BEHIND_AFTER else None

    def read(self, offset: int, length: int) -> bytes:
        """The bytes of a record that was kept, written or not.

        Raises:
            OSError: the disk fails.
        """
        with self._changed:
            for group in reversed(self._groups):
                if group.offset <= offset:
                    start = offset - group.offset
                    return group.data[start : start + length]
        if self._spool is not None and offset >= self._spooled_from:
            return self._spool.read(offset - self._spooled_from, length)
        return self._recording.read(offset, length)

    def close(self, timeout: float = 1.5) -> bool:
        """Write what is waiting, and have the disk hold it; whether that is done in `timeout`.

        What was kept stays readable.
        """
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._awaited.set()
        self._thread.join(timeout)
        if self._thread.is_alive() and self.error is None:
            self.error = f"The disk did not take the end of the recording ({self.path.name})."
        return not self._thread.is_alive() and self.error is None

    # -- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        while (groups := self._waiting()) or not self._closing:
            if groups:
                self._write(groups)
                self._forget(groups)
            self._sync(ended=any(group.ended for group in groups))
            if groups:
                self._awaited.wait(GATHER)
                self._awaited.clear()
        self._sync(ended=True)

    def _waiting(self) -> list[_Group]:
        """All groups that wait, as soon as there are any; none when it is time to sync or to go."""
        timeout = SYNC_EVERY if self._recording.dirty else None
        with self._changed:
            self._changed.wait_for(lambda: self._groups or self._closing, timeout)
            return list(self._groups)

    def _write(self, groups: Sequence[_Group]) -> None:
        data = b"".join(group.data for group in groups)
        if self._spool is not None:
            self._spool.append(data)
            return
        try:
            self._recording.append(data)
        except OSError as error:
            self._rescue(groups, error)

    def _rescue(self, groups: Sequence[_Group], error: OSError) -> None:
        """Write group by group what the disk still takes; all from the first failure on is spooled.

        The spool is what the app reads from then on; the recording stays as it is.
        """
        if len(groups) > 1:
            for group in groups:
                self._write([group])
            return
        self._spooled_from = groups[0].offset
        self._spool = Spool()
        self._spool.append(groups[0].data)
        self.error = f"No longer recorded: {error.strerror or error} ({self.path.name})."

    def _forget(self, groups: Sequence[_Group]) -> None:
        with self._changed:
            for _ in groups:
                self._groups.popleft()
            self.written = self._recording.size
        try:
            if self._on_written is not None:
                self._on_written(self.written)
        except RuntimeError:  # the event loop that it wakes is closed: nobody waits any more
            self._on_written = None

    def _sync(self, *, ended: bool) -> None:
        try:
            if self._recording.sync(self._clock(), ended=ended) and self._recording.deleted:
                self.error = self.error or f"The recording was deleted ({self.path.name})."
        except OSError as error:
            self.error = self.error or f"The disk failed: {error.strerror} ({self.path.name})."
