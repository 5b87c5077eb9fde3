"""Bytes read by what sniffs them, and records read back by the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.formats import any_reader
from codex_tui.formats.open_file import OpenFile
from codex_tui.model.conversation import Conversation
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.log import EventLog

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.formats import Placed
    from codex_tui.recording.records import Record


def placed(data: bytes, *cuts: int) -> list[Placed]:
    """What some bytes hold, given in pieces that end at the cuts."""
    reader, found, start = any_reader(), [], 0
    for end in (*sorted(cuts), len(data)):
        found += reader.feed(data[start:end])
        start = end
    return found + reader.close()


def records(data: bytes, *cuts: int) -> list[Record]:
    """The same without their places."""
    return [record for _, record in placed(data, *cuts)]


def name_of(data: bytes) -> str:
    """The name of the format, or why there is none."""
    reader = any_reader()
    reader.feed(data)
    reader.close()
    if reader.format is not None:
        return reader.format.name
    return reader.refusal.sentence if reader.refusal is not None else ""


def conversation(data: bytes) -> Conversation:
    """The conversation that some bytes hold."""
    folded = Conversation()
    for record in records(data):
        folded.apply(record)
    folded.finish()
    return folded


def read_back(path: Path, size: int = 1 << 18) -> list[Record]:
    """The records of a file as its log gives them back."""
    opened = OpenFile(path)
    log = EventLog(opened.keeper)
    maker = opened.maker(log) or Indexer(log)
    data = path.read_bytes()
    for start in range(0, len(data), size):
        log.join(maker.feed(data[start : start + size]))
    log.join(maker.close())
    one_by_one = [log.record(entry) for entry in range(len(log))]
    assert list(log.records(0, len(log))) == one_by_one
    return one_by_one
