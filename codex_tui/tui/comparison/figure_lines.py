"""Figures side by side: A, B, how much more B has, and how many times as much."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from codex_tui.comparison.answers import TOLERANCE, more_told, times_told
from codex_tui.tui.comparison.lines import ShownLine, fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.comparison import Discrepancy
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.figures.spread import FigureSpread
    from codex_tui.tui.comparison.lines import Cells

_GROUPS = {
    "milestones": "when",
    "arrival": "how it came",
    "shares": "where the time went",
    "rates": "how fast",
    "usage": "tokens",
    "server": "what the server says",
}
_VALUE, _TIMES, _NAME = 11, 8, 14
_LONGEST = 27  # cells of a name
_BAR = 20


class FigureLines:
    """The figures that at least one side has, in their groups.

    Args:
        pairs: The figures.
    """

    def __init__(self, pairs: Iterable[FigurePair]) -> None:
        groups = groupby(pairs, key=attrgetter("figure.group"))
        self._rows: list[FigurePair | str] = []
        for group, found in groups:
            self._rows += [_GROUPS.get(group, group), *found]
        self._width = 0

    def lay_out(self, width: int) -> None:
        """Set the width."""
        self._width = width

    def __len__(self) -> int:
        return len(self._rows)

    def line(self, number: int) -> ShownLine:
        """Return a figure, or the head of a group."""
        row = self._rows[number]
        if isinstance(row, str):
            return ShownLine(self._head(row))
        return ShownLine([*self._figure(row)])

    def find(self, difference: Discrepancy) -> int:
        """Return the figure that the sentence begins with."""
        name = difference.sentence.partition(":")[0].rpartition(".")[2]
        places = (
            place
            for place, row in enumerate(self._rows)
            if not isinstance(row, str) and row.figure.key.rpartition(".")[2] == name
        )
        return next(places, 0)

    # -- cells -------------------------------------------------------------------------------

    @property
    def _columns(self) -> list[tuple[str, int]]:
        """The heads of the columns that there is room for, and their cells."""
        columns = [("A", _VALUE), ("B", _VALUE), ("b − a", _VALUE), ("b ÷ a", _TIMES)]
        while columns and self._width - sum(cells for _, cells in columns) < _NAME + 2:
            columns.pop()
        return columns

    @property
    def _name(self) -> int:
        left = self._width - sum(cells for _, cells in self._columns) - 2
        return min(left, _LONGEST)

    def _head(self, group: str) -> Cells:
        heads = ((fit(head, cells, right=True), "quiet") for head, cells in self._columns)
        return [(f"  {fit(group, self._name)}", "title"), *heads]

    def _figure(self, pair: FigurePair) -> Iterator[tuple[str, str]]:
        style = _style(pair)
        yield ("≠ " if style else "  "), style or "quiet"
        yield fit(pair.figure.name, self._name), "text"
        said = _value(pair, pair.a), _value(pair, pair.b), _more(pair), times_told(pair.times)
        looks = "text", "text", style or "quiet", style or "quiet"
        for text, look, (_, cells) in zip(said, looks, self._columns, strict=False):
            yield fit(text, cells, right=True), look
        used = self._name + 2 + sum(cells for _, cells in self._columns)
        if pair.more and self._width - used >= 2 * _BAR:
            yield from _bars(pair)


def _style(pair: FigurePair) -> str:
    """How a figure stands out; "" where it does not. Nobody minds less time."""
    more = pair.more
    if more is None or not pair.beyond(TOLERANCE) or pair.figure.unit == "share":
        return ""
    if pair.figure.unit != "s":
        return "changed"
    return "slower" if more > 0 else "faster"


def _value(pair: FigurePair, spread: FigureSpread | None) -> str:
    return "–" if spread is None else pair.figure.words(spread.median)


def _more(pair: FigurePair) -> str:
    return "=" if pair.more == 0 else more_told(pair)


def _bars(pair: FigurePair) -> Iterator[tuple[str, str]]:
    """Both sides as bars: the longer one takes all of its cells."""
    most = max((each.median for each in (pair.a, pair.b) if each is not None), default=0.0)
    for letter, spread, style in (("A", pair.a, "quiet"), ("B", pair.b, "text")):
        share = spread.median / most if spread is not None and most > 0 else 0.0
        cells = round((_BAR - 6) * max(share, 0.0))
        yield f"   {letter} ", "quiet"
        yield fit("▬" * cells, _BAR - 5), style
