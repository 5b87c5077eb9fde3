"""`codex-tui help`: pages of the manual, in a pipe and in a terminal, and what is no page."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli.paged import draw
from codex_tui.manual import CONTENTS, pages, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

PROGRAM = (sys.executable, "-m", "codex_tui", "help")


@pytest.mark.parametrize("words", [[], ["open"], ["OPEN"]])
def test_into_a_pipe_a_page_is_its_markdown(cli: Cli, words: list[str]) -> None:
    result = cli("help", *words)
    text = text_of("open" if words else CONTENTS)
    assert (result.code, result.out.decode(), result.err) == (0, text, "")


def test_a_verb_has_its_help_shown(cli: Cli) -> None:
    assert cli("help", "show").out == cli("show", "--help").out
    assert cli("help", "sessions", "search").out == cli("sessions", "search", "--help").out


def test_what_is_no_page_is_told_with_what_is_near(cli: Cli) -> None:
    result = cli("help", "recordin")
    assert result.code == 2
    assert result.line == (
        'the manual has no page "recordin"; near it: recording; `codex-tui help` lists them'
    )
    assert "near" not in cli("help", "xyzzy").line
    assert 'page "me with this"' in cli("help", "me", "with", "this").line


def test_a_configuration_that_cannot_be_used_is_in_nobodys_way(cli: Cli, home: Path) -> None:
    path = home / "config" / "codex-tui" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("nonsense = true\n")
    assert cli("help", "config").code == 0


def in_terminal(*words: str, **environ: str) -> str:
    """What a terminal of eighty columns is sent."""
    ours, theirs = pty.openpty()
    known = {name: text for name, text in os.environ.items() if name not in ("PAGER", "NO_COLOR")}
    env = {**known, "TERM": "xterm-256color", "COLUMNS": "80", "LC_ALL": "C.UTF-8", **environ}
    with subprocess.Popen([*PROGRAM, *words], stdin=theirs, stdout=theirs, env=env) as process:
        os.close(theirs)
        sent = b""
        while piece := _read(ours):
            sent += piece
    os.close(ours)
    assert process.returncode == 0
    return sent.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # nobody has the other end any more
        return b""


def test_a_terminal_is_sent_a_drawn_page_through_the_users_pager() -> None:
    assert in_terminal("open", PAGER="sed s/^/./") == "".join(
        f".{line}\n" for line in draw(text_of("open"), 80).splitlines()
    )


@pytest.mark.parametrize("pager", ["", "no-such-pager -x", "'", "true"])
def test_a_pager_that_is_none_or_leaves_early_is_no_error(pager: str) -> None:
    assert in_terminal("open", PAGER=pager) in ("", draw(text_of("open"), 80))


def test_a_terminal_that_draws_nothing_is_sent_markdown() -> None:
    assert in_terminal("limits", TERM="dumb") == text_of("limits")
    assert in_terminal("limits", CODEX_TUI_PLAIN="1") == text_of("limits")


def test_another_locale_is_sent_ascii_and_no_color_no_color() -> None:
    assert in_terminal("limits", LC_ALL="C", PAGER="").isascii()
    drawn = in_terminal("limits", NO_COLOR="1", PAGER="")
    assert "\x1b[1m" in drawn
    assert "\x1b[36m" not in drawn


@pytest.mark.parametrize("topic", [CONTENTS, *(page.topic for page in pages())])
def test_every_page_fits_a_terminal(topic: str) -> None:
    from rich.text import Text

    for width in (40, 80, 100):
        lines = draw(text_of(topic), width).splitlines()
        assert max(Text.from_ansi(line).cell_len for line in lines) <= width
