"""A text that takes long to draw does not hold the loop: keys and paints come in between."""

from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.themes import variable_defaults

LONG = "word " * 60_000


class Bare(App[None]):
    """One view."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        self.view = SectionView("nothing yet")
        yield self.view


async def test_the_loop_goes_on_while_a_long_text_is_drawn() -> None:
    app = Bare()
    async with app.run_test() as pilot:
        app.view.stack.add(Section("long", None, document=MarkdownDocument()))
        await pilot.pause()
        app.view.stack.append("long", LONG)
        turns = 0
        async with asyncio.timeout(60):
            while app.view.stack.work.busy:
                await asyncio.sleep(0)
                turns += 1
    assert turns > 50


def test_a_long_text_waits_in_parts_and_loses_nothing() -> None:
    document = MarkdownDocument()
    document.layout(80)
    document.append(LONG)
    while document.advance(0.0):
        pass
    assert document.source == LONG
    assert (
        sum(run.text.count("word") for y in range(document.height) for run in document.line(y))
        == 60_000
    )
