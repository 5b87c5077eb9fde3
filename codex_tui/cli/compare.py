"""`codex-tui compare`: two recordings, and what differs.

The exit code is 0 where they are alike in what was asked of, 1 where something differs, 2 where
nothing could be done. Sides are told apart by `--`; without it there are two files, one a side.
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codex_tui.atomic_files import write_to
from codex_tui.cli.output import Output, say
from codex_tui.cli.references import found
from codex_tui.cli.saved import STDIN, Saved
from codex_tui.cli.verb import SIDES
from codex_tui.comparison import Runs
from codex_tui.comparison.answers import QUESTIONS, TOLERANCE, slow_pairs
from codex_tui.comparison.turns import ComparedFile, ComparedTurns, NoTurnError
from codex_tui.exports.material import Material, Untouched, scrub_of
from codex_tui.recording.files import LEFT_FREE
from codex_tui.sources.credentials import known_secrets, private_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codex_tui.comparison.answers import Question
    from codex_tui.config import Settings
    from codex_tui.exports.material import Scrub
    from codex_tui.recording.records import Record

ALIKE, DIFFERENT = 0, 1

_STDOUT = "-"
_DOCUMENTS = {"md": "comparison_md", "html": "comparison_html", "json": "comparison_json"}
_PERCENT = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*(%?)")


def compare(settings: Settings, words: Sequence[str]) -> int:
    """Print what differs between two sides, or write it into a file; return the exit code.

    Raises:
        OSError: A file can't be read, or the comparison can't be written.
        click.ClickException: There are no two sides, or one holds nothing that can be compared.
    """
    asked, tolerance = _asked(settings.questions), _tolerance(settings.tolerance)
    a, b = _sides(words)
    loading = _Loading(settings, exported=_format(settings) in ("md", "html"))
    try:
        turns = ComparedTurns.of([*map(loading.file, a)], [*map(loading.file, b)])
    except NoTurnError as error:
        raise click.ClickException(str(error)) from None
    if _format(settings) == "text" and settings.comparison_file is None:
        _print(settings, turns, asked, tolerance)
    else:
        _write(settings, turns, asked, loading)
    return DIFFERENT if loading.cut or _differs(turns, asked, tolerance) else ALIKE


def _asked(words: Iterable[str]) -> tuple[Question, ...]:
    """The questions that were asked for; all where none was.

    Raises:
        click.UsageError: One that there is not.
    """
    typed = {word.strip() for each in words for word in each.split(",") if word.strip()}
    if unknown := sorted(typed - QUESTIONS.keys()):
        known = ", ".join(QUESTIONS)
        raise click.UsageError(f"--only {unknown[0]}: no such question; there are {known}")
    return tuple(each for each in QUESTIONS if not typed or each in typed)


def _tolerance(text: str | None) -> float:
    """What two times may differ by: `20%`, or 0.2.

    Raises:
        click.UsageError: It is neither.
    """
    if text is None:
        return TOLERANCE
    if (match := _PERCENT.fullmatch(text.strip())) is None:
        raise click.UsageError(f"--tolerance {text}: must be a part as 20%")
    return float(match[1]) / 100 if match[2] else float(match[1])


def _sides(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The files of both sides: what stands before `--` and behind it, or one and one.

    Raises:
        click.UsageError: They are no two sides.
    """
    if words.count(STDIN) > 1:
        raise click.UsageError("`-` can be read once, and so is one side")
    if words.count(SIDES) > 1:
        raise click.UsageError("`--` parts two sides, and stands there once")
    if SIDES not in words:
        if len(words) != 2:
            raise click.UsageError(_WHICH.format(len(words)))
        return [words[0]], [words[1]]
    at = words.index(SIDES)
    a, b = [*words[:at]], [*words[at + 1 :]]
    if not (a and b):
        raise click.UsageError(f"no file {'before' if b else 'behind'} `--`")
    return a, b


_WHICH = "two files are compared, and {} came; several a side stand around `--`: A1 A2 -- B1 B2"


class _Loading:
    """Reads the files.

    Args:
        settings: What holds.
        exported: Whether what comes of it leaves this machine: then what is private is masked.

    Attributes:
        cut: Whether a limit kept one from being read to its end.
        scrubs: What masked the files.
    """

    def __init__(self, settings: Settings, *, exported: bool) -> None:
        self.cut = False
        self.scrubs: list[Scrub] = []
        self._settings = settings
        self._exported = exported or settings.comparison_file is not None

    def file(self, name: str) -> ComparedFile:
        """Read one.

        Raises:
            OSError: It can't be read.
            click.ClickException: It is nothing that can be read as records.
        """
        path, turn = _with_turn(name)
        saved = Saved(found(self._settings, path), limited=self._settings.limited)
        runs = Runs(*self._settings.rules())
        for record in self._masked(saved.records()):
            runs.take(record)
        runs.finish()
        self.cut = self.cut or saved.cut
        return ComparedFile(name, runs, turn)

    def _masked(self, records: Iterable[Record]) -> Iterator[Record]:
        if not self._exported:
            yield from records
            return
        settings = self._settings
        private = private_of(settings, os.environ)
        scrub = scrub_of(private, redact=settings.redact, structure_only=False)
        left = LEFT_FREE if settings.limited else 0
        self.scrubs.append(scrub)
        yield from Material(records, scrub, left=left).records()

    @property
    def sentence(self) -> str:
        """What was masked, for the user."""
        said = dict.fromkeys(scrub.sentence() for scrub in self.scrubs)
        return "; ".join(said) or Untouched().sentence()


def _with_turn(name: str) -> tuple[str, int | None]:
    """A file, and the turn behind its `@`; a file whose very name that is comes first."""
    path, at, turn = name.rpartition("@")
    if not at or not path or not turn.isascii() or not turn.isdigit() or Path(name).exists():
        return name, None
    return path, int(turn)


def _differs(turns: ComparedTurns, asked: Sequence[Question], tolerance: float) -> bool:
    """Whether something differs in what was asked of; times decide only where they alone are."""
    if tuple(asked) == ("time",):
        return any(slow_pairs(pair.comparison, tolerance) for pair in turns.pairs)
    found = (each.kind for pair in turns.pairs for each in pair.comparison.differences)
    return bool(turns.missing) or any(kind in asked for kind in found)


# -- what is told ------------------------------------------------------------------------------


def _format(settings: Settings) -> str:
    """The format that was asked for: by its name, by the suffix of the file, or text."""
    path = settings.comparison_file
    suffix = path.suffix.removeprefix(".").lower() if path is not None else ""
    return settings.compare_format or (suffix if suffix in _DOCUMENTS else "text")


def _print(
    settings: Settings, turns: ComparedTurns, asked: Sequence[Question], tolerance: float
) -> None:
    from codex_tui.cli.compare_lines import print_turns

    output = Output(sys.stdout, known_secrets(settings, os.environ))
    print_turns(turns, asked, tolerance, output)
    output.flush()


def _write(
    settings: Settings, turns: ComparedTurns, asked: Sequence[Question], loading: _Loading
) -> None:
    """Write a document, into a file or to standard output.

    Raises:
        OSError: It can't be written.
        click.ClickException: There is none of that format, or a file is in the way.
    """
    pieces, path = _pieces(_format(settings), turns, asked, loading), settings.comparison_file
    if path is None or str(path) == _STDOUT:
        output = Output(sys.stdout, known_secrets(settings, os.environ))
        for piece in pieces:
            output.write(piece.decode())
        output.flush()
        if loading.scrubs:
            say(loading.sentence)
        return
    try:
        write_to(path, pieces, replace=settings.force)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already: --force writes over it") from None
    say(loading.sentence)
    click.echo(str(path))


def _pieces(
    format_: str, turns: ComparedTurns, asked: Sequence[Question], loading: _Loading
) -> Iterator[bytes]:
    """The document.

    Raises:
        click.ClickException: There is none of that format.
    """
    if (module := _DOCUMENTS.get(format_)) is None:
        raise click.ClickException("-o: a comparison is written as md, html or json")
    write = import_module(f"codex_tui.exports.{module}").write
    pieces: Iterator[bytes] = write(turns, asked, loading.sentence)
    return pieces
