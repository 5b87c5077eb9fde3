"""How many of our files an event, a step back and a printed event pass through: counted, not timed.

A trip that enters a file only to be handed on is a trip that nobody can follow: ARCHITECTURE.md
says of each file what it adds. The numbers are what was reached: who widens a trip says why.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import codex_tui
from codex_tui.config import load
from codex_tui.engine.keeping import Recordings
from codex_tui.sources.backend import Backend
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.section_view.view import SectionView
from tests.servers import EVENT_STREAM, Peer, event, serving
from tests.sources.conftest import until
from tests.test_architecture import TEXT
from tests.tui.settling import settled
from tests.tui.test_whole_app import replaying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

PACKAGE = str(Path(codex_tui.__file__).parent)
LIVE, STEP, SHOW = 91, 98, 18
"""Of a live event five are the check's: the engine's, the rules' pass, and what counts for the
status. Of a step three: what was known by then, for the status and the list."""

ALL_PANES = (160, 48)
BEFORE = 60
"""Events until everything is as it will be: the panes have been laid out, and the text is long."""

TIMES = 41
"""How often a trip is made. On a slow machine most are drawn in two slices, and most see the strip
move, which goes by the clock: with these three files it keeps the bound too."""

IN_SLICES = {"/tui/mends/slices.py"}
"""What is entered only where a machine is too slow for doing it at once."""

PRINTED = 3000
"""Events of the file that is printed, of which the middle third is looked at."""


def told(trip: str) -> set[str]:
    """The files of which ARCHITECTURE.md says what they add to a trip."""
    text = TEXT.split(f"## The trip of a {trip}")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_/]+)` \|", text, re.MULTILINE)
    return {f"/{name}.py" for name in rows}


class Trip:
    """The files of ours in which a function begins, in whatever thread that was made in here.

    It is made several times, and only what most of them enter counts: what a clock does now and
    then (a status each second, an inspector that follows) is a trip of its own.
    """

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._files: set[str] = set()
        self._counts = False

    @property
    def files(self) -> list[str]:
        """What most of the times entered."""
        return sorted(file for file, times in self._times.items() if times > TIMES / 2)

    @property
    def ever(self) -> set[str]:
        """What any of the times entered."""
        return set(self._times)

    def _look(self, frame: FrameType, what: str, _: object) -> None:
        file = frame.f_code.co_filename
        if self._counts and what == "call" and file.startswith(PACKAGE):
            self._files.add(file.removeprefix(PACKAGE))

    @contextmanager
    def threads(self) -> Iterator[None]:
        """Look at the threads that are made meanwhile."""
        threading.setprofile(self._look)
        try:
            yield
        finally:
            threading.setprofile(None)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what is entered meanwhile, once."""
        self._files, self._counts = set(), True
        sys.setprofile(self._look)
        try:
            yield
        finally:
            sys.setprofile(None)
            self._counts = False
            self._times.update(self._files)


def piece(number: int, text: str) -> bytes:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    more = {"sequence_number": number, "delta": text, "logprobs": []}
    return event("response.output_text.delta", **place, **more)


def beginning() -> bytes:
    """The frames before the first piece of an answer."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    part = {"type": "output_text", "text": ""}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    return b"".join(
        [
            event("response.created", sequence_number=0, response={"id": "resp_1", "output": []}),
            event("response.output_item.added", sequence_number=1, output_index=0, item=message),
            event("response.content_part.added", sequence_number=2, part=part, **place),
        ]
    )


async def test_a_live_event_passes_few_files(tmp_path: Path) -> None:
    go_on, trip, sent = asyncio.Event(), Trip(), 2

    async def handler(peer: Peer) -> None:
        nonlocal sent
        await peer.head(200, EVENT_STREAM)
        await peer.send(beginning())
        while await go_on.wait():
            go_on.clear()
            sent += 1
            await peer.send(piece(sent, f"word {sent} "))

    async with serving(handler) as server:
        environ = {"CODEX_HOME": str(tmp_path), "OPENAI_API_KEY": "sk-none-0123456789"}
        options = {"data_dir": tmp_path / "data", "base_url": server.url, "model": "m"}
        settings = load(options, environ)
        launch = Launch(Recordings(settings.paths.sessions).open, "Hello")
        app = CodexTui(settings, launch, Backend(settings, environ))

        async def one_more() -> None:
            events = app.session.log.events + 1
            go_on.set()
            await until(lambda: app.session.log.events == events)
            view = app.viewer.query_one("#output SectionView", SectionView)
            await until(lambda: f"word {sent} " in view.copy_source())
            await until(lambda: not app.viewer._dirty_widgets)

        with trip.threads():
            async with app.run_test(size=ALL_PANES) as pilot:
                await until(lambda: app.session.running and app.session.log.events == 3)
                await pilot.press("tab")
                for _ in range(BEFORE):
                    await one_more()
                for _ in range(TIMES):
                    with trip.counted():
                        await one_more()
                app.session.cancel()
                await settled(pilot)
    assert 0 < len(trip.files) <= LIVE, trip.files
    assert set(trip.files) - told("chunk") == set()
    assert told("chunk") - trip.ever <= IN_SLICES


async def test_a_step_back_passes_few_files(tmp_path: Path) -> None:
    app, trip = replaying("slow-tool", tmp_path), Trip()
    async with app.run_test(size=ALL_PANES) as pilot:
        await settled(pilot)
        await pilot.press("tab")
        for _ in range(5):
            await pilot.press("comma")
            await settled(pilot)
        for _ in range(TIMES):
            with trip.counted():
                await pilot.press("comma")
                await settled(pilot)
    assert 0 < len(trip.files) <= STEP, trip.files
    assert set(trip.files) - told("chunk") - told("key") == set()
    assert told("key") - trip.ever == set()


SHOWN = """
import sys
from codex_tui.cli import main
from codex_tui.engine.folded import Folded
files, events, fold = set(), 0, Folded.take.__code__

def look(frame, what, _):
    global events
    if what == "call" and (file := frame.f_code.co_filename).startswith({package!r}):
        events += frame.f_code is fold
        if {first} < events <= {last}:
            files.add(file)

sys.setprofile(look)
main(["show", {path!r}])
sys.setprofile(None)
print(*sorted(files), sep="\\n", file=sys.stderr)
"""


def test_a_printed_event_passes_few_files(tmp_path: Path) -> None:
    """From the bytes of an event that is one of many to its words on standard output.

    What stands before, the command line and the settings, and what is said once of a file are
    other trips: here nothing is counted but what each further piece of an answer passes.
    """
    path = tmp_path / "long.sse"
    path.write_bytes(beginning() + b"".join(piece(3 + n, f"word {n} ") for n in range(PRINTED)))
    code = SHOWN.format(package=PACKAGE, path=str(path), first=PRINTED // 3, last=2 * PRINTED // 3)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    files = [file for file in done.stderr.splitlines() if file.startswith(PACKAGE)]
    assert f"word {PRINTED - 1} " in done.stdout
    assert 0 < len(files) <= SHOW, files
    entered = {file.removeprefix(PACKAGE) for file in files}
    assert entered - told("chunk") == told("file")
