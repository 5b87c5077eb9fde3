"""Markdown drawn for a terminal, in its own colours, and handed to the user's pager.

It is drawn by the document that draws answers. Without a pager, or where `$PAGER` is empty, it
stands among what was printed before.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.style import Style

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.styles import Role, Styles
from codex_tui.safe_text import as_ascii
from codex_tui.terminal import takes_unicode

if TYPE_CHECKING:
    from codex_tui.documents.lines import Line

WIDEST = 100
"""Cells of a line at most: longer ones are hard to read."""

_PAGER = "less"
_LESS = "FRX"  # leaves where all fits, draws colours, and keeps what was shown
_LOOKS = {
    Role.MUTED: "dim",
    Role.HEADING_1: "bold cyan",
    Role.HEADING_2: "bold cyan",
    Role.HEADING_3: "bold",
    Role.HEADING_4: "bold",
    Role.MARKER: "cyan",
    Role.RULE: "dim",
    Role.BORDER: "dim",
    Role.TABLE_HEAD: "bold",
    Role.CODE: "green",
    Role.KEYWORD: "magenta",
    Role.STRING: "green",
    Role.NUMBER: "yellow",
    Role.COMMENT: "dim",
    Role.FUNCTION: "cyan",
    Role.TYPE: "cyan",
    Role.KEY: "cyan",
}


def show(text: str) -> None:
    """Draw Markdown as wide as the terminal, and let the user page through it."""
    drawn = draw(text, min(shutil.get_terminal_size().columns, WIDEST))
    if not takes_unicode():
        drawn = as_ascii(drawn)
    if command := _pager():
        _page(command, drawn)
    else:
        sys.stdout.buffer.write(drawn.encode())


def draw(text: str, width: int) -> str:
    """Markdown as lines with escape sequences; only attributes where `NO_COLOR` is set."""
    document = MarkdownDocument(text)
    document.layout(width)
    document.finish()
    while document.advance(float("inf")):
        pass
    styles = _styles(colored=not os.environ.get("NO_COLOR"))
    lines = (_drawn(document.line(y), styles) for y in range(document.height))
    return "".join(f"{line}\n" for line in lines)


def _drawn(line: Line, styles: Styles) -> str:
    runs = ((styles.of(run.style), run.text) for run in line)
    system = ColorSystem.STANDARD
    return "".join(style.render(text, color_system=system) for style, text in runs).rstrip()


def _styles(*, colored: bool) -> Styles:
    plain = Style()
    looks = (Style.parse(_LOOKS.get(role, "")) for role in Role)
    return Styles(
        roles=tuple(look if colored else look.without_color for look in looks),
        link=Style(underline=True),
        block=plain,
        span=plain,
        match=plain,
        current=plain,
        selected=plain,
        lit=plain,
        caret=plain,
        tokens=(plain,),
    )


def _pager() -> list[str]:
    """The command of the pager; nothing where there is none."""
    with suppress(ValueError):  # quotes that don't end
        command = shlex.split(os.environ.get("PAGER", _PAGER))
        if command and shutil.which(command[0]):
            return command
    return []


def _page(command: list[str], text: str) -> None:
    """Let a pager show a text; it may be left before it has read all of it."""
    environ = {"LESS": _LESS, **os.environ}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the pager's
    try:
        subprocess.run(command, input=text.encode(), env=environ, check=False)
    finally:
        signal.signal(signal.SIGINT, before)
