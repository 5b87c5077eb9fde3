"""FILE on the command line: a path, or a session of the library."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from codex_tui.config import Settings

_STDIN = "-"


def found(settings: Settings, name: str) -> str:
    """The file that is meant: by its path, or as a session of the library, as in `last`.

    Raises:
        click.ClickException: There is neither.
    """
    if name == _STDIN or Path(name).exists() or Path(name).name != name:
        return name
    unfit = import_module("codex_tui.library.library").LibraryError
    with import_module("codex_tui.cli.sessions.shelf").library(settings) as shelf:
        try:
            return str(shelf.path(shelf.find(name)))
        except unfit as error:
            if not error.no_session:
                raise
            known = "`codex-tui sessions` lists those"
            raise click.ClickException(f"{name}: no such file, and no session: {known}") from None
