"""`codex-tui show`: what is in a saved stream, printed without the app."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from codex_tui.cli.folded import Folded
from codex_tui.cli.lines import EventLines
from codex_tui.cli.notes import notes_on
from codex_tui.cli.output import Output, say
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.cli.plainness import format_of
from codex_tui.cli.saved import STDIN, records
from codex_tui.insight import units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.config import Settings
    from codex_tui.insight.conversation import Turn
    from codex_tui.sessions.records import Record


def show(settings: Settings, name: str) -> int:
    """Print a file in the format that the settings say; the exit code is 0 if that could be done.

    Raises:
        OSError: The file can't be read.
        click.ClickException: It is no stream, or has no such turn.
    """
    output = Output(sys.stdout)
    match format_of(settings):
        case "plain":
            _print_plain(records(name), settings.turn, output, at_once=name == STDIN)
        case "text":
            _print_text(records(name), settings.turn, output)
        case "json":
            _print_json(records(name), settings.turn, output)
        case "summary":
            _print_summary(records(name), settings.turn, output)
        case "events":
            _print_events(records(name), settings.turn, output, at_once=name == STDIN)
    output.flush()
    return 0


def _print_text(saved: Iterable[Record], number: int | None, output: Output) -> None:
    turn = _turn(_fold(saved), number)
    output.write(turn.transcript.output_text)
    output.close_line()
    output.flush()
    for note in notes_on(turn):
        say(note)


def _print_plain(
    saved: Iterable[Record], number: int | None, output: Output, *, at_once: bool
) -> None:
    """Everything in lines with role words: of all turns, where none was asked for."""
    folded, printer = Folded(), PlainPrinter(output)
    for record in saved:
        step = folded.take(record)
        if number in (None, step.turn.number):
            printer.took(step)
            if at_once:  # a pipe may be a stream that runs
                printer.arrived(step.turn)
    folded.conversation.finish()
    printer.ended(_turn(folded, number))


def _print_json(saved: Iterable[Record], number: int | None, output: Output) -> None:
    folded = _fold(saved)
    output.line(folded.report(_turn(folded, number)))


def _print_summary(saved: Iterable[Record], number: int | None, output: Output) -> None:
    folded = _fold(saved)
    output.write(folded.summary(_turn(folded, number)))


def _print_events(
    saved: Iterable[Record], number: int | None, output: Output, *, at_once: bool
) -> None:
    """A line as each event is read: of all turns, where none was asked for."""
    lines = EventLines()
    for record in saved:
        line = lines.of(record)
        if line is not None and number in (None, lines.turn):
            output.line(line)
            if at_once:  # a pipe may be a stream that runs
                output.flush()
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
