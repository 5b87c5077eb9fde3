"""Where records come from. A source knows nothing of the other sources, nor of who reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from codex_tui.recording.records import Record


class Source(Protocol):
    """A stream of records, one batch for each wake-up of what it reads from."""

    def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Yield records as they arrive; the last one of each turn is an `EndRecord`.

        A batch is yielded before it is parsed, so that the reader can record it first. It never
        raises for what a server, a network or a file does: that is told by the `EndRecord`.
        """
        ...

    def cancel(self) -> None:
        """End soon, in the way of a user's cancel: what has arrived stays, the last is the end."""
        ...

    def now(self) -> float | None:
        """Return the time in seconds since the running request was sent, as records have it."""
        ...
