"""A comparison as an object, for programs: keys are a promise to scripts.

Values stand as they were on the wire; what one side lacks is left out of a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.comparison.answers import answers
from codex_tui.comparison.json_changes import ABSENT
from codex_tui.comparison.left_out import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from codex_tui.comparison.answers import Question
    from codex_tui.comparison.comparison import Comparison
    from codex_tui.comparison.events import EventRow
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.comparison.json_changes import ValueChange
    from codex_tui.comparison.runs import Streak
    from codex_tui.comparison.texts import TextDiff
    from codex_tui.comparison.turns import ComparedTurns, TurnPair
    from codex_tui.figures.spread import FigureSpread

_DIGITS = 6


def turns_object(turns: ComparedTurns, asked: Collection[Question]) -> dict[str, Any]:
    """Return all turns of two sides, with what was asked of.

    `a` and `b` name the files; `left_out` says what was not compared; `only_a` and `only_b` are
    the numbers of turns that one side lacks.
    """
    return {
        "a": [file.name for file in turns.a],
        "b": [file.name for file in turns.b],
        "alike": not (turns.only_a or turns.only_b) and all(map(_alike(asked), turns.pairs)),
        "left_out": list(LEFT_OUT),
        "only_a": list(turns.only_a),
        "only_b": list(turns.only_b),
        "turns": [_turn(pair, asked) for pair in turns.pairs],
    }


def _alike(asked: Collection[Question]) -> Callable[[TurnPair], bool]:
    return lambda pair: not any(each.kind in asked for each in pair.comparison.differences)


def _turn(pair: TurnPair, asked: Collection[Question]) -> dict[str, Any]:
    comparison = pair.comparison
    told = {
        "a": pair.a,
        "b": pair.b,
        "runs": list(comparison.runs),
        "alike": _alike(asked)(pair),
        "answers": {
            each.question: each.text for each in answers(comparison) if each.question in asked
        },
        "differences": [
            {"kind": each.kind, "sentence": each.sentence, "a": each.a, "b": each.b}
            for each in comparison.differences
            if each.kind in asked
        ],
    }
    return told | {each: _DETAILS[each](comparison) for each in _DETAILS if each in asked}


def _events(comparison: Comparison) -> dict[str, Any]:
    rows = comparison.events.rows
    unlike = [row for row in rows if row.state != "same"]
    return {"same": len(rows) - len(unlike), "rows": [_row(row) for row in unlike]}


def _row(row: EventRow) -> dict[str, Any]:
    return {
        "type": row.name,
        "item": row.item or None,
        "state": row.state,
        "a": _streak(row.a),
        "b": _streak(row.b),
        "fields": [_change(each) for each in row.fields],
    }


def _streak(streak: Streak | None) -> dict[str, int] | None:
    if streak is None:
        return None
    return {"first": streak.first, "last": streak.last, "count": streak.count}


def _texts(comparison: Comparison) -> list[dict[str, Any]]:
    return [_text(text) for text in comparison.texts]


def _text(text: TextDiff) -> dict[str, Any]:
    changed = [] if text.alike else [[hunk.state, hunk.text] for hunk in text.hunks]
    return {
        "of": text.of,
        "alike": text.alike,
        "only_one_side": text.alone,
        "a": text.a,
        "b": text.b,
        "values": None if text.values is None else [_change(each) for each in text.values],
        "hunks": changed,
    }


def _request(comparison: Comparison) -> dict[str, Any]:
    request = comparison.request
    return {
        "known": list(request.known),
        "values": [_change(each) for each in request.values],
        "input_items": request.items and list(request.items),
        "same_input_items": request.same,
        "first_input_item": request.first_item,
    }


def _usage(comparison: Comparison) -> list[dict[str, Any]]:
    return [_change(each) for each in comparison.usage]


def _findings(comparison: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "rule": each.example.rule,
            "detail": each.example.detail,
            "level": each.example.level,
            "a": each.a,
            "b": each.b,
            "message": each.example.message,
        }
        for each in comparison.findings
    ]


def _times(comparison: Comparison) -> list[dict[str, Any]]:
    return [_figure(pair) for pair in comparison.figures]


def _figure(pair: FigurePair) -> dict[str, Any]:
    figure = pair.figure
    return {
        "key": figure.key,
        "name": figure.name,
        "unit": figure.unit,
        "a": _spread(pair.a),
        "b": _spread(pair.b),
        "more": _rounded(pair.more),
        "times": _rounded(pair.times),
    }


def _spread(spread: FigureSpread | None) -> dict[str, Any] | None:
    if spread is None:
        return None
    return {
        "median": _rounded(spread.median),
        "least": _rounded(spread.least),
        "most": _rounded(spread.most),
        "runs": spread.runs,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _change(change: ValueChange) -> dict[str, Any]:
    sides = {"a": change.a, "b": change.b}
    return {"path": change.path} | {k: v for k, v in sides.items() if v is not ABSENT}


_DETAILS: dict[Question, Callable[[Comparison], Any]] = {
    "time": _times,
    "events": _events,
    "text": _texts,
    "request": _request,
    "usage": _usage,
    "findings": _findings,
}
