"""What stands at both ends of the time strip: lanes, scale, notes; and the scale itself. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from codex_tui import units

if TYPE_CHECKING:
    from codex_tui.model.stalls import Buffering
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.density import Density
    from codex_tui.tui.widgets.range_selection import RangeSelection

_LANES = {
    1: (),
    2: ("reasoning, text, tools",),
    3: ("text", "reasoning, tools"),
}
_END = 9  # cells of the label at the right end
_LINE = 34  # cells of a line of a finding, at least
_NARROW = 60  # cells of the whole strip, below which lanes have no names
_STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 450, 600, 900, 1200, 1800, 2700, 3600)


@dataclass(frozen=True, slots=True)
class Labels:
    """The texts at the left and, with the names of their styles, at the right of each row."""

    left: list[str]
    right: list[list[tuple[str, str]]]
    cells: int
    """How many are left in the middle."""


def live_scale(now: float) -> float:
    """Return how many seconds the strip shows while it streams: in steps, so that it stands still.

    Else all that came would move a little with each tick.
    """
    step = next((float(step) for step in _STEPS if step >= now), float(_STEPS[-1]))
    while step < now:
        step = step * 1.5 if step * 1.5 >= now else step * 2
    return step


def scale_words(seconds: float) -> str:
    """Return the end of a live scale: a round number."""
    return units.seconds(seconds) if seconds >= 10 else f"{seconds:.0f} s"


def labels_for(density: Density, width: int, rows: int, now: float | None) -> Labels:
    """Return what stands at the ends of a strip of some width."""
    left = _left(width, rows)
    end = units.seconds(density.clock.latest) if now is None else scale_words(live_scale(now))
    found = density.buffering
    right = _beside(end, found, width) if rows == 1 else _stacked(end, found, rows)
    room = max(sum(len(text) for text, _ in row) for row in right)
    return Labels(left, right, max(1, width - len(left[0]) - room))


def _left(width: int, rows: int) -> list[str]:
    names = [*_LANES[rows], "0 s"]
    if width < _NARROW:
        names = [""] * (rows - 1) + ["0 s"]
    cells = max(map(len, names))
    return [f" {name.rjust(cells)} " for name in names]


def _beside(end: str, found: Buffering | None, width: int) -> list[list[tuple[str, str]]]:
    """Put a finding behind the end of the scale, as much of it as half the strip takes."""
    said = [f" {end.ljust(_END - 1)}", ""]
    if found is not None:
        variants = (found.sentence, f"{found.figures}: buffered", "buffered")
        said[1] = next((f" {text} " for text in variants if len(text) + 2 <= width // 2), "")
    return [[(said[0], "label"), (said[1], "note")]]


def _stacked(end: str, found: Buffering | None, rows: int) -> list[list[tuple[str, str]]]:
    """Put a finding above the end of the scale, in as many lines as there are."""
    text = "" if found is None else found.sentence
    lines = wrap(text, max(_LINE, len(text) // (rows - 1) + 8))
    cells = max([_END - 2, *map(len, lines)])
    lines += [""] * (rows - 1 - len(lines))
    above = [[(f" {line.ljust(cells)} ", "note")] for line in lines]
    return [*above, [(f" {end.ljust(cells)} ", "label")]]


def range_words(density: Density, chosen: RangeSelection) -> str:
    """Say how long a range is and how many events it has."""
    if chosen.last >= len(density.clock):
        return ""
    length = density.clock.seconds(chosen.last) - density.clock.seconds(chosen.first)
    log = density.log
    events = _events_until(log, chosen.last) - _events_until(log, chosen.first - 1)
    return f" {units.seconds(length)}, {units.count(events, 'event')} "


def _events_until(log: EventLog, entry: int) -> int:
    return bisect_right(range(1, log.events + 1), entry, key=log.entry_of)
