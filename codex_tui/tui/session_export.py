"""The session on the screen handed on as a file: asked for, written beside the loop, and told of.

What has to be drawn is drawn by a program of its own, given a file that is scrubbed already: an app
can't run in another's loop.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from codex_tui.atomic_files import make_private_folder, write_new
from codex_tui.exports.formats import stem_of
from codex_tui.exports.jsonl import write as write_lines
from codex_tui.exports.material import Material, scrub_of
from codex_tui.sources.credentials import keys_of, private_of
from codex_tui.tui.dialogs.export import ExportChoice, ExportDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from codex_tui.config import Settings
    from codex_tui.engine.session import Session

_LONGEST = 600  # seconds that drawing a film may take


class SessionExport:
    """Exports of one session.

    Args:
        screen: Who asks and tells.
        session: What is exported.
        settings: Whose keys are masked.
        name: What the session is called where it stands in no file.
        place: Where a replay stands, as `--at` says it; empty at the end.
    """

    def __init__(
        self,
        screen: Screen[None],
        session: Session,
        settings: Settings,
        name: str,
        place: Callable[[], str],
    ) -> None:
        self._screen = screen
        self._session = session
        self._settings = settings
        self._name = name
        self._place = place

    def ask(self) -> None:
        """Ask what to export as."""
        if not len(self._session.log):
            self._say("nothing to export yet")
            return
        folder = export_folder(self._settings)
        self._screen.app.push_screen(ExportDialog(folder), self._begin)

    def _begin(self, choice: ExportChoice | None) -> None:
        if choice is not None:
            work = self._export(choice, len(self._session.log))
            self._screen.run_worker(work, group="export")

    async def _export(self, choice: ExportChoice, last: int) -> None:
        """Write what has come so far; the stream goes on meanwhile."""
        size = self._screen.size
        drawn = (f"{size.width}x{size.height}", self._place())
        try:
            path, told = await asyncio.to_thread(self._write, choice, last, drawn)
        except OSError as error:
            self._say(f"not exported: {error.strerror or error}", wrong=True)
        except (LookupError, subprocess.SubprocessError) as error:
            self._say(f"not exported: {error}", wrong=True)
        else:
            self._say(f"exported to {path}; {told}")

    def _write(self, choice: ExportChoice, last: int, drawn: tuple[str, str]) -> tuple[Path, str]:
        private, only = private_of(self._settings, os.environ), choice.structure_only
        scrub = scrub_of(private, redact=choice.redact, structure_only=only)
        records = islice(self._session.log.records(0, last), last)
        keys = keys_of(self._settings)
        named, rules = self._stem(), self._settings.rules()
        material = Material(records, scrub, name=named, keys=keys, rules=rules)
        wanted = choice.format
        if wanted.drawn:
            pieces = _drawn(material, wanted.name, *drawn, film=choice.film)
        else:
            pieces = wanted.write(material)
        folder = export_folder(self._settings)
        return write_new(folder, material.name, wanted.name, pieces), wanted.told(material)

    def _stem(self) -> str:
        kept = self._session.kept.place()
        return stem_of(kept.name if kept is not None else self._name or "session")

    def _say(self, text: str, *, wrong: bool = False) -> None:
        severity: SeverityLevel = "error" if wrong else "information"
        self._screen.notify(text, severity=severity, markup=False, timeout=12)


def export_folder(settings: Settings) -> Path:
    """The folder that the program was started in, or one of our own if that is read-only."""
    here = Path.cwd()
    if os.access(here, os.W_OK):
        return here
    own = settings.paths.sessions.parent / "exports"
    make_private_folder(own)
    return own


def _drawn(material: Material, name: str, size: str, at: str, *, film: bool) -> Iterator[bytes]:
    """What the command line draws of the records, which are scrubbed by now."""
    with tempfile.TemporaryDirectory(prefix="codex-tui-") as folder:
        lines, drawn = Path(folder) / f"{material.name}.jsonl", Path(folder) / "drawn"
        lines.write_bytes(b"".join(write_lines(material)))
        command = [sys.executable, "-m", "codex_tui", "export", str(lines), "--no-redact"]
        command += ["--format", name, "--size", size, "-o", str(drawn)]
        command += ["--film"] if film else ["--at", at] if at and name == "svg" else []
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST, check=False)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise LookupError(said[-1] if said else f"drawing ended with {done.returncode}")
        yield drawn.read_bytes()
