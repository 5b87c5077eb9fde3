"""Lines that nobody said have changed look as they would if all were painted again."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.widgets.timeline_view import TimelineView
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.segment import Segment
    from textual.app import App
    from textual.pilot import Pilot
    from textual.strip import Strip
    from textual.widget import Widget

    Steps = list[Callable[[], object]]

SEEDS = range(6)
STEPS = 40
KEYS = ("up", "down", "pageup", "pagedown", "home", "end", "enter", "O", "c", "right", "escape")
WORDS = ("a word", "\n\n", "- and\n", "`more`", "日本 ", "long " * 12, "# title\n")


def dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - it is no secret


def painted(app: App[Any]) -> list[list[Segment]]:
    """The lines of the screen with their styles, which have the places for selections too."""
    return [list(strip.simplify()) for strip in app.screen._compositor.render_strips()]


async def played(pilot: Pilot[None], view: Widget, random: Random, steps: Steps) -> None:
    """Take steps and press keys, and see after each that the screen is right."""
    for _ in range(STEPS):
        if random.random() < 0.3:
            await pilot.press(random.choice(KEYS))
        else:
            random.choice(steps)()
        await pilot.pause()
        as_it_is = painted(pilot.app)
        view.refresh()
        await pilot.pause()
        assert as_it_is == painted(pilot.app)


class Changing:
    """What may happen to a view."""

    def __init__(self, view: SectionView, random: Random) -> None:
        self.view = view
        self.random = random

    @property
    def key(self) -> str:
        return self.random.choice([section.key for section in self.view.stack])

    @property
    def steps(self) -> Steps:
        changes = (self.append, self.append, self.replace, self.retitle, self.open, self.discard)
        return [self.add, self.search, self.draw, *(self.if_any(step) for step in changes)]

    def if_any(self, step: Callable[[], object]) -> Callable[[], object]:
        return lambda: self.view.stack and step()

    def add(self) -> None:
        name = f"{self.random.random()}"
        document = self.random.choice((TextDocument, MarkdownDocument))()
        title = self.random.choice((None, name))
        after = self.key if self.view.stack and self.random.random() < 0.7 else None
        self.view.stack.add(Section(name, title, document=document, collapsible=True), after=after)

    def append(self) -> None:
        self.view.stack.append(self.key, self.random.choice(WORDS))

    def replace(self) -> None:
        self.view.stack.replace(self.key, self.random.choice(WORDS))

    def retitle(self) -> None:
        self.view.stack.update(self.key, title="a title", meta=f"{self.random.random():.1f} s")

    def open(self) -> None:
        self.view.stack.set_open(self.key, self.random.random() < 0.6)

    def discard(self) -> None:
        self.view.clear() if self.random.random() < 0.1 else self.view.stack.discard(self.key)

    def search(self) -> None:
        self.view.search.seek(self.random.choice(("word", "more", "")))

    def draw(self) -> None:
        while self.view.advance(math.inf):
            pass


@pytest.mark.parametrize("seed", SEEDS)
async def test_sections_that_come_grow_and_go(seed: int) -> None:
    view, random = SectionView("nothing yet", pointing=True), dice(seed)
    async with Stage(lambda: view).run_test(size=(30, 9)) as pilot:
        view.focus()
        await played(pilot, view, random, Changing(view, random).steps)


class Coming:
    """What may happen to a timeline."""

    def __init__(self, view: TimelineView, random: Random) -> None:
        self.view = view
        self.random = random
        self.script = Script().ask("Why?").created()

    @property
    def steps(self) -> Steps:
        return [*[self.come] * 4, self.seek, self._follow, self.filter]

    def _follow(self) -> None:
        self.view.cursor.follow()

    def come(self) -> None:
        gap = self.random.choice((0.1, 3.0))
        match self.random.randrange(4):
            case 0:
                self.script.keep_alive()
            case 1:
                self.script.item(1, id="msg_1", type="message", content=[])
            case 2:
                self.script.thinking("more", " of", " it", gap=gap)
            case _:
                self.script.text("word", gap=gap)
        self.view.take_up()

    def seek(self) -> None:
        self.view.take_up(self.random.randrange(len(self.script.log)))

    def filter(self) -> None:
        self.view.filter_names(self.random.choice(("", "", "text", "nothing")))


@pytest.mark.parametrize("seed", SEEDS)
async def test_rows_that_come_while_the_cursor_moves(seed: int) -> None:
    view, random = TimelineView(), dice(seed)
    coming = Coming(view, random)
    async with Stage(lambda: view).run_test(size=(60, 9)) as pilot:
        view.focus()
        view.show_log(coming.script.log)
        await played(pilot, view, random, coming.steps)


@pytest.mark.parametrize(
    "styles",
    [
        "",
        "padding: 0 1;",
        "padding: 0 0 0 3;",
        "padding: 1 2;",
        "border: round red;",
        "border-left: thick green;",
        "outline-bottom: wide red;",
        "tint: red 30%;",
        "opacity: 40%;",
        "text-opacity: 40%;",
        "hatch: left green;",
    ],
)
async def test_lines_go_to_the_screen_as_textual_would_make_them(styles: str) -> None:
    view = SectionView()
    async with Stage(lambda: view).run_test(size=(30, 9)) as pilot:
        view.stack.add(Section("one", "A title", document=TextDocument("a word " * 20)))
        view.set_styles(styles)
        await pilot.pause()
        for crop in (view.outer_size.region, view.outer_size.region.shrink((1, 2, 1, 2))):
            ours = shown(view.render_lines(crop))
            view._styles_cache.clear()
            assert ours == shown(view._styles_cache.render_widget(view, crop))
            view._styles_cache.clear()


def shown(strips: list[Strip]) -> list[list[Segment]]:
    return [[each for each in strip.simplify() if each.text] for strip in strips]
