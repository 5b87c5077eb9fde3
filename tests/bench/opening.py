"""A recording of a million events: how soon it is seen, indexed, and at what cost."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from pathlib import Path
from time import process_time

from codex_tui.config import load
from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import borrowed, spooled
from codex_tui.engine.loading import Loading
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from tests.bench import streams
from tests.bench.children import MB, child, memory
from tests.bench.environment import toolong
from tests.bench.harness import Figures, Row, Scale, Target, percentile
from tests.bench.screen import WIDE, Stalls, running, until
from tests.bench.starting import BARE, PROGRAM, first_paint

_FRAME = " " * 100
"""What toolong shows first of a long file: it reads all of it before it shows a line."""

_REST = 2
"""Seconds until an app has loaded what it loads while nothing is done, be there a file or none."""

_DATA = re.compile(rb"^data: (.*)$", re.MULTILINE)


def open_(scale: Scale) -> Row:
    """What somebody waits for who looks into a long session."""
    count = scale(1_000_000, 50_000)
    folder = Path(tempfile.gettempdir()) / "codex-tui-bench"
    path = streams.recording(folder / f"{count}.sse", count)
    size = path.stat().st_size / MB
    return Row(
        f"a recording of {count:,} events ({size:.0f} MB)",
        {
            "ours": first_paint(f"{PROGRAM} replay --speed max {path}", "Timeline"),
            "textual": first_paint(BARE, "bare Textual app"),
            "toolong": first_paint(f"{toolong()} {path}", _FRAME),
            "indexed": child("opening:indexed", str(path)),
            "opened": child("opening:opened", str(path), count),
            "json.loads": child("opening:loaded", str(path)),
        },
        [
            Target("first paint, of a bare Textual app", 1.2, "textual", "paint"),
            Target("first paint, of toolong", 0.6, "toolong", "paint"),
            Target("the index, of json.loads over all", 0.3, "json.loads", run="indexed"),
            Target("its saved index, of indexing", 0.05, "indexed", "saved", "cpu", run="indexed"),
            Target("s of loop stall meanwhile, p99", 0.01, run="opened", figure="stall", unit="s"),
            Target("MB over the empty app", 40, run="opened", figure="memory", unit="MB"),
        ],
        turns=scale(3, 1),
    )


def indexed(path: str) -> Figures:
    """The file made into a log as the app does it, and once more from the index that it saved."""
    with tempfile.TemporaryDirectory() as cache:
        cpu, saved = (asyncio.run(_indexed(Path(path), Path(cache))) for _ in range(2))
    return {"cpu": cpu, "saved": saved}


async def _indexed(path: Path, cache: Path) -> float:
    log = EventLog(ReplayedFile(path))
    seconds = 0.0
    began = process_time()

    def grown() -> None:
        nonlocal seconds
        seconds = process_time() - began  # what comes after is the saving of the index

    await Loading(path, log, cache=cache).run(grown)
    return seconds


def opened(path: str, count: int) -> Figures:
    """The whole app, until all of the file is in."""
    return asyncio.run(_opened(Path(path), count))


async def _opened(path: Path, count: int) -> Figures:
    with tempfile.TemporaryDirectory() as home:
        settings = load({"data_dir": Path(home)}, {})
        async with running(CodexTui(settings, Launch(spooled), None), WIDE):
            await asyncio.sleep(_REST)
            empty = memory()
        began = process_time()
        app = CodexTui(settings, replaying(path), None)
        async with running(app, WIDE), Stalls() as stalls:
            await until(lambda: app.session.log.events >= count)
            stalled = stalls.seconds.copy()
            await asyncio.sleep(_REST)
            return {
                "cpu": process_time() - began,
                "stall": percentile(stalled, 99),
                "worst": max(stalled, default=0.0),
                "memory": (memory() - empty) / MB,
            }


def replaying(path: Path) -> Launch:
    """What shows all of a file at once."""
    file = Replayed(OpenFile(path), speed=None)
    return Launch(borrowed(file.opened.keeper), file=file)


def loaded(path: str) -> Figures:
    """`json.loads` over all events, which are kept, as by whoever wants to show them."""
    began = process_time()
    found = _DATA.finditer(Path(path).read_bytes())
    kept = [json.loads(data[1]) for data in found]
    return {"cpu": process_time() - began, "events": len(kept)}
