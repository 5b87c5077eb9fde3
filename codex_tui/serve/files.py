"""Files opened to be served: what they are, their turns, and why one can't be.

A file is indexed once; of its payload nothing is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.formats.open_file import OpenFile
from codex_tui.formats.readers import trouble_of
from codex_tui.formats.sniffing import (
    APP_SERVER,
    ERROR,
    EVENT_LINES,
    EVENT_VALUES,
    EXEC,
    EXPORTED,
    RECORDING,
    ROLLOUT,
)
from codex_tui.recording.log import EventLog
from codex_tui.serve.recorded_turn import SourceFile, TurnFinder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codex_tui.serve.recorded_turn import RecordedTurn

_BLOCK = 512 * 1024  # bytes that are indexed at once

_NO_STREAM = {
    ERROR.name: "an error of the API without the status that it came with",
    ROLLOUT.name: "a rollout, which keeps whole items and not the stream that brought them",
    EXEC.name: "the output of `codex exec`, which is no stream of the API",
    APP_SERVER.name: "messages of the Codex app-server, which are no stream of the API",
}
_RECORD_IT = "`codex-tui tap` records what can be served"
_WITH_CONTENT = "export it with content, or let `codex-tui tap` record"
_NAMELESS = (EVENT_LINES.name, EVENT_VALUES.name, EXPORTED.name)
_OURS = (RECORDING.name, EXPORTED.name)


class UnservedError(Exception):
    """A file that can't be served; the text names it, says what it is, and what to do."""


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file.

    Attributes:
        path: Where it is.
        format: What it is, as people call it.
        turns: What it has, in order.
        remarks: What has to be known of it, as sentences.
    """

    path: Path
    format: str
    turns: Sequence[RecordedTurn]
    remarks: Sequence[str] = ()

    @property
    def timed(self) -> bool:
        """Whether it says when events came."""
        return any(turn.timed for turn in self.turns)


def opened(path: Path, *, limited: bool = True) -> ServedFile:
    """Open a file and find its turns.

    Args:
        path: The file.
        limited: Whether it is read only as far as the limits of events, packing and disks allow.

    Raises:
        OSError: It can't be read; where it is no stream its words say what it is instead.
        UnservedError: What it holds can't be served.
    """
    file = OpenFile(path, limited=limited)
    name = file.format.name
    for kind, what in _NO_STREAM.items():
        if name.startswith(kind):
            raise UnservedError(f"{path}: {what}: {_RECORD_IT}")
    log = _indexed(file)
    source = SourceFile(log, path.name, not name.startswith(_NAMELESS), name.startswith(_OURS))
    turns = TurnFinder(source).turns()
    if not turns:
        raise UnservedError(f"{path}: a {name} in which nothing was recorded")
    if all(turn.unkept for turn in turns):
        raise UnservedError(f"{path}: {name} without the bodies of its answers: {_WITH_CONTENT}")
    return ServedFile(path, name, turns, [*file.reader.remarks, *_trouble(file)])


def _trouble(file: OpenFile) -> list[str]:
    return [trouble] if (trouble := trouble_of(file.reader)) else []


def _indexed(file: OpenFile) -> EventLog:
    log = EventLog(file.keeper)
    maker = file.maker(log)
    with file.path.open("rb") as source:
        while not maker.over and (chunk := source.read(_BLOCK)):
            log.join(maker.feed(chunk))
    log.join(maker.close())
    return log
