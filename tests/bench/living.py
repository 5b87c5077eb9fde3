"""Streams over HTTP into the whole app: how keys, paints and the processor fare meanwhile."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Event
from time import monotonic, process_time
from typing import TYPE_CHECKING

from textual.widgets import Input

from codex_tui.config import load
from codex_tui.engine.keeping import Recordings
from codex_tui.gc_pause import hold_collector
from codex_tui.sources.backend import Backend
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from tests.bench import streams
from tests.bench.bare import Clock
from tests.bench.children import child, put_first
from tests.bench.harness import Figures, Row, Scale, Target, percentile
from tests.bench.opening import replaying
from tests.bench.others import OneMessageEach
from tests.bench.screen import WIDE, Marks, Screen, running, until
from tests.bench.server import sent, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HANDLED = 0.002
"""Seconds between two looks at whether a key has been handled."""


def live(scale: Scale) -> Row:
    """A thousand a second."""
    seconds = scale(10, 4)
    return Row(
        f"1,000 events a second over HTTP for {seconds} s, all panes open",
        {
            "ours": child("living:ours", 1000, seconds),
            "idle": child("living:ours", 0, seconds),
            "one message each": child("living:other", 1000, seconds),
        },
        [
            Target("key to paint p50, of the idle app's", 10, "idle", "key_paint"),
            Target("of an app with one message an event", 1 / 20, "one message each", "key_paint"),
            Target("s behind at the most", 0.25, figure="behind", unit="s"),
        ],
        turns=scale(3, 1),
    )


def live_stress(scale: Scale) -> Row:
    """More than any model sends."""
    seconds = scale(10, 4)
    return Row(
        f"5,000 events a second over HTTP for {seconds} s, all panes open",
        {"ours": child("living:ours", 5000, seconds)},
        [
            Target("s behind at the most", 0.3, figure="behind", unit="s"),
            Target("s from key to handler, p99", 0.1, figure="key_handler", unit="s"),
        ],
        turns=scale(3, 1),
    )


def live_calm(scale: Scale) -> Row:
    """The pace of a large model."""
    seconds = scale(20, 5)
    return Row(
        f"50 events a second for {seconds} s",
        {
            "ours": child("living:ours", 50, seconds, 0),
            "one message each": child("living:other", 50, seconds, 0),
        },
        [
            Target("CPU, of an app with one message an event", 0.35, "one message each"),
            Target("paints a second that bring text", 19.5, figure="paints", faster=True, unit=""),
            Target("s from an event to its paint, p95", 0.1, figure="wait", unit="s"),
        ],
        turns=scale(3, 1),
    )


def first_event(scale: Scale) -> Row:
    """From the server's write to the paint."""
    return Row(
        "the server sends the first event, and it is on the screen",
        {"ours": child("living:ours", 0, 1, 0)},
        [Target("s", 0.06, figure="behind", unit="s")],
        turns=scale(9, 2),
    )


def idle(scale: Scale) -> Row:
    """Nothing happens, and nothing should."""
    seconds = scale(10, 4)
    return Row(
        f"a finished session for {seconds} s; a silent open stream for {seconds} s",
        {
            "ours": child("living:finished", seconds),
            "silent": child("living:silent", seconds),
            "bare clock": child("living:clock", seconds),
        },
        [
            Target("% of a core, finished", 1, figure="percent", unit="%"),
            Target("% of a core, silent", 1, figure="percent", run="silent", unit="%"),
            Target(
                "silent, of a bare Textual app with a clock",
                1.5,
                "bare clock",
                figure="percent",
                run="silent",
            ),
        ],
        turns=scale(3, 1),
    )


class _Watch:
    """What one run is judged by: marks, and keys that are pressed meanwhile."""

    def __init__(self, screen: Screen, typed: Callable[[], str]) -> None:
        self._screen = screen
        self._typed = typed
        self.marks = Marks()
        self.painted: dict[str, float] = {}
        self.pressed: dict[str, float] = {}
        self.handled: dict[str, float] = {}
        self.bringing: list[float] = []
        """When a paint brought marks that had not been seen."""
        self._enough = Event()
        screen.watch = self._watch

    def _watch(self, data: str) -> None:
        before = len(self.marks.seen)
        self.marks(data)
        if len(self.marks.seen) > before:
            self.bringing.append(monotonic())
        for character in self.pressed.keys() - self.painted.keys():
            if character in data:
                self.painted[character] = monotonic()

    async def press_keys(self) -> None:
        """Have keys pressed until `stop`, and note when each of them has been handled."""
        pressing = asyncio.create_task(asyncio.to_thread(self._press_keys))
        while not pressing.done() or self.pressed.keys() != self.handled.keys():
            await asyncio.sleep(HANDLED)
            now, typed = monotonic(), self._typed()
            for character in self.pressed.keys() - self.handled.keys():
                if character in typed:
                    self.handled[character] = now

    def _press_keys(self) -> None:
        """Type a character that nothing else draws, four times a second.

        In a thread, as Textual's drivers read the terminal: keys that waited for the loop that they
        measure would never be pressed while it is busy.
        """
        for number in count():
            character = chr(0x400 + number)
            self.pressed[character] = monotonic()
            self._screen.press(character)
            if self._enough.wait(0.25):
                break

    def stop(self) -> None:
        """Press no more keys."""
        self._enough.set()

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until the paints have brought what is waited for."""
        while not seen():
            await self._screen.paint()

    def figures(self, times: dict[str, float]) -> Figures:
        """The run's figures; keys that were never seen have waited until now."""
        waits = _waits(self.marks.seen, times)
        return {
            "behind": max(waits, default=0.0),
            "wait": percentile(waits, 95),
            **self._keys("key_paint", self.painted, 50),
            **self._keys("key_handler", self.handled, 99),
        }

    def _keys(self, name: str, answered: dict[str, float], percent: int) -> Figures:
        now = monotonic()
        waits = [answered.get(key, now) - at for key, at in self.pressed.items()]
        return {name: percentile(waits, percent)} if waits else {}


def _waits(seen: dict[str, float], times: dict[str, float]) -> list[float]:
    """How long each mark, or one that was sent after it, was not on the screen."""
    waits = []
    soonest = monotonic()
    for character in sorted({*seen, *times}, reverse=True):
        soonest = min(soonest, seen.get(character, soonest))
        if character in times:
            waits.append(soonest - times[character])
    return waits


def ours(rate: int, seconds: int, keys: int = 1) -> Figures:
    """The whole app against the server."""
    return asyncio.run(_ours(rate, seconds, keys))


async def _ours(rate: int, seconds: int, keys: int) -> Figures:
    put_first()
    hold_collector()  # as the program does, until its first paint
    with serving() as origin, _asking(f"{origin}/{rate}/{seconds}") as app:
        async with running(app, WIDE) as screen:
            app.viewer.action_inspect()
            if not keys:
                app.viewer.arrangement.focus("output")
            watch = _Watch(screen, lambda: app.viewer.composer.text)
            return await _watched(watch, origin, seconds, keys)


@contextmanager
def _asking(url: str) -> Iterator[CodexTui]:
    """The whole app, which will send a prompt there."""
    with tempfile.TemporaryDirectory() as home:
        settings = load({"base_url": url, "model": "m", "data_dir": Path(home)}, {})
        backend = Backend(settings, {"OPENAI_API_KEY": "none"})
        opening = Launch(Recordings(settings.paths.sessions).open, prompt="Go")
        yield CodexTui(settings, opening, backend)


def other(rate: int, seconds: int, keys: int = 1) -> Figures:
    """The app with one message an event."""
    return asyncio.run(_other(rate, seconds, keys))


async def _other(rate: int, seconds: int, keys: int) -> Figures:
    put_first()
    with serving() as origin:
        app = OneMessageEach(f"{origin}/{rate}/{seconds}")
        async with running(app, WIDE) as screen:
            line = app.query_one(Input)
            watch = _Watch(screen, lambda: line.value)
            return await _watched(watch, origin, seconds, keys)


async def _watched(watch: _Watch, origin: str, seconds: int, keys: int) -> Figures:
    """Let a stream pass, with keys or without."""
    async with asyncio.timeout(30):
        await watch.until(lambda: bool(watch.marks.seen))
    cpu, began = process_time(), monotonic()
    typing = asyncio.ensure_future(watch.press_keys()) if keys else None
    await asyncio.sleep(seconds - 1 if seconds > 1 else 0)
    spent = process_time() - cpu
    percent = 100 * spent / (monotonic() - began)
    paints = sum(at >= began for at in watch.bringing) / (monotonic() - began)
    watch.stop()
    times = await asyncio.to_thread(sent, origin)
    await _caught_up(watch, times)
    if typing is not None:
        typing.cancel()
    assert times
    return {**watch.figures(times), "cpu": spent, "percent": percent, "paints": paints}


async def _caught_up(watch: _Watch, times: dict[str, float]) -> None:
    """Wait for what was sent so far and for the last key, but not for ever."""
    last = max(times)
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            await watch.until(
                lambda: (
                    max(watch.marks.seen) >= last and watch.pressed.keys() == watch.painted.keys()
                )
            )


def finished(seconds: int) -> Figures:
    """A session that has ended, on the screen."""
    return asyncio.run(_finished(seconds))


async def _finished(seconds: int) -> Figures:
    with tempfile.TemporaryDirectory() as home:
        path = streams.recording(Path(home) / "saved.sse", streams.TURN)
        settings = load({"data_dir": Path(home)}, {})
        app = CodexTui(settings, replaying(path), None)
        async with running(app, WIDE):
            await until(lambda: app.session.log.events >= streams.TURN)
            return await _percent(seconds)


async def _percent(seconds: int) -> Figures:
    """What part of a core nothing costs, once all has settled."""
    await asyncio.sleep(2)
    cpu = process_time()
    await asyncio.sleep(seconds)
    return {"percent": 100 * (process_time() - cpu) / seconds}


def silent(seconds: int) -> Figures:
    """A stream that says nothing more after its first event."""
    return asyncio.run(_silent(seconds))


async def _silent(seconds: int) -> Figures:
    with serving() as origin, _asking(f"{origin}/0/{seconds + 5}") as app:
        async with running(app, WIDE) as screen:
            app.viewer.action_inspect()
            watch = _Watch(screen, lambda: "")
            await watch.until(lambda: bool(watch.marks.seen))
            return await _percent(seconds)


def clock(seconds: int) -> Figures:
    """The smallest app that shows that time passes."""
    return asyncio.run(_clock(seconds))


async def _clock(seconds: int) -> Figures:
    async with running(Clock(), WIDE):
        return await _percent(seconds)
