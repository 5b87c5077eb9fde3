"""Work that needs a process of its own: `python -m tests.bench.children module:function [ARG…]`.

What is measured there begins with an empty heap and an idle loop, and prints its figures as JSON.
Nothing in it reads or writes the user's files.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.harness import Figures

Argument = str | int | float
MB = 1024 * 1024
PATIENCE = 900.0
"""Seconds after which work in a process of its own has failed."""


def child(function: str, *arguments: Argument) -> Callable[[], Figures]:
    """A run that calls `module:function` of this package in a new process."""
    command = [sys.executable, "-m", "tests.bench.children", function, json.dumps(arguments)]

    def run() -> Figures:
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                command,
                env=environ(Path(home)),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                timeout=PATIENCE,
            )
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        return figures

    return run


def environ(home: Path) -> dict[str, str]:
    """An environment without a user: no config, no key, and a terminal that can do everything."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    folders = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return {"LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"} | kept | folders


def process(command: Sequence[str]) -> Callable[[], Figures]:
    """A run that takes the CPU time of a whole process; its output is thrown away."""

    def run() -> Figures:
        with tempfile.TemporaryDirectory() as home:
            before = children_cpu()
            quiet = subprocess.DEVNULL
            subprocess.run(command, env=environ(Path(home)), stdout=quiet, check=True)
        return {"cpu": children_cpu() - before}

    return run


def children_cpu() -> float:
    """Seconds of CPU that this process's children have used, those that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def put_first() -> None:
    """Have this process, and what it starts, run before others, where that is allowed.

    A latency is to be its own.
    """
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def memory() -> int:
    """Bytes of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Call the function and print what it returns."""
    module, _, name = sys.argv[1].partition(":")
    function = getattr(import_module(f"tests.bench.{module}"), name)
    print(json.dumps(function(*json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
