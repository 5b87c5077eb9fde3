"""The figures of a turn, as `show` has them: an object, and lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.figures.measures import measure
from codex_tui.figures.report import lines_of, note_on_times, report, timing_object

if TYPE_CHECKING:
    from codex_tui.exports.material import Material
    from codex_tui.figures.report import Line
    from codex_tui.model.conversation import Turn


def report_of(material: Material, turn: Turn) -> dict[str, Any]:
    """A turn as `show --format json` prints it."""
    timing = material.folds.timing
    return {**report(turn), "timing": timing_object(measure(turn, timing), timing)}


def figures_of(material: Material, turn: Turn) -> list[Line]:
    """The figures of a turn; those that the data lacks are not among them."""
    timing = material.folds.timing
    return list(lines_of(measure(turn, timing), timing))


def note_of(material: Material, turn: Turn) -> str:
    """What has to be said of a turn's times; empty where they are what the figures say."""
    return note_on_times(measure(turn, material.folds.timing))
