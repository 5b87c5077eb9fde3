"""Recordings for the tests of time: records with the times and reads that a test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import codex_tui
from codex_tui.figures.measures import Measures, measure
from codex_tui.model.conversation import Conversation, Turn
from codex_tui.model.timing import Timing
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import (
    CommentRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.decode import decode_event
from tests.model.streams import frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.model.timing import ArrivalColumns
    from codex_tui.recording.records import How, Record
    from tests.model.streams import Json

DATA = Path(codex_tui.__file__).parent / "data"


@dataclass
class Session:
    """A conversation and its columns, folded side by side."""

    columns: ArrivalColumns | None = None
    conversation: Conversation = field(default_factory=Conversation)
    timing: Timing = field(init=False)

    def __post_init__(self) -> None:
        self.timing = Timing(self.columns)

    def play(self, records: Iterable[Record]) -> Session:
        for record in records:
            event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
            item = self.conversation.apply(record, event)
            self.timing.apply(record, event, item, self.conversation.whose)
        return self

    @property
    def turn(self) -> Turn:
        return self.conversation.turns[-1]

    def measures(self, entries: range | None = None, now: float | None = None) -> Measures:
        return measure(self.turn, self.timing, entries, now)


def play(*records: Record) -> Session:
    return Session().play(records)


def demo(name: str) -> Session:
    return Session().play(record for _, record in read_records(DATA / f"{name}.sse"))


def request() -> RequestRecord:
    return RequestRecord(1, "2026-11-22T21:14:05.000Z")


def head(t: float | None, **headers: str) -> ResponseRecord:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return ResponseRecord(1, t, 200, names)


def at(t: float | None, event: Json, read: int | None = None) -> FrameRecord:
    return FrameRecord(t, read, frame(event))


def comment(t: float | None, read: int | None = None) -> CommentRecord:
    return CommentRecord(t, read, (" keepalive",))


def end(t: float | None, how: How = "completed") -> EndRecord:
    return EndRecord(1, t, how)
