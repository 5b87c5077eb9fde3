"""FILE or `-`: the records of whatever holds a stream, and a clear refusal of what holds none."""

from __future__ import annotations

import io
import os
import stat
import sys
from itertools import chain
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from codex_tui.cli.output import say
from codex_tui.formats import HEAD, Unrecognized, any_reader, said_of, sniff
from codex_tui.recording.reader import CHUNK, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codex_tui.formats import AnyReader
    from codex_tui.piped_input import PipedInput
    from codex_tui.recording.records import Record

STDIN = "-"
STDIN_NAME = "standard input"


def records(name: str) -> Iterator[Record]:
    """The records of a file or of standard input, one by one; raises what `batches` raises."""
    return chain.from_iterable(batches(name))


def batches(
    name: str, tell: Callable[[str], None] = say, *, stamped: bool = False
) -> Iterator[list[Record]]:
    """The records of a file or of standard input, as they are read: none waits for the next.

    Args:
        name: The file.
        tell: Takes what has to be said of the whole, behind the last record.
        stamped: Whether what comes through a pipe without times gets those of its arrival.

    Raises:
        OSError: It can't be opened or read.
        click.ClickException: It is nothing that can be read as records.
    """
    if name == STDIN:
        yield from _of_standard_input(tell, stamped=stamped)
        return
    with Path(name).open("rb") as file:
        yield from _read(file, name, tell)


def standard_input() -> TextIO:
    """What the program was given to read.

    Raises:
        click.ClickException: Nothing: it was closed by whoever started the program.
    """
    given: TextIO | None = sys.stdin  # None where the descriptor is closed
    if given is None:
        raise click.ClickException(f"{STDIN_NAME}: it is closed")
    return given


def is_pipe(stream: TextIO) -> bool:
    """Whether a standard stream is fed by another program, or nobody knows by what."""
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return True


def open_stream(path: Path) -> BinaryIO:
    """Open a file whose beginning can be read as records; a pipe's is not looked at.

    Raises:
        OSError: It can't be opened or read.
        click.ClickException: It is nothing that can be read.
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
        click.ClickException: It is nothing that can be read.
    """
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        start = file.tell()
        head = file.read(HEAD + 1)
        _refuse(sniff(head, complete=len(head) <= HEAD), name)
        file.seek(start)
    elif isinstance(file, io.BufferedReader) and select([file], (), (), 0)[0] and not file.peek(1):
        raise click.ClickException(f"{name}: empty")


def _of_standard_input(tell: Callable[[str], None], *, stamped: bool) -> Iterator[list[Record]]:
    from codex_tui.piped_input import piped_input

    pipe = piped_input()
    if pipe is None:
        yield from _read(standard_input().buffer, STDIN_NAME, tell)
    elif stamped:
        yield from _arriving(pipe, tell)
    else:
        yield from _read(pipe.file(), STDIN_NAME, tell)


def _arriving(pipe: PipedInput, tell: Callable[[str], None]) -> Iterator[list[Record]]:
    from codex_tui.sources.pipe import Stamping

    stamping = Stamping(pipe.begin())
    rest = (stamping.rest(end()) for end in [pipe.clock])  # when all before it was taken
    pieces = map(stamping.take, pipe.pieces)
    yield from _checked(stamping.reader, chain(pieces, rest), STDIN_NAME, tell)


def _read(file: BinaryIO, name: str, tell: Callable[[str], None]) -> Iterator[list[Record]]:
    reader = any_reader()
    yield from _checked(reader, _found(reader, file), name, tell)


def _found(reader: AnyReader, file: BinaryIO) -> Iterator[list[Record]]:
    read = reading(file)
    while chunk := read(CHUNK):
        yield [record for _, record in reader.feed(chunk)]
    yield [record for _, record in reader.close()]


def _checked(
    reader: AnyReader, found: Iterable[list[Record]], name: str, tell: Callable[[str], None]
) -> Iterator[list[Record]]:
    """What a reader finds, unless it refuses what it reads."""
    empty = True
    for batch in found:
        _refuse(reader.refusal, name)
        empty = empty and not batch
        yield batch
    if empty:
        raise click.ClickException(f"{name}: {' '.join(said_of(reader)) or 'empty'}")
    for each in said_of(reader):
        tell(f"{name}: {each}")


def _refuse(found: object, name: str) -> None:
    if isinstance(found, Unrecognized):
        raise click.ClickException(f"{name}: {found.sentence}")
