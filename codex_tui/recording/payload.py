"""Where the bytes of records are kept, so that memory holds no more than where each one stands.

All keepers look the same to whoever reads a source or a log. Here are a nameless temporary file,
where nothing is recorded, and the very file that is replayed; `writer` has the recording.
"""

from __future__ import annotations

import io
import os
import weakref
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from codex_tui.recording.block_codecs import PLAIN, RECORDED
from codex_tui.recording.file_guard import REPLACED, FileChangedError, Unchanged
from codex_tui.recording.files import READ_ONLY, AppendFile, NoRoomError, read_at
from codex_tui.recording.format import HEADER_BYTES, BlockFormat, parse_header
from codex_tui.recording.records import spans_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codex_tui.recording.block_codecs import Form
    from codex_tui.recording.records import Record, Span


class Keeper(Protocol):
    """Where bytes are kept: what takes records, and gives their bytes back."""

    @property
    def form(self) -> Form:
        """How a record is to be read back from its bytes."""
        ...

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take a batch and return where each record stands. It never waits for a disk."""
        ...

    def settled(self, offset: int) -> bool:
        """Whether what stands before `offset` may be drawn: kept, or waited for long enough."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: the disk fails.
        """
        ...

    def place(self) -> Path | None:
        """The recording's path, None where nothing is recorded."""
        ...

    def recorded(self) -> bool:
        """Whether it is being recorded, or is to be as soon as it can."""
        ...

    def trouble(self) -> str:
        """Why it is not recorded, or can't be read back; "" where all is well."""
        ...

    def behind(self) -> bool:
        """Whether a disk is so slow that what is drawn is not in the recording yet."""
        ...

    def lasts(self) -> bool:
        """Whether all of it stands in a file that is there when another session is shown."""
        ...

    def close(self) -> bool:
        """Have all that was kept written, and say whether it is; it can still be read."""
        ...


class Unrecorded:
    """What a keeper says of a recording where there is none."""

    def place(self) -> Path | None:
        """None."""
        return None

    def recorded(self) -> bool:
        """False: nobody promised it."""
        return False

    def trouble(self) -> str:
        """Nothing: nobody else can reach it."""
        return ""

    def behind(self) -> bool:
        """False: nothing waits for a disk."""
        return False

    def close(self) -> bool:
        """True: there is nothing to write."""
        return True

    def settled(self, offset: int) -> bool:
        """True: nothing is promised of it."""
        return offset >= 0


_IN_MEMORY = 64 << 20  # bytes of a file that are kept in memory, at most


class Spool(Unrecorded):
    """Keeps records in a temporary file that has no name, and in memory once that fails.

    Args:
        copied: whether what it keeps stands in a lasting file as well, in a form of that file's.
        left: how many bytes are to stay free on the disk; then memory is not filled either.
    """

    form = RECORDED

    def __init__(self, *, copied: bool = False, left: int = 0) -> None:
        self._copied = copied
        self._left = left
        self._format = BlockFormat()
        self._file: AppendFile | None = None
        self._on_disk = 0
        self._memory = bytearray()
        self._filling = True

    @property
    def size(self) -> int:
        """Bytes taken so far."""
        return self._on_disk + len(self._memory)

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take a batch and return where each record stands."""
        blocks = [self._format.block(record) for record in records]
        spans = spans_of(blocks, self.size)
        self.append(b"".join(blocks))
        return spans

    def lasts(self) -> bool:
        """Whether it is the copy of something that does."""
        return self._copied

    def append(self, data: bytes) -> None:
        """Take bytes as they are.

        Raises:
            NoRoomError: it would take more of the disk, or of memory, than is to be had.
        """
        if self._filling and self._filled(data):
            self._on_disk += len(data)
        elif self._left and len(self._memory) + len(data) > _IN_MEMORY:
            raise NoRoomError(self._left)
        else:
            self._memory += data

    def _filled(self, data: bytes) -> bool:
        try:
            if self._file is None:
                self._file = AppendFile.temporary(self._left)
            self._file.append(data)
        except NoRoomError:
            raise
        except OSError:  # no room for temporary files: what is shown must stay readable
            self._filling = False
        return self._filling

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: the disk fails.
        """
        if offset < self._on_disk and self._file is not None:
            return self._file.read(offset, length)
        start = offset - self._on_disk
        return bytes(self._memory[start : start + length])


class ReplayedFile(Unrecorded):
    """The file that is replayed: what was read from it is kept there already."""

    def __init__(self, path: Path, form: Form | None = None) -> None:
        """Open the file; by default it is a recording or a plain dump, as its header says.

        Raises:
            OSError: it can't be opened or read.
        """
        descriptor = os.open(path, READ_ONLY)
        self.release = weakref.finalize(self, os.close, descriptor)
        """Close the file; nothing can be read from then on. It is called when the object goes."""
        self._descriptor = descriptor
        self._seeking = Lock()
        self._path = path
        self._unchanged = Unchanged(descriptor, self._read, path)
        self.form = form or self._told_by_header()

    def _told_by_header(self) -> Form:
        return PLAIN if parse_header(self.read(0, HEADER_BYTES)) is None else RECORDED

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take nothing: what it holds was written by somebody else.

        Raises:
            UnsupportedOperation: always.
        """
        raise io.UnsupportedOperation("a file that is replayed takes nothing")

    def lasts(self) -> bool:
        """Whether the file was there before, and is there still."""
        return not self.deleted

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            FileChangedError: another program has changed the file.
            OSError: the disk fails.
        """
        self._unchanged.check()
        return self._read(offset, length)

    def _read(self, offset: int, length: int) -> bytes:
        return read_at(self._descriptor, offset, length, self._seeking)

    @property
    def deleted(self) -> bool:
        """Whether the file has no name any more."""
        return self._unchanged.deleted

    @property
    def replaced(self) -> bool:
        """Whether its path leads to another file now."""
        return self._unchanged.replaced

    def is_same(self, other: ReplayedFile) -> bool:
        """Whether both are one file, whatever their paths lead to by now."""
        return os.path.sameopenfile(self._descriptor, other._descriptor)

    def trouble(self) -> str:
        """What happened to the file while it was open, and what to do; "" if nothing."""
        try:
            self._unchanged.check()
        except FileChangedError as error:
            return f"{error.strerror}: {self._path.name}"
        except OSError as error:
            return f"can't be read: {error.strerror or error}"
        if self.deleted:
            return f"deleted while it is shown; x exports it: {self._path.name}"
        return f"{REPLACED}: {self._path.name}" if self.replaced else ""
