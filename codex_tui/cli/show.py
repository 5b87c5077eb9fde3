"""`codex-tui show`: what is in a saved stream, printed without the app."""

from __future__ import annotations

import os
import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from codex_tui import units
from codex_tui.cli.following import answer_of
from codex_tui.cli.notes import notes_on
from codex_tui.cli.output import Output
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.cli.plainness import format_of
from codex_tui.cli.printers import EventLines, TextPrinter, summary_of
from codex_tui.cli.references import found
from codex_tui.cli.saved import STDIN, Saved, is_pipe, standard_input
from codex_tui.engine.folded import Folded
from codex_tui.engine.observer import Observer
from codex_tui.figures.report import whole_report
from codex_tui.findings import Checker
from codex_tui.model.codex_marks import fates_of
from codex_tui.model.items import MessageItem
from codex_tui.model.warm_ups import last_said
from codex_tui.recording.records import has_time
from codex_tui.sources.credentials import known_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codex_tui.config import Settings
    from codex_tui.config.settings import Format
    from codex_tui.engine.observer import Arrival
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record


def show(settings: Settings, name: str) -> int:
    """Print a file in the format that the settings say; the exit code is 0 if that could be done.

    It is 1 where a limit kept it from being read to its end.

    Raises:
        OSError: The file can't be read.
        click.ClickException: It is no stream or session, or has no such turn.
    """
    output = Output(sys.stdout, known_secrets(settings, os.environ))
    said: list[str] = []
    format_ = format_of(settings)
    opened = Saved(found(settings, name), said.append, limited=settings.limited)
    saved = _told(opened.batches(stamped=format_ != "text"), output)
    if format_ == "events":
        _print_events(saved, settings.turn, output)
    elif format_ == "text" and name == STDIN and is_pipe(standard_input()):
        _print_as_it_comes(saved, settings.turn, output)
    else:
        checker = Checker(*settings.rules()) if format_ == "json" else None
        _print(saved, _PRINTING[format_](output, settings.turn), checker)
    output.flush()
    for sentence in said:
        output.say(sentence)
    return int(opened.cut)


def _told(read: Iterable[list[Record]], output: Output) -> Iterator[Record]:
    """The records; what was printed of a batch is handed on before the next one is waited for."""
    for batch in read:
        yield from batch
        output.flush()


def _print_events(saved: Iterator[Record], number: int | None, output: Output) -> None:
    """A line as each event is read, which need not be folded: of all turns, or of one."""
    lines = EventLines()
    for record in saved:
        line = lines.of(record)
        if line is not None and number in (None, lines.turn):
            output.line(line)
    _refuse_missing(number, lines.latest)


def _print_as_it_comes(saved: Iterator[Record], number: int | None, output: Output) -> None:
    """The answers of a pipe, which may be a stream that runs; what has times was saved before."""
    first = next(saved)
    printing = _Text if has_time(first) else _Answers
    _print(chain([first], saved), printing(output, number))


def _print(saved: Iterable[Record], printing: _Printing, checker: Checker | None = None) -> None:
    folded = Folded(checker)
    printing.checker = checker
    folded.tell(saved, printing)
    printing.end(folded)


class _Printing(Observer):
    """Prints what a saved stream holds; of one turn, if one is asked for.

    Args:
        output: Where it is printed.
        number: The turn, from 1; None for all, or for the last one where only one can be shown.
    """

    def __init__(self, output: Output, number: int | None) -> None:
        self.output = output
        self.number = number

    checker: Checker | None = None
    """What looks for what is wrong, where that is printed too."""

    def wants(self, turn: Turn) -> bool:
        """Whether a turn is one of those that are asked for."""
        return self.number in (None, turn.number)

    def end(self, folded: Folded) -> None:
        """Print what is known when all has come."""


class _Text(_Printing):
    """The answer of a turn."""

    def end(self, folded: Folded) -> None:
        turn = _turn(folded, self.number)
        self.output.write(answer_of(turn.transcript))
        self.output.close_line()
        _print_notes(turn, folded, self.output)


def _print_notes(turn: Turn, folded: Folded, output: Output) -> None:
    output.flush()
    for note in (*notes_on(turn), *fates_of(turn, folded.conversation.turns)):
        output.say(note)


class _Answers(_Printing):
    """The answers of a stream as they grow: of all its turns, where none was asked for."""

    def __init__(self, output: Output, number: int | None) -> None:
        super().__init__(output, number)
        self._contradicted = False
        self._turn: Turn | None = None
        self._printer = TextPrinter(output)

    def took(self, arrival: Arrival) -> None:
        """Print what a record brought."""
        if not self.wants(arrival.turn):
            return
        if self._turn is not None and arrival.turn is not self._turn:
            self._end(self._turn)
            self.output.end_line()
            self._printer = TextPrinter(self.output)
        self._turn = arrival.turn
        if isinstance(arrival.item, MessageItem):
            self._printer.arrived(arrival.turn)

    def _end(self, turn: Turn) -> None:
        self._printer.ended(turn)
        contradicted = self._printer.contradicted and not turn.transcript.forgiving.resumed
        self._contradicted = self._contradicted or contradicted

    def end(self, folded: Folded) -> None:
        turn = _turn(folded, self.number)
        self._end(turn)
        _print_notes(turn, folded, self.output)
        if self._contradicted:
            self.output.say("the final text differs from what was streamed, which was printed")


class _Plain(_Printing):
    """Everything in lines with role words."""

    def __init__(self, output: Output, number: int | None) -> None:
        super().__init__(output, number)
        self._printer = PlainPrinter(output)

    def took(self, arrival: Arrival) -> None:
        if self.wants(arrival.turn):
            self._printer.took(arrival)

    def end(self, folded: Folded) -> None:
        self._printer.ended(_turn(folded, self.number))


class _Report(_Printing):
    """A turn and its figures as one JSON object, and how much is wrong with it."""

    def took(self, arrival: Arrival) -> None:
        if self.checker is not None:
            self.checker.take(arrival.record, arrival.event, arrival.turn)

    def end(self, folded: Folded) -> None:
        turn = _turn(folded, self.number)
        report = whole_report(turn, folded.timing, folded.conversation.turns)
        if self.checker is not None:
            self.checker.finish()
            report["findings"] = self.checker.findings.counted(turn.number)
        self.output.line(report)


class _Summary(_Printing):
    """The figures of a turn."""

    def end(self, folded: Folded) -> None:
        turn = _turn(folded, self.number)
        self.output.write(summary_of(turn, folded.timing, folded.conversation.turns))


def _turn(folded: Folded, number: int | None) -> Turn:
    """The turn that was asked for; else the last one that is the user's."""
    turns = folded.conversation.turns
    _refuse_missing(number, len(turns))
    last = last_said(turns) if number is None else None
    return last or turns[(number or len(turns)) - 1]


def _refuse_missing(number: int | None, turns: int) -> None:
    if number is not None and not 1 <= number <= turns:
        raise click.ClickException(f"there is no turn {number}: {units.count(turns, 'turn')}")


_PRINTING: dict[Format, Callable[[Output, int | None], _Printing]] = {
    "text": _Text,
    "json": _Report,
    "summary": _Summary,
    "plain": _Plain,
}
