"""What every format has in common: a name for people, and a reader that places its records.

A reader takes any bytes in pieces of any size; of which format they are may be told only by them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from codex_tui.recording.records import CutRecord
from codex_tui.unpacking import Allowance
from codex_tui.wire.sse import MAX_EVENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.recording.block_codecs import Form
    from codex_tui.recording.records import Record, Span

Body = Callable[["Bounds"], "AnyReader"]
"""Makes a reader of what stands in a container, within the bounds of that."""

Placed = tuple["Span", "Record"]
"""A record and where its bytes stand: of no length where it stands nowhere."""


MOST_WHOLE = 1 << 30
"""Bytes of a file that can be read only as a whole, at most."""


class Bounds(Struct, frozen=True):
    """What one input may cost, in memory and in time; of such a one each has its own.

    Attributes:
        event: Bytes of an event, at most.
        whole: Bytes of a file that can be read only as a whole, at most.
        allowance: How much may come out of what it packs.
        outermost: Whether nothing that is packed stands around it.
    """

    event: int
    whole: int
    allowance: Allowance
    outermost: bool = True

    @classmethod
    def of(cls, *, limited: bool = True) -> Bounds:
        """Those of another input; none where that was asked for."""
        if not limited:
            return cls(sys.maxsize, sys.maxsize, Allowance(None))
        return cls(MAX_EVENT_BYTES, MOST_WHOLE, Allowance())

    def within(self) -> Bounds:
        """Those of what is packed in it."""
        return Bounds(self.event, self.whole, self.allowance, outermost=False)


class Reader(Protocol):
    """Records from bytes, as they come in pieces of any size.

    Any bytes are read, and nothing raises; what can't be understood is kept as a malformed event.
    """

    @property
    def trouble(self) -> str:
        """What is wrong with the whole, as a sentence (it is cut off); empty where nothing is."""
        ...

    @property
    def limit(self) -> str:
        """The limit at which reading ended, as a sentence; empty while it goes on."""
        ...

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of the whole, as sentences: what was taken off, what is left out."""
        ...

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        ...

    def close(self) -> list[Placed]:
        """Return what is left at the end of the bytes."""
        ...


ADVICE = "--no-limit reads it."
"""What to do about a limit, behind what is said of it."""


def trouble_of(reader: Reader) -> str:
    """Return why there is no more than was read, as a sentence; empty where nothing is wrong."""
    return reader.limit or reader.trouble


def said_of(reader: Reader) -> list[str]:
    """Return all that has to be said of what was read; it is known at the end."""
    limit = f"{reader.limit} {ADVICE}" if reader.limit else ""
    return [*reader.remarks, *filter(None, [limit or reader.trouble])]


SLICE = 16 << 10
"""Bytes of what may be packed that are taken in at once: what comes out of them is held as records,
and may be a hundred times as much."""


def slices(chunk: bytes) -> Iterator[bytes]:
    """The bytes of a chunk, a few at a time."""
    return (chunk[start : start + SLICE] for start in range(0, len(chunk), SLICE))


class Format(Struct, frozen=True):
    """One way in which streams and sessions are saved.

    Attributes:
        name: What people call it.
        make: Makes a reader for one input, within its bounds.
        times: Of what the times are that it has: of events, of whole items, or none.
        form: How a record is read back from the input's own bytes; None where the records don't
            stand there as they are (a container, a compressed file): they are to be kept elsewhere.
    """

    name: str
    make: Callable[[Bounds], Reader]
    form: Form | None = None
    times: Literal["none", "item", "event"] = "none"

    @property
    def title(self) -> str:
        """Its name, and what its times lack."""
        lack = {"none": " · no times", "item": " · times per item", "event": ""}
        return f"{self.name}{lack[self.times]}"


class HeldWhole:
    """The bytes of a file that can be read only as a whole, as long as they are not too many.

    Args:
        kind: What the file is, with its article.
        most: Bytes of it, at most.
    """

    def __init__(self, kind: str, most: int) -> None:
        self.limit = ""
        self._kind = kind
        self._most = most
        self._held = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take in some more bytes; of a file that is too large none are kept."""
        if len(self._held) + len(chunk) > self._most:
            self._held.clear()
            size = f"{self._most >> 20:,} MB"
            self.limit = (
                f"{self._kind} can be read only as a whole, and this is larger than {size}."
            )
        if not self.limit:
            self._held += chunk

    def taken(self) -> bytes:
        """All of it, which is let go."""
        data = bytes(self._held)
        self._held.clear()
        return data


class Unrecognized(Struct, frozen=True):
    """Bytes that hold no stream and no session: what they are instead, for `FILE: …`."""

    sentence: str


class Sniff(Protocol):
    """Tells what bytes are; None while it needs more of them."""

    def __call__(self, head: bytes, *, complete: bool) -> Format | Unrecognized | None:
        """Look at the first bytes; `complete` says that these are all."""
        ...


_SHARE = 16  # of a beginning: lines that end after less than that are not looked at alone


class AnyReader:
    """Finds out what it is given, and reads it: a reader for bytes of which nothing is known yet.

    Args:
        sniff: Tells what bytes are by their beginning.
        bounds: What they may cost.

    `format` is known as soon as enough has come. Where it turns out to be nothing that can be read,
    `refusal` says what it is, and its beginning is the one record there is: bytes that were cut.
    """

    def __init__(self, sniff: Sniff, bounds: Bounds) -> None:
        self._sniff = sniff
        self._bounds = bounds
        self.format: Format | None = None
        self.refusal: Unrecognized | None = None
        self._reader: Reader | None = None
        self._head = bytearray()
        self._looked = 0  # bytes of it when it was looked at last

    def fed(self, chunk: bytes) -> Iterator[list[Placed]]:
        """Take in some more bytes, a few at a time where it may be that they are packed."""
        packed = self.format is None or self.format.form is None
        return map(self.feed, slices(chunk) if packed else (chunk,))

    @property
    def trouble(self) -> str:
        """What is wrong with the whole, as a sentence; empty where nothing is."""
        if self.refusal is not None:
            return f"This can't be read: {self.refusal.sentence}."
        return trouble_of(self._reader) if self._reader is not None else ""

    @property
    def limit(self) -> str:
        """The limit at which reading ended, as a sentence; empty while it goes on."""
        return self._reader.limit if self._reader is not None else ""

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of the whole."""
        return self._reader.remarks if self._reader is not None else ()

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        if self._reader is not None:
            return self._reader.feed(chunk)
        if self.refusal is not None:
            return []
        self._head += chunk
        return self._decide(complete=False) if self._is_worth_a_look(chunk) else []

    def _is_worth_a_look(self, chunk: bytes) -> bool:
        """Whether so much more is there now that it may tell: looking costs the whole beginning.

        Most is told by whole lines. So a pipe that brings a byte at a time is not looked at with
        each, nor one of many short lines with each of those.
        """
        size, looked = len(self._head), self._looked
        ended = b"\n" in chunk or b"\r" in chunk
        return size >= 2 * looked or (ended and size - looked >= looked // _SHARE)

    def close(self) -> list[Placed]:
        """Return what is left at the end."""
        found: list[Placed] = []
        if self._reader is None and self.refusal is None:
            found = self._decide(complete=True)
        return [*found, *(self._reader.close() if self._reader is not None else ())]

    def _decide(self, *, complete: bool) -> list[Placed]:
        head = bytes(self._head)
        self._looked = len(head)
        found = self._sniff(head, complete=complete)
        if found is None:
            return []
        self._head.clear()
        if isinstance(found, Unrecognized):
            self.refusal = found
            return [((0, len(head)), CutRecord(None, None, head))] if head else []
        self.format, self._reader = found, found.make(self._bounds)
        return self._reader.feed(head)
