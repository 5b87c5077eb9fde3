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
from codex_tui.cli.compare_times import TimeLines
from codex_tui.cli.inked_lines import shortened, wrapped
from codex_tui.cli.output import has_colors, terminal_width
from codex_tui.cli.word_excerpts import excerpt
from codex_tui.comparison.answers import (
    answers,
    runs_told,
    slow_pairs,
)
from codex_tui.comparison.discrepancies import value_told
from codex_tui.comparison.left_out import LEFT_OUT
from codex_tui.model.endings import words_of_end
from codex_tui.terminal import takes_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.cli.output import Ink, Output
    from codex_tui.comparison import Comparison, Discrepancy
    from codex_tui.comparison.answers import Question
    from codex_tui.comparison.texts import TextDiff
    from codex_tui.comparison.turns import ComparedTurns, TurnPair
    from codex_tui.model.conversation import Turn

_WIDTH, _WIDEST = 80, 140
_MOST = 12  # differences of a kind that are shown
_LABEL = 17


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
        self._times = TimeLines(self._width, ascii_=output.terminal and not takes_unicode())
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
        if "time" in self._asked and (
            lines := self._times.of(comparison, everything=not self._all)
        ):
            self._section("time")
            for line in lines:
                self.line(*line)
        for kind in ("events", "request", "usage", "findings"):
            found = [each for each in comparison.differences if each.kind == kind]
            if kind in self._asked and (len(found) > 1 or (kind == "events" and found)):
                self._section(kind)
                self._listed(found, places=kind in ("events", "findings"))
        changed = [text for text in comparison.texts if not text.alike]
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


def _left_out(shown: int) -> str:
    more = len(LEFT_OUT) - shown
    return f"left out: {', '.join(LEFT_OUT[:shown])}{f' and {more} more' if more else ''}"


def _went(turn: Turn) -> str:
    said = (turn.transcript.model or "", words_of_end(turn.how))
    events = units.count(turn.events.total, "event")
    return " · ".join(filter(None, (*said, events)))


def _place(number: int | None) -> str:
    return "–" if number is None else f"#{number}"


def _changed(path: str, a: object, b: object) -> list[tuple[Ink, str]]:
    removed, added = value_told(a), value_told(b)
    return [("", f"{path or 'the whole'}: "), ("removed", removed), ("", " → "), ("added", added)]
