"""A comparison in lines: an answer to each question, then what differs, and no more figures.

What differs stands first, and what is alike is said once. On a terminal what is removed is red and
what is added green; elsewhere `[-…-]` and `{+…+}` say it, as `git diff --word-diff` does.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.cli.inked_lines import shortened, wrapped
from codex_tui.cli.output import has_colors, terminal_width
from codex_tui.cli.word_excerpts import excerpt
from codex_tui.comparison.answers import (
    answers,
    is_felt,
    milestones,
    more_told,
    runs_told,
    slow_pairs,
    times_told,
)
from codex_tui.comparison.discrepancies import value_told
from codex_tui.comparison.left_out import LEFT_OUT
from codex_tui.terminal import takes_unicode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from codex_tui.cli.output import Ink, Output
    from codex_tui.comparison import Comparison, Discrepancy
    from codex_tui.comparison.answers import Question
    from codex_tui.comparison.course import Topic
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.comparison.texts import TextDiff
    from codex_tui.comparison.turns import ComparedTurns, TurnPair
    from codex_tui.figures.spread import FigureSpread
    from codex_tui.model.conversation import Turn

_WIDTH, _WIDEST = 80, 140
_MOST = 12  # differences of a kind that are shown
_LABEL = 17
_NAME, _VALUE = 22, 13


def print_turns(
    turns: ComparedTurns, asked: Sequence[Question], tolerance: float, output: Output
) -> None:
    """Print all turns of two sides, as far as they were asked of.

    Args:
        turns: The two sides.
        asked: The questions that are answered.
        tolerance: How far apart times may be, where they alone are asked of.
        output: Where it is printed.
    """
    printer = _Printer(output, asked, tolerance)
    printer.files(turns)
    several = len(turns.pairs) > 1
    for alike, group in groupby(turns.pairs, key=lambda pair: several and pair.comparison.alike):
        pairs = [*group]
        if alike:
            printer.alike(pairs)
        else:
            for pair in pairs:
                printer.turn(pair, several=several)
    for sentence in turns.missing:
        printer.paragraph([("changed", sentence)])
    printer.line()
    printer.left_out()


class _Printer:
    """Prints a comparison, as wide as the terminal is, and no wider than one likes to read."""

    def __init__(self, output: Output, asked: Sequence[Question], tolerance: float) -> None:
        self._output = output
        self._asked = asked
        self._tolerance = tolerance
        self._width = min(terminal_width() or _WIDTH, _WIDEST)
        self._signs = _LETTERS if output.terminal and not takes_unicode() else _SIGNS
        self._marks = not (output.terminal and has_colors(os.environ))

    def line(self, *pieces: tuple[Ink, str]) -> None:
        """Print one line."""
        self._output.paint(pieces)

    def paragraph(
        self, pieces: Iterable[tuple[Ink, str]], hanging: int = 2, first: int = 0
    ) -> None:
        """Print words in lines that fit; those after the first are indented."""
        for line in wrapped(pieces, self._width, hanging, first):
            self.line(*line)

    # -- the head ----------------------------------------------------------------------------

    def files(self, turns: ComparedTurns) -> None:
        """Print which files are compared."""
        for side, files in (("A", turns.a), ("B", turns.b)):
            for number, each in enumerate(files):
                name = shortened(each.name, self._width - 3)
                self.line(("head", f"{'' if number else side:<3}"), ("", name))

    def left_out(self) -> None:
        """Print what was not compared, in one line."""
        shown = len(LEFT_OUT)
        while len(line := _left_out(shown)) > self._width:
            shown -= 1
        self.line(("quiet", line))

    def alike(self, pairs: Sequence[TurnPair]) -> None:
        """Print that some turns are alike."""
        first, last = pairs[0].a, pairs[-1].a
        which = f"turn {first}" if first == last else f"turns {first} to {last}"
        self.line()
        self.line(("head", which), ("", ": "), ("good", "alike"))

    def turn(self, pair: TurnPair, *, several: bool) -> None:
        """Print one turn: how both sides went, the answers, what differs."""
        comparison = pair.comparison
        self.line()
        if several:
            which = f"turn {pair.a}" if pair.a == pair.b else f"turn {pair.a} and turn {pair.b}"
            self.line(("head", which))
        self._sides(comparison)
        self._verdict(comparison)
        self.line()
        for answer in answers(comparison):
            if answer.question in self._asked:
                ink: Ink = "changed" if answer.differs else ""
                words: list[tuple[Ink, str]] = [("head", answer.asked.ljust(_LABEL))]
                self.paragraph([*words, (ink, answer.text)], _LABEL)
        self._details(comparison)

    def _sides(self, comparison: Comparison) -> None:
        a, b = _went(comparison.a.turn), _went(comparison.b.turn)
        said = f"both {a}" if a == b else f"A {a}; B {b}"
        self.paragraph([("quiet", f"{said}; {runs_told(comparison.runs)}")])

    def _verdict(self, comparison: Comparison) -> None:
        kinds = (each.kind for each in comparison.differences if each.kind in self._asked)
        counts = Counter[str](kinds)
        said = ", ".join(f"{counts[kind]} in {kind}" for kind in self._asked if counts[kind])
        if not self._all and "time" in self._asked:
            slow = slow_pairs(comparison, self._tolerance)
            said = ", ".join(pair.figure.name for pair in slow)
        if said:
            self.line(("changed", "different"), ("", f": {said}"))
        else:
            self.line(("good", "alike"), ("", ": nothing differs but times" if self._all else ""))

    @property
    def _all(self) -> bool:
        return len(self._asked) > 1

    # -- what differs ------------------------------------------------------------------------

    def _details(self, comparison: Comparison) -> None:
        if "time" in self._asked:
            self._times(comparison)
        for kind in ("events", "request", "usage", "findings"):
            found = [each for each in comparison.differences if each.kind == kind]
            if kind in self._asked and (len(found) > 1 or (kind == "events" and found)):
                self._section(kind)
                self._listed(found, places=kind in ("events", "findings"))
        changed = [text for text in comparison.texts if not (text.alike or text.alone)]
        if "text" in self._asked and changed:
            self._section("text")
            for text in changed[:_MOST]:
                self._text(text)

    def _section(self, title: str) -> None:
        self.line()
        self.line(("head", title))

    def _listed(self, found: Sequence[Discrepancy], *, places: bool) -> None:
        for each in found[:_MOST]:
            place = f"A {_place(each.a):<6} B {_place(each.b):<6} " if places else ""
            self.paragraph([("quiet", f"  {place}"), ("", each.sentence)], 2 + len(place))
        if len(found) > _MOST:
            self.line(("quiet", f"  and {len(found) - _MOST:,} more"))

    def _times(self, comparison: Comparison) -> None:
        told = {pair.figure.key for pair in milestones(comparison)} | _TOLD
        shown = [pair for pair in comparison.figures if self._is_shown(pair, told)]
        if not shown:
            return
        self._section("time")
        self._strips(comparison)
        heads = ("A", "B", "B − A", "B ÷ A")
        self.line(("quiet", " " * _NAME + "".join(f"{each:>{_VALUE}}" for each in heads)))
        for pair in shown:
            self._figure(pair)

    def _is_shown(self, pair: FigurePair, told: Collection[str]) -> bool:
        """Those that differ; all, where times alone are asked of."""
        if pair.figure.group == "usage" or pair.figure.key == "span":
            return False
        if not self._all:
            return True
        felt = is_felt(pair) if pair.figure.unit == "s" else pair.beyond(0.1)
        return pair.figure.key in told and felt and pair.more is not None

    def _figure(self, pair: FigurePair) -> None:
        values = [_value(pair, pair.a), _value(pair, pair.b), more_told(pair)]
        ink: Ink = "changed" if pair.figure.unit == "s" and is_felt(pair, 0.2) else ""
        cells = "".join(f"{each:>{_VALUE}}" for each in values)
        ranges = _ranges(pair)
        self.line(
            ("", f"  {pair.figure.name:<{_NAME - 2}}{cells}"),
            (ink, f"{times_told(pair.times):>{_VALUE}}"),
        )
        if ranges:
            self.line(("quiet", " " * _NAME + ranges))

    def _strips(self, comparison: Comparison) -> None:
        """Two strips on one axis: what came when."""
        a, b = comparison.a.course, comparison.b.course
        scale = max(a.end, b.end)
        if scale <= 0:
            return
        room = self._width - 14
        for side, course in (("A", a), ("B", b)):
            drawn = _strip(course.columns(room, scale), course.end / scale * room, self._signs)
            self.line(
                ("head", f"  {side} "), ("", drawn), ("quiet", f" {units.seconds(course.end)}")
            )
        legend = (f"{self._signs[topic]} {word}" for topic, word in _TOPICS.items())
        self.line(("quiet", f"    {'  '.join(legend)}"))

    # -- a text ------------------------------------------------------------------------------

    def _text(self, text: TextDiff) -> None:
        self.paragraph([("", f"  {text.of}")], 4)
        if text.values is not None:
            for each in text.values[:_MOST]:
                self.paragraph(_changed(each.path, each.a, each.b), 6, 4)
            return
        if text.whole:
            self.line(("quiet", "    a part of it is too long to be told word by word"))
        self.paragraph(excerpt(text.hunks, marks=self._marks), 4, 4)


_TOLD = {"gaps.longest", "stalls.count", "tokens_per_second"}
"""Figures that are no moments, and shown where they differ."""


def _left_out(shown: int) -> str:
    more = len(LEFT_OUT) - shown
    return f"left out: {', '.join(LEFT_OUT[:shown])}{f' and {more} more' if more else ''}"


def _went(turn: Turn) -> str:
    said = (turn.transcript.model or "", str(turn.how).replace("_", " "))
    events = units.count(turn.events.total, "event")
    return " · ".join(filter(None, (*said, events)))


def _place(number: int | None) -> str:
    return "–" if number is None else f"#{number}"


def _value(pair: FigurePair, spread: FigureSpread | None) -> str:
    return "–" if spread is None else pair.figure.words(spread.median)


def _ranges(pair: FigurePair) -> str:
    """The ranges under the medians, where a side has several runs that differ."""
    cells = [
        "" if spread is None or spread.least == spread.most else _range(pair, spread)
        for spread in (pair.a, pair.b)
    ]
    return "".join(f"{each:>{_VALUE}}" for each in cells) if any(cells) else ""


def _range(pair: FigurePair, spread: FigureSpread) -> str:
    return f"{spread.least:.3g}–{spread.most:.3g}" if pair.figure else ""


_TOPICS: dict[Topic, str] = {
    "other": "waiting",
    "reasoning": "reasoning",
    "text": "text",
    "tools": "tools",
}
_SIGNS: dict[Topic, str] = {"other": "·", "reasoning": "▒", "text": "█", "tools": "▓"}
_LETTERS: dict[Topic, str] = {"other": ".", "reasoning": "r", "text": "t", "tools": "c"}
"""The same where nothing but ASCII may be drawn."""


def _strip(columns: Sequence[dict[Topic, int]], end: float, signs: Mapping[Topic, str]) -> str:
    """What came when: the topic of most in each column, and of what was waited for between."""
    drawn = []
    for place, column in enumerate(columns):
        if column:
            drawn.append(signs[max(column, key=lambda topic: column[topic])])
        else:
            drawn.append(signs["other"] if place <= end else " ")
    return "".join(drawn)


def _changed(path: str, a: object, b: object) -> list[tuple[Ink, str]]:
    removed, added = value_told(a), value_told(b)
    return [("", f"{path or 'the whole'}: "), ("removed", removed), ("", " → "), ("added", added)]
