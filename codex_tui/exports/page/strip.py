"""The time strip as inline SVG: a lane a family, stalls as bands, beginnings of turns as lines."""

from __future__ import annotations

from html import escape
from math import log2
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.timeline.density import LANES, TURNS, Density
from codex_tui.wire.base import Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material
    from codex_tui.model.stalls import Stall

COLUMNS = 500
WIDTH, HEIGHT = 1000, 100
_TICKS = 5

MARKS = {Family.UNKNOWN: "U", Family.KEEPALIVE: "K"}
"""The class of a family, where it is not its letter."""

NAMES = {
    Family.LIFECYCLE: "lifecycle",
    Family.REASONING: "reasoning",
    Family.OUTPUT: "text",
    Family.TOOL: "tools",
    Family.ERROR: "errors",
    Family.UNKNOWN: "unknown",
    Family.KEEPALIVE: "keep-alives",
}


def mark_of(family: Family) -> str:
    """The class that colours a family."""
    return MARKS.get(family, family.value)


def density_of(material: Material) -> Density:
    """What came when, over the whole session."""
    density = Density(material.folds.log)
    while density.take_up(100_000):
        pass
    return density


def strip(density: Density) -> str:
    """The strip, its axis and its legend; empty where there are no times."""
    scale = density.clock.latest
    if not density.timed or scale <= 0:
        return ""
    spread = density.buckets.spread(scale, COLUMNS)
    lanes = [lane for lane in range(len(LANES)) if any(spread.counts[lane])]
    drawn = "".join(
        _lane(mark_of(LANES[lane]), spread.counts[lane], row * HEIGHT / len(lanes), len(lanes))
        for row, lane in enumerate(lanes)
    )
    stalls = density.silences.stalls
    label = f"What came when, over {units.seconds(scale)}"
    return (
        f'<div class="strip"><svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"'
        f' role="img" aria-label="{escape(label)}">'
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
        f"{''.join(_stall(stall, scale) for stall in stalls)}{drawn}"
        f"{''.join(_turns(spread.counts[TURNS]))}"
        f'<line class="head needs-script" x1="0" x2="0" y1="0" y2="{HEIGHT}"/></svg></div>'
        f"{_axis(scale)}{_legend(lanes, stalls)}"
    )


def _lane(mark: str, counts: list[int], y: float, lanes: int) -> str:
    """One family: bars as high as much came, on a scale of powers of two."""
    room = HEIGHT / lanes
    most = log2(1 + max(counts))
    width = WIDTH / COLUMNS
    bars = []
    for column, count in enumerate(counts):
        if count:
            height = room * (0.35 + 0.55 * log2(1 + count) / most)
            bars.append(
                f'<rect x="{column * width:g}" y="{y + room - height:.1f}"'
                f' width="{width:g}" height="{height:.1f}"/>'
            )
    return f'<g class="{mark}">{"".join(bars)}</g>'


def _stall(stall: Stall, scale: float) -> str:
    x, width = stall.start / scale * WIDTH, stall.seconds / scale * WIDTH
    title = f"stalled {units.seconds(stall.seconds)}"
    return (
        f'<rect class="stall" x="{x:.1f}" width="{width:.1f}" height="{HEIGHT}">'
        f"<title>{title}</title></rect>"
    )


def _turns(counts: list[int]) -> Iterator[str]:
    for column, count in enumerate(counts):
        if count and column:
            x = column * WIDTH / COLUMNS
            yield f'<line class="turn" x1="{x:g}" x2="{x:g}" y1="0" y2="{HEIGHT}"/>'


def _axis(scale: float) -> str:
    ticks = (units.seconds(scale * tick / _TICKS) for tick in range(1, _TICKS + 1))
    return (
        f'<div class="axis"><span>0</span>{"".join(f"<span>{each}</span>" for each in ticks)}</div>'
    )


def _legend(lanes: list[int], stalls: list[Stall]) -> str:
    said = []
    for family in (LANES[lane] for lane in lanes):
        letter = f'<span class="family {mark_of(family)}">{escape(family.value)}</span>'
        said.append(f"<span>{letter} {NAMES[family]}</span>")
    if stalls:
        longest = max(stall.seconds for stall in stalls)
        count = units.count(len(stalls), "stall")
        said.append(f"<span>{count}, the longest {units.seconds(longest)}</span>")
    return f'<div class="legend">{"".join(said)}</div>'
