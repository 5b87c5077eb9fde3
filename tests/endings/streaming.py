"""A server that streams without an end, and what a session that was ended left behind."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from codex_tui.recording.reader import read_records
from codex_tui.recording.records import CutRecord, EndRecord, FrameRecord
from tests.servers import EVENT_STREAM, Peer, event

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import Record

_SHOWN = re.compile(r"([\d,]+) events")


async def stream_on(peer: Peer) -> None:
    """Answer with deltas, some hundreds a second, until the client has gone."""
    await peer.head(200, EVENT_STREAM)
    await peer.send(event("response.created", response={"id": "r", "status": "in_progress"}))
    number = 0
    while True:
        number += 1
        await peer.send(
            event("response.output_text.delta", delta=f"word {number} ", output_index=0)
        )
        if number % 8 == 0:
            await asyncio.sleep(0.02)


def recordings(home: Path) -> list[Path]:
    """All recordings, oldest first."""
    return sorted(home.rglob("*.sse"), key=lambda path: path.stat().st_mtime_ns)


def records_of(path: Path) -> list[Record]:
    return [record for _, record in read_records(path)]


def frames_in(records: list[Record]) -> int:
    return sum(isinstance(record, FrameRecord) for record in records)


def torn_tails(records: list[Record]) -> int:
    return sum(isinstance(record, CutRecord) for record in records)


def how_it_ended(records: list[Record]) -> str | None:
    return next((each.how for each in records[::-1] if isinstance(each, EndRecord)), None)


def events_shown(drawn: str) -> int:
    """The largest number of events that the app said it has."""
    return max((int(found.replace(",", "")) for found in _SHOWN.findall(drawn)), default=0)
