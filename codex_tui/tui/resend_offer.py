"""The offer to send a request again, after a refusal or an error of the connection.

It is made in words, counted down, and taken back once it is over; nothing is sent here.
"""

from __future__ import annotations

from typing import Protocol

from codex_tui import units

_SHORT = 1.0  # a wait that is over before it is read


class Sends(Protocol):
    """What a live source says of its last try."""

    resends_in: float | None

    @property
    def listens_in(self) -> float | None:
        """While it waits to listen to a response again: for how many seconds; else None."""
        ...

    @property
    def retryable(self) -> bool:
        """Whether sending again may help."""
        ...

    @property
    def retry_after(self) -> float | None:
        """How many seconds the server asks to wait first, if it does."""
        ...


class ResendOffer:
    """The offer to send again after a refusal or a connection error, counted down.

    Times are seconds of a monotonic clock, given by the caller.
    """

    def __init__(self) -> None:
        self._source: Sends | None = None
        self._since = 0.0
        self._waiting: float | None = None

    def watch(self, source: Sends) -> None:
        """Follow a source that is about to be read."""
        self._source, self._waiting = source, None

    def forget(self) -> None:
        """Offer nothing: another session is shown."""
        self._source = None

    def words(self, now: float, *, running: bool, key: str = "r") -> str:
        """Return what to tell the user now; nothing where there is nothing to offer.

        `key` is what sends again where the focus is.
        """
        source = self._source
        if source is None:
            return ""
        if running:
            return self._again_by_itself(source, now)
        if not source.retryable:
            return ""
        wait = self._left(source.retry_after, now)
        asks = f"; the server asks to wait {units.seconds(wait)}" if wait >= 0.5 else ""
        return f"{key} sends the request again{asks}"

    def _again_by_itself(self, source: Sends, now: float) -> str:
        if (wait := source.listens_in) is not None and wait > _SHORT:
            left = units.seconds(self._left(wait, now))
            return f"the stream broke: the rest is asked for in {left}; esc stops"
        if source.resends_in is None:
            self._waiting = None
            return ""
        return f"sending again in {units.seconds(self._left(source.resends_in, now))}; esc stops"

    def _left(self, wait: float | None, now: float) -> float:
        if wait is not None and wait != self._waiting:
            self._waiting, self._since = wait, now
        return max(0.0, (wait or 0.0) - (now - self._since))
