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
from codex_tui.recording.locks import is_held
from codex_tui.recording.reader import CHUNK, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codex_tui.formats import AnyReader
    from codex_tui.piped_input import Piece, PipedInput
    from codex_tui.recording.records import Record

STDIN = "-"
STDIN_NAME = "standard input"


class Saved:
    """The records of a file or of standard input.

    Args:
        name: The file.
        tell: Takes what has to be said of the whole, behind the last record.
        limited: Whether it is read only as far as limits allow.

    Attributes:
        cut: Whether it was not read to its end, because of a limit.
        grows: Whether a program is still writing it.
    """

    def __init__(
        self, name: str, tell: Callable[[str], None] = say, *, limited: bool = True
    ) -> None:
        self.cut = self.grows = False
        self._name = name
        self._tell = tell
        self._limited = limited

    def records(self) -> Iterator[Record]:
        """Yield them one by one; raises what `batches` raises."""
        return chain.from_iterable(self.batches())

    def batches(self, *, stamped: bool = False) -> Iterator[list[Record]]:
        """Yield them as they are read: none waits for the next.

        Args:
            stamped: Whether what comes through a pipe without times gets those of its arrival.

        Raises:
            OSError: It can't be opened or read.
            click.ClickException: It is nothing that can be read as records.
        """
        if self._name == STDIN:
            yield from self._of_standard_input(stamped=stamped)
            return
        path = Path(self._name)
        with path.open("rb") as file:
            yield from self._read(file)
        self.grows = not self.cut and bool(is_held(path))
        if self.grows:
            self._tell(f"{self._name}: it is still being written; what comes later is not here")

    def _of_standard_input(self, *, stamped: bool) -> Iterator[list[Record]]:
        from codex_tui.piped_input import piped_input

        pipe = piped_input()
        if pipe is None:
            yield from self._read(standard_input().buffer)
        elif stamped:
            yield from self._arriving(pipe)
        else:
            yield from self._read(pipe.file())

    def _arriving(self, pipe: PipedInput) -> Iterator[list[Record]]:
        from codex_tui.sources.pipe import Stamping

        stamping = Stamping(pipe.begin(), limited=self._limited)
        rest = (stamping.rest(end()) for end in [pipe.clock])  # when all before it was taken
        pieces = map(stamping.take, _until_limit(stamping.reader, pipe.pieces))
        yield from self._checked(stamping.reader, chain(pieces, rest))

    def _read(self, file: BinaryIO) -> Iterator[list[Record]]:
        reader = any_reader(limited=self._limited)
        yield from self._checked(reader, _found(reader, file))

    def _checked(self, reader: AnyReader, found: Iterable[list[Record]]) -> Iterator[list[Record]]:
        """What a reader finds, unless it refuses what it reads."""
        name = STDIN_NAME if self._name == STDIN else self._name
        empty = True
        for batch in found:
            _refuse(reader.refusal, name)
            empty = empty and not batch
            yield batch
        self.cut = bool(reader.limit)
        if empty:
            raise click.ClickException(f"{name}: {' '.join(said_of(reader)) or 'empty'}")
        for each in said_of(reader):
            self._tell(f"{name}: {each}")


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


def _found(reader: AnyReader, file: BinaryIO) -> Iterator[list[Record]]:
    read = reading(file)
    while not reader.limit and (chunk := read(CHUNK)):
        for found in reader.fed(chunk):
            yield [record for _, record in found]
    yield [record for _, record in reader.close()]


def _until_limit(reader: AnyReader, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces that a reader takes before it reads no further."""
    for piece in pieces:
        yield piece
        if reader.limit:
            return


def _refuse(found: object, name: str) -> None:
    if isinstance(found, Unrecognized):
        raise click.ClickException(f"{name}: {found.sentence}")
