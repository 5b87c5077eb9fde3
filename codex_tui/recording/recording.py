"""A recording's file: its name, its header, and records appended to it as they come.

Nobody appends to a file that another program wrote: each program makes its own. What is appended
is whole or not there; what was written before stays as it is.
"""

from __future__ import annotations

import os
import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

from codex_tui._version import __version__
from codex_tui.atomic_files import make_private_folder
from codex_tui.recording.block_codecs import RECORDED
from codex_tui.recording.files import AppendFile
from codex_tui.recording.format import VERSION, BlockFormat, Header, header_block
from codex_tui.recording.records import EndRecord, spans_of
from codex_tui.redact import mask_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from codex_tui.recording.records import Record, Span

SYNC_EVERY = 1.0
"""Seconds between two times that the disk is asked to hold what was written."""

_SLUG = 40
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter is taken for another


def new_id(now: datetime, randomness: Callable[[int], bytes] = os.urandom) -> str:
    """A ULID: 48 bits of milliseconds and 80 of chance in 26 letters, sorted by time."""
    number = int(now.timestamp() * 1000) << 80 | int.from_bytes(randomness(10))
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def file_name(now: datetime, id_: str, title: str = "") -> str:
    """Where a recording stands below the folder of recordings: `2026/11/22T07-39-30-why-…-id.sse`.

    A folder for each month, then the day and the time in UTC, so that names sort; some words of the
    title, and the end of the id.
    """
    return f"{_utc(now):%Y/%m/%dT%H-%M-%S}-{slug(title)}-{id_[-10:].lower()}.sse"


def slug(title: str) -> str:
    """A title as a part of a file's name: small letters and digits, at most 40 characters."""
    plain = unicodedata.normalize("NFKD", mask_keys(title[:400], ())).encode("ascii", "ignore")
    words = re.findall(r"[a-z0-9]+", plain.decode().lower())
    return "-".join(words)[:_SLUG].strip("-") or "untitled"


def iso(now: datetime) -> str:
    """A moment as recordings write it: ISO 8601 in UTC, with milliseconds."""
    return f"{_utc(now):%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"


def _utc(now: datetime) -> datetime:
    """A moment, to be written as it is in UTC."""
    offset = now.utcoffset()
    return now if offset is None else now - offset


class Recording:
    """A new recording in a folder, open until its object goes; `write` returns with the work done.

    Interactive programs write through a `RecordingWriter`, which never waits for the disk.
    """

    form = RECORDED

    def __init__(self, path: Path, header: Header, file: AppendFile) -> None:
        self.path = path
        self.header = header
        self._file = file
        self._format = BlockFormat()
        self._synced: float | None = None
        self.dirty = False
        """Whether something was written that the disk may not hold yet."""
        self.append(header_block(header))

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        now: datetime,
        title: str = "",
        tool: str = f"codex-tui {__version__}",
        continues: str | None = None,
        source: str | None = None,
        tap: str | None = None,
        program: str | None = None,
        group: str | None = None,
        run: str | None = None,
        left: int = 0,
        write: Callable[[int, bytes], int] = os.write,
    ) -> Recording:
        """Make a recording in a folder, which is made if it isn't there.

        `title` names it beside its time; `now` is the time it is, with its zone; `continues` is
        the name of the file that it goes on from, `source` what it is made of where it is imported;
        `tap` is the id of the tap by which another program's stream, `program`'s, is recorded;
        `group` and `run` say with which others it was made to be compared, and which of them it is;
        `left` is how many bytes are to stay free on the disk, and `write` is there for tests.

        Raises:
            OSError: the folder or the file can't be made, or its first line not be written.
        """
        make_private_folder(folder)
        more = (continues, source, tap, program, group, run)
        header = Header(new_id(now), iso(now), tool, VERSION, *more)
        path = folder / file_name(now, header.id, title)
        make_private_folder(path.parent)
        file = AppendFile.create(path, write, left)
        try:
            return cls(path, header, file)
        except OSError:
            file.close()
            path.unlink(missing_ok=True)  # not even its first line: a scrap that says nothing
            raise

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._file.size

    def blocks(self, records: Sequence[Record]) -> list[bytes]:
        """The next records as blocks: each is to be appended, in this order."""
        return [self._format.block(record) for record in records]

    def write(self, records: Sequence[Record]) -> list[Span]:
        """Append records in one write, and return where each stands; the disk holds an end.

        Raises:
            OSError: none of them stands in the file.
        """
        blocks = self.blocks(records)
        spans = spans_of(blocks, self.size)
        self.append(b"".join(blocks))
        if any(isinstance(record, EndRecord) for record in records):
            self._sync()
        return spans

    def discard(self) -> None:
        """Close the file and remove it: nothing in it is wanted."""
        self.close()
        with suppress(OSError):
            self.path.unlink()

    def append(self, data: bytes) -> None:
        """Append whole blocks.

        Raises:
            OSError: nothing of them stands in the file.
        """
        self._file.append(data)
        self.dirty = True

    def sync(self, now: float, *, ended: bool = False) -> bool:
        """Have the disk hold what was written: at the end of a turn, and else once a second.

        `now` is in seconds of any clock that never goes back. Returns whether it was time to.

        Raises:
            OSError: the disk fails.
        """
        if self._synced is None:
            self._synced = now
        if not self.dirty or (now - self._synced < SYNC_EVERY and not ended):
            return False
        self._synced = now
        self._sync()
        return True

    def _sync(self) -> None:
        self.dirty = False
        self._file.sync()

    @property
    def deleted(self) -> bool:
        """Whether somebody removed the file while it is being written."""
        return not self._file.linked

    @property
    def shrunk(self) -> bool:
        """Whether somebody emptied the file, or a part of it, while it is being written."""
        return self._file.shrunk

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: the disk fails.
        """
        return self._file.read(offset, length)

    def close(self) -> None:
        """Close the file; nothing can be written or read from then on."""
        self._file.close()
