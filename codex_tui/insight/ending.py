"""How a stream ended, for those that do not say: plain dumps, and recordings that were cut short.

The end of the bytes is not the end of the response: only a terminal event gives its word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.insight import units
from codex_tui.sessions.records import TERMINAL_HOW, EndRecord

if TYPE_CHECKING:
    from codex_tui.insight.conversation import Turn
    from codex_tui.sessions.records import How


def ending(
    terminal_type: str | None,
    *,
    saw_error: bool,
    reason: str | None = None,
    events: int = 0,
    cut: bool = False,
) -> tuple[How, str | None]:
    """Return how a stream ended that nobody wrote an ending for, and a sentence for the user.

    `terminal_type` is the terminal event's type; `saw_error` says that an `error` event came;
    `reason` is what either said; `cut` that the bytes ended inside an event.
    """
    if (how := TERMINAL_HOW.get(terminal_type or "")) is not None:
        return how, reason
    if saw_error:
        return "api_error", reason
    return "interrupted", _interruption(events, cut=cut)


def _interruption(events: int, *, cut: bool) -> str:
    if not events:
        return "The stream ended inside its first event." if cut else "The stream held no event."
    where = "inside an event, " if cut else ""
    return f"The stream ended {where}after {units.count(events, 'event')}, with no terminal event."


def left(number: int, t: float | None, turn: Turn | None, why: str) -> EndRecord:
    """Return the end of a turn that we leave: cancelled, unless a terminal event has come.

    Args:
        number: The turn's.
        t: When it is left.
        turn: The turn as far as it was folded, if it was.
        why: Why it is left, as a sentence.
    """
    terminal_type = turn.transcript.response.terminal_type if turn is not None else None
    if (how := TERMINAL_HOW.get(terminal_type or "")) is not None:
        return EndRecord(number, t, how)
    return EndRecord(number, t, "cancelled", why)
