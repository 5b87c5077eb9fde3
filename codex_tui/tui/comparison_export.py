"""A comparison handed on as a file: asked for, made anew of scrubbed records, written, told of.

What is on the screen is not masked; so both sides are read once more, in a thread, as far as they
have come.
"""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING

from codex_tui.atomic_files import write_new
from codex_tui.comparison import Runs
from codex_tui.comparison.answers import QUESTIONS
from codex_tui.comparison.turns import ComparedFile, ComparedTurns, NoTurnError
from codex_tui.exports.formats import stem_of
from codex_tui.exports.material import Material, scrub_of
from codex_tui.sources.credentials import private_of
from codex_tui.tui.dialogs.comparison_export import ComparisonExportChoice, ComparisonExportDialog
from codex_tui.tui.session_export import export_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from codex_tui.config import Settings
    from codex_tui.exports.material import Scrub
    from codex_tui.tui.comparison.side import ComparedSide


class ComparisonExport:
    """Writes what is compared.

    Args:
        settings: Whose secrets are masked, and by whose rules it is checked.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def ask(
        self, screen: Screen[None], sides: Sequence[ComparedSide], turns: Sequence[int]
    ) -> None:
        """Ask what to write it as, and write it."""

        def begin(choice: ComparisonExportChoice | None) -> None:
            if choice is not None:
                work = self._export(screen, sides, turns, choice)
                screen.run_worker(work, group="export")

        screen.app.push_screen(ComparisonExportDialog(export_folder(self._settings)), begin)

    async def _export(
        self,
        screen: Screen[None],
        sides: Sequence[ComparedSide],
        turns: Sequence[int],
        choice: ComparisonExportChoice,
    ) -> None:
        try:
            path, told = await asyncio.to_thread(self._write, sides, turns, choice)
        except OSError as error:
            _say(screen, f"not exported: {error.strerror or error}", wrong=True)
        except NoTurnError as error:
            _say(screen, f"not exported: {error}", wrong=True)
        else:
            _say(screen, f"exported to {path}; {told}")

    def _write(
        self, sides: Sequence[ComparedSide], turns: Sequence[int], choice: ComparisonExportChoice
    ) -> tuple[Path, str]:
        files, masked = [], list[str]()
        for side, turn in zip(sides, turns, strict=True):
            scrub = self._scrub(choice)
            files.append(self._file(side, turn, scrub))
            masked.append(scrub.sentence())
        told = "; ".join(dict.fromkeys(masked))
        a, b = files
        write = import_module(f"codex_tui.exports.comparison_{choice.suffix}").write
        pieces = write(ComparedTurns.of([a], [b]), [*QUESTIONS], told)
        stem = f"{stem_of(a.name)}-and-{stem_of(b.name)}"
        return write_new(export_folder(self._settings), stem, choice.suffix, pieces), told

    def _scrub(self, choice: ComparisonExportChoice) -> Scrub:
        private = private_of(self._settings, os.environ)
        return scrub_of(private, redact=choice.redact, structure_only=False)

    def _file(self, side: ComparedSide, turn: int, scrub: Scrub) -> ComparedFile:
        runs, last = Runs(*self._settings.rules()), len(side.log)
        for record in Material(islice(side.log.records(0, last), last), scrub).records():
            runs.take(record)
        runs.finish(growing=side.grows)
        return ComparedFile(side.path.name, runs, turn)


def _say(screen: Screen[None], text: str, *, wrong: bool = False) -> None:
    severity: SeverityLevel = "error" if wrong else "information"
    screen.notify(text, severity=severity, markup=False, timeout=12)
