"""FILE or `-`: a saved stream's records, and a clear refusal of what is none."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, BinaryIO

import click

from codex_tui.sessions.reader import read_records
from codex_tui.sessions.records import CutRecord
from codex_tui.sources.errors import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.sessions.records import Record

STDIN = "-"
STDIN_NAME = "standard input"
_HEAD = 64 * 1024
_FIELD = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|[\r\n])(?:data|event|id|retry|):")


def records(name: str) -> Iterator[Record]:
    """The records of a file or of standard input, as they are read.

    Raises:
        OSError: It can't be opened or read.
        click.ClickException: It is no event stream, or an empty one.
    """
    if name == STDIN:
        yield from _checked(sys.stdin.buffer, STDIN_NAME)
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
        refuse_other_files(file, str(path))
    except BaseException:
        file.close()
        raise
    return file


def refuse_other_files(file: BinaryIO, name: str) -> None:
    """Look at the beginning of a file; a pipe is only asked whether it has ended already.

    Raises:
        OSError: It can't be read.
        click.ClickException: It is no event stream.
    """
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        start = file.tell()
        _refuse_unless_stream(file.read(_HEAD), name)
        file.seek(start)
    elif isinstance(file, io.BufferedReader) and select([file], (), (), 0)[0] and not file.peek(1):
        raise click.ClickException(f"{name}: empty")


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
        raise click.ClickException(f"{name}: {_what_else(head)}")


def _what_else(head: bytes) -> str:
    """What a file is that is no stream; the JSON of an error is often saved in place of one."""
    if not head.strip():
        return "empty"
    if b"\0" in head:
        return "binary data, neither a recording nor an event stream"
    if head.lstrip()[:1] in (b"{", b"[") and (message := message_of(head)):
        return f"JSON, not an event stream: {message}"
    return "text of another kind, neither a recording nor an event stream"
