"""What FILE and SESSION mean on the command line: a path, or one of the library's sessions.

The library of this run is loaded when something asks for it, and brought up to date before that.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from codex_tui.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.config import Settings
    from codex_tui.library.library import Library, Progress
    from codex_tui.redact import KnownSecrets

_STDIN = "-"
_PATIENCE = 0.5  # seconds before it is said what takes so long
_LINE = 60


def found(settings: Settings, name: str) -> str:
    """The file that is meant: by its path, or as a session of the library, as in `last`.

    Raises:
        click.ClickException: There is neither.
    """
    if name == _STDIN or Path(name).exists() or Path(name).name != name:
        return name
    from codex_tui.library.library import LibraryError

    with library(settings) as shelf:
        try:
            return str(shelf.path(shelf.find(name)))
        except LibraryError as error:
            if not error.no_session:
                raise
            known = "`codex-tui sessions` lists those"
            raise click.ClickException(f"{name}: no such file, and no session: {known}") from None


@contextmanager
def library(settings: Settings, *, refreshed: bool = True) -> Iterator[Library]:
    """The library; what it can't do becomes one line for the user.

    Raises:
        click.ClickException: What was asked can't be done.
    """
    from codex_tui.library.library import Library, LibraryError

    paths = settings.paths
    opened = Library(paths.sessions, paths.trash, paths.cache, _masking(settings))
    try:
        if refreshed:
            _refresh(opened)
        if opened.trouble:
            say(opened.trouble)
        yield opened
    except LibraryError as error:
        raise click.ClickException(str(error)) from None
    finally:
        opened.close()


def _masking(settings: Settings) -> Callable[[str], str]:
    """What masks the user's secrets; they are looked for when the first file is read."""

    @cache
    def known() -> KnownSecrets:
        from codex_tui.sources.credentials import known_secrets

        return known_secrets(settings, os.environ)

    return lambda text: known().masked(text)


def _refresh(opened: Library) -> None:
    began = monotonic()
    said = False

    def tell(progress: Progress) -> None:
        nonlocal said
        if monotonic() > began + _PATIENCE and sys.stderr.isatty():
            said = True
            line = f"reading recordings: {progress.read:,} of {progress.total:,}"
            sys.stderr.write(f"\r{line:<{_LINE}}")
            sys.stderr.flush()

    try:
        opened.refresh(tell)
    finally:
        if said:
            sys.stderr.write(f"\r{'':<{_LINE}}\r")
            sys.stderr.flush()
