"""What a row of the list knows of one stream, and how it is told whether that is alive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codex_tui.model.stalls import STALLS

if TYPE_CHECKING:
    from pathlib import Path

State = Literal["live", "maybe", "gone", "ended"]
"""Whether it streams: its writer holds it; nobody can tell, but it grew; its writer went without an
end; it has its end."""

GROWING = 30.0
"""Seconds after it grew in which a file may well grow again, where locks can't tell."""

FAILED = frozenset(
    (
        *("failed", "api_error", "http_error", "not_sse", "connect_error", "protocol_error"),
        *("timeout", "interrupted", "refused"),
    )
)
"""How a stream ended that did not go well; what somebody left or limited is none of them."""


def state_of(*, is_open: bool, held: bool | None, grew: float) -> State:
    """Whether a stream is alive.

    Args:
        is_open: Whether nothing in the file says how it ended.
        held: Whether its writer holds it; None where nobody can tell.
        grew: Seconds since the file grew.
    """
    if not is_open:
        return "ended"
    if held is None:
        return "maybe" if grew < GROWING else "gone"
    return "live" if held else "gone"


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream, or an exchange of a tap that is none; times of day are in seconds since 1970.

    Attributes:
        name: What it is known by: its path, or the tap and the number of the exchange.
        path: Its file; None for an exchange that is no recording.
        state: Whether it is alive.
        how: What it does, as `words.PHASES` knows it, or how it ended.
        started: When its latest request was sent.
        heard: When something of it came last.
        program: Who made it.
        agent: Which of the program's agents, as `/root`.
        model: Which answers, or else was asked.
        provider: The host that was asked.
        what: The first line of the prompt, or what was asked for.
        detail: Why it ended as it did; "" where there is nothing to say.
        retry: When the server wants it to be tried again, as `retry after 7 s`; "" where it
            said nothing.
        status: Of the answer's head.
        tries: How often its latest request was sent: 3 after two that failed.
        turns: How many requests it has, retries not counted.
        first: Seconds from the latest request to its first event.
        last: Seconds from there to what came last.
        events: How many there are.
        tokens: In and out; None where nobody said.
        errors: What the rules find in it; None while nobody has looked.
        warnings: As above.
        pulse: How its events lie in time, a number of events a cell.
        thread: What exchanges of one conversation have in common; "" where nothing says it.
        tap: The tap that passed it on; "" for none.
        size: Bytes of its file.
        certain: Whether a lock tells that its writer is gone.
        warm_up: Whether no answer was asked for.
    """

    name: str
    path: Path | None = None
    state: State = "ended"
    how: str = ""
    started: float = 0.0
    heard: float = 0.0
    program: str = ""
    agent: str = ""
    model: str = ""
    provider: str = ""
    what: str = ""
    detail: str = ""
    status: int | None = None
    tries: int = 1
    turns: int = 0
    first: float | None = None
    last: float | None = None
    events: int = 0
    tokens: tuple[int | None, int | None] = (None, None)
    errors: int | None = None
    warnings: int | None = None
    pulse: tuple[int, ...] = ()
    thread: str = ""
    tap: str = ""
    size: int = 0
    certain: bool = True
    warm_up: bool = False
    retry: str = ""

    @property
    def alive(self) -> bool:
        """Whether it streams, as far as anybody can tell."""
        return self.state in ("live", "maybe")

    @property
    def failed(self) -> bool:
        """Whether it did not go well."""
        return self.state == "gone" or (self.state == "ended" and self.how in FAILED)

    @property
    def findings(self) -> int | None:
        """How many errors and warnings there are; None while nobody has looked."""
        return None if self.errors is None else self.errors + (self.warnings or 0)

    def silence(self, now: float) -> float:
        """Seconds since something came, where that is a stall; else 0."""
        silent = now - self.heard
        return silent if self.alive and silent >= STALLS[0] else 0.0

    @property
    def _also_called(self) -> tuple[str, ...]:
        """What else its row calls how it ended: that it failed, and the status that it shows."""
        refused = (str(self.status),) if self.how == "http_error" else ()
        return ("failed", *refused) if self.failed else ()

    @property
    def words(self) -> str:
        """What typing filters by, in small letters."""
        said = (
            *(
                self.program,
                self.agent,
                self.what,
                self.detail,
                self.retry,
                self.provider,
                self.state,
            ),
            *(f"how:{self.how}", f"model:{self.model}", f"status:{self.status or ''}"),
            *(f"how:{word}" for word in self._also_called),
            *(f"thread:{self.thread}", "" if self.path is None else self.path.name),
        )
        return " ".join(said).casefold()
