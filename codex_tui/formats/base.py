"""What every format has in common: a name for people, a reader, and where its records stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.block_codecs import Form
    from codex_tui.recording.records import Record, Span

Placed = tuple["Span", "Record"]
"""A record and where its bytes stand: of no length where it stands nowhere."""


class Reader(Protocol):
    """Records from bytes, as they come in pieces of any size.

    Any bytes are read, and nothing raises; what can't be understood is kept as a malformed event.
    """

    @property
    def trouble(self) -> str:
        """What is wrong with the whole, as a sentence (it is cut off); empty where nothing is."""
        ...

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        ...

    def close(self) -> list[Placed]:
        """Return what is left at the end of the bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which streams and sessions are saved.

    Attributes:
        name: What people call it.
        make: Makes a reader for one input.
        times: Of what the times are that it has: of events, of whole items, or none.
        form: How a record is read back from the input's own bytes; None where the records don't
            stand there as they are (a container, a compressed file): they are to be kept elsewhere.
    """

    name: str
    make: Callable[[], Reader]
    form: Form | None = None
    times: Literal["none", "item", "event"] = "none"

    @property
    def title(self) -> str:
        """Its name, and what its times lack."""
        lack = {"none": " · no times", "item": " · times per item", "event": ""}
        return f"{self.name}{lack[self.times]}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Bytes that hold no stream and no session: what they are instead, for `FILE: …`."""

    sentence: str
