"""Draw the pictures of the README from the demo's recordings: `python screenshots/render.py`.

The same recordings give the same pictures to the byte, so a test can tell whether they are current.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before Textual is imported: a picture has no animation, and colours whatever the terminal has.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.pop("NO_COLOR", None)

from codex_tui.config import load
from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import borrowed, spooled
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.reader import read_records
from codex_tui.sources.demo_sessions import session_path
from codex_tui.streams.stream import State, Stream
from codex_tui.streams.taps import TapView
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.screenshots import moving, show_moment, without_fonts
from codex_tui.tui.streams.screen import FilterLine, StreamsScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Shot:
    """One picture: a session in a terminal of some size.

    Attributes:
        name: What its file is called.
        session: One of the demo's.
        size: Columns and rows.
        theme: Its colours.
        keys: What is pressed then.
        moment: What is shown while it plays, in seconds; None for its end.
        lost: The event that is taken out before, by its number in the stream.
    """

    name: str
    session: str
    size: tuple[int, int]
    theme: str = "codex-dark"
    keys: tuple[str, ...] = ()
    moment: float | None = None
    lost: int | None = None


SHOTS = (
    Shot("wide", "retry-loop", (160, 48)),
    Shot("normal", "flaky-reconnect", (120, 36)),
    Shot("narrow", "silent-streams", (80, 24), keys=("shift+tab", "shift+tab", "shift+tab")),
    Shot("failed", "server-error", (120, 36)),
    Shot("light", "slow-tool", (160, 48), theme="codex-light"),
    Shot("stall", "slow-tool", (120, 30), moment=11.0),
    Shot("findings", "flaky-reconnect", (140, 36), keys=("w", "enter"), lost=120),
)


@dataclass(frozen=True)
class Listing:
    """A picture of the list of streams, as a tap shows it at one moment.

    Attributes:
        name: What its file is called.
        size: Columns and rows.
        streams: Its rows.
        theme: Its colours.
    """

    name: str
    size: tuple[int, int]
    streams: tuple[Stream, ...]
    theme: str = "codex-dark"


_NOON = 1_796_040_000.0  # of 30 November 2026, in UTC
_KEPT = Path("2026/11/30T12-00-00-a-stream.sse")  # names no file: nothing is opened here


def _stream(name: str, state: State, how: str, began: float, program: str, **more: Any) -> Stream:
    agent = more.pop("agent", "")
    more.setdefault("heard", _NOON - more.pop("silent", 0.3))
    started = _NOON - began
    return Stream(
        name=name,
        path=_KEPT,
        state=state,
        how=how,
        started=started,
        program=program,
        agent=agent,
        tap="tap",
        **more,
    )


LISTINGS = (
    Listing(
        "tap",
        (140, 12),
        (
            _stream(
                *("1", "live", "reasoning", 9.0, "codex"),
                agent="/root",
                model="gpt-5-codex",
                what="fix the flaky test",
                first=0.41,
                last=8.7,
                events=212,
                pulse=(1, 2, 2, 4, 3),
                thread="t-1",
            ),
            _stream(
                *("2", "live", "writing", 21.0, "codex"),
                agent="/review",
                silent=12.0,
                model="gpt-5-codex",
                what="review the diff",
                first=0.39,
                last=9.0,
                events=18,
                pulse=(5, 1),
                thread="t-1",
            ),
            _stream(
                *("3", "live", "writing", 3.0, "py agents 0.24"),
                model="gpt-5",
                what="plan the release",
                first=0.62,
                last=2.8,
                events=94,
                pulse=(2, 5, 6, 7),
            ),
            _stream(
                *("4", "ended", "completed", 31.0, "opencode 1.18"),
                silent=30.0,
                model="gpt-5.4-nano",
                what="a title for this conversation",
                first=0.22,
                last=1.1,
                events=31,
                tokens=(210, 12),
                errors=1,
                warnings=1,
                pulse=(5, 7),
            ),
            _stream(
                *("5", "ended", "http_error", 48.0, "py openai 3.57"),
                silent=47.0,
                model="gpt-5",
                what="summarise the incident",
                status=429,
                tries=3,
                retry="retry after 7 s",
                last=1.0,
            ),
            _stream(
                *("6", "ended", "completed", 64.0, "ai-sdk/openai 3.0"),
                silent=60.0,
                model="gpt-5",
                what="translate the release notes",
                first=0.48,
                last=3.9,
                events=271,
                tokens=(1204, 310),
                errors=0,
                warnings=0,
                pulse=(3, 6, 7, 7, 5),
            ),
        ),
    ),
)


@dataclass(frozen=True)
class Film:
    """A moving picture: a session from its beginning to its end, in a terminal of some size."""

    name: str
    session: str
    size: tuple[int, int]
    speed: float = 1.0
    theme: str = "codex-dark"


FILMS = (Film("film", "slow-tool", (120, 34), speed=2),)


def moving_picture(film: Film) -> str:
    """Return a film as SVG."""
    with tempfile.TemporaryDirectory() as home:
        settings = load({"data_dir": home, "theme": film.theme}, {})
        records = [record for _, record in read_records(session_path(film.session))]
        return moving(records, settings, name="replay", size=film.size, speed=film.speed)


async def picture(shot: Shot) -> str:
    """Return a shot as SVG."""
    with tempfile.TemporaryDirectory() as home:
        app = _app(shot, Path(home))
        async with app.run_test(size=shot.size) as pilot:
            await _still(pilot)
            if shot.moment is not None:
                show_moment(app, shot.moment)
            await pilot.press(*shot.keys)
            return await _still(pilot) + "\n"


async def list_picture(listing: Listing) -> str:
    """Return a picture of a list as SVG, by the clock of UTC."""
    zone = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        return await _listed(listing)
    finally:
        os.environ.pop("TZ") if zone is None else os.environ.update(TZ=zone)
        time.tzset()


async def _listed(listing: Listing) -> str:
    tap = TapView("tap", ("http://127.0.0.1:8787/v1",), "https://api.openai.com/v1")
    screen = StreamsScreen(None, tap, clock=lambda: _NOON)
    with tempfile.TemporaryDirectory() as home:
        settings = load({"data_dir": home, "theme": listing.theme}, {})
        app = CodexTui(settings, Launch(spooled), None)
        async with app.run_test(size=listing.size) as pilot:
            await app.push_screen(screen)
            await pilot.pause()
            screen.query_one(FilterLine).cursor_blink = False
            screen.take(listing.streams)
            return await _still(pilot) + "\n"


@dataclass(frozen=True)
class SideBySide:
    """A picture of a session beside one that another model would have answered.

    Attributes:
        name: What its file is called.
        session: One of the demo's.
        size: Columns and rows.
        words: What the other model says instead.
        keys: What is pressed then.
    """

    name: str
    session: str
    size: tuple[int, int]
    words: tuple[tuple[str, str], ...]
    keys: tuple[str, ...] = ()


COMPARISONS = (
    SideBySide(
        "compare",
        "retry-loop",
        (140, 36),
        (("gpt-5-codex", "gpt-5-mini"), (" worker", " thread")),
        keys=("tab", "tab", "right_square_bracket", "right_square_bracket"),
    ),
)
_SLOWER = 1.3  # times as long as the first took the second


async def compared_picture(wanted: SideBySide) -> str:
    """Return a picture of a comparison as SVG."""
    with tempfile.TemporaryDirectory() as home:
        settings = load({"data_dir": home}, {})
        other = Path(home) / f"{wanted.session}-mini.sse"
        other.write_bytes(_otherwise(session_path(wanted.session), wanted.words))
        app = CodexTui(settings, Launch(spooled), None)
        async with app.run_test(size=wanted.size) as pilot:
            await pilot.pause()
            app.presenter.backstage.comparisons.open(session_path(wanted.session), other)
            await _still(pilot)
            await pilot.press(*wanted.keys)
            return await _still(pilot) + "\n"


def _otherwise(path: Path, words: tuple[tuple[str, str], ...]) -> bytes:
    """Return a recording with other words in its events, and slower."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return "\n".join(_line_otherwise(line, words) for line in lines).encode()


def _line_otherwise(line: str, words: tuple[tuple[str, str], ...]) -> str:
    if not line.startswith("data:"):
        return re.sub(r'(^: codex-tui t=|"t":)([\d.]+)', _later, line)
    for word, other in words:
        line = line.replace(word, other)
    return line


def _later(found: re.Match[str]) -> str:
    return f"{found[1]}{float(found[2]) * _SLOWER:.6f}"


async def _still(pilot: Pilot[int]) -> str:
    """Return the picture when nothing changes any more: what is read and drawn comes in slices."""
    alike, last = 0, ""
    while alike < 5:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        picture = without_fonts(pilot.app.export_screenshot(title="codex-tui"))
        alike, last = alike + 1 if picture == last else 0, picture
    return last


def _app(shot: Shot, home: Path) -> CodexTui:
    settings = load({"data_dir": home, "theme": shot.theme}, {})
    path = session_path(shot.session)
    if shot.lost is not None:
        path = _with_a_loss(path, shot.lost, home)
    file = Replayed(OpenFile(path), speed=None)
    return CodexTui(settings, Launch(borrowed(file.opened.keeper), file=file, name="replay"), None)


def _with_a_loss(path: Path, number: int, folder: Path) -> Path:
    """Return a copy of a recording that lacks an event, as a server that drops one sends it."""
    lost = f'"sequence_number":{number},'.encode()
    blocks = path.read_bytes().split(b"\n\n")
    kept = [block for block in blocks if lost not in block.replace(b" ", b"")]
    broken = folder / path.name
    broken.write_bytes(b"\n\n".join(kept))
    return broken


def main() -> int:
    """Write every picture beside this file."""
    for shot in SHOTS:
        _write(shot.name, asyncio.run(picture(shot)))
    for listing in LISTINGS:
        _write(listing.name, asyncio.run(list_picture(listing)))
    for side_by_side in COMPARISONS:
        _write(side_by_side.name, asyncio.run(compared_picture(side_by_side)))
    for film in FILMS:
        _write(film.name, moving_picture(film))
    return 0


def _write(name: str, svg: str) -> None:
    path = FOLDER / f"{name}.svg"
    path.write_text(svg, encoding="utf-8", newline="\n")
    print(path.relative_to(FOLDER.parent))


if __name__ == "__main__":
    sys.exit(main())
