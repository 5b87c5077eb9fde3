"""One file read on as it grows: what is new in it goes into a summary, and nothing else is kept.

No file stays open between two looks: there may be a thousand of them.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from codex_tui.formats.open_file import OpenFile, UnreadableError
from codex_tui.formats.sniffing import ROLLOUT
from codex_tui.recording.files import READ_ONLY
from codex_tui.recording.format import HEADER_BYTES, OURS, parse_header
from codex_tui.recording.locks import is_held
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile, Unrecorded
from codex_tui.streams.stream import Stream, state_of
from codex_tui.streams.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codex_tui.recording.bulk_index import LogMaker
    from codex_tui.recording.format import Header
    from codex_tui.recording.records import Record, Span

_BEGINS = OURS + b" {"

BLOCK = 256 * 1024
"""Bytes that are read at a time."""


class Follower:
    """Follows one file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin()

    def _begin(self) -> None:
        self.summary = Summary()
        self.header: Header | None = None
        self._maker: LogMaker | None = None
        self._is_rollout = False
        self._read_to = 0
        self._inode = 0
        self._refused = -1  # how large it was when it was nothing that could be read
        self.held: bool | None = None
        """Whether somebody holds it, as it was when that was asked; None where nobody can tell."""

    def read(self, status: os.stat_result) -> bool:
        """Read a block of what is new; return whether there is more.

        Raises:
            OSError: It can't be read.
        """
        if status.st_ino != self._inode or status.st_size < self._read_to:
            self._begin()  # another file by now
            self._inode = status.st_ino
        if status.st_size <= self._read_to or not self._opened(status.st_size):
            return False
        with self.path.open("rb", buffering=0) as file:
            file.seek(self._read_to)
            chunk = file.read(BLOCK)
        self._read_to += len(chunk)
        if self._maker is not None and chunk:
            self.summary.take(self._maker.feed(chunk))
            if self._maker.over:
                self._read_to = status.st_size
        return bool(chunk) and self._read_to < status.st_size

    def _opened(self, size: int) -> bool:
        """Whether it is known what the file is; one that is still too short may become something.

        Raises:
            OSError: It can't be read.
        """
        if self._maker is not None:
            return True
        if size == self._refused:
            return False
        try:
            opened = OpenFile(self.path)
        except UnreadableError:
            self._refused = size
            return False
        if not isinstance(opened.keeper, ReplayedFile):  # packed, as what does not grow
            self._refused = size
            return False
        head = opened.keeper.read(0, HEADER_BYTES)
        if _BEGINS.startswith(head[: len(_BEGINS)]) and b"\n" not in head:
            return False  # it may become a recording: its first line is not whole
        self.header = parse_header(head)
        self._is_rollout = opened.format is ROLLOUT
        opened.keeper.release()
        self._maker = opened.maker(EventLog(_Reopened(self.path, opened.keeper)))
        return True

    def look_for_writer(self) -> None:
        """See whether somebody holds the file; only our own recordings are held by who writes them.

        Raises:
            OSError: It can't be opened.
        """
        self.held = is_held(self.path) if self.header is not None else None

    @property
    def known(self) -> bool:
        """Whether it is a stream or a session."""
        return self._maker is not None

    @property
    def _how(self) -> str:
        """How it goes or ended.

        What a tap did not pass on has no URL, and was refused by it. A stream that came through one
        and that no event of a response ended is of another API: it was answered.
        """
        told = self.summary
        match told.how if self._tap else "":
            case "connect_error" if not told.passed_on:
                return "refused"
            case "completed" if not told.ended:
                return "answered"
        return told.how or "connecting"

    @property
    def _tap(self) -> str:
        return (self.header.tap if self.header is not None else None) or ""

    def stream(self, status: os.stat_result, now: float) -> Stream:
        """What is known of it now."""
        told, header = self.summary, self.header
        is_open = told.is_open and not (told.ended and not self.held)
        state = state_of(is_open=is_open, held=self.held, grew=now - status.st_mtime)
        named = header.program if header is not None else None
        program = named or told.origin.program
        program, _, agent = program.partition(" /")
        return Stream(
            str(self.path),
            self.path,
            state,
            how=told.ended if state == "ended" and told.is_open else self._how,
            started=told.began if told.began is not None else status.st_ctime,
            heard=told.heard if told.heard is not None else status.st_mtime,
            program=program or ("codex" if self._is_rollout else ""),
            agent=f"/{agent}" if agent else told.origin.agent,
            model=told.model,
            provider=told.provider,
            what=told.what or self.path.name,
            detail=told.detail,
            retry=told.retry,
            status=told.status,
            tries=told.tries,
            turns=told.turns,
            first=None if self._is_rollout else told.first,  # its times are those of items
            last=told.last,
            events=told.events,
            tokens=told.tokens,
            pulse=told.pulse.counts,
            thread=told.origin.thread,
            tap=self._tap,
            size=status.st_size,
            certain=self.held is not None,
            warm_up=told.warm_up,
        )


class _Reopened(Unrecorded):
    """A file whose records are read back now and then; it is opened for each of them."""

    def __init__(self, path: Path, file: ReplayedFile) -> None:
        self.form = file.form
        self._path = path

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take nothing.

        Raises:
            UnsupportedOperation: always.
        """
        raise io.UnsupportedOperation("a file that somebody else writes takes nothing")

    def lasts(self) -> bool:
        """True: it stands in a file of somebody else's."""
        return True

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: The disk fails.
        """
        descriptor = os.open(self._path, READ_ONLY)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            file.seek(offset)
            return file.read(length) or b""
