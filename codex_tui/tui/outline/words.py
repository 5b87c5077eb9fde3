"""What stands in an empty app: the titles of the panes and what they say while nothing has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = " codex-tui  "
"""How the status begins."""

STARTING = "◌ starting"
"""What the status says while only the outline is there."""

PROMPT = "❯"
ASK = "Ask, or paste"
"""What the composer says while nothing is typed."""

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
    "timeline": "Every event stands here with the time of its arrival.",
    "inspector": "What the selected event says stands here, field by field and as it was sent.",
    "metrics": "The figures of the stream stand here: when, how fast, how even.",
}
"""What each pane says while it is empty."""

EMPTY_STRIP = "Events and silences stand here."

_LETTERS = (100, 4, 3, 1)


def titled(title: str, mark: str = " ") -> str:
    """Return what stands in a pane's upper border; `mark` has a place of its own."""
    return f"{title} {mark}"


def tabs_for(titles: Mapping[str, str], width: int) -> list[tuple[str, str]]:
    """Return panes with what stands on their tabs: as much of their titles as fits in a line."""
    for letters in _LETTERS:
        end = " " if letters > 1 else ""
        tabs = [(pane, f" {title[:letters]}{end}") for pane, title in titles.items()]
        if sum(len(text) + 1 for _, text in tabs) <= width:
            break
    return tabs
