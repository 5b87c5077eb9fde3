"""A pipe that is read in a thread, each piece with the moment at which it came.

Standard input may be read so from the program's first instruction on, long before anything is there
that could use it; so nothing is imported here that takes time. Of what waits there are some bytes
at most: then whoever writes has to wait.
"""

from __future__ import annotations

import io
import os
import select
import stat
import sys
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.threads import Background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from _typeshed import WriteableBuffer

CHUNK = 64 * 1024
"""Bytes that are read at a time: what a pipe holds on most systems."""

AHEAD = 8 * 1024 * 1024
"""Bytes that wait for a slow reader."""

STDIN = 0
_PIECE = 256  # bytes that a piece costs beside its data: many small ones are to be bounded as well
_CAN_WAIT = os.name != "nt"
"""Whether a pipe can be waited for together with the word to leave it: Windows only blocks."""


class Piece(NamedTuple):
    """Some bytes: when they came, in seconds of the clock, and the number of the wake-up."""

    t: float
    read: int
    data: bytes


class PipedInput:
    """Reads a pipe to its end; its pieces are taken by one loop, or by one thread.

    Args:
        descriptor: The pipe's, which is closed when it is left: who writes then hears of it.
        clock: A monotonic clock, in seconds.

    Attributes:
        clock: The clock of its pieces.
        pieces: What came; an `OSError` where it can't be read on.
    """

    def __init__(self, descriptor: int, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._began: float | None = None
        self._left = False
        leaving, self._leave = os.pipe()
        self.pieces = Background(
            partial(_pieces, descriptor, leaving, clock), name="pipe", ahead=AHEAD, weigh=_weight
        )

    def begin(self) -> float:
        """Begin to read, if that has not been done, and give the moment at which it began."""
        if self._began is None:
            self._began = self.clock()
            self.pieces.begin()
        return self._began

    def leave(self) -> None:
        """Read no further; what has come can still be taken."""
        if not self._left:
            self._left = True
            os.close(self._leave)  # wakes the thread, which closes the pipe
            if not _CAN_WAIT:
                self.pieces.stop()  # it can't be woken

    def close(self) -> None:
        """Read no further, and let what has come go."""
        self.leave()
        self.pieces.stop()

    def file(self) -> io.BufferedReader:
        """Its bytes alone, as a file; closing it leaves the pipe."""
        self.begin()
        return io.BufferedReader(_PipeBytes(self), CHUNK)


class _PipeBytes(io.RawIOBase):
    """What came through a pipe."""

    def __init__(self, pipe: PipedInput) -> None:
        self._pipe = pipe
        self._pieces = iter(pipe.pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, _END).data)
        room = memoryview(buffer).cast("B")
        length = min(len(room), len(self._rest))
        room[:length] = self._rest[:length]
        self._rest = self._rest[length:]
        return length

    def close(self) -> None:
        self._pipe.close()
        super().close()


_END = Piece(0.0, 0, b"")


def _weight(piece: Piece) -> int:
    return len(piece.data) + _PIECE


def _pieces(descriptor: int, left: int, clock: Callable[[], float]) -> Iterator[Piece]:
    """What comes, until the end, or until the other end of `left` is closed.

    What one wake-up delivered belongs to one read: bytes that were there already when those before
    them had been taken.
    """
    number, there = 0, False
    try:
        while there or _comes(descriptor, left, None):
            number += not there
            if not (data := os.read(descriptor, CHUNK)):
                return
            t = clock()
            # Asked at once: what comes while the piece is handed on is another wake-up.
            there = _CAN_WAIT and _comes(descriptor, left, 0)
            yield Piece(t, number, data)
    finally:
        os.close(descriptor)
        os.close(left)


def _comes(descriptor: int, left: int, seconds: float | None) -> bool:
    """Whether there is something to read, or the end, within some seconds; not once it is left."""
    if not _CAN_WAIT:
        return True
    ready, _, _ = select.select([descriptor, left], (), (), seconds)
    return descriptor in ready and left not in ready


# -- standard input --------------------------------------------------------------------------------

_begun: list[PipedInput] = []  # from the first instruction on, until a verb takes it
_FLAGS = {"plain", "record", "paused", "loop", "follow", "exit", "limited", "limit"}
"""The options without a value of the verbs that read a stream: what follows one is a word."""


def begin(arguments: Sequence[str]) -> None:
    """Begin to read standard input, where it is a pipe and the command line says that it is read.

    A terminal's keys are not ours, and who is not asked to read takes nothing from the pipe of the
    program that called it.
    """
    if reads_stream(arguments) and is_piped():
        pipe = PipedInput(os.dup(STDIN))
        pipe.begin()
        _begun.append(pipe)


def reads_stream(arguments: Sequence[str]) -> bool:
    """Whether a stream is read from standard input: `-`, `show -`, `replay -` and `check -`.

    Where in doubt it is not: reading then begins when the command line has been understood.
    """
    words, rest = [], iter(arguments)
    for word in rest:
        if word == "--":
            break
        if word == "-" or not word.startswith("-"):
            words.append(word)
        elif _takes_value(word):
            next(rest, None)
    return words[:1] == ["-"] or words[:2] in (["show", "-"], ["replay", "-"], ["check", "-"])


def _takes_value(option: str) -> bool:
    """Whether the next word is an option's value, which may stand in its own word too."""
    if not option.startswith("--"):
        return len(option) == len("-s")
    return "=" not in option and option.removeprefix("--").removeprefix("no-") not in _FLAGS


def is_piped() -> bool:
    """Whether standard input is what another program writes to."""
    try:
        mode = os.fstat(STDIN).st_mode
    except OSError:  # it is closed
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def begun() -> PipedInput | None:
    """Standard input, if it has been read since the program began; it is given once."""
    return _begun.pop() if _begun else None


def piped_input() -> PipedInput | None:
    """Standard input while it comes; None where it is no pipe, or something stands in its place."""
    if (pipe := begun()) is not None:
        return pipe
    try:
        own = sys.stdin.fileno() == STDIN
    except (OSError, AttributeError):  # it has none, or there is no such stream
        return None
    return PipedInput(os.dup(STDIN)) if own and is_piped() else None
