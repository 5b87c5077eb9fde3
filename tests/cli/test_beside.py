"""A viewer beside a program: when it opens, and what tmux is asked for."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import struct
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli.beside import split
from tests.cli.tapping import ASKS, serving, streams

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and terminals of POSIX")

TMUX = f"""#!{sys.executable}
import json, os, sys
with open(os.environ["ASKED"], "w") as file:
    json.dump(sys.argv[1:], file)
if os.environ.get("FAILS"):
    sys.exit("no space for new pane")
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which tmux writes down what it is asked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "tmux").write_text(TMUX)
    (folder / "tmux").chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    asked = str(tmp_path / "asked.json")
    return {**os.environ, "PATH": path, "ASKED": asked, "TMUX": "socket,1,0"}


def asked(environ: Mapping[str, str]) -> list[str] | None:
    """What tmux was asked for; None for nothing."""
    try:
        return list(json.loads(Path(environ["ASKED"]).read_bytes()))
    except OSError:
        return None


def test_the_pane_has_the_taps_list_and_knows_our_places_but_not_the_token(
    environ: dict[str, str],
) -> None:
    more = {"CODEX_TUI_TOKEN": "sesame", "CODEX_TUI_THEME": "paper", "OPENAI_API_KEY": "sk-1"}
    assert split("/data/taps/01M8", "/data", environ | more) == ""
    words = asked(environ)
    assert words is not None
    assert words[:2] == ["split-window", "-d"]
    assert words[-5:] == ["codex_tui", "--data-dir", "/data", "watch", "/data/taps/01M8"]
    assert "-eCODEX_TUI_THEME=paper" in words
    assert not any("sesame" in word or "sk-1" in word for word in words)


def test_what_tmux_says_is_why_there_is_none(environ: dict[str, str]) -> None:
    assert split("/tap", "/data", environ | {"FAILS": "1"}) == "no space for new pane"
    assert split("/tap", "/data", {"PATH": "/nowhere"}) == "tmux: No such file or directory"


async def in_a_terminal(
    *args: str, environ: Mapping[str, str], leaves_at: str = ""
) -> tuple[int, str]:
    """Run a tap with a terminal; return its exit code, and what stood there.

    Where some words stand there, the app that draws them is left.
    """
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
    command = (sys.executable, "-m", "codex_tui", "tap", *args)
    tap = await asyncio.create_subprocess_exec(
        *command, stdin=its, stdout=its, stderr=its, env=dict(environ)
    )
    os.close(its)
    shown = await asyncio.to_thread(_read, ours, leaves_at)
    os.close(ours)
    return await tap.wait(), shown


def _read(terminal: int, leaves_at: str) -> str:
    shown = b""
    while True:
        if leaves_at and leaves_at.encode() in shown:
            os.write(terminal, b"\x11")
            leaves_at = ""
        try:
            data = os.read(terminal, 65536)
        except OSError:  # nobody has the other end any more
            return shown.decode()
        if not data:
            return shown.decode()
        shown += data


CHILD = ("--", sys.executable, "-c", ASKS + "print(ask().read()[:6], sys.stdin.isatty())")


@pytest.mark.parametrize(
    ("args", "more", "opens"),
    [
        ((), {}, True),
        (("--split",), {}, True),
        (("--no-view",), {}, False),
        (("--no-split",), {}, False),
        (("--plain",), {}, False),
        (("--format", "json"), {}, False),
        ((), {"TMUX": ""}, False),
    ],
)
async def test_inside_tmux_it_opens_unless_lines_or_none_are_asked_for(
    environ: dict[str, str], args: tuple[str, ...], more: dict[str, str], opens: bool
) -> None:
    async with serving(streams) as server:
        code, shown = await in_a_terminal("--to", server.url, *args, *CHILD, environ=environ | more)
    assert code == 0
    assert "b'event:' True" in shown
    assert (asked(environ) is not None) is opens


async def test_a_viewer_that_cannot_open_is_said_and_the_program_runs(
    environ: dict[str, str],
) -> None:
    async with serving(streams) as server:
        code, shown = await in_a_terminal(
            "--to", server.url, *CHILD, environ=environ | {"FAILS": "1"}
        )
    assert code == 0
    said, ran = shown.index("no viewer beside the program: no space"), shown.index("b'event:'")
    assert said < ran


async def test_view_gives_the_terminal_to_the_viewer_and_the_output_back_at_its_end(
    environ: dict[str, str],
) -> None:
    child = "print(ask().read()[:6], sys.stdin.isatty())\nsys.exit(7)"
    async with serving(streams) as server:
        args = ("--view", "--quiet", "--to", server.url, "--", sys.executable, "-c", ASKS + child)
        code, shown = await in_a_terminal(*args, environ=environ, leaves_at="1 ended")
    assert code == 7
    assert shown.rindex("b'event:' False") > shown.index("1 ended")
