"""Recordings and dumps of event streams, which `sessions` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.reader import RecordParser

if TYPE_CHECKING:
    from codex_tui.formats.base import Placed


class EventStreamReader:
    """Reads a recording or a plain dump."""

    trouble = ""

    def __init__(self) -> None:
        self._parser = RecordParser()

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        return self._parser.feed(chunk)

    def close(self) -> list[Placed]:
        """Return what is left at the end."""
        return self._parser.close()
