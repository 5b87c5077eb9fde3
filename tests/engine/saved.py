"""A source that streams what a file holds, as fast as it is read: for tests that need a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.reader import read_records

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from codex_tui.recording.records import Record

AT_ONCE = 256


class Saved:
    """The records of a recording, many at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._t: float | None = None
        self._cancelled = False

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        batch: list[Record] = []
        for _, record in read_records(self._path):
            batch.append(record)
            self._t = getattr(record, "t", None)
            if len(batch) == AT_ONCE and not self._cancelled:
                yield batch
                batch = []
        if batch and not self._cancelled:
            yield batch

    def cancel(self) -> None:
        self._cancelled = True

    def now(self) -> float | None:
        return self._t
