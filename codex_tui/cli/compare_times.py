"""The times of a comparison in lines: two strips on one axis, and the figures that are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.comparison.answers import is_felt, milestones, more_told, times_told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from codex_tui.cli.output import Ink
    from codex_tui.comparison import Comparison
    from codex_tui.comparison.course import Topic
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.figures.spread import FigureSpread

    Line = list[tuple[Ink, str]]

_NAME, _VALUE = 22, 13
_BESIDE = 14  # cells beside a strip
_APART = 0.1  # of the smaller: from there on a figure that is no time is shown

_TOLD = {"gaps.longest", "stalls.count", "tokens_per_second"}
"""Figures that are no moments, and shown where they differ."""

_TOPICS: dict[Topic, str] = {
    "other": "waiting",
    "reasoning": "reasoning",
    "text": "text",
    "tools": "tools",
}
_SIGNS: dict[Topic, str] = {"other": "·", "reasoning": "▒", "text": "█", "tools": "▓"}
_LETTERS: dict[Topic, str] = {"other": ".", "reasoning": "r", "text": "t", "tools": "c"}
"""The same where nothing but ASCII may be drawn."""


class TimeLines:
    """Lines of so many cells; none where nothing of the times is to be shown."""

    def __init__(self, width: int, *, ascii_: bool) -> None:
        self._width = width
        self._signs = _LETTERS if ascii_ else _SIGNS

    def of(self, comparison: Comparison, *, everything: bool) -> list[Line]:
        """Return the strips and the figures that differ, or everything that is known."""
        told = {pair.figure.key for pair in milestones(comparison)} | _TOLD
        shown = [
            pair for pair in comparison.figures if _is_shown(pair, told, everything=everything)
        ]
        if not shown:
            return []
        heads = "".join(f"{each:>{_VALUE}}" for each in ("A", "B", "B − A", "B ÷ A"))
        lines: list[Line] = [*self._strips(comparison), [("quiet", " " * _NAME + heads)]]
        for pair in shown:
            lines += _figure(pair)
        return lines

    def _strips(self, comparison: Comparison) -> Iterator[Line]:
        """Two strips on one axis: what came when."""
        a, b = comparison.a.course, comparison.b.course
        scale, room = max(a.end, b.end), self._width - _BESIDE
        if scale <= 0:
            return
        for side, course in (("A", a), ("B", b)):
            drawn = _strip(course.columns(room, scale), course.end / scale * room, self._signs)
            end = units.seconds(course.end)
            yield [("head", f"  {side} "), ("", drawn), ("quiet", f" {end}")]
        legend = (f"{self._signs[topic]} {word}" for topic, word in _TOPICS.items())
        yield [("quiet", f"    {'  '.join(legend)}")]


def _strip(columns: Sequence[dict[Topic, int]], end: float, signs: Mapping[Topic, str]) -> str:
    """The topic of most in each column; where nothing came, it was waited."""
    drawn = []
    for place, column in enumerate(columns):
        if column:
            drawn.append(signs[max(column, key=lambda topic: column[topic])])
        else:
            drawn.append(signs["other"] if place <= end else " ")
    return "".join(drawn)


def _is_shown(pair: FigurePair, told: Collection[str], *, everything: bool) -> bool:
    if pair.figure.group == "usage" or pair.figure.key == "span":
        return False
    felt = is_felt(pair) if pair.figure.unit == "s" else pair.beyond(_APART)
    return everything or (pair.figure.key in told and felt and pair.more is not None)


def _figure(pair: FigurePair) -> Iterator[Line]:
    """A figure, and the ranges of the sides that have several runs."""
    values = (_value(pair, pair.a), _value(pair, pair.b), more_told(pair))
    ink: Ink = "changed" if pair.figure.unit == "s" and is_felt(pair, 0.2) else ""
    cells = "".join(f"{each:>{_VALUE}}" for each in values)
    name = f"  {pair.figure.name:<{_NAME - 2}}"
    yield [("", f"{name}{cells}"), (ink, f"{times_told(pair.times):>{_VALUE}}")]
    ranges = [_range(pair, spread) for spread in (pair.a, pair.b)]
    if any(ranges):
        yield [("quiet", " " * _NAME + "".join(f"{each:>{_VALUE}}" for each in ranges))]


def _value(pair: FigurePair, spread: FigureSpread | None) -> str:
    return "–" if spread is None else pair.figure.words(spread.median)


def _range(pair: FigurePair, spread: FigureSpread | None) -> str:
    """The least and the most, with their unit once where it is the same."""
    if spread is None or spread.least == spread.most:
        return ""
    least, most = pair.figure.words(spread.least), pair.figure.words(spread.most)
    if least.partition(" ")[2] == most.partition(" ")[2]:
        least = least.partition(" ")[0]
    return f"{least}–{most}"
