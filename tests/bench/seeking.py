"""Jumps in a long session: how soon another moment is on the screen."""

from __future__ import annotations

import asyncio
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from codex_tui.config import load
from codex_tui.tui.app import CodexTui
from codex_tui.tui.panes.projection import ProjectionPane
from tests.bench import streams
from tests.bench.children import child
from tests.bench.harness import Figures, Row, Scale, Target
from tests.bench.opening import replaying
from tests.bench.screen import WIDE, Screen, running, until

JUMPS = 25
_STRIDE = 61_803  # leads to and fro in any session


def seek(scale: Scale) -> Row:
    """What somebody waits for who goes to another moment of a session."""
    count = scale(100_000, 20_000)
    folder = Path(tempfile.gettempdir()) / "codex-tui-bench"
    long = streams.recording(folder / f"{count}.sse", count)
    short = streams.recording(folder / f"{count // 10}.sse", count // 10)
    return Row(
        f"{JUMPS} jumps to anywhere in {count:,} events, until all panes are drawn",
        {
            "ours": child("seeking:jumps", str(long), count),
            "a tenth": child("seeking:jumps", str(short), count // 10),
        },
        [
            Target("s until it is shown, median", 0.1, figure="shown", unit="s"),
            Target("CPU of a jump, of one in a tenth of it", 2.0, "a tenth"),
        ],
        turns=scale(5, 1),
    )


def jumps(path: str, count: int) -> Figures:
    """The whole app, sent to and fro."""
    return asyncio.run(_jumps(Path(path), count))


async def _jumps(path: Path, count: int) -> Figures:
    with tempfile.TemporaryDirectory() as home:
        app = CodexTui(load({"data_dir": Path(home)}, {}), replaying(path), None)
        async with running(app, WIDE) as screen:
            await until(lambda: app.session.log.events >= count and not app.session.folds.behind)
            await asyncio.sleep(1)
            waits, costs = [], []
            for number in range(1, JUMPS + 1):
                began, cpu, paints = perf_counter(), process_time(), screen.paints
                app.replay.command("entry", str(number * _STRIDE % count))
                await until(partial(_shown, app, screen, paints))
                waits.append(perf_counter() - began)
                costs.append(process_time() - cpu)
            return {"shown": median(waits), "worst": max(waits), "cpu": median(costs)}


def _shown(app: CodexTui, screen: Screen, paints: int) -> bool:
    """Whether there was a paint since then and nothing is left to draw."""
    busy = any(pane.sections.stack.work.busy for pane in app.viewer.query(ProjectionPane))
    return screen.paints > paints and not busy
