"""`sessions rename`, `tag`, `star`, `rm`, `restore`, `empty-trash` and `prune`: what changes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

import click

from codex_tui import units
from codex_tui.cli.output import Output, say
from codex_tui.cli.references import library
from codex_tui.cli.sessions.lists import local_time, title_of
from codex_tui.library.importing import import_file
from codex_tui.library.library import LibraryError
from codex_tui.library.retention import Retention, to_prune
from codex_tui.recording.records import moment_of
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codex_tui.config import Settings
    from codex_tui.library.about import About
    from codex_tui.library.retention import Pruned
    from codex_tui.library.trash import Trash, Trashed


def import_files(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Take files in, and print where each lies; the exit code is 0 if all could be.

    It is 1 where a limit cut one off, and 2 where one could not be taken in.
    """
    codes = [_import(settings, name) for name in asked["files"]]
    return max(codes)


def _import(settings: Settings, name: str) -> int:
    said: list[str] = []
    folder = settings.paths.sessions
    try:
        imported = import_file(Path(name), folder, said.append, limited=settings.limited)
    except OSError as error:
        say(f"{error.filename or name}: {error.strerror or error}")
        return 2
    _print([str(imported.path)])
    for sentence in said:
        say(f"{name}: {sentence}")
    return int(imported.cut)


def rename(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Give one a title; the exit code is 0."""
    title = " ".join(asked["title"].split())
    with library(settings) as shelf:
        shelf.describe(shelf.find(asked["session"]), lambda about: replace(about, title=title))
    return 0


def tag(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Change one's tags, and print what they are; the exit code is 0."""

    def change(about: About) -> About:
        return about.tagged(asked["tags"], asked["remove"])

    with library(settings) as shelf:
        about = shelf.describe(shelf.find(asked["session"]), change)
        _print([" ".join(about.tags)] if about.tags else [])
    return 0


def star(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Star some, or take the stars away; the exit code is 0."""
    with library(settings) as shelf:
        for session in [shelf.find(each) for each in asked["sessions"]]:
            shelf.describe(session, lambda about: replace(about, starred=not asked["off"]))
    return 0


def remove(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Move some to the trash; the exit code is 0."""
    with library(settings) as shelf:
        for session in [shelf.find(each) for each in asked["sessions"]]:
            trashed = shelf.delete(session)
            _print([f"{trashed.key}  in the trash; `sessions restore {trashed.key}` undoes it"])
    return 0


def list_trash(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Print what is in the trash; the exit code is 0."""
    output = Output(sys.stdout)
    with library(settings, refreshed=False) as shelf:
        listed = shelf.trash.listed()
        for trashed in listed:
            if asked["kind"] == "json":
                output.line({**trashed._asdict(), "folder": str(trashed.folder)})
            else:
                size, name = units.size(trashed.size), clean_line(trashed.name)
                output.write(f"{trashed.key}  {_when(trashed)}  {size:>7}  {name}\n")
    if not listed and asked["kind"] == "text" and output.terminal:
        output.write("the trash is empty\n")
    output.flush()
    return 0


def _when(trashed: Trashed) -> str:
    moment = moment_of(trashed.deleted)  # None in a note that somebody else has written
    return clean_line(trashed.deleted) if moment is None else local_time(moment)


def restore(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Bring some back; the exit code is 0."""
    with library(settings, refreshed=False) as shelf:
        for trashed in [_meant(each, shelf.trash) for each in asked["sessions"]]:
            _print([str(shelf.folder / shelf.restore(trashed))])
    return 0


def _meant(reference: str, trash: Trash) -> Trashed:
    found = [each for each in trash.listed() if each.key.startswith(reference.lower())]
    if reference in ("last", "~1"):
        found = trash.listed()[:1]
    if len({each.key for each in found}) > 1:
        raise LibraryError(f'"{reference}" is the beginning of several in the trash')
    if not found:
        raise LibraryError(
            f'"{reference}" is not in the trash: `codex-tui sessions trash` lists it'
        )
    return found[0]


def empty_trash(settings: Settings, _: Mapping[str, Any]) -> int:
    """Delete for good what is in the trash; the exit code is 0."""
    with library(settings, refreshed=False) as shelf:
        gone = shelf.trash.empty()
        size = units.size(sum(each.size for each in gone))
        _print([f"deleted {units.count(len(gone), 'recording')}, {size}"])
    return 0


def prune(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Move to the trash what the user's rule lets go; the exit code is 0.

    Raises:
        click.ClickException: There is no rule.
    """
    rule = Retention(settings.keep_days, settings.max_size)
    if rule.keeps_all:
        raise click.ClickException(
            "nothing says what may go: --keep-days or --max-size, or [sessions] in config.toml"
        )
    with library(settings) as shelf:
        going = to_prune(shelf.sessions(), rule, time())
        for pruned in going:
            if not asked["dry_run"]:
                shelf.delete(pruned.session)
            _print([_line(pruned)])
        _print([_sum(going, dry=asked["dry_run"])])
    return 0


def _line(pruned: Pruned) -> str:
    session = pruned.session
    when, size = local_time(session.recorded), units.size(session.size)
    return f"{session.key}  {when}  {size:>7}  {title_of(session)}  ({pruned.reason})"


def _sum(going: list[Pruned], *, dry: bool) -> str:
    size = units.size(sum(pruned.session.size for pruned in going))
    verb = "would go" if dry else "moved"
    return f"{units.count(len(going), 'recording')}, {size}, {verb} to the trash"


def _print(printed: Iterable[str]) -> None:
    output = Output(sys.stdout)
    output.write("".join(f"{line}\n" for line in printed))
    output.flush()
