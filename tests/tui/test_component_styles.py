"""Components of a view have the styles that the theme and the focus ask for, when asked."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.strip import Strip

from codex_tui.tui.mends.component_styles import ComponentsOnDemand


class View(ComponentsOnDemand, can_focus=True):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"view--mark"}
    DEFAULT_CSS = """
    View {
        & > .view--mark { color: $warning; }
        &:focus > .view--mark { color: red; }
    }
    """

    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width)


class Shown(App[None]):
    AUTO_FOCUS = None

    def compose(self) -> ComposeResult:
        yield View()


async def test_nothing_is_made_before_it_is_asked_for() -> None:
    app = Shown()
    async with app.run_test():
        view = app.query_one(View)
        assert not view._component_styles
        assert view.get_component_styles("view--mark").color == Color.parse(
            app.theme_variables["warning"]
        )


async def test_the_styles_follow_the_focus_and_the_theme() -> None:
    app = Shown()
    async with app.run_test() as pilot:
        view = app.query_one(View)
        before = view.get_visual_style("view--mark").foreground
        view.focus()
        await pilot.pause()
        assert view.get_visual_style("view--mark").foreground == Color.parse("red")
        app.set_focus(None)
        await pilot.pause()
        assert view.get_visual_style("view--mark").foreground == before
        app.theme = "nord"
        await pilot.pause()
        warning = Color.parse(app.theme_variables["warning"])
        assert view.get_visual_style("view--mark").foreground == warning != before


async def test_a_component_of_another_view_is_refused() -> None:
    app = Shown()
    async with app.run_test():
        with pytest.raises(KeyError):
            app.query_one(View).get_component_styles("view--other")
