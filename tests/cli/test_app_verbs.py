"""The verbs of the app: with what it is opened, and from where its keys come."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from codex_tui.sources.demo_sessions import demo_prompts
from tests.cli.streams import answer, recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The app replaced by what says with what it was opened, and reads a key and the data.
PROGRAM = """
import asyncio, fcntl, json, os, sys, termios
from types import ModuleType

if sys.argv.pop(1) == "tty":
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)

def piped(pipe):
    async def read():
        return [record async for batch in pipe.batches() for record in batch]

    return [type(record).__name__ for record in asyncio.run(read())]

def run_app(
    settings, *, backend=None, prompt=None, replay=None, pipe=None, streams=None, terminal=None
):
    kind = type(replay).__name__
    opened = getattr(replay, "opened", None)
    data = str(getattr(opened, "path", ""))
    if hasattr(opened, "file"):
        data = opened.file.read().decode()
    told = {"prompt": prompt, "replay": data, "kind": kind, "keys": os.isatty(0)}
    options = {name: getattr(replay, name) for name in getattr(replay, "__slots__", ())}
    options.pop("opened", None)
    told["words"] = streams and streams.words
    told["pipe"] = pipe and piped(pipe)
    told["provider"] = backend and backend.provider
    settings = {name: getattr(settings, name) for name in ("speed", "paused", "exit")}
    with open(os.environ["TOLD"], "w") as file:
        json.dump(told | settings | options, file)
    return 7

fake = ModuleType("codex_tui.tui.app")
fake.run_app = run_app
sys.modules[fake.__name__] = fake

from codex_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Terminal:
    """A pseudo-terminal that a program draws on and, if it takes it, has its keys from."""

    def __init__(self, told: Path) -> None:
        self.ours, self.theirs = pty.openpty()
        self._told = told

    def run(
        self,
        *args: str,
        stdin: bytes | BinaryIO | None = b"",
        controlling: bool = True,
        environ: dict[str, str] | None = None,
    ) -> tuple[int, Any, str]:
        """Exit code, what the app was opened with, and what stood on the screen."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "tty" if controlling else "none", *args],
            stdout=self.theirs,
            stderr=self.theirs,
            start_new_session=True,
            check=False,
            env={**os.environ, "TERM": "xterm", "TOLD": str(self._told), **(environ or {})},
            **({"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin or self.theirs}),
        )
        os.write(self.theirs, b"$")
        screen = b""
        while not screen.endswith(b"$"):
            screen += os.read(self.ours, 4096)
        told = json.loads(self._told.read_bytes()) if self._told.exists() else None
        return done.returncode, told, screen[:-1].decode()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path / "told")
    yield terminal
    os.close(terminal.ours)
    os.close(terminal.theirs)


def test_a_prompt_opens_the_app_on_the_demo_where_nothing_is_configured(
    terminal: Terminal,
) -> None:
    code, told, _ = terminal.run("why?", stdin=None)
    assert (code, told["prompt"], told["provider"], told["keys"]) == (7, "why?", "demo", True)
    assert told["kind"] == "NoneType"


def test_keys_come_from_the_terminal_where_standard_input_is_a_pipe(terminal: Terminal) -> None:
    code, told, _ = terminal.run("demo", stdin=b"nothing of use")
    assert (code, told["keys"], told["prompt"]) == (7, True, demo_prompts()[0])


def test_a_stream_from_a_pipe_is_replayed(terminal: Terminal) -> None:
    stream = b"".join(answer("a"))
    code, told, _ = terminal.run("replay", "-", "--speed", "max", "--paused", stdin=stream)
    assert (code, told["replay"], told["keys"]) == (7, stream.decode(), True)
    assert (told["speed"], told["paused"], told["exit"]) == (None, True, False)


def test_a_file_is_replayed_by_its_path(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "stream.sse"
    path.write_bytes(b"".join(answer("a")))
    options = ("-s", "4", "-i", "1.5", "--loop", "--at", "50%", "--follow", "--exit")
    code, told, _ = terminal.run("replay", str(path), *options, stdin=None)
    assert (code, told["replay"], told["kind"]) == (7, str(path), "Replayed")
    assert (told["speed"], told["paused"], told["exit"]) == (4.0, False, True)
    assert (told["idle_limit"], told["loop"], told["at"], told["follow"]) == (
        1.5,
        True,
        "50%",
        True,
    )
    assert told["provider"] is None


@pytest.mark.parametrize("args", [(), ("demo",), ("replay", "-")])
def test_the_app_that_nothing_but_it_will_do_for_needs_a_terminal_for_keys(
    terminal: Terminal, args: tuple[str, ...]
) -> None:
    stream = b"".join(answer("a"))
    code, told, screen = terminal.run(*args, "--no-plain", stdin=stream, controlling=False)
    assert (code, told) == (2, None)
    assert screen.startswith("codex-tui: standard input is no terminal")
    assert screen.count("\n") == 1


def test_a_replay_of_the_terminal_itself_is_refused(terminal: Terminal) -> None:
    code, told, screen = terminal.run("replay", "-", stdin=None)
    assert (code, told) == (2, None)
    assert "- reads a pipe" in screen


@pytest.mark.parametrize(("stdin", "said"), [(b"", "empty"), (b"# Notes", "text of another")])
def test_standard_input_that_is_no_stream_is_refused_before_the_app_opens(
    terminal: Terminal, tmp_path: Path, stdin: bytes, said: str
) -> None:
    path = tmp_path / "stdin"
    path.write_bytes(stdin)
    with path.open("rb") as file:
        code, told, screen = terminal.run("replay", "-", stdin=file)
    assert (code, told) == (2, None)
    assert screen.startswith(f"codex-tui: standard input: {said}")


def test_a_file_that_is_no_stream_is_refused_before_the_app_opens(
    terminal: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n")
    code, told, screen = terminal.run("replay", str(path), stdin=None)
    assert (code, told) == (2, None)
    assert "text of another kind" in screen


def test_the_app_that_nothing_but_it_will_do_for_needs_a_screen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "none", "demo", "--no-plain"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == b"codex-tui: the app draws on stderr, which is no terminal\n"


def test_what_comes_through_a_pipe_is_watched(terminal: Terminal) -> None:
    code, told, _ = terminal.run("-", "--no-record", stdin=b"".join(answer("a")))
    assert (code, told["keys"], told["replay"], told["prompt"]) == (7, True, "", None)
    assert told["pipe"] == [*["FrameRecord"] * 4, "EndRecord"]


def test_the_list_of_streams_is_opened_on_what_its_rows_must_have(terminal: Terminal) -> None:
    code, told, _ = terminal.run("watch", "how:failed", "gpt-5")
    assert (code, told["words"], told["provider"]) == (7, "how:failed gpt-5", "demo")


def test_a_file_at_standard_input_is_replayed(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "stream.sse"
    path.write_bytes(b"".join(answer("a")))
    with path.open("rb") as file:
        code, told, _ = terminal.run("-", stdin=file)
    assert (code, told["pipe"], told["replay"]) == (7, None, path.read_text())


@pytest.mark.parametrize("options", [(), ("--plain",)])
def test_the_terminal_itself_is_no_pipe(terminal: Terminal, options: tuple[str, ...]) -> None:
    code, told, screen = terminal.run("-", *options, stdin=None)
    assert (code, told, screen.count("\n")) == (2, None, 1)
    assert "- reads a pipe, and standard input is the terminal" in screen


# -- lines in the place of the app --------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "environ"),
    [(("--plain",), {}), ((), {"TERM": "dumb"}), ((), {"CODEX_TUI_PLAIN": "1"})],
    ids=["flag", "dumb", "variable"],
)
def test_lines_are_printed_where_they_are_wanted(
    terminal: Terminal, tmp_path: Path, options: tuple[str, ...], environ: dict[str, str]
) -> None:
    path = tmp_path / "stream.sse"
    path.write_bytes(b"".join(answer("a\x1b[2J")))
    args = ("replay", str(path), "-s", "max", *options)
    code, told, screen = terminal.run(*args, stdin=None, environ=environ)
    assert (code, told) == (0, None)
    assert screen.startswith("output: a␛[2J\r\ncompleted: ")


def test_lines_are_printed_where_no_keys_can_be_read(terminal: Terminal) -> None:
    stream = b"".join(answer("a"))
    code, told, screen = terminal.run("replay", "-", "-s", "max", stdin=stream, controlling=False)
    assert (code, told, screen.split("\r\n")[0]) == (0, None, "output: a")


@pytest.mark.parametrize("options", [(), ("--plain",)])
def test_without_a_prompt_there_are_no_lines_to_print(
    terminal: Terminal, options: tuple[str, ...]
) -> None:
    code, told, screen = terminal.run(*options, controlling=False)
    assert (code, told) == (2, None)
    assert "no prompt" in screen
    assert screen.count("\n") == 1


def test_a_terminal_of_another_encoding_gets_ascii(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "stream.sse"
    path.write_bytes(recording(answer("é\u202e日本")))
    args = ("replay", str(path), "-s", "max", "--plain")
    _, _, screen = terminal.run(*args, stdin=None, environ={"LC_ALL": "C"})
    assert "output: \\xe9\\u27e8202E\\u27e9\\u65e5\\u672c\r\n" in screen
    assert screen.isascii()
