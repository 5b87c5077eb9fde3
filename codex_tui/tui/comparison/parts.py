"""What the screen says of a comparison: an answer to each question, and each in full.

Worked out once for a comparison, beside the loop where that takes long.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.comparison.answers import answers
from codex_tui.comparison.texts import TextDiff, hunks_of
from codex_tui.safe_text import clean_line
from codex_tui.tui.comparison.event_lines import EventRows
from codex_tui.tui.comparison.figure_lines import FigureLines
from codex_tui.tui.comparison.lines import ListedLines, ShownLine
from codex_tui.tui.comparison.text_lines import TextLines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codex_tui.comparison import Comparison
    from codex_tui.comparison.answers import AnswerLine, Question
    from codex_tui.comparison.json_changes import ValueChange
    from codex_tui.comparison.request import RequestDiff
    from codex_tui.findings import Finding
    from codex_tui.tui.comparison.event_lines import Times
    from codex_tui.tui.comparison.lines import PartLines

_COUNTS = 16  # cells of how often a rule was broken
_LONG = 60  # characters of a text in a request that is told word by word


class ToldComparison(NamedTuple):
    """All that the screen says of a comparison.

    Attributes:
        comparison: What it is of.
        answers: A line for each question.
        counts: How much differs, by question.
        parts: What is shown in full, by question.
    """

    comparison: Comparison
    answers: Sequence[AnswerLine]
    counts: Mapping[Question, int]
    parts: Mapping[Question, PartLines]


def told_of(comparison: Comparison, times: tuple[Times, Times]) -> ToldComparison:
    """Return what is to be said of a comparison; `times` says when an event came, on each side."""
    found: Counter[Question] = Counter(each.kind for each in comparison.differences)
    figures = comparison.figures
    parts: dict[Question, PartLines] = {
        "time": FigureLines(pair for pair in figures if pair.figure.group != "usage"),
        "events": EventRows(comparison.events, times),
        "text": TextLines(comparison.texts),
        "request": TextLines(_request_texts(comparison.request)),
        "usage": FigureLines(pair for pair in figures if pair.figure.group == "usage"),
        "findings": ListedLines([*_findings(comparison)]),
    }
    return ToldComparison(comparison, answers(comparison), found, parts)


# -- the lines of two parts


def _request_texts(request: RequestDiff) -> Iterator[TextDiff]:
    """The values that differ, and each long text among them word by word."""
    short = tuple(each for each in request.values if not _is_long(each))
    if short or not request.values:
        yield TextDiff(_cache_words(request), (), values=short)
    for each in request.values:
        if _is_long(each):
            yield TextDiff(each.path, hunks_of(each.a, each.b))


def _is_long(change: ValueChange) -> bool:
    texts = isinstance(change.a, str) and isinstance(change.b, str)
    return texts and max(len(change.a), len(change.b)) > _LONG


def _cache_words(request: RequestDiff) -> str:
    """How much of the input a prompt cache can serve."""
    if request.items is None or request.first_item is None:
        return "request"
    same, first = units.count(request.same, "input item"), request.first_item + 1
    return f"request: {same} alike from the beginning, #{first:,} is the first other"


def _findings(comparison: Comparison) -> Iterator[ShownLine]:
    changed = {(each.example.rule, each.example.detail) for each in comparison.findings}
    for each in comparison.findings:
        a, b = each.a, each.b
        sign = "+" if not a else "−" if not b else "≠"
        style = "plus" if sign == "+" else "minus" if sign == "−" else "changed"
        cells = [(f"{sign}  ", style), (f"A {a:,} · B {b:,}".ljust(_COUNTS), "quiet")]
        yield _finding(each.example, cells, in_a=a > b)
    for finding in comparison.a.findings:
        if (finding.rule, finding.detail) not in changed:
            yield _finding(finding, [("=  ", "quiet"), ("both".ljust(_COUNTS), "quiet")], in_a=True)


def _finding(finding: Finding, cells: list[tuple[str, str]], *, in_a: bool) -> ShownLine:
    place = finding.entries[0] if finding.entries else None
    number = place if isinstance(place, int) else None
    at = f"#{number:,} " if number else ""
    said = [
        *cells,
        (f"{finding.level:<8}", "changed" if finding.level == "error" else "quiet"),
        (at, "quiet"),
        (clean_line(finding.message), "text"),
        (f"  {finding.rule}", "quiet"),
    ]
    return ShownLine(said, number if in_a else None, None if in_a else number)
