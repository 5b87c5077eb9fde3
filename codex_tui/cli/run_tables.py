"""What several runs came to, model beside model: lines for people, an object for programs.

The figures are those of `figures.table`, of the runs that were completed: how fast a refusal came
says nothing of a model. The object's keys are a promise to scripts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.figures.spread import FigureSpread
from codex_tui.figures.table import FIGURES
from codex_tui.findings import LEVELS
from codex_tui.model.endings import words_of_end
from codex_tui.safe_text import clean_line, cut_to_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from codex_tui.figures.table import Figure, Value
    from codex_tui.findings import Level

SHOWN = (
    *("first_event", "first_text", "end", "tokens_per_second"),
    *("usage.input_tokens", "usage.cached_tokens", "usage.output_tokens", "usage.reasoning_tokens"),
)
"""The figures of the table for people; one that no run has is left out."""

_COUNTED = [figure for figure in FIGURES if figure.group != "live"]
_GAP, _NAME = 2, 40


class RunOutcome(NamedTuple):
    """What came of one run.

    Attributes:
        number: Which of the runs it is, from 1.
        model: The model that was asked; "" where the server has one of its own.
        answered: The model that the answer names.
        how: How it ended.
        figures: Its figures by their keys.
        findings: How much is wrong with it, by level; nothing where it could not be checked.
        file: Its recording; None where there is none.
        report: All that it brought, where that was asked for.
    """

    number: int
    model: str
    answered: str
    how: str
    figures: Mapping[str, Value]
    findings: Mapping[Level, int]
    file: Path | None = None
    report: Mapping[str, Any] | None = None


class ModelOutcome(NamedTuple):
    """What came of all runs of one model.

    Attributes:
        model: The model that was asked; "" where the server has one of its own.
        runs: What came of each.
        unsent: How many were not sent, since the user ended it.
    """

    model: str
    runs: Sequence[RunOutcome]
    unsent: int = 0

    def spread(self, figure: Figure) -> FigureSpread | None:
        """A figure of the runs that were completed."""
        return FigureSpread.of(
            run.figures[figure.key] for run in self.runs if run.how == "completed"
        )

    def answered(self) -> list[str]:
        """The models that the answers name."""
        return list(dict.fromkeys(run.answered for run in self.runs if run.answered))

    def endings(self) -> dict[str, int]:
        """How many ended in which way, the commonest first."""
        return dict(Counter(run.how for run in self.runs).most_common())

    def findings(self) -> dict[Level, FigureSpread]:
        """How much is wrong with those that could be checked, by level."""
        checked = [run.findings for run in self.runs if run.findings]
        spreads = ((level, FigureSpread.of(each[level] for each in checked)) for level in LEVELS)
        return {level: spread for level, spread in spreads if spread is not None}

    def object(self) -> dict[str, Any]:
        """All of it for programs; a figure that no completed run has is null."""
        spreads = {figure.key: self.spread(figure) for figure in _COUNTED}
        return {
            "model": self.model or None,
            "answered": self.answered(),
            "runs": len(self.runs),
            "not_sent": self.unsent,
            "how": self.endings(),
            "figures": {key: each and each.object() for key, each in spreads.items()},
            "findings": {level: each.object() for level, each in self.findings().items()},
        }


def group_object(group: str | None, total: int, models: Sequence[ModelOutcome]) -> dict[str, Any]:
    """What several runs came to, for programs.

    Args:
        group: The id that their recordings have in common; None where there are none.
        total: How many runs were asked for.
        models: What came of each model.
    """
    runs = sorted((run for model in models for run in model.runs), key=lambda run: run.number)
    return {
        "group": group,
        "models": [model.object() for model in models],
        "runs": [
            {
                "run": f"{run.number}/{total}",
                "model": run.model or None,
                "file": str(run.file) if run.file is not None else None,
                **(run.report or {}),
            }
            for run in runs
        ],
    }


def group_lines(models: Sequence[ModelOutcome], room: int | None) -> Iterator[str]:
    """What several runs came to, a column a model; those that there is no room for stand below.

    Args:
        models: What came of each model.
        room: The cells of a line; None for as many as it takes.
    """
    columns = [dict(_column(model)) for model in models]
    shown = [row for row in columns[0] if any(column[row] for column in columns)]
    if all(set(model.answered()) <= {model.model} for model in models):
        shown = [row for row in shown if row != _ANSWERED]
    label = max(map(len, shown)) + _GAP
    width = max(len(cell) for column in columns for cell in column.values()) + _GAP
    fitting = max(1, (room - label) // width) if room is not None else len(columns)
    for start in range(0, len(columns), fitting):
        if start:
            yield ""
        for row in shown:
            cells = (column[row] or "–" for column in columns[start : start + fitting])
            yield (row.ljust(label) + "".join(cell.ljust(width) for cell in cells)).rstrip()


_ANSWERED = "answered"
_BY_KEY = {figure.key: figure for figure in FIGURES}


def _column(model: ModelOutcome) -> Iterator[tuple[str, str]]:
    """The rows of a model: what each is called, and what it says; "" for nothing."""
    named = [cut_to_width(clean_line(each), _NAME) for each in (model.model, *model.answered())]
    yield "", named[0] or "the server's own"
    yield _ANSWERED, ", ".join(named[1:])
    yield "ended", _ended(model)
    for figure in map(_BY_KEY.__getitem__, SHOWN):
        spread = model.spread(figure)
        name = f"{figure.name}/s" if figure.unit == "per s" else figure.name
        yield name, spread.words(figure) if spread is not None else ""
    findings = model.findings()
    found = [_counted(spread, level) for level, spread in findings.items() if spread.most]
    yield "findings", ", ".join(found) or ("none" if findings else "")


def _counted(spread: FigureSpread, level: Level) -> str:
    """How much of a level is wrong, as `26 errors (12 – 26)`."""
    said = f"{spread.median:g} {level if spread.median == 1 else f'{level}s'}"
    return said if spread.least == spread.most else f"{said} ({spread.least} – {spread.most})"


def _ended(model: ModelOutcome) -> str:
    """How the runs ended: of one the word alone."""
    endings = model.endings()
    if len(model.runs) == 1 and not model.unsent:
        return words_of_end(next(iter(endings)))
    said = [f"{count} {words_of_end(how)}" for how, count in endings.items()]
    return ", ".join([*said, f"{model.unsent} not sent"] if model.unsent else said)
