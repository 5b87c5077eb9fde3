"""What the panes say: their titles, what stands there before anything has come, a turn's phase."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codex_tui.model.endings import words_of_end
from codex_tui.recording.records import moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.conversation import Turn

PANES = {
    "output": "Output",
    "reasoning": "Reasoning",
    "tools": "Tool calls",
    "timeline": "Timeline",
    "inspector": "Inspector",
    "metrics": "Metrics",
    "wrong": "Wrong",
}
"""The panes by their ids, in the order in which tab goes through them."""

TABS = {
    "output": "Text",
    "reasoning": "Think",
    "tools": "Tools",
    "timeline": "Events",
    "inspector": "Detail",
    "metrics": "Nums",
    "wrong": "Wrong",
}
"""What stands on their tabs where there is no room for their titles."""

EMPTY = {
    "reasoning": "no reasoning yet",
    "tools": "no tool calls yet",
    "inspector": "no event selected",
    "metrics": "no figures yet",
    "wrong": "nothing to check yet",
}
"""What a pane says while it is empty; what can be done is said in the place of the answer."""

EMPTY_REPLAY = "no answer yet"
"""What the answer's pane says instead where no prompt can be typed."""


# What the user reads for a phase, with its glyph and the component that colours it.
PHASES: dict[str, tuple[str, str, str]] = {
    "idle": ("○", "ready", "quiet"),
    "connecting": ("◌", "connecting", "lifecycle"),
    "headers": ("◌", "waiting for the first byte", "lifecycle"),
    "waiting": ("◔", "waiting for the first output", "lifecycle"),
    "reasoning": ("●", "reasoning", "reasoning"),
    "writing": ("●", "writing", "output"),
    "calling": ("●", "calling a tool", "tool"),
    "completed": ("✓", "completed", "good"),
    "incomplete": ("◐", "incomplete", "stall"),
    "cancelled": ("■", "cancelled", "stall"),
}


def phase_of(turn: Turn | None) -> str:
    """Return the phase of a turn: a key of `PHASES`, or the word for how it ended."""
    if turn is None:
        return "idle"
    if turn.ended:
        return turn.how
    if turn.response_head is None and turn.events.total == 0:
        return "connecting" if turn.request is not None else "waiting"
    if turn.events.total == 0 and turn.comments == 0:
        return "headers"
    phase = turn.transcript.phase
    return phase if phase in PHASES else "waiting"


def ending_of(turn: Turn) -> tuple[str, str]:
    """How a turn ended, at length and in short: `429 Too Many Requests · retry after 7 s`, `429`.

    The words of the recording, as `http_error`, are for programs.
    """
    word = PHASES[turn.how][1] if turn.how in PHASES else words_of_end(turn.how)
    head = turn.response_head
    if head is None or turn.how not in ("http_error", "not_sse"):
        return word, word
    if turn.how == "not_sse":
        html = "html" in head.headers.get("content-type", "").lower()
        return ("HTML instead of an event stream" if html else word), word
    from codex_tui.wire.error_words import status_words  # not before a server has refused something

    return " · ".join(filter(None, (status_words(head.status), _wait(turn)))), str(head.status)


def _wait(turn: Turn) -> str:
    """For how long the server asked to wait, counted from its answer."""
    from codex_tui import units
    from codex_tui.sources.errors import retry_after

    head, request = turn.response_head, turn.request
    sent = moment_of(request.wall) if request is not None else None
    now = (sent or 0.0) + ((head.t if head is not None else None) or 0.0)
    wait = retry_after(head.headers if head is not None else {}, turn.sentence, now)
    return "" if wait is None else f"retry after {units.seconds(wait).replace('.0 s', ' s')}"


def said_briefly(arguments: str) -> str:
    """Arguments with the names of their fields, as `city="Paris", days=3`; others as they are."""
    if (fields := _fields(arguments)) is None:
        return arguments
    said = (f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())
    return ", ".join(said) or "without arguments"


def fields_left_out(arguments: str, takes: Sequence[str]) -> list[str]:
    """The fields that a tool takes, and that these arguments don't have."""
    fields = _fields(arguments)
    return [] if fields is None else [name for name in takes if name not in fields]


def _fields(arguments: str) -> dict[str, object] | None:
    try:
        fields = json.loads(arguments)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None
