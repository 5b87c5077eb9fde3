"""The outline: what is seen before Textual is loaded stands where the panes stand afterwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import pytest
from rich.ansi import AnsiDecoder
from rich.console import Console

from codex_tui.config import load
from codex_tui.sources.backend import Backend
from codex_tui.tui.app import CodexTui
from codex_tui.tui.opening import Opening, SpoolStore
from codex_tui.tui.outline import words
from codex_tui.tui.outline.drawing import draw
from codex_tui.tui.outline.looks import _NEEDED, _spelled_out, codes_for, colors_of, shipped_folder
from codex_tui.tui.outline.places import places_for

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence
    from pathlib import Path

    from rich.segment import Segment
    from rich.style import Style

    from codex_tui.config import Settings
    from codex_tui.recording.records import Record

TRUECOLOR = {"COLORTERM": "truecolor"}
SIZES = [
    *((80, 24), (100, 17), (139, 41), (140, 39), (203, 61)),  # one, all, and all with more room
    *((63, 18), (30, 10), (120, 14), (20, 6), (110, 9)),  # what little room leaves of them
]
THEMES = ["codex-dark", "codex-light", "codex-contrast", "codex-ember", "codex-ansi"]


class Silent:
    """A source from which nothing comes."""

    async def batches(self) -> AsyncGenerator[Sequence[Record], None]:
        await asyncio.Event().wait()
        yield []

    def cancel(self) -> None: ...

    def now(self) -> float | None:
        return None


class Cell(NamedTuple):
    """What is seen of a cell."""

    glyph: str
    color: str
    ground: str
    bold: bool
    dim: bool
    reverse: bool


def cells(segments: Iterable[Segment]) -> list[Cell]:
    return [_cell(glyph, each.style) for each in segments for glyph in each.text]


def _cell(glyph: str, style: Style | None) -> Cell:
    assert style is not None
    colors = (color.name if color else "default" for color in (style.color, style.bgcolor))
    color, ground = colors
    if glyph == " " and not style.reverse:  # nothing of it is seen but its ground
        return Cell(glyph, "", ground, False, False, False)
    return Cell(glyph, color, ground, bool(style.bold), bool(style.dim), bool(style.reverse))


def outlined(settings: Settings, size: tuple[int, int], *, replaying: bool) -> list[list[Cell]]:
    """The outline's cells, with the colours that its escape sequences make."""
    codes, console, decoder = codes_for(colors_of(settings), TRUECOLOR), Console(), AnsiDecoder()
    lines = (
        decoder.decode_line("".join(codes[piece.look] + piece.text for piece in row))
        for row in draw(*size, replaying=replaying)
    )
    return [cells(line.render(console)) for line in lines]


def shown(app: CodexTui) -> list[list[Cell]]:
    """The cells of the app."""
    return [cells(strip) for strip in app.screen._compositor.render_strips()]


def opened(home: Path, *, replaying: bool, **flags: str) -> tuple[Settings, CodexTui]:
    environ = {"CODEX_HOME": str(home)}
    settings = load({"data_dir": home, **flags}, environ)
    if not replaying:
        backend = Backend(settings, environ, demo=True)
        return settings, CodexTui(settings, Opening(SpoolStore()), backend)
    app = CodexTui(settings, Opening(SpoolStore(), source=Silent()), None)
    return settings, app


def settled_cells(size: tuple[int, int], *, replaying: bool) -> set[tuple[int, int]]:
    """The places that must be right from the first: what is said of the stream may change."""
    places = places_for(*size, replaying=replaying)
    boxes = [box for box in (places.tabs, places.strip, *places.panes.values()) if box is not None]
    if places.entry is not None:
        boxes.append(places.entry)
    name = {(x, 0) for x in range(min(len(words.NAME), size[0]))} if size[0] > 40 else set()
    found = {
        (box.x + x, box.y + y) for box in boxes for x in range(box.width) for y in range(box.height)
    }
    cursor = {(3, places.entry.y)} if places.entry is not None else set()
    return (found | name) - cursor


async def assert_in_place(
    home: Path, size: tuple[int, int], *, replaying: bool, **flags: str
) -> None:
    settings, app = opened(home, replaying=replaying, **flags)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.pause()
        real = shown(app)
    outline = outlined(settings, size, replaying=replaying)
    assert [len(row) for row in outline] == [size[0]] * size[1]
    for x, y in sorted(settled_cells(size, replaying=replaying), key=lambda at: (at[1], at[0])):
        assert outline[y][x] == real[y][x], (x, y)


@pytest.fixture(autouse=True)
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("replaying", [False, True], ids=["asking", "replaying"])
async def test_the_panes_take_the_place_of_the_outline(
    tmp_path: Path, size: tuple[int, int], replaying: bool
) -> None:
    await assert_in_place(tmp_path, size, replaying=replaying)


@pytest.mark.parametrize("theme", THEMES)
async def test_it_has_the_colours_of_the_theme(tmp_path: Path, theme: str) -> None:
    await assert_in_place(tmp_path, (150, 45), replaying=False, theme=theme)


async def test_it_has_the_colours_of_a_theme_that_leaves_them_to_be_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    themes = tmp_path / "codex-tui" / "themes"
    themes.mkdir(parents=True)
    (themes / "mine.toml").write_text('primary = "#aa3344"\n')
    await assert_in_place(tmp_path, (120, 36), replaying=False, theme="mine")
    await assert_in_place(tmp_path, (120, 36), replaying=True, theme="nord")
    await assert_in_place(tmp_path, (120, 36), replaying=False, theme="there-is-none")


@pytest.mark.parametrize("theme", THEMES)
def test_shipped_themes_spell_out_its_colours(tmp_path: Path, theme: str) -> None:
    # Else every start with one of them would wait for Textual.
    assert _spelled_out(shipped_folder() / f"{theme}.toml").keys() >= _NEEDED


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({"COLORTERM": "truecolor"}, "38;2;50;58;68"),
        ({"TERM": "xterm-256color"}, "38;5;59"),
        ({"TERM": "xterm"}, "90"),
        ({"COLORTERM": "truecolor", "NO_COLOR": ""}, "38;2;57;57;57"),
    ],
    ids=["truecolor", "256", "16", "no_color"],
)
def test_it_has_as_many_colours_as_the_terminal(
    tmp_path: Path, environ: dict[str, str], code: str
) -> None:
    codes = codes_for(colors_of(load({"data_dir": tmp_path}, {})), environ)
    assert code in codes["line"]
