"""`codex-tui help`: a page of the manual, drawn and paged in a terminal, its Markdown into a pipe.

The pager is the user's own: it is there at once, and its keys and its search are known. What is
no page but a verb has its `--help` shown.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from codex_tui.cli.output import NAME
from codex_tui.manual import CONTENTS, near, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.config import Settings


def show_page(settings: Settings, words: Sequence[str]) -> int:
    """Show the page that the words name, or the contents; the exit code is 0.

    Raises:
        click.ClickException: There is no such page; the text names those that are near.
    """
    try:
        text = text_of(" ".join(words).lower() or CONTENTS)
    except LookupError:
        return _help_of_verb(words)
    if sys.stdout.isatty() and not settings.plain and os.environ.get("TERM") != "dumb":
        import_module("codex_tui.cli.paged").show(text)
    else:
        sys.stdout.buffer.write(text.encode())
    return 0


def _help_of_verb(words: Sequence[str]) -> int:
    command: click.Command = import_module("codex_tui.cli.program").program()
    for word in words:
        inner = command.commands.get(word) if isinstance(command, click.Group) else None
        if inner is None:
            raise click.ClickException(_unknown(" ".join(words)))
        command = inner
    command.main(["--help"], prog_name=" ".join((NAME, *words)), standalone_mode=False)
    return 0


def _unknown(topic: str) -> str:
    said = f'the manual has no page "{topic}"'
    if found := near(topic):
        said += f"; near it: {', '.join(found)}"
    return f"{said}; `{NAME} help` lists them"
