"""The panes: their ids, their titles, and what each says while nothing has come."""

from __future__ import annotations

PANES = {
    "output": "Output",
    "reasoning": "Reasoning",
    "tools": "Tool calls",
    "timeline": "Timeline",
    "inspector": "Inspector",
    "metrics": "Metrics",
}
"""The panes by their ids, in the order in which tab goes through them."""

EMPTY = {
    "output": "The answer stands here, as it streams.\nType a prompt below; enter sends it.",
    "reasoning": "Reasoning summaries stand here, one section for each.",
    "tools": "Tool calls stand here, their arguments as they grow.",
    "inspector": "What the selected event says stands here, field by field and as it was sent.",
    "metrics": "The figures of the stream stand here: when, how fast, how even.",
}
"""What each pane says while it is empty."""
