"""The list of streams with a thousand exchanges, of which fifty stream: a key to its paint."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, process_time, sleep
from typing import TYPE_CHECKING

from codex_tui.config import load
from codex_tui.engine.keeping import Recordings
from codex_tui.gc_pause import hold_collector
from codex_tui.recording.recording import Recording, iso
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, ResponseRecord
from codex_tui.sources.backend import Backend
from codex_tui.streams.watch import StreamsAsked
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.streams.screen import StreamsScreen
from codex_tui.wire.sse import ServerSentEvent
from tests.bench.children import child, put_first
from tests.bench.harness import Figures, Row, Scale, Target, percentile
from tests.bench.screen import WIDE, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDED, LIVE, RATE, EVENTS = 950, 50, 20, 60
"""Exchanges that have ended and that stream, events a second of each, events of one that ended."""

_CURSOR = "▌"


def list_(scale: Scale) -> Row:
    """A thousand exchanges, fifty of them live."""
    keys = scale(80, 12)
    return Row(
        f"{ENDED + LIVE:,} exchanges, {LIVE} live with {RATE} events a second each",
        {
            "ours": child("listing:ours", ENDED, LIVE, keys),
            "idle": child("listing:ours", ENDED + LIVE, 0, keys),
            "idle app": child("living:ours", 0, scale(10, 4)),
        },
        [
            Target("key to paint p50, of the idle app's", 3, "idle app", "key_paint"),
            Target("of the idle list's", 3, "idle", "key_paint"),
            Target("% of a core, while what ended is checked", 40, figure="percent", unit="%"),
        ],
        turns=scale(3, 1),
    )


def ours(ended: int, live: int, keys: int) -> Figures:
    """The list, and keys that move its cursor."""
    with tempfile.TemporaryDirectory() as home, _growing(Path(home), ended, live):
        return asyncio.run(_ours(Path(home), ended + live, keys))


async def _ours(home: Path, exchanges: int, keys: int) -> Figures:
    put_first()
    hold_collector()
    os.environ["CODEX_HOME"] = str(home / "codex")
    settings = load({"data_dir": home}, {})
    opening = Launch(Recordings(settings.paths.sessions).open, streams=StreamsAsked())
    app = CodexTui(settings, opening, Backend(settings, {}))
    async with running(app, WIDE) as screen:
        listing = await _listing(app, exchanges)
        screen.press("end")
        await asyncio.sleep(1)
        cpu, began = process_time(), monotonic()
        waits = []
        for _ in range(keys):
            painted = asyncio.Event()
            screen.watch = lambda data, seen=painted: seen.set() if _CURSOR in data else None
            at = monotonic()
            screen.press("up")
            await painted.wait()
            waits.append(monotonic() - at)
            await asyncio.sleep(0.1)
        spent = process_time() - cpu
        assert len(listing.table._rows) >= exchanges
    percent = 100 * spent / (monotonic() - began)
    return {"key_paint": percentile(waits, 50), "cpu": spent, "percent": percent}


async def _listing(app: CodexTui, exchanges: int) -> StreamsScreen:
    """The screen, when it lists them all."""
    async with asyncio.timeout(60):
        while True:
            screen = app.screen
            if isinstance(screen, StreamsScreen) and len(screen.table._rows) >= exchanges:
                return screen
            await asyncio.sleep(0.05)


@contextmanager
def _growing(home: Path, ended: int, live: int) -> Iterator[None]:
    """A folder of recordings, some of which another process writes on."""
    command = [sys.executable, "-m", "tests.bench.listing", json.dumps([str(home), ended, live])]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            yield
        finally:
            writer.kill()


def _begun(folder: Path, number: int) -> Recording:
    now = datetime.now(UTC) - timedelta(seconds=number)
    recording = Recording.create(folder, now=now, title=f"exchange {number}")
    body = {"model": "gpt-5-codex", "input": f"What is {number} good for?", "stream": True}
    url = "https://api.example.com/v1/responses"
    recording.write([RequestRecord(1, iso(now), url=url, body=body), ResponseRecord(1, 0.3, 200)])
    return recording


def _event(recording: Recording, t: float) -> None:
    name = "response.output_text.delta"
    data = json.dumps({"type": name, "output_index": 0, "content_index": 0, "delta": "some text "})
    recording.append(b"".join(recording.blocks([FrameRecord(t, 1, ServerSentEvent(name, data))])))


def write(home: str, ended: int, live: int) -> None:
    """Write the recordings, say so, and write on those that live."""
    folder = Path(home) / "sessions"
    for number in range(live, ended + live):
        recording = _begun(folder, number)
        for event in range(EVENTS):
            _event(recording, 0.4 + event / 20)
        recording.write([EndRecord(1, 4.0, "completed")])
        recording.close()
    growing = [_begun(folder, number) for number in range(live)]
    sys.stdout.write("written\n")
    sys.stdout.flush()
    began = monotonic()
    while growing:
        for recording in growing:
            _event(recording, monotonic() - began + 0.4)
        sleep(1 / RATE)


if __name__ == "__main__":
    write(*json.loads(sys.argv[1]))
    sleep(900)
