"""The figures of a turn in words: one line for a status bar, an ending or a summary.

A figure that the data lacks is left out, never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.insight import units

if TYPE_CHECKING:
    from codex_tui.insight.conversation import Turn


def figures_of(turn: Turn) -> list[str]:
    """Return the figures of a turn in the order of their worth, none of them guessed."""
    said = []
    if turn.per_item:
        said.append("times per item")
    elif turn.times.first_event is not None:
        said.append(f"first event {units.seconds(turn.times.first_event)}")
    if turn.times.first_text is not None and not turn.per_item:
        said.append(f"first text {units.seconds(turn.times.first_text)}")
    said.append(units.count(turn.events.total, "event"))
    said += _faults(turn)
    usage = turn.transcript.usage
    if usage is not None and usage.output_tokens:
        said.append(f"{usage.input_tokens or 0:,} → {usage.output_tokens:,} tokens")
    return said


def _faults(turn: Turn) -> list[str]:
    counted = (
        ("malformed", turn.events.malformed),
        ("unknown", turn.events.unknown),
        ("out of order", turn.transcript.anomaly_count),
    )
    return [f"{number:,} {what}" for what, number in counted if number]
