"""The library of this run, brought up to date before it is asked."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

import click

from codex_tui.cli.output import say
from codex_tui.library.library import Library, LibraryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.config import Settings
    from codex_tui.library.library import Progress

_PATIENCE = 0.5  # seconds before it is said what takes so long
_LINE = 60


@contextmanager
def library(settings: Settings, *, refreshed: bool = True) -> Iterator[Library]:
    """The library; what it can't do becomes one line for the user.

    Raises:
        click.ClickException: What was asked can't be done.
    """
    paths = settings.paths
    opened = Library(paths.sessions, paths.trash, paths.cache)
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
