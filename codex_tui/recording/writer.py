"""The recording of a live stream, written by a thread so that no disk ever holds a frame.

`keep` returns at once: the bytes are formatted and their places known, and a daemon thread writes
them, all that is waiting in one go. What stands where is decided when it is queued; so a record
can be read back at any time, from the queue, from the file or, when the disk has failed, from what
then took its place.
"""

from __future__ import annotations

from collections import deque
from threading import Condition, Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from codex_tui.recording.block_codecs import RECORDED
from codex_tui.recording.failover import Group, Succession
from codex_tui.recording.format import BlockFormat
from codex_tui.recording.records import EndRecord, RequestRecord, ResponseRecord, spans_of
from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.recording.failover import Renew
    from codex_tui.recording.recording import Recording
    from codex_tui.recording.records import Record, Span

BEHIND_AFTER = 0.25
"""Seconds that drawing waits for the disk; then it goes on, under the mark "recording behind"."""

GATHER = 0.008
"""Seconds between two writes while records come without a pause.

The first write of a burst is not delayed, nor one that somebody waits for. Waking a thread costs
more than the write does: woken for each of 3,000 records a second it takes three times the CPU.
"""


PATIENCE = 30.0
"""Seconds that a program which leaves waits for a disk that is slow; a healthy one takes less."""

_unfinished: set[RecordingWriter] = set()


def unfinished() -> bool:
    """Whether a disk still takes the end of a recording that was closed."""
    return any(writer.writing for writer in _unfinished)


def finish(timeout: float) -> list[str]:
    """Wait for those disks, all in all for so many seconds; why a recording lacks its end."""
    end = monotonic() + timeout
    late = [each for each in _unfinished if not each.give_up(max(0.0, end - monotonic()))]
    _unfinished.clear()
    return [error for each in late if (error := each.error) is not None]


class RecordingWriter:
    """Writes a recording behind the back of the program.

    Args:
        recording: the file, which is the writer's from now on; or why there is none yet.
        on_written: called from the writing thread, after each write, with `written`; and once
            more when the recording has failed.
        clock: seconds that never go back; the same as the `now` of `behind_since`.
        renew: makes the recording that goes on from the one of a name; None: nothing goes on.
    """

    form = RECORDED

    def __init__(
        self,
        recording: Recording | OSError,
        on_written: Callable[[int], None] | None,
        clock: Callable[[], float],
        renew: Renew | None = None,
    ) -> None:
        self._disk = Succession(recording, clock, renew)
        self._on_written = on_written
        self._clock = clock
        self._format = BlockFormat()
        self._queued = self._disk.done
        self._groups: deque[Group] = deque()
        self._changed = Condition()
        self._closing = False
        self._late = ""
        self._awaited = Event()
        self._latest = 0.0  # when it was written last
        self._thread = Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def error(self) -> str | None:
        """Why the stream is not recorded, as a sentence; None while it is."""
        return self._disk.error or self._late or None

    @property
    def writing(self) -> bool:
        """Whether there is a thread that writes."""
        return self._thread.is_alive()

    @property
    def note(self) -> str:
        """Why it is recorded in another file than it began in, and in which one; or nothing."""
        return self._disk.note

    @property
    def written(self) -> int:
        """How far the session was taken care of, in bytes from its beginning."""
        return self._disk.done

    @property
    def path(self) -> Path:
        """The file of the latest recording.

        Raises:
            ValueError: there has been none.
        """
        if (path := self.place()) is None:
            raise ValueError("nothing is recorded")
        return path

    def place(self) -> Path | None:
        """The same, None where there has been none."""
        return None if self._disk.latest is None else self._disk.latest.path

    def recorded(self) -> bool:
        """True, be it that there is no file yet."""
        return True

    def trouble(self) -> str:
        """Why the stream is not, or not all, recorded, or in another file than it began in."""
        return self.error or self.note

    def lasts(self) -> bool:
        """Whether all of it is recorded."""
        return self.error is None

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take records and return where each stands: offset and length in bytes.

        What is taken after `close` is readable, but never written.
        """
        blocks = [self._format.block(record) for record in records]
        spans = spans_of(blocks, self._queued)
        group = Group(
            self._queued,
            b"".join(blocks),
            self._clock(),
            ended=bool(records) and isinstance(records[-1], EndRecord),
            head=_head_of(records, spans),
            begins=any(isinstance(record, RequestRecord) for record in records),
        )
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

    def behind(self) -> bool:
        """Whether the disk keeps the recording waiting for too long."""
        return self.error is None and self.behind_since(self._clock()) is not None

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
        return self._disk.read(offset, length)

    def close(self, timeout: float = 1.5) -> bool:
        """Write what is waiting, and have the disk hold it; whether that is done in `timeout`.

        What was kept stays readable. A disk that is slow goes on: `finish` waits for it.
        """
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._awaited.set()
        self._thread.join(timeout)
        if self._thread.is_alive():
            _unfinished.add(self)
        return not self._thread.is_alive() and self.error is None

    def give_up(self, timeout: float) -> bool:
        """Wait once more; whether the disk has taken the end by then, else that is the error."""
        self._thread.join(timeout)
        if self._thread.is_alive() and self.error is None:
            self._late = f"The disk did not take the end of the recording ({self._disk.name})."
        return not self._thread.is_alive()

    # -- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        with Caught() as caught:  # a mistake of ours: the stream goes on
            self._work()
        if caught.error is not None:
            mistake = f"an error of codex-tui's own, {type(caught.error).__name__}"
            self._late = f"Not recorded any more: {mistake}. Please report it."
            self._tell()

    def _work(self) -> None:
        while (groups := self._waiting()) or not self._closing:
            if groups:
                self._disk.append(groups)
                self._forget(groups)
            self._disk.sync(ended=any(group.ended for group in groups))
            if self._disk.resume():
                self._tell()
        self._disk.sync(ended=True)
        self._disk.resume(last=True)

    def _waiting(self) -> list[Group]:
        """All groups that wait, as soon as there are any; none when it is time for another task."""
        timeout = self._disk.patience()
        with self._changed:
            self._changed.wait_for(lambda: self._groups or self._closing, timeout)
            if not self._groups:
                return []
        if (early := self._latest + GATHER - monotonic()) > 0:
            self._awaited.wait(early)
        self._awaited.clear()
        with self._changed:
            self._latest = monotonic()
            return list(self._groups)

    def _forget(self, groups: Sequence[Group]) -> None:
        with self._changed:
            for _ in groups:
                self._groups.popleft()
        self._tell()

    def _tell(self) -> None:
        try:
            if self._on_written is not None:
                self._on_written(self.written)
        except RuntimeError:  # the event loop that it wakes is closed: nobody waits any more
            self._on_written = None


def _head_of(records: Sequence[Record], spans: Sequence[Span]) -> tuple[Span, ...]:
    """Where the latest request and its answer's headers stand among some records."""
    head: list[Span] = []
    for record, span in zip(records, spans, strict=True):
        if isinstance(record, RequestRecord):
            head = []
        if isinstance(record, RequestRecord | ResponseRecord):
            head.append(span)
    return tuple(head)
