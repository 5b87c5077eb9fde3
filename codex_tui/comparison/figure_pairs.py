"""Each figure of two sides: what it was, how much more, how many times as much.

A side may be several runs: then it is their median, with the least and the most beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.figures.spread import FigureSpread
from codex_tui.figures.table import FIGURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.figures.measures import Measures
    from codex_tui.figures.table import Figure


@dataclass(frozen=True, slots=True)
class FigurePair:
    """A figure on both sides; a side is None where none of its runs has it."""

    figure: Figure
    a: FigureSpread | None
    b: FigureSpread | None

    @property
    def more(self) -> float | None:
        """`b − a`; None where one side lacks it."""
        return None if self.a is None or self.b is None else self.b.median - self.a.median

    @property
    def times(self) -> float | None:
        """`b ÷ a`; None where one side lacks it, or a is nothing."""
        if self.a is None or self.b is None or not self.a.median:
            return None
        return self.b.median / self.a.median

    def beyond(self, tolerance: float) -> bool:
        """Whether they differ by more than so much of the smaller; also where one side lacks it."""
        if self.a is None or self.b is None:
            return True
        less, more = sorted((self.a.median, self.b.median))
        return more - less > tolerance * less


def figure_pairs(a: Sequence[Measures], b: Sequence[Measures]) -> Iterator[FigurePair]:
    """Yield the figures that at least one run has, in the order of their table."""
    for figure in FIGURES:
        if figure.group == "live":
            continue
        here = FigureSpread.of(map(figure.of, a))
        there = FigureSpread.of(map(figure.of, b))
        if here is not None or there is not None:
            yield FigurePair(figure, here, there)
