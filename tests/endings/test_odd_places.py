"""Odd terminals, standard input, arguments and files: it works, or one line says why not."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.hostile.leaks import leaks
from tests.hostile.payloads import recording
from tests.hostile.terminal import PROGRAM, Terminal, environment

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [(1, 1), (0, 0), (2, 50), (200, 1), (500, 200), (80, 24)]


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_any_size_of_terminal_can_be_used_and_left(tmp_path: Path, size: tuple[int, int]) -> None:
    file = tmp_path / "a.sse"
    file.write_bytes(recording("hello"))
    with Terminal.run(["replay", "-s", "max", str(file)], environment(tmp_path), size) as terminal:
        terminal.begin()
        for other in [*SIZES, size]:
            terminal.resize(other)
            terminal.press("\tj", 0.1)
        terminal.send("\x11")
        assert terminal.wait() == 0
    assert leaks(bytes(terminal.received)) == []
    assert "Traceback" not in terminal.text()


ENVIRONMENTS = {
    "no colour": {"NO_COLOR": "1"},
    "plain C": {"LC_ALL": "C", "LANG": "C"},
    "POSIX, ASCII only": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "an unknown TERM": {"TERM": "no-such-terminal"},
    "a dumb TERM": {"TERM": "dumb"},
    "no TERM": {"TERM": ""},
    "a TERM of old": {"TERM": "vt100"},
    "inside tmux": {"TMUX": "/nowhere,1,0", "TERM": "screen-256color"},
    "LINES and COLUMNS that lie": {"LINES": "0", "COLUMNS": "nonsense"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_any_environment_works_or_a_line_says_why_not(tmp_path: Path, name: str) -> None:
    file = tmp_path / "a.sse"
    file.write_bytes(recording("hello"))
    environ = environment(tmp_path, **ENVIRONMENTS[name])
    with Terminal.run(["replay", "-s", "max", str(file)], environ) as terminal:
        terminal.begin("hello")
        if not terminal.gone():
            terminal.send("\x11")
        assert terminal.wait() in (0, 1, 2)
    drawn = terminal.text()
    assert "hello" in drawn or drawn.startswith("codex-tui: ")
    assert "Traceback" not in drawn


@pytest.mark.slow
@pytest.mark.parametrize("stdin", ["/dev/null", "FILE"])
def test_keys_come_from_the_terminal_where_standard_input_is_another(
    tmp_path: Path, stdin: str
) -> None:
    file = tmp_path / "a.sse"
    file.write_bytes(recording("hello"))
    given = stdin.replace("FILE", str(file))
    with Terminal.run(
        ["replay", "-s", "max", str(file)],
        environment(tmp_path),
        redirect=f'<"{given}" >"$0" 2>&1',
    ) as terminal:
        terminal.until("hello")
        terminal.send("\x11")
        assert terminal.wait() == 0


def refused(home: Path, *arguments: str, code: int = 2, **environ: str) -> str:
    """What a command says that can't be done: one line."""
    command = [*PROGRAM, *arguments]
    done = subprocess.run(
        command,
        env=environment(home, **environ),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
        start_new_session=True,
    )
    said = done.stderr.decode()
    assert done.returncode == code, (arguments, said)
    assert said.count("\n") == 1, (arguments, said)
    assert said.startswith("codex-tui: ")
    return said


FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 20,
    "an image": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "a program": b"\x7fELF" + b"\0" * 100,
    "prose": b"Dear reader,\nthis is no stream.\n",
    "blank": b"\n\n\n \n",
    "broken UTF-16": "data: x".encode("utf-16"),
}


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["show", "replay", "export"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_stream_is_refused_in_one_line(
    tmp_path: Path, verb: str, name: str
) -> None:
    file = tmp_path / "odd.sse"
    file.write_bytes(FILES[name])
    assert "odd.sse" in refused(tmp_path, verb, str(file))


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["show", "replay", "export"])
def test_what_is_no_file_is_refused_in_one_line(tmp_path: Path, verb: str) -> None:
    assert "no-such" in refused(tmp_path, verb, str(tmp_path / "no-such.sse"))
    refused(tmp_path, verb, str(tmp_path))
    refused(tmp_path, verb, "/dev/null")
    loop = tmp_path / "loop.sse"
    loop.symlink_to(loop)
    refused(tmp_path, verb, str(loop))


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["show"],
        ["show", "a", "b"],
        ["run"],
        ["run", ""],
        ["run", "two", "words"],
        ["show", "x.sse", "--turn", "x"],
        ["show", "x.sse", "--format", "yaml"],
        ["replay", "x.sse", "--speed", "-1"],
        ["--idle-timeout", "nan", "run", "x"],
        ["--profile", "nobody", "run", "x"],
        ["--tools", "/no/such", "run", "x", "--base-url", "http://127.0.0.1:1", "-m", "m"],
        ["demo", "something"],
    ],
    ids=" ".join,
)
def test_a_wrong_argument_is_refused_in_one_line(tmp_path: Path, arguments: list[str]) -> None:
    refused(tmp_path, *arguments)


CONFIGS = {
    "no TOML": ("model = ", ":1"),
    "an unknown key": ('\nmodle = "x"', "modle"),
    "a wrong type": ("model = 3", "model"),
    "a profile that is none": ("profiles = 3", "profiles"),
    "an unknown key of a profile": ('[profiles.a]\nbase_url = "http://x"\nmodell = "y"', "modell"),
    "binary": ("\0\1\2", "config.toml"),
    "very deep": ("a = " + "[" * 5000, "config.toml"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGS)
def test_a_broken_config_is_named_with_line_and_key(tmp_path: Path, name: str) -> None:
    text, told = CONFIGS[name]
    file = tmp_path / "config.toml"
    file.write_text(text)
    said = refused(tmp_path, "run", "hi", CODEX_TUI_CONFIG=str(file))
    assert str(file) in said
    assert told in said


@pytest.mark.slow
def test_a_config_that_is_a_folder_or_not_readable_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, "run", "hi", CODEX_TUI_CONFIG=str(tmp_path))
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in refused(tmp_path, "run", "hi", CODEX_TUI_CONFIG=str(file))


@pytest.mark.slow
def test_what_is_written_is_private_under_any_umask(tmp_path: Path) -> None:
    program = ("/bin/sh", "-c", 'umask 0; exec "$@"', "sh", *PROGRAM)
    with Terminal.run(["demo"], environment(tmp_path), program=program) as terminal:
        terminal.until("reasoning")
        terminal.send("\x11")
        terminal.wait()
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sse" for path in made)
    open_to_others = [path for path in made if path.stat().st_mode & 0o077]
    assert open_to_others == []


@pytest.mark.slow
def test_programs_that_run_at_once_each_have_a_recording_of_their_own(tmp_path: Path) -> None:
    terminals = [Terminal.run(["demo"], environment(tmp_path)) for _ in range(3)]
    for terminal in terminals:
        terminal.until("reasoning")
    for terminal in terminals:
        terminal.send("\x11")
    for terminal in terminals:
        with terminal:
            assert terminal.wait() == 0
    assert len(list(tmp_path.rglob("*.sse"))) == 3
