"""What stands at the top of a window, so that it stays there while lines come and go above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from codex_tui.tui.widgets.sections import Section, Sections

_LOOK_AHEAD = 12
"""Lines that are looked at for one with a place in the source."""


class Anchor(NamedTuple):
    """A header or a place in a source that stands a few lines below the top of the window."""

    section: Section
    source: int
    """Its place in the document; -1 for a header."""
    below: int


def anchor_at(sections: Sections, top: int) -> Anchor | None:
    """Return what can be held on to in a window that begins at a line."""
    for below in range(_LOOK_AHEAD):
        spot = sections.at(top + below)
        if spot is None:
            continue
        if spot.line < 0:
            return Anchor(spot.section, -1, below)
        line = sections.line(top + below)
        source = next((run.source for run in line if run.source >= 0), None)
        if source is not None:
            return Anchor(spot.section, source, below)
    return None


def line_of(sections: Sections, anchor: Anchor | None) -> int | None:
    """Return where the window has to begin now, or None if what it held on to is gone."""
    if anchor is None:
        return None
    section, source, below = anchor
    if source < 0:
        return section.top - below
    position = section.document.position_of(source) if section.body and section.document else None
    return None if position is None else sections.y_of(section, position[0]) - below
