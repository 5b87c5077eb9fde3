"""`python -m tests.fuzz TARGET…`: fuzz for some minutes each, and tell what was found."""

from __future__ import annotations

import argparse
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.fuzzer import Fuzzer
from tests.fuzz.guided import instrument, run_guided

if TYPE_CHECKING:
    from tests.fuzz.fuzzer import Target

TARGETS = {"decoder": "decoder", "recording": "recordings", "markdown": "prose"}
"""What can be fuzzed, and the module that says how."""


def main() -> int:
    """Fuzz what was asked for; 1 if anything was found."""
    arguments = _arguments()
    if arguments.guided:
        instrument()
    keep = arguments.keep or Path(tempfile.mkdtemp(prefix="codex-tui-fuzz-"))
    found = 0
    for name in arguments.targets:
        fuzzer = Fuzzer(_target(name), keep / name, seed=arguments.seed)
        fuzzer.take(_files(arguments.corpus))
        run = run_guided if arguments.guided else Fuzzer.run
        run(fuzzer, arguments.minutes * 60)
        print(f"{name}: {fuzzer.summary}")
        found += len(fuzzer.findings)
    return 1 if found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="+", choices=TARGETS, metavar="TARGET", help=_names())
    parser.add_argument("--minutes", type=float, default=10.0, help="for each (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another one damages otherwise")
    parser.add_argument("--corpus", type=Path, help="a folder of files to begin with as well")
    parser.add_argument("--guided", action="store_true", help="by coverage, where atheris is")
    parser.add_argument("--keep", type=Path, help="a folder for what is found; else a new one")
    return parser.parse_args()


def _names() -> str:
    return ", ".join(TARGETS)


def _target(name: str) -> Target:
    target: Target = import_module(f"tests.fuzz.{TARGETS[name]}").TARGET
    return target


def _files(folder: Path | None) -> list[bytes]:
    files = sorted(folder.rglob("*")) if folder is not None else []
    return [path.read_bytes() for path in files if path.is_file()]


if __name__ == "__main__":
    raise SystemExit(main())
