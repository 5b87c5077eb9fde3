"""Stuck or thinking: what stands in the place of the answer while nothing of it comes.

What is known of the silence that goes on, and the end of what was thought last, since that is all
there is. Seconds are those of the status line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.model.items import ReasoningItem
from codex_tui.model.stalls import STALLS
from codex_tui.tui.panes.words import PHASES, phase_of
from codex_tui.wire.registry import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.model.conversation import Turn
    from codex_tui.model.timing import Timing
    from codex_tui.recording.log import EventLog

TAIL = 600
"""Characters of the reasoning that are shown."""

_NOW = 0.1  # seconds


def silence(turn: Turn, now: float | None) -> float:
    """For how many seconds a running turn has brought no event; 0 where nobody knows."""
    if turn.ended or now is None:
        return 0.0
    return max(turn.since(now) - (turn.times.last_event or 0.0), 0.0)


def is_silent(turn: Turn, now: float | None) -> bool:
    """Whether that is a stall."""
    return silence(turn, now) >= STALLS[0]


def headline(turn: Turn, now: float | None) -> str:
    """What it does, and for how long nothing has come where that is a stall."""
    glyph, word, _ = PHASES[phase_of(turn)]
    if not is_silent(turn, now):
        return f"{glyph} {word} …"
    return f"◔ silent {units.whole_seconds(silence(turn, now))} · {word}"


def report(
    turn: Turn,
    now: float | None,
    timing: Timing | None,
    log: EventLog | None,
    position: int | None = None,
    most: int = TAIL,
) -> str:
    """What is known of a turn that keeps one waiting: the last event, and the last thought.

    Args:
        turn: A turn that runs, the latest one.
        now: What time it is by the clock of its records; None where there is no clock: then
            nothing is waited for.
        timing: What came when; None where nothing did.
        log: Where the names of its events stand.
        position: How many entries are shown; None for all.
        most: How many characters of the thought there is room for; 0 for nothing at all.
    """
    if now is None or timing is None or log is None or most <= 0:
        return ""
    return "\n".join([*_known(turn, now, timing, log, position), *_thought(turn, most)])


def _known(
    turn: Turn, now: float, timing: Timing, log: EventLog, position: int | None
) -> Iterator[str]:
    if position is not None and position > len(timing):
        return  # of a file that grows not all has been told yet
    entry = timing.silence(now).after if position is None else timing.event_before(position)
    number = None if entry is None else timing.number(entry)
    if number is not None and entry is not None:
        said = f"last event #{number:,} {short_name(log.name(entry))}"
        longest = f" · longest wait before {units.seconds(timing.turns[-1].longest)}"
        yield said + longest if position is None else said
    elif turn.response_head is not None and turn.response_head.t is not None:
        yield f"headers came after {units.seconds(turn.response_head.t)}, no event yet"


def life(turn: Turn, now: float | None, timing: Timing | None, position: int | None = None) -> str:
    """The keep-alives of a silence: how old the last is, how many, how often; "" where none is."""
    if now is None or timing is None or not is_silent(turn, now):
        return ""
    if position is not None and position > len(timing):
        return ""
    return _life(timing.signs_of_life(position), now)


def _life(signs: Sequence[float], now: float) -> str:
    if not signs:
        return "no sign of life meanwhile, not even a keep-alive"
    old = max(now - signs[-1], 0.0)
    said = f"alive: keep-alive {f'{units.seconds(old)} ago' if old >= _NOW else 'just now'}"
    if len(signs) < 2:
        return said
    every = (signs[-1] - signs[0]) / (len(signs) - 1)
    return f"{said} ({len(signs):,}, every {units.seconds(every)})"


def _thought(turn: Turn, most: int) -> Iterator[str]:
    """The end of the reasoning, where nothing has come behind it."""
    items = turn.transcript.items
    latest = items[-1] if len(items) else None
    text = str(latest.texts()[-1]) if isinstance(latest, ReasoningItem) and latest.parts else ""
    if text.strip():
        tail = text[-most:].partition(" ")[2] if len(text) > most else text
        yield ""
        yield "… " * (len(text) > most) + tail.strip()
