"""What somebody waits for before anything is seen: the program's start, and a headless verb."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import streams
from tests.bench.children import process
from tests.bench.environment import CHECKOUT
from tests.bench.harness import Figures, Row, Scale, Target
from tests.bench.tmux import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = str(Path(sys.prefix) / "bin" / "codex-tui")
BARE = f"{sys.executable} {CHECKOUT / 'tests/bench/bare.py'}"
"""A Textual app of four lines, and what it shows."""


def start(scale: Scale) -> Row:
    """`--version` against an import of Textual; the demo against a bare app and a log viewer.

    `ready` is when the panes take keys.
    """
    from tests.bench.environment import toolong

    folder = Path(tempfile.mkdtemp(prefix="codex-tui-bench-"))
    log = folder / "some.log"
    log.write_text("2026-11-22 a line of a log\n" * 100)
    return Row(
        "`codex-tui --version`; first paint of `codex-tui demo` in tmux",
        {
            "ours": _both(process([PROGRAM, "--version"]), _ready(f"{PROGRAM} demo", "Timeline")),
            "textual": _both(
                process([sys.executable, "-c", "import textual.app"]),
                first_paint(BARE, "bare Textual app"),
            ),
            "toolong": first_paint(f"{toolong()} {log}", "a line of a log"),
        },
        [
            Target("--version, of `import textual.app`", 0.35, "textual"),
            Target("first paint, of a bare Textual app", 1.25, "textual", "paint"),
            Target("first paint, of toolong", 0.7, "toolong", "paint"),
        ],
        turns=scale(15, 3),
    )


def _ready(command: str, shows: str) -> Callable[[], Figures]:
    """A first paint, and `ready`: when what is typed then is in the composer."""

    def run() -> Figures:
        with Terminal() as terminal:
            return {"paint": terminal.until(command, shows), "ready": terminal.echo("quick")}

    return run


def first_paint(command: str, shows: str) -> Callable[[], Figures]:
    """A run that starts a command in tmux and waits until a text is on the screen."""

    def run() -> Figures:
        with Terminal() as terminal:
            return {"paint": terminal.until(command, shows)}

    return run


def _both(cpu: Callable[[], Figures], paint: Callable[[], Figures]) -> Callable[[], Figures]:
    return lambda: {**cpu(), **paint()}


def show(scale: Scale) -> Row:
    """The verb against what people write with the official SDK."""
    count = scale(100_000, 10_000)
    path = Path(tempfile.mkdtemp(prefix="codex-tui-bench-")) / "stream.sse"
    path.write_bytes(b"".join(streams.turn(1, count)))
    sdk = [sys.executable, str(CHECKOUT / "tests/bench/accumulate.py"), str(path)]
    return Row(
        f"`show --format json` on {count:,} events, the whole process",
        {"ours": process([PROGRAM, "show", "--format", "json", str(path)]), "openai": process(sdk)},
        [Target("times the official SDK's speed", 10, "openai", faster=True)],
        turns=scale(5, 1),
    )
