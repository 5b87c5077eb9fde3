"""The same with libFuzzer's eyes: inputs that reach new code are damaged further (atheris).

It is no dependency of ours: `pip install atheris` into an environment of its own, beside this
project with its `dev` tools, and run `python -m tests.fuzz TARGET --guided` there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.fuzzer import Fuzzer


def instrument() -> None:
    """Have our modules report which code they run; before any of them is imported."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["codex_tui"]):
        for name in _modules():
            import_module(name)


def _modules() -> list[str]:
    """What is looked at: all rooms that know no screen."""
    package = Path(__file__).parents[2] / "codex_tui"
    rooms = ("wire", "recording", "formats", "model", "figures", "timeline", "documents")
    paths = (path for room in rooms for path in sorted((package / room).rglob("*.py")))
    return [".".join(path.relative_to(package.parent).with_suffix("").parts) for path in paths]


def run_guided(fuzzer: Fuzzer, seconds: float) -> None:
    """Fuzz until the time is over, in a process of its own, since libFuzzer ends the process.

    How much was done, it tells each minute.
    """
    child = os.fork()
    if not child:
        _fuzz(fuzzer, seconds)
    os.waitpid(child, 0)
    found = sorted(fuzzer.folder.glob("*"))
    fuzzer.findings = {path.name: path.read_bytes() for path in found}


def _fuzz(fuzzer: Fuzzer, seconds: float) -> None:
    atheris = import_module("atheris")
    most = fuzzer.target.largest

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, max_size))[:max_size]
        return fuzzer.target.mutate(random, data, random.choice(fuzzer.seeds))[:max_size]

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(fuzzer.seeds):
            (Path(folder) / f"{number:05}").write_bytes(seed[:most])
        options = [f"-max_total_time={seconds:.0f}", f"-max_len={most}", "-timeout=0"]
        options.append("-report_slow_units=1000")
        atheris.Setup([sys.argv[0], *options, folder], fuzzer.check, custom_mutator=mutate)
        atheris.Fuzz()
