"""One recording after the other, where one can't go on: what a session's writing thread writes to.

A recording gets whole groups in order. After a failure it gets nothing more: what comes is spooled,
and as soon as there can be a new recording it takes all that stands in none yet, behind the
request of the turn that ran, so that it opens by itself. Its header names the one before it.
A session counts its bytes from the beginning, as if there were one file: who reads need not know
where they stand.
"""

from __future__ import annotations

import errno
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.recording.payload import Spool
from codex_tui.recording.recording import SYNC_EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.recording.recording import Recording
    from codex_tui.recording.records import Span

    Renew = Callable[[str | None], Recording]
    from collections.abc import Iterator

RETRY_EVERY = 2.0
"""Seconds between two attempts to record again."""


class Group(NamedTuple):
    """Blocks that were kept in one go, where they stand in the session, and since when they wait.

    `head` has the places of the requests and answers' headers in it; `begins` says that a turn
    begins in it.
    """

    offset: int
    data: bytes
    since: float
    ended: bool
    head: tuple[Span, ...]
    begins: bool


class Succession:
    """Takes a session's groups for the disk, and says what troubles that.

    Args:
        recording: the first recording, or why there is none yet.
        clock: seconds that never go back.
        renew: makes the recording that goes on from the one of a name; None: nothing goes on.
    """

    def __init__(
        self, recording: Recording | OSError, clock: Callable[[], float], renew: Renew | None
    ) -> None:
        self.error: str | None = None
        """Why the stream is not recorded, as a sentence; None while it is."""
        self.note = ""
        """Why it is recorded in another file than it began in, and in which one."""
        self.done = 0
        """How much of the session was taken, in bytes from its beginning."""
        self.latest: Recording | None = None
        """The latest recording, be it that it can't go on."""
        self._clock = clock
        self._renew = renew
        self._places = Places()
        self._spool: Spool | None = None
        self._head: tuple[Span, ...] = ()  # of the latest turn
        self._missing = 0  # from here on the session stands in no recording
        self._since = 0  # from here on it stands in the recording that is written to
        self._reason = ""
        self._next_try = 0.0
        self._recording: Recording | None = None
        if isinstance(recording, OSError):
            where = f" ({recording.filename})" if recording.filename else ""
            self._fail(f"not recorded: {_reason(recording)}{where}", _reason(recording))
        else:
            self._recording = self.latest = recording
            self.done = recording.size
            self._places.go_on(0, 0, recording)

    @property
    def name(self) -> str:
        """The name of the latest recording's file."""
        return "" if self.latest is None else self.latest.path.name

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place of the session that were taken.

        Raises:
            OSError: the disk fails.
        """
        return self._places.read(offset, length)

    def patience(self) -> float | None:
        """Seconds after which there is something to do, groups or not; None where there isn't."""
        if self._recording is None:
            return RETRY_EVERY if self._renew is not None else None
        return SYNC_EVERY if self._recording.dirty else None

    def append(self, groups: Sequence[Group]) -> None:
        """Take groups: written in one go, or one by one as long as the disk takes them."""
        data = b"".join(group.data for group in groups)
        if self._recording is not None:
            try:
                self._recording.append(data)
            except OSError as error:
                self._rescue(groups, error)
                return
        elif self._spool is not None:
            self._spool.append(data)
        self.done += len(data)
        for group in groups:
            self._head = group.head if group.begins else (*self._head, *group.head)

    def _rescue(self, groups: Sequence[Group], error: OSError) -> None:
        if len(groups) == 1:
            sentence = f"No longer recorded: {_reason(error)} ({self.name})."
            self._fail(sentence, _reason(error))
        for group in groups:
            self.append([group])

    def _fail(self, sentence: str, reason: str) -> None:
        self._recording = None
        self._spool = self._spool or Spool()
        self._places.go_on(self.done, self._spool.size, self._spool)
        self._missing = self.done
        self._reason = reason
        self._next_try = self._clock()
        self.error, self.note = sentence, ""

    def sync(self, *, ended: bool) -> None:
        """Have the disk hold what was written, if it is time to; see whether it is still there."""
        if (recording := self._recording) is None:
            return
        try:
            if recording.sync(self._clock(), ended=ended):
                self._look_after(recording)
        except OSError as error:
            self.error = self.error or f"The disk failed: {error.strerror} ({self.name})."

    def _look_after(self, recording: Recording) -> None:
        if recording.deleted:
            self._fail(f"The recording was deleted ({self.name}).", "the recording was deleted")
            # A stream from a pipe has no request that a turn could be begun behind.
            self._missing = max(self._head[0][0] if self._head else 0, self._since)
        elif recording.shrunk:
            self._fail(f"The recording was emptied ({self.name}).", "the recording was emptied")
            self._head = ()  # it can't be read any more

    # -- going on ------------------------------------------------------------------------------

    def resume(self, *, last: bool = False) -> bool:
        """Record again, if it is time to try (`last`: it is), and if a new recording can.

        Returns whether it began to.
        """
        due = last or self._clock() >= self._next_try
        if self._recording is not None or self._renew is None or not due:
            return False
        self._next_try = self._clock() + RETRY_EVERY
        before = self.name
        while (recording := self._renewed(self._renew)) is not None:
            taken = self._fill(recording)
            if taken == self.done:
                self._go_on_in(recording, before)
                return True
            if taken == self._missing:
                recording.discard()
                return False
            self._missing, self.latest = taken, recording  # no file may grow further: another one
        return False

    def _renewed(self, renew: Renew) -> Recording | None:
        try:
            return renew(self.name or None)
        except OSError:
            return None

    def _fill(self, recording: Recording) -> int:
        """Give a new recording what is missing, and return up to where it has it.

        A full disk may be full again at once: only where it is files that can't grow is a part
        worth a file.
        """
        taken = self._missing
        try:
            recording.append(b"".join(self.read(*span) for span in self._head_before(taken)))
            for block in self._places.blocks(taken, self.done):
                recording.append(block)
                taken += len(block)
            recording.sync(self._clock(), ended=True)
        except OSError as error:
            return taken if error.errno == errno.EFBIG else self._missing
        return taken

    def _head_before(self, place: int) -> list[Span]:
        return [span for span in self._head if span[0] < place]

    def _go_on_in(self, recording: Recording, before: str) -> None:
        self._places.go_on(self.done, recording.size, recording)
        self._since = self._missing
        where = f"recorded again in {recording.path.name}"
        self.note = f"{where} ({self._reason}: {before})" if before else ""
        self._recording = self.latest = recording
        self.error = None


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


CHUNK = 1 << 16
"""Bytes that are read at once when blocks are gone through."""


class _Stretch(NamedTuple):
    """From `start` on, until the next stretch, the bytes stand in `file`, from `base` on there."""

    start: int
    base: int
    file: Recording | Spool


class Places:
    """Maps the bytes of a session to files; asked by one thread, and added to by another."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._changing = Lock()

    def go_on(self, start: int, base: int, file: Recording | Spool) -> None:
        """From `start` on the bytes stand in `file`, the first of them at `base`."""
        with self._changing:
            self._stretches.append(_Stretch(start, base, file))

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place; no block lies across two files.

        Raises:
            OSError: the disk fails.
        """
        with self._changing:
            found = [each for each in self._stretches if each.start <= offset]
        if not found:
            return b""
        start, base, file = found[-1]
        return file.read(offset - start + base, length)

    def blocks(self, start: int, end: int) -> Iterator[bytes]:
        """The blocks from `start` to `end`, each with its blank line.

        Raises:
            OSError: the disk fails.
        """
        rest = bytearray()
        for chunk in self._chunks(start, end):
            known = max(len(rest) - 1, 0)  # a block of many chunks is not searched from its start
            rest += chunk
            begin = 0
            while (found := rest.find(b"\n\n", max(begin, known))) >= 0:
                yield bytes(rest[begin : found + 2])
                begin = found + 2
            del rest[:begin]

    def _chunks(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            with self._changing:
                ahead = [each.start for each in self._stretches if each.start > start]
            length = min([CHUNK, end - start, *(place - start for place in ahead)])
            chunk = self.read(start, length)
            if not chunk:
                return
            yield chunk
            start += len(chunk)
