"""Where everything stands in an empty viewer of some size: viewer.tcss in figures.

A test holds the two to each other, cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

Breakpoints = list[tuple[int, str]]
WIDTHS: Breakpoints = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]
HEIGHTS: Breakpoints = [(0, "-tiny"), (10, "-low"), (17, "-high"), (40, "-tall")]
"""From how many cells on the viewer has which class; it has one of each table."""


def classes_for(width: int, height: int) -> tuple[str, str]:
    """Return the classes that a viewer of some size has."""
    return _last(WIDTHS, width), _last(HEIGHTS, height)


def _last(breakpoints: Breakpoints, cells: int) -> str:
    return [name for least, name in breakpoints if cells >= least][-1]


class Box(NamedTuple):
    """A place on the screen, in cells."""

    x: int
    y: int
    width: int
    height: int


@dataclass(slots=True)
class Places:
    """The boxes of what is shown; what isn't is None, or no key."""

    status: Box
    tabs: Box | None
    strip: Box | None
    entry: Box | None
    panes: dict[str, Box] = field(default_factory=dict)
    active: str = "output"
    borders: bool = True


def places_for(width: int, height: int, *, replaying: bool) -> Places:
    """Lay out an empty viewer; one that replays has no composer, and its keys go to the timeline.

    Args:
        width: of the terminal, in cells.
        height: of the terminal.
        replaying: whether something is replayed.
    """
    classes = classes_for(width, height)
    tiny, low = "-tiny" in classes, "-low" in classes
    single = "-narrow" in classes or low
    top = 1 if tiny else 2
    tabs = Box(0, top, width, 1) if single and not tiny else None
    bottom = height - (not tiny) - (not replaying)
    places = Places(
        status=Box(0, 0, width, top),
        tabs=tabs,
        strip=None,
        entry=None if replaying else Box(0, bottom, width, 1),
        active="timeline" if replaying else "output",
        borders=not tiny,
    )
    y = top + (tabs is not None)
    area = Box(0, y, width, max(0, bottom - y))
    if single:
        _place_one(places, area, strip=not (tiny or low))
    else:
        _place_all(places, area, classes)
    return places


def _place_one(places: Places, area: Box, *, strip: bool) -> None:
    strip = strip and places.active == "timeline"
    if strip:
        places.strip = Box(area.x, area.y, area.width, 1)
    y = area.y + strip
    places.panes[places.active] = Box(area.x, y, area.width, max(0, area.height - strip))


def _place_all(places: Places, area: Box, classes: tuple[str, str]) -> None:
    wide, tiny = "-wide" in classes, "-tiny" in classes
    rows = 0 if tiny else 3 if wide and "-tall" in classes else 1
    above = (area.height - rows) * 3 // 5
    if rows:
        places.strip = Box(0, area.y + above, area.width, rows)
    below = area.y + above + rows
    left = area.width * 2 // 3
    half = above // 2
    right = area.width - left
    places.panes = {
        "output": Box(0, area.y, left, above),
        "reasoning": Box(left, area.y, right, half),
        "tools": Box(left, area.y + half, right, above - half),
    }
    left = area.width * 3 // 5 if wide else area.width
    places.panes["timeline"] = Box(0, below, left, area.y + area.height - below)
    if wide:
        places.panes["inspector"] = Box(
            left, below, area.width - left, area.y + area.height - below
        )
