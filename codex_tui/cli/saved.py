"""FILE or `-`: a saved stream's records, and a clear refusal of what is none."""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from codex_tui.sessions.reader import read_records
from codex_tui.sessions.records import CutRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.sessions.records import Record

STDIN = "-"
_HEAD = 64 * 1024
_FIELD = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|[\r\n])(?:data|event|id|retry|):")


def records(name: str) -> Iterator[Record]:
    """The records of a file or of standard input, as they are read.

    Raises:
        OSError: It can't be opened or read.
        click.ClickException: It is no event stream, or an empty one.
    """
    if name == STDIN:
        yield from _checked(sys.stdin.buffer, "standard input")
        return
    with open_stream(Path(name)) as file:
        yield from _checked(file, name)


def open_stream(path: Path) -> BinaryIO:
    """Open a file whose beginning is that of an event stream; a pipe's is not looked at.

    Raises:
        OSError: It can't be opened or read.
        click.ClickException: It is no event stream.
    """
    file = path.open("rb")
    try:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            _refuse_unless_stream(file.read(_HEAD), str(path))
            file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _checked(file: BinaryIO, name: str) -> Iterator[Record]:
    """The records; a pipe may turn out to be no event stream only here."""
    number = 0
    for number, (_, record) in enumerate(read_records(file), 1):
        if number == 1 and isinstance(record, CutRecord):
            _refuse_unless_stream(record.data[:_HEAD], name)
        yield record
    if not number:
        raise click.ClickException(f"{name}: empty")


def _refuse_unless_stream(head: bytes, name: str) -> None:
    field = _FIELD.search(head)
    if field is None or b"\0" in head[: field.start()]:
        kind = "binary data" if b"\0" in head else "text of another kind"
        what = f"{kind}, neither a recording nor an event stream" if head.strip() else "empty"
        raise click.ClickException(f"{name}: {what}")
