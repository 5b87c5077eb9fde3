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
from tests.bench.typed import Program

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = str(Path(sys.prefix) / "bin" / "codex-tui")
BARE = f"{sys.executable} {CHECKOUT / 'tests/bench/bare.py'}"
"""A Textual app of four lines, and what it shows."""


def start(scale: Scale) -> Row:
    """`--version` against an import of Textual; the demo against a bare app and a log viewer."""
    from tests.bench.environment import toolong

    folder = Path(tempfile.mkdtemp(prefix="codex-tui-bench-"))
    log = folder / "some.log"
    log.write_text("2026-11-22 a line of a log\n" * 100)
    return Row(
        "`codex-tui --version`; first paint of `codex-tui demo` in tmux",
        {
            "ours": _both(
                process([PROGRAM, "--version"]), first_paint(f"{PROGRAM} demo", "Timeline")
            ),
            "textual": _both(
                process([sys.executable, "-c", "import textual.app"]),
                first_paint(BARE, "bare Textual app"),
            ),
            "toolong": first_paint(f"{toolong()} {log}", "a line of a log"),
        },
        [
            Target("--version, of `import textual.app`", 0.35, "textual"),
            Target("first paint, of a bare Textual app", 2.0, "textual", "paint"),
            Target("first paint, of toolong", 0.7, "toolong", "paint"),
        ],
        turns=scale(15, 3),
    )


LETTER = "丅"  # that nothing else draws
EVENTS = 1001


def ready(scale: Scale) -> Row:
    """Until the panes take keys: a letter and `G`, both pressed before the program is there.

    The letter stands in the composer; `G` has moved the timeline's cursor to the file's last row.
    `loaded` is the CPU until nothing more is loaded, `step` the loop's longest step until then.
    """
    path = Path(tempfile.mkdtemp(prefix="codex-tui-bench-")) / "stream.sse"
    path.write_bytes(b"".join(streams.turn(1, EVENTS - 1)))
    return Row(
        f"until the panes take keys, live and over {EVENTS:,} events, from exec",
        {"ours": lambda: _ready(path), "textual": _bare},
        [
            Target("wall, of a bare app's first paint", 2.0, "textual", "wall"),
            Target("CPU, of a bare app's first paint", 2.0, "textual", "cpu"),
            Target("CPU until all is loaded, of the same", 3.2, "textual", "loaded", other="cpu"),
            Target("the loop's longest step", 0.05, None, "step", unit="s"),
        ],
        turns=scale(15, 3),
    )


def _ready(path: Path) -> Figures:
    replay = ["replay", str(path), "--paused"]
    live = _pressed([], LETTER, LETTER)
    played = _pressed(replay, "G", f"▌L +{EVENTS}")
    worse = {name: max(live[name], played[name]) for name in live}
    return {**worse, "live": live["wall"], "step": max(_step([], LETTER), _step(replay, "G"))}


def _pressed(arguments: list[str], keys: str, shows: str) -> Figures:
    with Program([PROGRAM, *arguments], keys) as program:
        seen = program.until(shows)
        return {"wall": seen.wall, "cpu": seen.cpu, "loaded": program.at_rest().cpu}


def _step(arguments: list[str], keys: str) -> float:
    """The longest step of the loop until nothing more is loaded."""
    with tempfile.NamedTemporaryFile("r") as file:
        command = [sys.executable, "-m", "tests.bench.stepping", file.name, *arguments]
        with Program(command, keys) as program:
            program.at_rest()
            return float(file.read())


def _bare() -> Figures:
    with Program(BARE.split()) as program:
        return program.until("a bare Textual app")._asdict()


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
