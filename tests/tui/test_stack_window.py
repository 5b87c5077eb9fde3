"""The window on a stack, with a view that does nothing but scroll: what is seen stays in sight."""

from __future__ import annotations

import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.app import App
from textual.strip import Strip

from codex_tui.documents.lines import text_of
from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.window import StackWindow
from codex_tui.tui.widgets.line_view import LineView
from tests.tui.glass import stack_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import ComposeResult
    from textual.pilot import Pilot

LINES = "\n".join(f"line {number}" for number in range(40))


class Lines(LineView):
    """The plain lines of a stack."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = stack_of("short", LINES)
        self.window = StackWindow(self, self.stack)

    def draw(self, y: int) -> Strip:
        return Strip([Segment(self.text(y))]).adjust_cell_length(self.width)

    def text(self, y: int) -> str:
        spot = self.stack.at(y + self.scroll_offset.y)
        if spot is None or spot.line >= 0:
            return text_of(self.stack.line(y + self.scroll_offset.y))
        return spot.section.title or ""

    def work(self) -> None:
        while self.window.draw(math.inf):
            pass


class Showing(App[None]):
    CSS = "Lines { height: 9; }"

    def __init__(self) -> None:
        super().__init__()
        self.view = Lines()

    def compose(self) -> ComposeResult:
        yield self.view


@asynccontextmanager
async def shown() -> AsyncIterator[tuple[Lines, Pilot[None]]]:
    """A view of nine lines that has been laid out, at its tail."""
    app = Showing()
    async with app.run_test(size=(30, 12)) as pilot:
        app.view.window.lay_out()
        app.view.work()
        await pilot.pause()
        assert app.view.text(8) == "line 39"
        yield app.view, pilot


async def test_it_stays_at_the_tail_while_text_and_sections_come() -> None:
    async with shown() as (view, _):
        view.stack.append("1", "\none more")
        view.work()
        assert view.text(8) == "one more"
        view.stack.add(Section("new", "the last"))
        assert view.text(8) == "the last"
        assert not view.unseen


async def test_what_is_read_stays_where_it_is_while_lines_come_above_and_below() -> None:
    async with shown() as (view, _):
        view.go_to(10)
        before = [view.text(y) for y in range(9)]
        with view.stack.changing():
            view.stack.add(Section("above", "above", document=TextDocument("a\nb")), before="0")
            view.stack.set_open("0", False)
        view.work()
        assert [view.text(y) for y in range(9)] == before
        view.stack.append("1", "\nunseen")
        view.work()
        assert [view.text(y) for y in range(9)] == before
        assert view.unseen
        assert view.window.seen == range(12, 21)


async def test_what_is_read_stays_the_first_line_when_the_width_changes() -> None:
    async with shown() as (view, pilot):
        view.stack.replace("0", "many words " * 40)
        view.work()
        view.go_to(view.stack.y_of_source("1", LINES.index("line 20")) or 0)
        await pilot.resize_terminal(13, 12)
        view.window.lay_out()
        view.work()
        assert view.text(0) == "line 20"


async def test_a_line_is_shown_in_the_upper_third_unless_it_is_seen() -> None:
    async with shown() as (view, _):
        view.go_to(0)
        view.window.show(8)
        assert view.window.seen.start == 0
        view.window.show(20)
        assert view.window.seen.start == 17
        view.window.reveal(26)
        assert view.window.seen.start == 18


async def test_where_all_goes_nothing_is_unseen() -> None:
    async with shown() as (view, _):
        view.go_to(5)
        view.stack.append("1", "\nunseen")
        view.work()
        assert view.unseen
        view.stack.clear()
        assert not view.unseen
        assert (view.window.seen.start, view.virtual_size.height) == (0, 0)
