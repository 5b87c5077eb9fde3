"""A pipe's clock starts with the program: before anything is loaded, what comes is read, stamped.

The program is held where it would load its command line, the first thing that takes time, until the
test has written more than a pipe holds: that ends only if somebody reads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.cli.streams import created, deltas, ended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.cli.conftest import Cli

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the test hands on descriptors")

HELD = """
import os, sys

class Holding:
    def find_spec(self, name, path=None, target=None):
        if name == "codex_tui.cli":
            sys.meta_path.remove(self)
            os.read({go}, 1)

sys.meta_path.insert(0, Holding())
sys.argv = ["codex-tui", *sys.argv[1:]]
from codex_tui.__main__ import main
sys.exit(main())
"""
MANY = 4000  # events; half of them are more than a pipe holds
WATCH, SHOW = ("-", "--plain"), ("show", "-", "--format", "events")


class HeldProgram:
    """A program that loads nothing before it is let go, and the pipe that it reads."""

    def __init__(self, process: subprocess.Popen[bytes], go: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.stdin, self.stdout = process.stdin, process.stdout
        self._go = go

    def write(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def let_go(self) -> None:
        """Let it load the rest, and wait until it has told of what had come."""
        os.write(self._go, b".")
        self.first = os.read(self.stdout.fileno(), 1)

    def rest(self) -> bytes:
        self.stdin.close()
        return self.first + self.stdout.read()


@contextmanager
def held(args: Sequence[str]) -> Iterator[HeldProgram]:
    waits, go = os.pipe()
    command = [sys.executable, "-c", HELD.format(go=waits), *args]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=[waits]) as process:
            yield HeldProgram(process, go)
    finally:
        os.close(waits)
        os.close(go)


def times(args: Sequence[str], printed: bytes, cli: Cli, home: Path) -> list[float]:
    """The times of the events: of those that were printed, or else recorded."""
    if args is WATCH:
        (recorded,) = home.rglob("*.sse")
        printed = cli("show", str(recorded), "--format", "events").out
    return [json.loads(line)["t"] for line in printed.splitlines()]


@pytest.mark.parametrize("args", [WATCH, SHOW], ids=["watch", "show"])
def test_what_comes_while_the_program_loads_has_the_time_of_its_arrival(
    cli: Cli, home: Path, args: tuple[str, ...]
) -> None:
    with held(args) as program:
        program.write(b"".join([created(), *deltas(*["word "] * MANY)]))
        came = time.monotonic()
        program.let_go()
        loaded = time.monotonic()
        program.write(ended())
        found = times(args, program.rest(), cli, home)
    assert len(found) == MANY + 2
    assert found == sorted(found)
    assert found[-1] - found[MANY // 2] > loaded - came


@pytest.mark.parametrize(
    "args", [("show", "-"), ("replay", "-", "--plain", "-s", "max")], ids=["show", "replay"]
)
def test_what_comes_while_the_program_loads_is_read_in_order(args: tuple[str, ...]) -> None:
    words = [f"w{number} " for number in range(MANY)]
    with held(args) as program:
        program.write(b"".join([created(), *deltas(*words)]))
        program.let_go()
        program.write(ended())
        assert "".join(words).encode() in program.rest()
    assert program.process.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("args", [WATCH, SHOW], ids=["watch", "show"])
def test_a_known_pace_is_that_of_the_times(cli: Cli, home: Path, args: tuple[str, ...]) -> None:
    """From the first millisecond; what came before the interpreter was there came at once."""
    count, gap = 600, 0.002
    sent: list[float] = []
    with subprocess.Popen(
        [sys.executable, "-m", "codex_tui", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        begun = time.monotonic()
        for number in range(count):
            while time.monotonic() < begun + number * gap:
                time.sleep(gap / 10)
            sent.append(time.monotonic())
            os.write(process.stdin.fileno(), deltas("word ")[0])
        printed, _ = process.communicate()
    found = times(args, printed, cli, home)
    started = sent[-1] - found[-1]
    assert started - begun < 0.2
    pairs = [(t + started, at) for t, at in zip(found, sent, strict=True) if at > started]
    assert sum(t > at + 0.01 for t, at in pairs) < count / 50
