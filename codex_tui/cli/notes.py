"""What has to be said beside an answer: how it ended, if not well, and what it is waiting for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.model.endings import words_of_end
from codex_tui.model.remarks import remarks_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import ToolCall


def notes_on(turn: Turn) -> Iterator[str]:
    """Sentences for stderr; none for a whole answer with text that came as it should."""
    transcript = turn.transcript
    yield from damage_to(turn)
    if transcript.refusal:
        yield f"refused: {transcript.refusal}"
    if turn.how != "completed":
        yield sentence_on(turn)
    elif calls := awaited(turn):
        yield f"it waits for the output of {calls}"
    yield from remarks_on(turn)


def damage_to(turn: Turn) -> Iterator[str]:
    """What an answer can't show: events that could not be read, errors, what is no event at all."""
    irregular = turn.irregular
    for name, places in irregular.counted():
        if places is irregular.errors or places is irregular.untyped:
            said = list(places.words())
            yield from (f"{name.one} #{place}: {words}" for place, words in said)
            if more := places.count - len(said):
                yield f"{more:,} more {name.one if more == 1 else name.many}"
        elif places is not irregular.bare:
            yield f"{places.count:,} {name.one if places.count == 1 else name.many}: {places}"
    for api, places in irregular.others.items():
        yield f"{units.count(places.count, api)}, of another API: {places}"
    if contradiction := unsaid_contradiction(turn):
        yield contradiction


def unsaid_contradiction(turn: Turn) -> str:
    """What the last event and its response say differently, where no sentence says it yet."""
    said = sentence_on(turn) if turn.how != "completed" else ""
    contradiction = turn.transcript.response.contradiction
    return "" if contradiction in said else contradiction


def awaited(turn: Turn) -> str:
    """The names of the calls whose outputs a completed response waits for."""
    if turn.how != "completed":
        return ""
    return ", ".join(map(_name, turn.transcript.open_calls))


def sentence_on(turn: Turn) -> str:
    """How a turn ended, in people's words and with its reason."""
    how = words_of_end(turn.how)
    return f"{how}: {turn.sentence}" if turn.sentence else how


def _name(call: ToolCall) -> str:
    return call.display_name or call.type
