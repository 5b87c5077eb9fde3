"""Where in an answer a fault strikes: at an event, a moment, a share of its events, its first text.

A seam is looked for while an answer goes by, and once: it knows afterwards whether it was reached.
At the seam stands an empty write, which is a moment and sends nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.serve.script import Write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.serve.script import AnswerScript, WirePiece


class Whence(NamedTuple):
    """Where something begins in an answer; one of these is said.

    Attributes:
        event: At an event, by its number, from 1.
        seconds: At a moment.
        text: At the first piece of its text.
        end: When all of it has come.
    """

    event: int | None = None
    seconds: float | None = None
    text: bool = False
    end: bool = False


class Seam:
    """The place of a fault in one answer.

    Args:
        whence: Where it is.

    Attributes:
        reached: Whether the answer has come so far, and had something there to be struck.
    """

    def __init__(self, whence: Whence) -> None:
        self._whence = whence
        self.reached = False

    def parted(self, script: AnswerScript) -> Iterator[Write]:
        """The writes of an answer; one that goes over the seam is two, with the seam between.

        If the answer doesn't end before, the moment of its end is the last of them.
        """
        last = 0.0
        for write in script.writes:
            yield from [write] if self.reached else self._parted(write)
            if write.closing:
                return
            last = write.at
        over = Write(max(last, script.end_at), b"")
        if self._whence.end:
            yield from self._here(over.at)
        yield from [over] if self.reached else self._parted(over)

    def _parted(self, write: Write) -> Iterator[Write]:
        at = self._place_in(write)
        if at is None:
            yield write
            return
        if at:
            yield Write.of(write.at, write.pieces[:at])
        yield from self._here(self._moment(write))
        yield write.holding(write.pieces[at:]) if at else write

    def _here(self, moment: float) -> Iterator[Write]:
        self.reached = True
        yield Write(moment, b"")

    def _moment(self, write: Write) -> float:
        """The moment itself, which may lie in the silence before the write; else the write's."""
        moment = self._whence.seconds
        return write.at if moment is None else min(moment, write.at)

    def _place_in(self, write: Write) -> int | None:
        """Which of its pieces is the first behind the seam; None where all stand before it."""
        if self._whence.seconds is not None:
            return 0 if write.at >= self._whence.seconds else None
        return next((n for n, each in enumerate(write.pieces) if self._is_at(each)), None)

    def _is_at(self, piece: WirePiece) -> bool:
        if self._whence.text:
            return piece.is_text
        return piece.event is not None and piece.event >= (self._whence.event or math.inf)
