"""What is taken out of records before they leave: nothing, what is private, or all text.

Scrubbing goes over the records twice, since what a stream says can only be told once its pieces
have been put together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codex_tui.exports.redaction import Redaction
from codex_tui.exports.structure import Structure
from codex_tui.redact import Private

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.recording.records import Record
    from codex_tui.redact import Secret


class Scrub(Protocol):
    """Takes something out of records: it is shown all of them, then asked for each of them."""

    @property
    def lengths(self) -> bool:
        """Whether texts stand as their lengths alone."""
        ...

    def look(self, record: Record) -> None:
        """See the next record, on the first way through."""
        ...

    def looked(self) -> None:
        """Hear that there are no more."""
        ...

    def scrubbed(self, record: Record) -> Record:
        """The next record as it may leave, on the second way through: a copy if it differs."""
        ...

    def sentence(self) -> str:
        """What was taken out, for the user."""
        ...


class Untouched:
    """Takes nothing out."""

    lengths = False

    def look(self, record: Record) -> None:
        """See nothing."""

    def looked(self) -> None:
        """Do nothing."""

    def scrubbed(self, record: Record) -> Record:
        """The record itself."""
        return record

    def sentence(self) -> str:
        """A warning."""
        return "not redacted: keys, addresses and paths stand in it as they were recorded"


def scrub_of(
    *, redact: bool, structure_only: bool, home: str = "", secrets: Iterable[Secret] = ()
) -> Scrub:
    """The scrub that was asked for: all text goes, or what is private, or nothing.

    Args:
        redact: Whether what is private is masked.
        structure_only: Whether texts stand as their lengths alone; then there is nothing to mask.
        home: The user's home folder.
        secrets: Texts to be masked whatever they look like.
    """
    if structure_only:
        return Structure()
    return Redaction(Private(home, secrets)) if redact else Untouched()
