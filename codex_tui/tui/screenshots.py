"""The app drawn for somebody who isn't there: a picture of the screen, and a film of the replay.

The panes are the real ones, over a terminal that keeps what is written to it. Nothing is read from
a terminal, nothing is saved, and no provider is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import tempfile
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.drivers.headless_driver import HeadlessDriver
from textual.widgets import Input, TextArea
from textual.worker import WorkerCancelled

from codex_tui._version import __version__
from codex_tui.config.errors import ConfigError
from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import borrowed
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.format import BlockFormat, Header, header_block
from codex_tui.recording.records import RequestRecord
from codex_tui.timeline.goto import GotoError, parse_goto
from codex_tui.timeline.session_clock import SessionClock
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.moving_picture import Still, moving_picture
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.section_view.view import SectionView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence

    from textual.driver import Driver
    from textual.pilot import Pilot
    from textual.screen import Screen
    from textual.strip import Strip

    from codex_tui.config import Settings
    from codex_tui.engine.replay import Replay
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record

    Size = tuple[int, int]
    Moment = tuple[float, int]

FRAME = 0.1
"""Seconds between two frames of a film, at least."""

MOST_FRAMES = 400
EVEN = 25
"""Events a second, where there are no times."""

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
_FONTS = re.compile(r"@font-face\s*{[^}]*}\s*")
_BAR = 2  # cells of a pane's scrollbar and border
_STRETCH = 16  # cells of a long line that are drawn anew where one of them changes
_LOOK = 0.2  # seconds between two looks whether the app still runs
_PAINT = 0.02  # the screen is painted sixty times a second, at most


def picture(
    records: Iterable[Record], settings: Settings, *, name: str, size: Size, at: str = ""
) -> str:
    """The screen as SVG: at the end, or where `at` says, as `--at` does.

    Raises:
        ConfigError: There is no such theme.
        GotoError: `at` names no place.
    """
    if at:
        parse_goto(at)
    drawn: list[str] = []

    async def draw(app: CodexTui, pilot: Pilot[object]) -> None:
        if at:
            app.replay.command("go-to", at)
        await _settle(pilot)
        drawn.append(without_fonts(app.export_screenshot(title="codex-tui")) + "\n")

    _run(records, settings, name, size, draw)
    return drawn[0]


def without_fonts(svg: str) -> str:
    """A picture that loads no font: whoever opens it would tell a server of it.

    Each text says how wide it is, so that another monospaced font stands in the same places.
    """
    style, end, rest = svg.partition("</style>")
    return _FONTS.sub("", style) + end + rest


def moving(
    records: Iterable[Record],
    settings: Settings,
    *,
    name: str,
    size: Size,
    begin: str = "",
    end: str = "",
    speed: float = 1.0,
) -> str:
    """The replay as an animated SVG, from a place to another, as the panes play it.

    There are ten frames a second, and fewer of what is longer than 40 seconds.

    Raises:
        GotoError: `begin` or `end` names no place, or there is nothing between them.
    """
    for place in filter(None, (begin, end)):
        parse_goto(place)
    drawn: list[Still] = []
    wrong: list[GotoError] = []

    async def draw(app: CodexTui, pilot: Pilot[object]) -> None:
        try:
            moments = _moments(app.replay, begin, end, speed)
        except GotoError as error:
            wrong.append(error)
            return
        for seconds, moment in moments:
            show_moment(app, moment)
            await _settle(pilot)
            drawn.append(Still(seconds, _rows(app.screen)))

    _run(records, settings, name, size, draw)
    if wrong:
        raise wrong[0]
    return moving_picture(drawn, size, "codex-tui")


def _moments(replay: Replay, begin: str, end: str, speed: float) -> list[tuple[float, float]]:
    """When each frame is shown, and the moment of the session that it shows, in seconds."""
    if replay.player is not None:
        replay.player.speed = speed
    first, last = _moment(replay, begin or "0%"), _moment(replay, end or "100%")
    if last < first or not replay.player or not replay.player.total:
        raise GotoError(f"There is nothing between {begin or '0%'} and {end or '100%'}.")
    length = (last - first) / speed
    step = max(FRAME, length / MOST_FRAMES)
    count = ceil(length / step - 1e-9)
    return [(n * step, first + n * step * speed) for n in range(count)] + [(count * step, last)]


def _moment(replay: Replay, place: str) -> float:
    """Go to a place, and say when that is; of what has no times, at an even pace."""
    if (player := replay.player) is None:
        return 0.0
    player.go(place)
    return player.position / EVEN if player.moment is None else player.moment


def show_moment(app: CodexTui, moment: float) -> None:
    """Show a moment, in seconds of the session, as if it had been come to by playing."""
    app.replay.clock = lambda: 0.0  # no other time passes
    if (player := app.replay.player) is None:
        return
    player.playing = True
    if player.has_times:
        app.replay.command("go-to", f"{moment:.6f}s")
    else:
        app.replay.command("entry", str(round(moment * EVEN) - 1))
    app.session.observer.passed(player.turn_seconds)
    player.playing = player.playing and not player.at_end


def _rows(screen: Screen[object]) -> list[list[Strip]]:
    """What is on the screen, cut where one part of a row changes and another stays."""
    panes = [pane.region for pane in screen.query(Pane) if pane.region]
    rows = []
    for y, strip in enumerate(screen._compositor.render_strips()):
        across = [pane for pane in panes if pane.y <= y < pane.bottom]
        edges = {edge for pane in across for edge in (pane.x, pane.right - _BAR, pane.right)}
        edges |= set() if across else set(range(0, strip.cell_length, _STRETCH))
        rows.append(list(strip.divide(sorted({*edges, strip.cell_length} - {0}))))
    return rows


def film(records: Sequence[Record], settings: Settings, *, name: str, size: Size) -> Iterator[str]:
    """The replay as an asciicast, version 2 (docs.asciinema.org/manual/asciicast/v2), by lines.

    What stands on the screen is a tenth of a second old at most; of a long session there are 400
    frames.
    """
    written: list[str] = []
    film: list[tuple[float, str]] = []

    async def draw(app: CodexTui, pilot: Pilot[object]) -> None:
        app.replay.command("entry", "0")
        await _settle(pilot)
        written.clear()
        app.refresh()
        await _settle(pilot)
        film.append((0.0, _ENTER + _taken(written)))
        for seconds, entry in frames(app.session.log):
            app.replay.command("entry", str(entry))
            await _settle(pilot)
            film.append((seconds, _taken(written)))

    _run(records, settings, name, size, draw, _driver(written))
    wall = next((r.wall for r in records if isinstance(r, RequestRecord)), "")
    yield json.dumps(_head(size, name, wall), ensure_ascii=False) + "\n"
    for seconds, data in film:
        if data:
            yield json.dumps([round(seconds, 6), "o", data], ensure_ascii=False) + "\n"


def frames(log: EventLog) -> list[Moment]:
    """The moments to be shown, in seconds, each with the last entry that has come by then."""
    clock = SessionClock(log)
    times = [clock.advance() for _ in range(len(log))]
    if not clock.timed:
        times = [entry / EVEN for entry in range(len(log))]
    step = max(FRAME, times[-1] / MOST_FRAMES) if times else FRAME
    found: dict[int, Moment] = {}
    for entry, seconds in enumerate(times):
        found[int(seconds / step)] = (seconds, entry)
    return list(found.values())


def _head(size: Size, name: str, wall: str) -> dict[str, object]:
    head: dict[str, object] = {"version": 2, "width": size[0], "height": size[1]}
    with contextlib.suppress(ValueError):  # not every source says when it was
        head["timestamp"] = int(datetime.fromisoformat(wall).timestamp())
    return {**head, "title": name, "env": {"TERM": "xterm-256color"}}


def _taken(written: list[str]) -> str:
    data = "".join(written)
    written.clear()
    return data


def _driver(written: list[str]) -> type[Driver]:
    """A driver whose terminal is a list of what was written to it."""

    class Film(HeadlessDriver):
        @property
        def is_headless(self) -> bool:
            return False  # what has no head is not written to

        def write(self, data: str) -> None:
            written.append(data)

        def flush(self) -> None:
            pass

    return Film


def _run(
    records: Iterable[Record],
    settings: Settings,
    name: str,
    size: Size,
    draw: Callable[[CodexTui, Pilot[object]], Awaitable[None]],
    driver: type[Driver] = HeadlessDriver,
) -> None:
    """Run the app on some records until they are drawn, and leave it.

    Raises:
        ConfigError: There is no such theme; what was drawn is in another.
    """
    with tempfile.TemporaryDirectory(prefix="codex-tui-") as folder:
        path = Path(folder) / "session.sse"
        _write(path, records)
        file = Replayed(OpenFile(path), speed=None)
        opening = Launch(borrowed(file.opened.keeper), file=file, name=name)
        app = CodexTui(replace(settings, keys={}), opening, None)
        app.driver_class = driver

        async def fly(pilot: Pilot[object]) -> None:
            await _while_it_runs(app, _loaded_and_drawn(app, pilot, draw))
            app.exit(0)

        asyncio.run(app.run_async(size=size, mouse=False, auto_pilot=fly))
        if app.missing_theme:
            raise ConfigError(app.missing_theme)


async def _loaded_and_drawn(
    app: CodexTui, pilot: Pilot[object], draw: Callable[[CodexTui, Pilot[object]], Awaitable[None]]
) -> None:
    while not app.replay.complete:
        await pilot.pause(_PAINT)
    while not all(worker.is_finished for worker in app.workers):
        with contextlib.suppress(WorkerCancelled):  # another took its place
            await app.workers.wait_for_complete()  # what is wrong is found behind it
    await draw(app, pilot)


async def _while_it_runs(app: CodexTui, work: Coroutine[object, object, None]) -> None:
    """Do something with an app; where that fails meanwhile, nothing of it would ever come."""
    doing = asyncio.create_task(work)
    while app._exception is None and not doing.done():
        await asyncio.wait([doing], timeout=_LOOK)
    if app._exception is not None:
        doing.cancel()
        raise app._exception
    await doing


def _write(path: Path, records: Iterable[Record]) -> None:
    header = Header("0" * 26, datetime.now(UTC).isoformat(), f"codex-tui {__version__}")
    form = BlockFormat()
    with path.open("wb") as file:
        file.write(header_block(header))
        file.writelines(form.block(record) for record in records)


async def _settle(pilot: Pilot[object]) -> None:
    """Let every view draw all it has, and the screen be painted."""
    await pilot.pause()
    screen = pilot.app.screen
    for field in (*screen.query(Input), *screen.query(TextArea)):
        field.cursor_blink = False
    for view in screen.query(SectionView):
        while view.advance(float("inf")):
            pass
    screen.refresh_bindings()
    await pilot.pause(_PAINT)
