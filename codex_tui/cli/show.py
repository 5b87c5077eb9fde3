"""`codex-tui show`: what is in a saved stream, printed without the app."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from codex_tui import units
from codex_tui.cli.finding import found
from codex_tui.cli.folded import Folded
from codex_tui.cli.lines import EventLines
from codex_tui.cli.notes import notes_on
from codex_tui.cli.output import Output, say
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.cli.plainness import format_of
from codex_tui.cli.printers import TextPrinter
from codex_tui.cli.saved import STDIN, batches, is_pipe
from codex_tui.model.items import MessageItem
from codex_tui.recording.records import has_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codex_tui.cli.folded import Step
    from codex_tui.config import Settings
    from codex_tui.config.settings import Format
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record


def show(settings: Settings, name: str) -> int:
    """Print a file in the format that the settings say; the exit code is 0 if that could be done.

    Raises:
        OSError: The file can't be read.
        click.ClickException: It is no stream or session, or has no such turn.
    """
    output = Output(sys.stdout)
    saved = _told(batches(found(settings, name)), output)
    format_ = format_of(settings)
    if format_ == "text" and name == STDIN and is_pipe(sys.stdin):
        _print_text_as_it_comes(saved, settings.turn, output)
    else:
        _PRINTING[format_](saved, settings.turn, output)
    output.flush()
    return 0


def _told(read: Iterable[list[Record]], output: Output) -> Iterator[Record]:
    """The records; what was printed of a batch is handed on before the next one is waited for."""
    for batch in read:
        yield from batch
        output.flush()


def _print_text(saved: Iterator[Record], number: int | None, output: Output) -> None:
    turn = _turn(_fold(saved), number)
    output.write(turn.transcript.output_text)
    output.close_line()
    _print_notes(turn, output)


def _print_text_as_it_comes(saved: Iterator[Record], number: int | None, output: Output) -> None:
    """The answers of a pipe, which may be a stream that runs; what has times was saved before."""
    first = next(saved)
    everything = chain([first], saved)
    if has_time(first):
        _print_text(everything, number, output)
        return
    folded, printing = Folded(), _Answers(output, number)
    for record in everything:
        printing.take(folded.take(record))
    folded.conversation.finish()
    turn = _turn(folded, number)
    printing.end(turn)
    _print_notes(turn, output)
    if printing.contradicted:
        output.make_way()
        say("the final text differs from what was streamed, which was printed")


def _print_notes(turn: Turn, output: Output) -> None:
    output.flush()
    for note in notes_on(turn):
        output.make_way()
        say(note)


class _Answers:
    """The answers of a stream as they grow: of all its turns, where none was asked for."""

    def __init__(self, output: Output, number: int | None) -> None:
        self.contradicted = False
        self._output = output
        self._number = number
        self._turn: Turn | None = None
        self._printer = TextPrinter(output)

    def take(self, step: Step) -> None:
        """Print what a record brought."""
        if self._number not in (None, step.turn.number):
            return
        if self._turn is not None and step.turn is not self._turn:
            self.end(self._turn)
            self._output.end_line()
            self._printer = TextPrinter(self._output)
        self._turn = step.turn
        if isinstance(step.item, MessageItem):
            self._printer.arrived(step.turn)

    def end(self, turn: Turn) -> None:
        """Print what is left of a turn."""
        self._printer.ended(turn)
        self.contradicted = self.contradicted or self._printer.contradicted


def _print_plain(saved: Iterator[Record], number: int | None, output: Output) -> None:
    """Everything in lines with role words: of all turns, where none was asked for."""
    folded, printer = Folded(), PlainPrinter(output)
    for record in saved:
        step = folded.take(record)
        if number in (None, step.turn.number):
            printer.took(step)
    folded.conversation.finish()
    printer.ended(_turn(folded, number))


def _print_json(saved: Iterator[Record], number: int | None, output: Output) -> None:
    folded = _fold(saved)
    output.line(folded.report(_turn(folded, number)))


def _print_summary(saved: Iterator[Record], number: int | None, output: Output) -> None:
    folded = _fold(saved)
    output.write(folded.summary(_turn(folded, number)))


def _print_events(saved: Iterator[Record], number: int | None, output: Output) -> None:
    """A line as each event is read: of all turns, where none was asked for."""
    lines = EventLines()
    for record in saved:
        line = lines.of(record)
        if line is not None and number in (None, lines.turn):
            output.line(line)
    _refuse_missing(number, lines.turn)


def _fold(saved: Iterable[Record]) -> Folded:
    folded = Folded()
    for record in saved:
        folded.take(record)
    folded.conversation.finish()
    return folded


def _turn(folded: Folded, number: int | None) -> Turn:
    turns = folded.conversation.turns
    _refuse_missing(number, len(turns))
    return turns[(number or len(turns)) - 1]


def _refuse_missing(number: int | None, turns: int) -> None:
    if number is not None and not 1 <= number <= turns:
        raise click.ClickException(f"there is no turn {number}: {units.count(turns, 'turn')}")


_PRINTING: dict[Format, Callable[[Iterator[Record], int | None, Output], None]] = {
    "text": _print_text,
    "json": _print_json,
    "events": _print_events,
    "summary": _print_summary,
    "plain": _print_plain,
}
