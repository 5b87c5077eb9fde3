"""The index of a file, saved in a cache folder, so that the file opens at once the next time.

The columns are dumped as they are in memory. A saved index is used only where the file is the very
one that it was made of, and nobody misses it where it isn't there.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, BinaryIO
from zlib import crc32

import msgspec

from codex_tui.atomic_files import make_private_folder, open_regular, replacing

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.log import EventLog

FORMAT = 4
"""Raised whenever what is saved, or what it means, becomes another thing."""

MOST = 32
"""Indexes that a folder keeps: the latest ones."""

_SUFFIX = ".index"
_ENDS = 16 * 1024  # bytes of a file's head and tail that tell it from another
_SLICE = 1024 * 1024
_LONGEST = 16 * 1024 * 1024  # bytes of what stands before the columns
_CHECKSUM = 4
_BROKEN = (OSError, ValueError, OverflowError, RecursionError)


class Fingerprint(msgspec.Struct, frozen=True):
    """What tells a file from every other, and from itself after a change."""

    size: int
    mtime_ns: int
    inode: int
    ends: str


class _Head(msgspec.Struct):
    """What stands before the columns, in one line of JSON."""

    format: int
    byte_order: str
    widths: list[int]
    file: Fingerprint
    counts: list[int]
    end: int
    types: list[str]
    ids: list[tuple[int, str]]
    last_id: str
    turns: list[tuple[int, int]]


def fingerprint(path: Path) -> Fingerprint:
    """Return a file's fingerprint.

    Raises:
        OSError: The file can't be read.
    """
    from hashlib import blake2b  # for large files alone

    with path.open("rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        ends = blake2b(file.read(_ENDS), digest_size=16)
        file.seek(max(0, status.st_size - _ENDS))
        ends.update(file.read(_ENDS))
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino, ends.hexdigest())


def load_index(folder: Path, path: Path, log: EventLog) -> EventLog | None:
    """Return a sequel of an empty log with the whole index of a file; None if none is saved.

    Whatever is wrong with a saved index, it is as if there were none.
    """
    with (
        contextlib.suppress(*_BROKEN),
        open_regular(_place(folder, path)) as file,
    ):
        if (found := _loaded(file, fingerprint(path), log.sequel())) is not None:
            os.utime(file.fileno())  # the indexes that are used are kept
        return found
    return None


def save_index(folder: Path, path: Path, made_of: Fingerprint, log: EventLog) -> None:
    """Save a log that holds a whole file and nothing else, if the file hasn't changed meanwhile.

    Raises:
        OSError: It can't be written, or the file can't be read.
    """
    if log.loose or fingerprint(path) != made_of:
        return
    make_private_folder(folder)
    with replacing(_place(folder, path)) as file:
        _dump(file, made_of, log)
    _forget_the_oldest(folder)


def _place(folder: Path, path: Path) -> Path:
    from hashlib import blake2b

    name = blake2b(os.fsencode(path.resolve()), digest_size=12).hexdigest()
    return folder / f"{name}{_SUFFIX}"


def _dump(file: BinaryIO, made_of: Fingerprint, log: EventLog) -> None:
    # Slices are copies: a column that is lent out whole could not grow meanwhile.
    head = _head(made_of, log)
    line = json.dumps(msgspec.to_builtins(head)).encode() + b"\n"
    checksum = crc32(line)
    file.write(line)
    for column, count in zip(log.columns.arrays, head.counts, strict=True):
        step = _SLICE // column.itemsize
        for start in range(0, count, step):
            data = column[start : min(start + step, count)].tobytes()
            checksum = crc32(data, checksum)
            file.write(data)
    file.write(checksum.to_bytes(_CHECKSUM, "big"))


def _head(made_of: Fingerprint, log: EventLog) -> _Head:
    counts = [len(column) for column in log.columns.arrays]
    return _Head(
        FORMAT,
        sys.byteorder,
        _widths(log),
        made_of,
        counts,
        log.columns.end,
        types=log.columns.types,
        ids=log.ids.pairs(),
        last_id=log.ids.last,
        turns=log.turns.pairs(),
    )


def _widths(log: EventLog) -> list[int]:
    return [column.itemsize for column in log.columns.arrays]


def _loaded(file: BinaryIO, made_of: Fingerprint, log: EventLog) -> EventLog | None:
    line = file.readline(_LONGEST)
    head = msgspec.convert(json.loads(line), _Head)
    log.columns.reach(head.end)
    fits = (head.format, head.byte_order, head.file) == (FORMAT, sys.byteorder, made_of)
    if not fits or head.widths != _widths(log) or not _fill(file, head, crc32(line), log):
        return None
    for type_ in head.types:
        log.kind_of(type_)
    for entry, id_ in head.ids:
        log.ids.note(entry, id_)
    log.ids.last = head.last_id
    for entry, turn in head.turns:
        log.turns.note(entry, turn)
        log.turns.last = turn
    log.columns.end = head.end
    return log if log.columns.types == head.types else None


def _fill(file: BinaryIO, head: _Head, checksum: int, log: EventLog) -> bool:
    """Read the columns; whether they are what was saved."""
    for column, count in zip(log.columns.arrays, head.counts, strict=True):
        left = count * column.itemsize
        while left > 0:
            data = file.read(min(_SLICE, left))
            checksum = crc32(data, checksum)
            column.frombytes(data)
            left = left - len(data) if data else 0
    return file.read() == checksum.to_bytes(_CHECKSUM, "big")


def _forget_the_oldest(folder: Path) -> None:
    """Delete the indexes that were not used for longest."""
    with contextlib.suppress(OSError):
        saved = sorted(folder.glob(f"*{_SUFFIX}"), key=_age)
        for old in saved[:-MOST]:
            old.unlink()


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns
