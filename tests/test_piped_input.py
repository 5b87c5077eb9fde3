"""Standard input read from the first instruction on: whose it is, how much waits, and as a file."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli.program import program
from codex_tui.cli.verb import Switch
from codex_tui.piped_input import _FLAGS, CHUNK, PipedInput, reads_stream

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    "line",
    [
        "-",
        "show -",
        "replay -",
        "--plain -",
        "- --plain --no-record",
        "-m gpt - --exit",
        "-m show -",
        "-mgpt --profile=demo show -",
        "show --format json -",
        "show --format=json -",
        "replay -s4 --paused -i 2 -",
        "replay --no-loop - --at 50%",
    ],
)
def test_a_stream_is_read_from_standard_input(line: str) -> None:
    assert reads_stream(line.split())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "-- -",
        "show file",
        "show -- -",
        "show file --format -",
        "-m -",
        "-m - hello",
        "export file -o -",
        "export -",
        "run -",
        "run hello --body -",
        "sessions search -",
        "--new-option - show",
    ],
)
def test_what_is_not_asked_to_read_a_stream_leaves_standard_input_alone(line: str) -> None:
    assert not reads_stream(line.split())


def test_the_options_without_a_value_are_known() -> None:
    verbs = [program().commands[name] for name in ("-", "show", "replay", "check")]
    params = [param for verb in verbs for param in verb.params]
    flags = {param.name for param in params if isinstance(param, Switch)}
    assert flags | {"limit"} == _FLAGS  # as it is typed: --no-limit


def test_a_program_that_is_not_asked_to_read_takes_nothing_from_its_callers_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"the next line of a loop\n")
    args = [sys.executable, "-m", "codex_tui", "export", "no such file", "-o", "-"]
    done = subprocess.run(args, stdin=reading, capture_output=True, check=False)
    assert done.returncode == 2
    os.close(writing)
    assert os.read(reading, 100) == b"the next line of a loop\n"
    os.close(reading)


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(writing)


def test_as_a_file_it_gives_what_has_come(ends: tuple[int, int]) -> None:
    with PipedInput(ends[0]).file() as file:
        os.write(ends[1], b"one")
        assert file.read1(100) == b"one"
        os.write(ends[1], b"twothree")
        assert file.read(3) == b"two"
        assert file.read1(1) == b"t"
        assert file.read1(CHUNK) == b"hree"


def test_closing_the_file_closes_the_pipe(ends: tuple[int, int]) -> None:
    pipe = PipedInput(ends[0])
    pipe.file().close()
    pipe.pieces._thread.join(10)
    with pytest.raises(BrokenPipeError):
        os.write(ends[1], b"more")


def test_a_file_that_cannot_be_read_on_says_so() -> None:
    with PipedInput(os.open(".", os.O_RDONLY)).file() as file, pytest.raises(IsADirectoryError):
        file.read(1)
