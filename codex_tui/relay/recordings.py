"""The recordings of a tap: made, written in passes, held for another try, and let go.

A pass writes what waits for a file in one write. A disk that takes no more costs the copy and
nothing else: the exchange goes on unrecorded, which is said, and the next one is recorded again.
Nothing here is waited for that takes long but the write itself: what is to reach the disk's platter
is asked for by a thread of its own.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.library.about import AboutError, read_about
from codex_tui.library.trash import Trash
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import EndRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.recording.records import Record
    from codex_tui.relay.asked import SameRequest

AGAIN = 120.0
"""Seconds in which the same request is another try of one that failed before its first event."""

HELD = 64
"""Recordings that are held for another try, at most."""

BACKLOG = 64
"""Recordings that may wait for the disk to hold them. Each is an open file: where more end than a
disk keeps up with, the rest is closed without having been waited for, and is written as any file
is."""


class TapRecording:
    """One recording: of an exchange, or of all tries of one request.

    Args:
        recording: The file; or why there is none.

    Attributes:
        turns: How many requests it has.
        trouble: Why what comes is not recorded; empty while it is.
        closing: Whether nothing more comes.
    """

    def __init__(self, recording: Recording | OSError) -> None:
        self.turns = 0
        self.closing = False
        self.trouble = _reason(recording) if isinstance(recording, OSError) else ""
        self._recording = None if isinstance(recording, OSError) else recording
        self._waiting: list[Record] = []

    @property
    def path(self) -> Path | None:
        """Where it is; None where there is none."""
        return None if self._recording is None else self._recording.path

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return 0 if self._recording is None else self._recording.size

    def take(self, records: Sequence[Record]) -> None:
        """Take what the next flush writes."""
        self._waiting += records

    def flush(self) -> str:
        """Write what waits; return why that can't be done from now on, "" as a rule.

        A file that could not take all of it takes the ending, if it can, which says so.
        """
        waiting, self._waiting = self._waiting, []
        trouble = self._append(self._writable(waiting))
        if not trouble or self.trouble:
            return ""
        self.trouble = trouble
        self._append(self._writable(waiting))
        return trouble

    def _writable(self, records: Sequence[Record]) -> Sequence[Record]:
        """All of them; where something is missing the endings, which say so."""
        if not self.trouble:
            return records
        return [_with_gap(each, self.trouble) for each in records if isinstance(each, EndRecord)]

    def _append(self, records: Sequence[Record]) -> str:
        if self._recording is None or not records:
            return ""
        try:
            self._recording.append(b"".join(self._recording.blocks(records)))
        except OSError as error:
            return _reason(error)
        return ""

    def sync(self) -> None:
        """Have the disk hold it, which may take its time."""
        if self._recording is not None:
            with suppress(OSError, ValueError):
                self._recording.sync(0.0, ended=True)

    def close(self) -> None:
        """Close the file."""
        if self._recording is not None:
            self._recording.close()


def _with_gap(end: EndRecord, why: str) -> EndRecord:
    said = f"Not all of it is recorded: {why}."
    return replace(end, detail=" ".join(filter(None, (said, end.detail))))


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


class _Waiting(NamedTuple):
    recording: TapRecording
    until: float


class TapRecordings:
    """All recordings of a tap.

    Args:
        folder: The folder of recordings.
        trash: Where the oldest go when there is too much; None deletes them.
        tap: The tap's id.
        max_size: Bytes of all of them, at most; None for any number.
        say: Is told what a user has to hear.
    """

    def __init__(
        self,
        folder: Path,
        trash: Path | None,
        tap: str,
        max_size: int | None,
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._trash = None if trash is None else Trash(trash, folder)
        self._tap = tap
        self._max_size = max_size
        self._gone = self._said_gone = 0
        self._say = say
        self._dirty: dict[int, TapRecording] = {}
        self._held: OrderedDict[SameRequest, _Waiting] = OrderedDict()
        self._past: deque[bytes] = deque()  # sizes and names of those that are closed: many
        self._open: dict[int, TapRecording] = {}
        self._kept = 0  # bytes of those that are closed
        self._trouble = ""  # why the latest could not be written; said once
        self._closing: SimpleQueue[TapRecording | None] = SimpleQueue()
        self._closer: Thread | None = None

    def open(
        self, same: SameRequest | None, now: float, wall: datetime, title: str, program: str
    ) -> TapRecording:
        """The recording of a request: a new one, or that of the try before it.

        Args:
            same: What it has in common with other tries; None where that is not known yet.
            now: The time, on a clock that never goes back.
            wall: When it came.
            title: What names a new one.
            program: The program's name.
        """
        held = self._held.pop(same, None) if same is not None else None
        if held is not None and now < held.until and not held.recording.trouble:
            return held.recording
        if held is not None:
            self._close(held.recording)
        recording = TapRecording(self._made(wall, title, program))
        self._open[id(recording)] = recording
        if recording.trouble:
            self._tell_trouble(recording.trouble)
        return recording

    def _made(self, wall: datetime, title: str, program: str) -> Recording | OSError:
        try:
            return Recording.create(
                self._folder, now=wall, title=title, tap=self._tap, program=program or None
            )
        except OSError as error:
            return error

    def write(self, recording: TapRecording, records: Sequence[Record]) -> None:
        """Have records written by the next flush."""
        recording.take(records)
        self._dirty[id(recording)] = recording

    def flush(self) -> None:
        """Write what waits for any of the files."""
        dirty, self._dirty = self._dirty, {}
        for recording in dirty.values():
            if trouble := recording.flush():
                self._tell_trouble(trouble)
            elif not recording.trouble:
                self._trouble = ""

    def _tell_trouble(self, trouble: str) -> None:
        """Say it once, until a disk has taken something again."""
        if trouble != self._trouble:
            self._trouble = trouble
            self._say(f"Exchanges go on unrecorded: {trouble} ({self._folder}).")

    def ended(self, recording: TapRecording, again: SameRequest | None, now: float) -> None:
        """Let a recording go whose exchange has ended.

        Args:
            recording: The recording.
            again: What another try of its request would have; None where none is expected.
            now: The time.
        """
        recording.flush()
        if again is None or recording.trouble:
            self._close(recording)
            return
        self._closing_begun().put(recording)
        self._held[again] = _Waiting(recording, now + AGAIN)
        while len(self._held) > HELD:
            self._close(self._held.popitem(last=False)[1].recording)

    def tidy(self, now: float) -> None:
        """Let go those that no other try has come for."""
        while self._held and next(iter(self._held.values())).until <= now:
            self._close(self._held.popitem(last=False)[1].recording)

    def patience(self, now: float) -> float | None:
        """Seconds after which there is something to tidy; None for never."""
        first = next(iter(self._held.values()), None)
        return None if first is None else max(0.0, first.until - now)

    def _close(self, recording: TapRecording) -> None:
        self._dirty.pop(id(recording), None)
        self._open.pop(id(recording), None)
        recording.flush()
        if recording.path is not None:
            name = os.fsencode(recording.path.relative_to(self._folder))
            self._past.append(b"%d %s" % (recording.size, name))
            self._kept += recording.size
        recording.closing = True
        self._closing_begun().put(recording)
        self._prune()

    # -- too much ------------------------------------------------------------------------------

    def _prune(self) -> None:
        """Let the oldest go that have no star, until the rest is small enough."""
        if self._max_size is None or self._size <= self._max_size:
            return
        gone = 0
        starred: list[bytes] = []
        while self._past and self._size > self._max_size:
            past = self._past.popleft()
            size, _, name = past.partition(b" ")
            path = self._folder / os.fsdecode(name)
            if _is_starred(path):
                starred.append(past)
                continue
            self._kept -= int(size)
            gone += self._let_go(path)
        self._past.extendleft(reversed(starred))
        if gone:
            self._say_pruned(gone)

    @property
    def _size(self) -> int:
        return self._kept + sum(each.size for each in self._open.values())

    def _let_go(self, path: Path) -> bool:
        try:
            if self._trash is None:
                path.unlink()
            else:
                name = path.relative_to(self._folder).as_posix()
                self._trash.put(name, datetime.now(UTC))
        except FileNotFoundError:
            return False  # somebody was quicker
        except OSError as error:
            self._say(f"{path.name} can't be moved to the trash: {_reason(error)}.")
            return False
        return True

    def _say_pruned(self, gone: int) -> None:
        """Say how many went: at first, and each time that they are ten times as many.

        A tap that runs for long would say little else.
        """
        self._gone += gone
        if self._gone < self._said_gone * 10:
            return
        gone = self._said_gone = self._gone
        where = "deleted" if self._trash is None else "moved to the trash"
        most = units.size(self._max_size or 0)
        what = "the oldest recording" if gone == 1 else f"so far the {gone:,} oldest recordings"
        self._say(f"This tap's recordings take more than {most} ([tap] max_size): {what} {where}.")

    # -- the thread that syncs -----------------------------------------------------------------

    def _closing_begun(self) -> SimpleQueue[TapRecording | None]:
        if self._closer is None:
            self._closer = Thread(target=self._close_them, name="closing", daemon=True)
            self._closer.start()
        return self._closing

    def _close_them(self) -> None:
        while (recording := self._closing.get()) is not None:
            if self._closing.qsize() < BACKLOG:
                recording.sync()
            if recording.closing:
                recording.close()

    def close(self, timeout: float) -> bool:
        """Close all files; whether the disk has them in so many seconds."""
        self.flush()
        for waiting in self._held.values():
            self._close(waiting.recording)
        self._held.clear()
        if self._closer is None:
            return True
        self._closing.put(None)
        self._closer.join(timeout)
        return not self._closer.is_alive()


def _is_starred(path: Path) -> bool:
    """Whether the user starred it; what can't be read is not thrown away."""
    try:
        return read_about(path).starred
    except AboutError:
        return True
