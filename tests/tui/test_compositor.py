"""What is painted in parts is the picture that Textual's own compositor makes as a whole."""

from __future__ import annotations

from itertools import count, cycle
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App
from textual.containers import Horizontal
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from codex_tui.config import load
from codex_tui.engine.keeping import spooled
from codex_tui.sources.demo_sessions import session_path
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.mends.compositor import SparingCompositor, paint_sparingly
from tests.engine.saved import Saved

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textual._compositor import LayoutUpdate
    from textual.app import ComposeResult
    from textual.strip import Strip

Cells = list[tuple[str, object]]


def cells_of(strips: Iterable[Strip]) -> Cells:
    """The characters of a line and their styles; behind a wide one stands an empty cell."""
    cells: Cells = []
    for text, style, _ in (segment for strip in strips for segment in strip):
        for character in text:
            width = cell_len(character)
            if width:
                cells += [(character, style), *[("", style)] * (width - 1)]
            else:
                cells[-1] = (cells[-1][0] + character, style)
    return cells


class Watched(SparingCompositor):
    """Paints what a terminal would show twice, the stock way as well, and compares the two."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Cells] = []
        self.paints = 0

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        update = super().render_full_update(simplify)
        self.shown = [cells_of(line) for line in update.strips]
        return update

    def render_partial_update(self) -> ChopsUpdate | None:
        # Rendering looks widgets up, and may so have them arranged anew: between the two ways that
        # would be another picture.
        assert self.full_map
        regions = set(self._dirty_regions)
        update = super().render_partial_update()
        self._dirty_regions.update(regions)
        stock = Compositor.render_partial_update(self)
        assert (update is None) == (stock is None)
        if update is not None and stock is not None:
            assert update.spans == stock.spans
            expected = [list(line) for line in self.shown]
            put(stock, expected)
            put(update, self.shown)
            assert self.shown == expected
            self.paints += 1
        return update


def put(update: ChopsUpdate, shown: list[Cells]) -> None:
    """Paint an update over what is shown."""
    for y, x1, x2 in update.spans:
        for x, strip in update.chops[y].items():
            for at, cell in zip(count(x), cells_of([strip]) if strip else [], strict=False):
                if x1 <= at < x2:
                    shown[y][at] = cell


def watch(screen: Screen[Any]) -> Watched:
    assert type(screen._compositor) is SparingCompositor
    screen._compositor = watched = Watched()
    return watched


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 30), pytest.param((160, 48), marks=pytest.mark.slow)], ids=str
)
async def test_a_stream_and_what_a_user_does_are_painted_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    source = Saved(session_path("slow-tool"))
    opening = Launch(spooled, source=source, name="replay")
    app = CodexTui(load({"data_dir": tmp_path}, {}), opening, None)
    watched = watch(app.viewer)
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        for key in ("tab", "j", "k", "enter", "i", "f", "d", "escape", "m", "G", "slash", "e"):
            await pilot.press(key)
        await pilot.resize_terminal(size[0] - 7, size[1] - 3)
        for key in ("escape", "z", "k", "z", "question_mark", "escape", "shift+tab", "home"):
            await pilot.press(key)
    assert watched.paints > 10


class Overlapping(App[None]):
    """Panes side by side with borders, and one that covers a part of them."""

    CSS = """
    Screen { layers: below above; }
    Horizontal { layer: below; height: 1fr; }
    Static { border: round red; width: 1fr; height: 1fr; }
    #over { layer: above; offset: 9 2; width: 13; height: 5; background: blue 40%; }
    """

    def get_default_screen(self) -> Screen[None]:
        screen: Screen[None] = Screen()
        paint_sparingly(screen)
        return screen

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("日本語 " * 40)
            yield Static("words " * 40)
        yield Static("above " * 20, id="over")


async def test_any_parts_of_widgets_that_overlap_are_painted_as_ever() -> None:
    app = Overlapping()
    edges = [(x, y, width, 3) for x in range(0, 20, 3) for y in range(0, 9, 2) for width in (1, 8)]
    async with app.run_test(size=(40, 12)):
        watched = watch(screen := app.screen)
        screen._refresh_layout()
        for widget, text, edge in zip(
            cycle(app.query(Static)), cycle("ab日 "), edges, strict=False
        ):
            widget.update(f"{text} " * 60, layout=False)
            watched.update_widgets({widget})
            watched.render_update()
            for each in app.query(Static):
                each.refresh(Region(*edge))
            watched.update_widgets(set(app.query(Static)))
            watched.render_update()
    assert watched.paints > 100


class Counted(Static):
    """Counts the lines that it is asked for."""

    lines = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.lines += crop.height
        return super().render_lines(crop)


class Apart(App[None]):
    """Two widgets at two corners of the screen, and one between them."""

    CSS = "Counted { width: 1fr; height: 4; }"

    def get_default_screen(self) -> Screen[None]:
        screen: Screen[None] = Screen()
        paint_sparingly(screen)
        return screen

    def compose(self) -> ComposeResult:
        yield from (Counted(word) for word in ("first", "between", "last"))


async def test_widgets_render_the_lines_that_changed_and_no_other_widget_does() -> None:
    app = Apart()
    async with app.run_test(size=(20, 12)):
        first, between, last = app.query(Counted)
        app.screen._compositor.update_widgets({first, between, last})
        app.screen._compositor.render_update()
        for widget in (first, between, last):
            widget.lines = 0
        first.refresh(Region(0, 0, 20, 1))
        last.refresh(Region(0, 3, 20, 1))
        app.screen._compositor.update_widgets({first, last})
        app.screen._compositor.render_update()
    assert [first.lines, between.lines, last.lines] == [1, 0, 1]


def test_a_compositor_that_is_not_known_stays() -> None:
    class Other(Compositor):
        """Of a Textual to come, or of somebody else."""

    screen: Screen[None] = Screen()
    screen._compositor = Other()
    paint_sparingly(screen)
    assert type(screen._compositor) is Other


@pytest.mark.parametrize("name", ["_regions_to_spans", "cuts", "visible_widgets"])
def test_a_compositor_without_the_names_that_are_needed_stays(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    screen: Screen[None] = Screen()
    monkeypatch.delattr(Compositor, name)
    paint_sparingly(screen)
    assert type(screen._compositor) is Compositor
