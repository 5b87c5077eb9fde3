"""One try of a request, whatever carries it: from what is sent to how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from codex_tui.sources.errors import retry_after, status_advice, with_wait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from datetime import datetime

    from codex_tui.recording.mask import Mask
    from codex_tui.recording.records import EndRecord, Record
    from codex_tui.sources.answers import Ending
    from codex_tui.sources.failures import Limits, Phase
    from codex_tui.sources.heard import HeardSoFar
    from codex_tui.sources.providers import Provider


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of whom, and how.

    Attributes:
        provider: The server.
        body: The request's JSON.
        limits: How long to wait for what.
        mask: What must stand nowhere.
        clock: A monotonic clock, in seconds.
        wall: The time of day.
        retold: Gives the body with all that it goes on from, for a server that has lost it.
    """

    provider: Provider
    body: Mapping[str, Any]
    limits: Limits
    mask: Mask
    clock: Callable[[], float]
    wall: Callable[[], datetime]
    retold: Callable[[], Mapping[str, Any]] | None = None

    def advice(self, status: int) -> str:
        """What to do about a status that is no success."""
        return self.provider.login_hint if status == 401 else status_advice(status)


@dataclass(frozen=True, slots=True)
class Again:
    """Whether sending a request again may help, and how many seconds the server asks to wait."""

    may_help: bool = False
    wait: float | None = None

    @classmethod
    def after(
        cls, ending: Ending, status: int, headers: Mapping[str, str], wall: datetime
    ) -> Again:
        """What holds after an ending; the status is that of the answer, or of its error."""
        refused = ending.how in ("http_error", "api_error") and (status == 429 or status >= 500)
        wait = None
        if ending.how in ("http_error", "failed", "api_error"):
            wait = retry_after(headers, ending.sentence or "", wall.timestamp())
        return cls(refused or ending.how == "connect_error", wait)

    def told(self, ending: Ending) -> str | None:
        """How it ended, with the wait that the server asks for."""
        detail = ending.detail
        if ending.how == "connect_error" or not (self.may_help and detail and self.wait):
            return detail
        return with_wait(detail, self.wait)


class Attempt(Protocol):
    """A request that is sent once."""

    @property
    def again(self) -> Again:
        """After its end: whether sending it again may help."""
        ...

    @property
    def heard(self) -> HeardSoFar | None:
        """What was heard of a response that its server makes in the background; None of others."""
        ...

    @property
    def listens_in(self) -> float | None:
        """While a response that broke is to be listened to again: in how many seconds."""
        ...

    @property
    def turn(self) -> int:
        """The number of the turn that runs, or ran last."""
        ...

    @property
    def phase(self) -> Phase:
        """How far it has come."""
        ...

    @property
    def bytes_received(self) -> int:
        """Bytes of its answer so far, decoded."""
        ...

    @property
    def reads(self) -> int:
        """Reads of its answer so far."""
        ...

    def elapsed(self) -> float | None:
        """Seconds on the clock of its records; None before it is sent."""
        ...

    def beginning(self) -> Sequence[Record]:
        """What is about to be sent, and before it what came since the turn before."""
        ...

    def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Send it, and yield the records of the answer, without the end of the last turn."""
        ...

    def left_behind(self) -> str | None:
        """What the server goes on with though we listen no more, as a sentence."""
        ...

    async def steer(self, text: str) -> bool:
        """Have its response go on otherwise; False where it can't be."""
        ...

    def returned(self) -> tuple[str, str] | None:
        """The next text that should have steered it and was given back, and why."""
        ...

    def end(self, *, cancelled: bool) -> EndRecord:
        """How it ended."""
        ...

    def stop(self) -> None:
        """Let go of the connection; what has arrived is still handed on."""
        ...
