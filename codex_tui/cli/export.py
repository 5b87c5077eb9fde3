"""`codex-tui export`: a saved stream handed on in another form, redacted unless told otherwise."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codex_tui.atomic_files import write_new, write_to
from codex_tui.cli.output import Output, say
from codex_tui.cli.references import found
from codex_tui.cli.saved import STDIN, Saved
from codex_tui.exports.formats import FORMATS, ExportFormat, format_of, stem_of
from codex_tui.exports.material import Material, scrub_of
from codex_tui.recording.files import LEFT_FREE
from codex_tui.sources.credentials import keys_of, private_of
from codex_tui.timeline.goto import GotoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.config import Settings

STDOUT = "-"
_FILMED = "svg"


def export(settings: Settings, name: str) -> int:
    """Write a file, and say on stderr where it is and what was masked; the exit code is 0.

    It is 1 where a limit kept the file from being read to its end.

    Raises:
        OSError: The file can't be read, or the export can't be written.
        click.ClickException: It is no stream, has nothing of the kind, or a file is in the way.
    """
    wanted = _format(settings)
    try:
        saved = Saved(found(settings, name), limited=settings.limited)
        material = _material(settings, name, saved)
        pieces = _drawn(settings, wanted, material) if wanted.drawn else wanted.write(material)
        path = _write(settings, material.name, wanted, pieces)
    except LookupError as error:
        raise click.ClickException(str(error.args[0])) from None
    say(wanted.told(material))
    if path is not None:
        click.echo(str(path))
    return int(saved.cut)


def _format(settings: Settings) -> ExportFormat:
    """The format that was asked for: by its name, by the suffix of the file, or Markdown.

    Raises:
        click.ClickException: A film was asked for in a format that has none.
    """
    if (settings.begin or settings.end) and not settings.film:
        raise click.ClickException("--begin and --end are of a film: add --film")
    named = FORMATS.get(settings.export_format or "") or format_of(settings.output)
    wanted = named or FORMATS[_FILMED if settings.film else "md"]
    if settings.film and wanted.name != _FILMED:
        raise click.ClickException(f"--film: {wanted.name} has no film, {_FILMED} has")
    return wanted


def _material(settings: Settings, name: str, saved: Saved) -> Material:
    private, only = private_of(settings, os.environ), settings.structure_only
    scrub = scrub_of(private, redact=settings.redact, structure_only=only)
    called, keys = _called(name), keys_of(settings)
    left = LEFT_FREE if settings.limited else 0
    rules = settings.rules()
    return Material(saved.records(), scrub, settings.turn, called, keys, rules, left)


def _called(name: str) -> str:
    return "stream" if name == STDIN else stem_of(name)


def _drawn(settings: Settings, wanted: ExportFormat, material: Material) -> Iterator[bytes]:
    """The screen, drawn by the app: loaded only here, for it is most of a start.

    Raises:
        click.ClickException: The size or the place is none.
    """
    size = _size(settings.screen_size)
    # Before Textual is loaded: a film has all colours, and no animation.
    os.environ |= {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_COLOR_SYSTEM": "truecolor"}
    screenshots = import_module("codex_tui.tui.screenshots")
    name = material.name
    if wanted.name == "cast":
        film = screenshots.film(list(material.records()), settings, name=name, size=size)
        yield from (line.encode("utf-8", "replace") for line in film)
        return
    records = material.records()
    try:
        if settings.film:
            svg = screenshots.moving(records, settings, name=name, size=size, **_stretch(settings))
        else:
            svg = screenshots.picture(records, settings, name=name, size=size, at=settings.at or "")
    except GotoError as error:
        raise click.ClickException(str(error)) from None
    yield svg.encode("utf-8", "replace")


def _stretch(settings: Settings) -> dict[str, Any]:
    """What of the session a film shows, and how fast."""
    speed = settings.speed
    if speed is None:
        raise click.ClickException("--speed: a film has a pace: max is none")
    return {"begin": settings.begin or "", "end": settings.end or "", "speed": speed}


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,3})x(\d{2,3})", text)
    if found is None:
        raise click.ClickException(f"--size: {text} is no size, as 140x40 is")
    return int(found[1]), int(found[2])


def _write(
    settings: Settings, stem: str, wanted: ExportFormat, pieces: Iterable[bytes]
) -> Path | None:
    """Write what was asked for where it was asked for; None is standard output."""
    path = settings.output
    if path is None:
        return write_new(Path.cwd(), stem, wanted.name, pieces).relative_to(Path.cwd())
    if str(path) == STDOUT:
        output = Output(sys.stdout)
        for piece in pieces:
            output.write_bytes(piece)
        output.flush()
        return None
    try:
        write_to(path, pieces, replace=settings.force)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already: --force writes over it") from None
    return path
