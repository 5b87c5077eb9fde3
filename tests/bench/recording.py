"""What recording costs, and what a disk that stalls does to the screen."""

from __future__ import annotations

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic, process_time, sleep
from typing import TYPE_CHECKING

from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import FrameRecord
from codex_tui.recording.writer import RecordingWriter
from codex_tui.wire.sse import SSEDecoder
from tests.bench import streams
from tests.bench.children import child
from tests.bench.harness import Figures, Row, Scale, Target, percentile
from tests.bench.screen import Stalls

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from codex_tui.engine.observer import Arrival, SessionMoment
    from codex_tui.recording.payload import Keeper
    from codex_tui.recording.records import Record

RATE = 3000
STALL = 0.6


def recorder(scale: Scale) -> Row:
    """The writer by itself at speed, and the feed over a writer whose disk stalls."""
    seconds = scale(10, 2)
    return Row(
        f"{RATE:,} events a second for {seconds} s, each flushed; a write that stalls {STALL} s",
        {"ours": child("recording:writing", seconds), "stalling": child("recording:stalling")},
        [
            Target("% of a core for the recorder", 5, figure="percent", unit="%"),
            Target("s until the app draws on", 0.3, run="stalling", figure="drawn", unit="s"),
            Target(
                "s of loop stall meanwhile, p99", 0.02, run="stalling", figure="stall", unit="s"
            ),
            Target("is marked as behind", 1, run="stalling", figure="behind", faster=True, unit=""),
        ],
        turns=scale(5, 1),
    )


def writing(seconds: int) -> Figures:
    """A record every 333 µs, kept as the app keeps it; what waiting alone costs is taken off."""
    records = _records(RATE * seconds)
    idle = _paced(records, lambda _batch: None)
    with tempfile.TemporaryDirectory() as folder:
        writer = RecordingWriter(
            Recording.create(Path(folder), now=datetime.now(UTC)), None, monotonic
        )
        busy = _paced(records, writer.keep)
        writer.close()
    return {"percent": 100 * (busy - idle) / seconds}


def _records(count: int) -> list[FrameRecord]:
    decoder = SSEDecoder()
    frames = (frame for event in streams.deltas(count) for frame in decoder.feed(event))
    return [FrameRecord(number / RATE, number, frame) for number, frame in enumerate(frames, 1)]


def _paced(records: Sequence[FrameRecord], keep: Callable[[Sequence[Record]], object]) -> float:
    """CPU seconds of keeping each record at its time."""
    cpu, began = process_time(), monotonic()
    for record in records:
        ahead = began + (record.t or 0.0) - monotonic()
        if ahead > 0:
            sleep(ahead)
        keep([record])
    return process_time() - cpu


def stalling() -> Figures:
    """How long nothing is drawn while a write hangs, and how long the loop is held by it."""
    return asyncio.run(_stalling())


async def _stalling() -> Figures:
    from codex_tui.engine.observer import Observer
    from codex_tui.engine.pace import ScreenPace
    from codex_tui.engine.session import Session

    drawn: list[float] = []
    troubles: set[str] = set()

    class Drawing(Observer):
        def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
            drawn.append(monotonic())
            troubles.add(session.kept_at()[1])

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session = Session(_Slow(folder / "slow").keep, Drawing(), ScreenPace)
        source = _Paced(streams.recording(folder / "replayed.sse", streams.TURN))
        async with Stalls() as stalls:
            await session.stream(source)
        session.close()
    return {
        "drawn": max(later - earlier for earlier, later in pairwise(drawn)),
        "stall": percentile(stalls.seconds, 99),
        "behind": float("recording behind" in troubles),
    }


class _Paced:
    """A source that streams a recording at its pace."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Yield each record when it came."""
        began = monotonic()
        for _, record in read_records(self._path):
            if (t := getattr(record, "t", None)) is not None:
                await asyncio.sleep(max(0.0, t - (monotonic() - began)))
            yield [record]

    def cancel(self) -> None:
        """Go on: nobody cancels it."""

    def now(self) -> float | None:
        """Return nothing: nobody asks."""
        return None


class _Slow:
    """A disk that hangs once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writes = 0

    def keep(self, wake: Callable[[], None]) -> Keeper:
        """Record on it."""
        recording = Recording.create(self._folder, write=self._write, now=datetime.now(UTC))
        return RecordingWriter(recording, lambda _written: wake(), monotonic)

    def _write(self, descriptor: int, data: bytes) -> int:
        self._writes += 1
        if self._writes == 50:
            sleep(STALL)
        return os.write(descriptor, data)
