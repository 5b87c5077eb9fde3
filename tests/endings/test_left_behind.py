"""Terminals that close at any moment, on a loaded machine: no process stays behind."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.hostile.terminal import PROGRAM, Terminal, environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TERMINALS = 300
"""Terminals of each kind."""

AT_ONCE = 10
"""Terminals that are open at a time: five times what two cores can serve."""

LATEST = 10.0
"""Seconds after which nothing of a closed terminal's session runs any more."""

KINDS: dict[str, tuple[str, Sequence[str]]] = {
    "paused": ("", ("replay", "FILE", "--at", "100%", "--paused")),
    "replay": ("", ("replay", "FILE")),
    "demo": ("", ("demo",)),
    "app": ("", ()),
    "pipe": ("pipe", ("-",)),
    "replayed pipe": ("pipe", ("replay", "-")),
}
KEYS = ("", "G", ",", " ", "\x1b", "\x1a", "\x11")


class Opened:
    """A terminal with the program in it, and the moment at which it closes."""

    def __init__(
        self, name: str, file: Path, environ: Mapping[str, str], chance: random.Random
    ) -> None:
        kind, arguments = KINDS[name]
        ignoring = "trap '' HUP; " if chance.random() < 0.2 else ""
        source = f"(cat {file}; sleep 5) | " if kind else ""
        run = f'{ignoring}{source}"$@"'
        self.terminal = Terminal.run(
            [str(file) if each == "FILE" else each for each in arguments],
            environ,
            program=("/bin/sh", "-c", run, "sh", *PROGRAM),
        )
        self.kind = f"{ignoring}{kind} {' '.join(arguments)}"
        self.closes = time.monotonic() + chance.random() * chance.choice((1.2, 4.0))

    def press(self, chance: random.Random) -> None:
        self.terminal.read(0)
        with contextlib.suppress(OSError):
            self.terminal.send(chance.choice(KEYS) if chance.random() < 0.03 else "")

    def close(self) -> None:
        os.close(self.terminal.slave)
        os.close(self.terminal.master)

    def reap(self) -> None:
        """End what the shell still waits for."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.terminal.pid, signal.SIGKILL)
        self.terminal.process.wait()

    def lives(self) -> bool:
        """Whether the program is in its session still; the shell around it may be."""
        self.terminal.process.poll()
        found = ["pgrep", "-s", str(self.terminal.pid), "-f", f"^{' '.join(PROGRAM)}"]
        return subprocess.run(found, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_process_outlives_its_terminal(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "stream.sse"
    delta = b'data: {"type":"response.output_text.delta","delta":"a word "}\n\n'
    file.write_bytes(delta * 4000)
    environ, chance = environment(tmp_path), random.Random(1)  # noqa: S311
    live: list[Opened] = []
    closed: list[Opened] = []
    left: list[str] = []
    started = 0
    while started < TERMINALS or live or closed:
        if started < TERMINALS and len(live) < AT_ONCE:
            live.append(Opened(kind, file, environ, chance))
            started += 1
        for each in [each for each in live if each.closes < time.monotonic()]:
            each.close()
            live.remove(each)
            closed.append(each)
        for each in live:
            each.press(chance)
        for each in [*closed]:
            late = time.monotonic() > each.closes + LATEST
            if each.lives() and not late:
                continue
            left += [each.kind] if each.lives() else []
            closed.remove(each)
            each.reap()
    assert left == []
