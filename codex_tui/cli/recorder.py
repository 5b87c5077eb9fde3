"""The recording of a stream that is printed: written before it is printed, and never in its way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codex_tui.recording.recording import Recording
from codex_tui.recording.writer import BEHIND_AFTER, RecordingWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.recording.records import Record


class Recorder:
    """Records into a new file of a folder; `trouble` says why it can't, "" while it can.

    Args:
        folder: Gives the folder of recordings when the first records have come; None records
            nothing.
        title: What the recording is about: it names the file.
    """

    def __init__(self, folder: Callable[[], Path | None], title: str = "") -> None:
        self._folder = folder
        self._title = title
        self._begun = False
        self._loop = asyncio.get_running_loop()
        self._written = asyncio.Event()
        self._writer: RecordingWriter | None = None

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            folder = self._folder()
            self._writer = self._opened(folder, self._title) if folder is not None else None

    def _opened(self, folder: Path, title: str) -> RecordingWriter:
        def renew(before: str | None) -> Recording:
            return Recording.create(folder, title=title, continues=before)

        recording: Recording | OSError
        try:
            recording = renew(None)
        except OSError as error:
            recording = error
        return RecordingWriter(recording, self._wake, renew=renew)

    def _wake(self, _: int) -> None:
        self._loop.call_soon_threadsafe(self._written.set)

    @property
    def trouble(self) -> str:
        """Why the stream is not, or not all, recorded, or in another file than it began in."""
        if self._writer is None:
            return ""
        return self._writer.error or self._writer.note

    def outcome(self) -> tuple[str, str] | None:
        """What became of the recording: a word and where, or why not; None where none was wanted.

        Known when it is closed.
        """
        if self._writer is None:
            return None
        error, place = self._writer.error, self._writer.place
        if error is None:
            return "recorded", str(place)
        if place is None:
            return "not recorded", error.removeprefix("not recorded: ")
        return "recorded in part", f"{place}: {error}"

    async def keep(self, records: Sequence[Record]) -> None:
        """Write records; return when they stand in the file, or the disk is too slow."""
        self._begin()
        if self._writer is None:
            return
        offset, length = self._writer.keep(records)[-1]
        while not self._writer.settled(offset + length):
            self._written.clear()
            await self._news()

    async def _news(self) -> None:
        try:
            async with asyncio.timeout(BEHIND_AFTER):
                await self._written.wait()
        except TimeoutError:
            return

    def close(self, records: Sequence[Record] = ()) -> None:
        """Write what is left, and these."""
        if self._writer is not None:
            self._writer.keep(records)
            self._writer.close()
