"""The questions that a comparison answers, each in one line, the same line wherever it is shown."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from codex_tui import units
from codex_tui.comparison.discrepancies import told
from codex_tui.figures.table import seconds
from codex_tui.findings.finding import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.comparison.comparison import Comparison
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.figures.spread import FigureSpread

Question = Literal["time", "events", "text", "request", "usage", "findings"]

QUESTIONS: dict[Question, str] = {
    "time": "slower where?",
    "events": "other events?",
    "text": "other text?",
    "request": "other request?",
    "usage": "other usage?",
    "findings": "other findings?",
}
"""What is asked, in the order in which it is."""

TOLERANCE = 0.2
"""What two times may differ by, as a part of the smaller, where nobody says."""

UNFELT = 0.02
"""Seconds that nobody feels: two times that differ by less are as good as the same."""


_FAR = 0.8  # of the longest way that two went apart between two moments
_LONGEST = 140  # characters of the first difference


class AnswerLine(NamedTuple):
    """One line.

    Attributes:
        question: What was asked.
        text: The answer.
        differs: Whether that is a difference; times are none.
    """

    question: Question
    text: str
    differs: bool

    @property
    def asked(self) -> str:
        """The question in words."""
        return QUESTIONS[self.question]


def answers(comparison: Comparison) -> list[AnswerLine]:
    """Return the answers to all questions, in their order."""
    return [_answer(comparison, question) for question in QUESTIONS]


def _answer(comparison: Comparison, question: Question) -> AnswerLine:
    if question == "time":
        return AnswerLine(question, slower_where(comparison), differs=False)
    found = [each.sentence for each in comparison.differences if each.kind == question]
    if question == "events":
        ends = [*map(told, comparison.ends)]  # what people ask for first
        found = [*ends, *(each for each in found if each not in ends)]
    if not found:
        return AnswerLine(question, _same(comparison, question), differs=False)
    more = f", and {len(found) - 1:,} more" if len(found) > 1 else ""
    return AnswerLine(question, f"{cut(found[0], _LONGEST)}{more}", differs=True)


def _same(comparison: Comparison, question: Question) -> str:
    known = comparison.request.known
    if question != "request" or all(known):
        return "no"
    whose = "either" if not any(known) else "A" if not known[0] else "B"
    return f"nobody knows: the request of {whose} was not kept"


# -- time ----------------------------------------------------------------------------------------


def milestones(comparison: Comparison) -> list[FigurePair]:
    """Return the moments that both sides have and that people ask for, in the order of A."""
    found = {
        pair.figure.key: pair
        for pair in comparison.figures
        if pair.figure.group == "milestones" and pair.figure.key != _WHOLE and pair.more is not None
    }
    asked = [pair for key, pair in found.items() if _TOLD_BY.get(key, "") not in found]
    return sorted(asked, key=lambda pair: pair.a.median if pair.a is not None else 0.0)


_WHOLE = "span"  # which is no moment
_TOLD_BY = {
    "first_byte": "first_event",
    "first_output": "first_text",
    "last_event": "end",
}
"""Moments that another one tells as well, where both sides have that."""


def slower_where(comparison: Comparison) -> str:
    """Return where B lost most time against A, or gained it, and what came of that in the end."""
    reached = milestones(comparison)
    if not reached:
        return _no_times(comparison)
    last = reached[-1]
    felt = [pair for pair in reached if is_felt(pair)]
    if not felt:
        return f"nowhere: {_both(last)}"
    slower = [pair for pair in felt if (pair.more or 0) > 0]
    turning = _turning(reached, slower or felt)
    said = told_pair(turning)
    if turning is not last:
        said += f"; {told_pair(last)}"
    return f"{said}{_silence(comparison, turning.more or 0.0)}" if slower else f"nowhere: {said}"


def _silence(comparison: Comparison, lost: float) -> str:
    """The silence of B that made up half of what it lost or more; empty where none did."""
    a, b = comparison.a.measures, comparison.b.measures
    if comparison.runs != (1, 1) or b.gaps is None or b.longest_after is None:
        return ""
    longer = b.gaps.longest - (a.gaps.longest if a.gaps is not None else 0.0)
    if longer < lost / 2:
        return ""
    return f"; B was silent for {seconds(b.gaps.longest)} behind #{b.longest_after}"


def _no_times(comparison: Comparison) -> str:
    a, b = comparison.a.measures.timed, comparison.b.measures.timed
    if a and b:
        return "nobody knows: the two have no moment in common"
    return f"nobody knows: no times in {'A' if b else 'B' if a else 'either'}"


def _turning(reached: Sequence[FigurePair], among: Sequence[FigurePair]) -> FigurePair:
    """Where the distance came about: the first moment before which the two went far apart."""
    apart = [pair.more or 0.0 for pair in reached]
    sign = 1 if (among[0].more or 0.0) > 0 else -1
    steps = [sign * (after - before) for before, after in pairwise((0.0, *apart))]
    ways = [(step, pair) for step, pair in zip(steps, reached, strict=True) if pair in among]
    far = max(step for step, _ in ways) * _FAR
    return next(pair for step, pair in ways if step >= far)


def is_felt(pair: FigurePair, tolerance: float = 0.05) -> bool:
    """Whether the two sides of a time are apart by more than a part, and by what is felt at all."""
    more = pair.more
    return more is not None and abs(more) >= UNFELT and pair.beyond(tolerance)


def slow_pairs(comparison: Comparison, tolerance: float = TOLERANCE) -> list[FigurePair]:
    """Return the moments at which the sides are further apart than a tolerance allows."""
    return [pair for pair in milestones(comparison) if is_felt(pair, tolerance)]


def told_pair(pair: FigurePair) -> str:
    """Return how far two figures are apart: `first text +1.92 s (×3.1)`."""
    times = f" ({times_told(pair.times)})" if pair.times is not None else ""
    apart = f", ranges {'overlap' if _overlap(pair.a, pair.b) else 'apart'}"
    several = max(_runs(pair.a), _runs(pair.b)) > 1
    return f"{pair.figure.name} {more_told(pair)}{times}{apart if several else ''}"


def _runs(spread: FigureSpread | None) -> int:
    return 0 if spread is None else spread.runs


def _overlap(a: FigureSpread | None, b: FigureSpread | None) -> bool:
    return a is not None and b is not None and a.least <= b.most and b.least <= a.most


def more_told(pair: FigurePair) -> str:
    """Return `b − a` with its sign and unit; empty where one side lacks the figure."""
    if pair.more is None:
        return ""
    sign = "+" if pair.more > 0 else "−" if pair.more < 0 else "±"
    return f"{sign}{pair.figure.words(abs(pair.more))}"


def times_told(times: float | None) -> str:
    """Return `b ÷ a` in two digits that matter: `×3.1`, `×0.32`; empty where it is not known."""
    if times is None:
        return ""
    return (
        f"×{times:.2f}" if times < 0.995 else f"×{times:.1f}" if times < 99.5 else f"×{times:,.0f}"
    )


def _both(pair: FigurePair) -> str:
    a, b = (each and pair.figure.words(each.median) for each in (pair.a, pair.b))
    return f"{pair.figure.name} {a} and {b}"


def runs_told(runs: tuple[int, int]) -> str:
    """Return how many runs the figures are of."""
    if runs == (1, 1):
        return "one run each"
    return f"medians of {runs[0]:,} and {units.count(runs[1], 'run')}"
