"""What has to be said beside an answer: how it ended, if not well, and what it is waiting for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.model.items import ANSWERED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import ToolCall


def notes_on(turn: Turn) -> Iterator[str]:
    """Sentences for stderr; none for an answer that was completed and has text."""
    transcript = turn.transcript
    if transcript.refusal:
        yield f"refused: {transcript.refusal}"
    if turn.how != "completed":
        yield sentence_on(turn)
    elif calls := awaited(turn):
        yield f"it waits for the output of {calls}"


def awaited(turn: Turn) -> str:
    """The names of the calls whose outputs a completed response waits for."""
    if turn.how != "completed":
        return ""
    calls = [
        call
        for call in turn.transcript.tool_calls
        if call.type in ANSWERED and not (call.output or call.outcome)
    ]
    return ", ".join(map(_name, calls))


def sentence_on(turn: Turn) -> str:
    """How a turn ended, in the recording's word and with its reason."""
    return f"{turn.how}: {turn.sentence}" if turn.sentence else str(turn.how)


def _name(call: ToolCall) -> str:
    return call.display_name or call.type
