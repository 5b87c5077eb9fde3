"""A reader for bytes of which nothing is known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codex_tui.formats.base import Format, Refusal
from codex_tui.recording.records import CutRecord

if TYPE_CHECKING:
    from codex_tui.formats.base import Placed, Reader


class Sniff(Protocol):
    """Tells what bytes are; None while it needs more of them."""

    def __call__(self, head: bytes, *, complete: bool) -> Format | Refusal | None:
        """Look at the first bytes; `complete` says that these are all."""
        ...


class Deciding:
    """Finds out what it is given, and reads it.

    Args:
        sniff: Tells what bytes are by their beginning.

    `format` is known as soon as enough has come. Where it turns out to be nothing that can be read,
    `refusal` says what it is, and its beginning is the one record there is: bytes that were cut.
    """

    def __init__(self, sniff: Sniff) -> None:
        self._sniff = sniff
        self.format: Format | None = None
        self.refusal: Refusal | None = None
        self._reader: Reader | None = None
        self._head = b""

    @property
    def trouble(self) -> str:
        """What is wrong with the whole, as a sentence; empty where nothing is."""
        if self.refusal is not None:
            return f"This can't be read: {self.refusal.sentence}."
        return self._reader.trouble if self._reader is not None else ""

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        if self._reader is not None:
            return self._reader.feed(chunk)
        if self.refusal is not None:
            return []
        self._head += chunk
        return self._decide(complete=False)

    def close(self) -> list[Placed]:
        """Return what is left at the end."""
        found: list[Placed] = []
        if self._reader is None and self.refusal is None:
            found = self._decide(complete=True)
        return [*found, *(self._reader.close() if self._reader is not None else ())]

    def _decide(self, *, complete: bool) -> list[Placed]:
        found = self._sniff(self._head, complete=complete)
        if found is None:
            return []
        head, self._head = self._head, b""
        if isinstance(found, Refusal):
            self.refusal = found
            return [((0, len(head)), CutRecord(None, None, head))] if head else []
        self.format, self._reader = found, found.make()
        return self._reader.feed(head)
