"""What is wrong in Textual itself: each test fails once it is right there.

Then the mend of that name in `codex_tui.tui.mends` is needed no longer, and is taken away.
"""

from __future__ import annotations

import asyncio
import inspect
import pkgutil
import runpy
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from rich.console import Console
from rich.style import Style
from textual import _ansi_sequences
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.command import CommandList, CommandPalette
from textual.css.parse import parse
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.events import Key
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from codex_tui.tui import mends
from codex_tui.tui.mends.alt_keys import know_alt_keys
from codex_tui.tui.mends.compositor import paint_sparingly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult
    from textual.css.model import RuleSet

posix = pytest.mark.skipif(sys.platform == "win32", reason="a driver for POSIX terminals")


class Showing(App[None]):
    """Some widgets."""

    CSS = "Watched { height: 4; border: round red; }"

    def __init__(self, *make: Callable[[], Widget]) -> None:
        super().__init__()
        self._make = make

    def compose(self) -> ComposeResult:
        yield from (make() for make in self._make)


class Watched(Static):
    """Notes how many lines it is asked for."""

    lines = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.lines += crop.height
        return super().render_lines(crop)


def painted(widget: Widget, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Region, ...]]:
    """The parts of a widget that are to be painted from now on; no part is all of it."""
    told: list[tuple[Region, ...]] = []
    refresh = widget.refresh

    def tell(*regions: Region, **options: bool) -> Widget:
        told.append(regions)
        return refresh(*regions, **options)

    monkeypatch.setattr(widget, "refresh", tell)
    return told


class Plain(ScrollView):
    """A view by the line API."""

    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width)


def test_every_mend_is_here() -> None:
    names = {module.name for module in pkgutil.iter_modules(mends.__path__)}
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    missing = {name for name in names if not any(each.startswith(name) for each in tested)}
    assert not missing


async def test_repainting_a_title_paints_the_whole_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Showing(Watched).run_test() as pilot:
        widget = pilot.app.query_one(Watched)
        told = painted(widget, monkeypatch)
        widget.border_subtitle = "figures"
        assert () in told


BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-any-width")]


async def test_breakpoints_are_not_known_when_a_screen_is_composed() -> None:
    class Sized(Screen[None]):
        HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = BREAKPOINTS
        known: ClassVar[list[bool]] = []

        def compose(self) -> ComposeResult:
            self.known.append(self.has_class("-any-width"))
            yield Static()

    app = App[None]()
    async with app.run_test() as pilot:
        await app.push_screen(sized := Sized())
        await pilot.pause()
        assert sized.has_class("-any-width")
        assert sized.known == [False]


@pytest.mark.parametrize("action", ["page_up", "page_down"])
async def test_choices_without_a_line_can_not_be_paged_through(action: str) -> None:
    async with Showing(lambda: OptionList("one", "two")).run_test(size=(20, 1)) as pilot:
        choices = pilot.app.query_one(OptionList)
        choices.highlighted = 1
        with pytest.raises(LookupError):
            getattr(choices, f"action_{action}")()


async def test_closing_a_screen_twice_takes_the_one_below() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        below, top = Screen[None](), Screen[None]()
        await app.push_screen(below)
        await app.push_screen(top)
        top.dismiss(None)
        top.dismiss(None)
        await pilot.pause()
        assert below not in app.screen_stack


async def test_command_palette_fails_where_its_list_is_gone() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        palette = CommandPalette()
        await app.push_screen(palette)
        await pilot.pause()
        await palette.query(CommandList).remove()
        with pytest.raises(NoMatches):
            palette._list_visible = not palette._list_visible


async def test_command_palette_fails_where_its_list_has_no_line_yet() -> None:
    app = App[None]()
    async with app.run_test():
        palette = CommandPalette()
        await app.push_screen(palette)
        found = palette.query_one(CommandList)
        found.clear_options().add_options([Option(str(number)) for number in range(40)])
        found.highlighted = 3
        with pytest.raises(LookupError):
            palette._action_command_list("page_up")


async def test_component_styles_are_made_unasked() -> None:
    class Styled(Widget):
        COMPONENT_CLASSES: ClassVar[set[str]] = {"styled--never-asked-for"}

    async with Showing(Styled).run_test() as pilot:
        assert pilot.app.query_one(Styled)._component_styles


async def test_compositor_renders_what_lies_between_two_changes() -> None:
    async with Showing(Watched, Watched, Watched).run_test(size=(20, 12)) as pilot:
        first, between, last = widgets = list(pilot.app.query(Watched))
        compositor = pilot.app.screen._compositor
        compositor.update_widgets(set(widgets))
        compositor.render_update()
        between.lines = 0
        for widget in (first, last):
            widget.refresh()
        compositor.update_widgets({first, last})
        compositor.render_update()
        assert between.lines


async def test_compositor_tells_no_size_that_was_looked_up_before_the_layout() -> None:
    assert await told_of_a_size_looked_up(paint_sparingly)
    assert not await told_of_a_size_looked_up(lambda _: None)


async def told_of_a_size_looked_up(mend: Callable[[Screen[Any]], None]) -> bool:
    told = []

    class Told(Static):
        def on_resize(self) -> None:
            told.append(self.size.height)

    class Mended(Screen[None]):
        def __init__(self) -> None:
            super().__init__()
            mend(self)

        def compose(self) -> ComposeResult:
            yield Told()

    class Mending(App[None]):
        def get_default_screen(self) -> Screen[None]:
            return Mended()

    async with Mending().run_test() as pilot:
        told.clear()
        compositor = pilot.app.screen._compositor
        pilot.app.screen.query_one(Told).styles.height = 3
        compositor._full_map_invalidated = True  # as a widget does that has come into sight
        assert compositor.full_map
        await pilot.pause()
    return told == [3]


class Later(Screen[None]):
    """Has its focus when it is mounted."""

    AUTO_FOCUS = ""

    def compose(self) -> ComposeResult:
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Input).focus()


def test_alt_keys_of_digits_are_taken_for_what_a_mac_makes_of_them() -> None:
    stock = runpy.run_path(_ansi_sequences.__file__)["ANSI_SEQUENCES_KEYS"]
    assert [stock[f"\x1b{digit}"] for digit in (1, 4, 7)] == ["¡", "¢", "¶"]


def test_alt_keys_of_digits_are_known_as_no_other() -> None:
    know_alt_keys()
    assert not {f"\x1b{digit}" for digit in range(10)} & set(_ansi_sequences.ANSI_SEQUENCES_KEYS)


def keys_of(sent: str) -> list[str]:
    """The keys that Textual makes of what a terminal sends."""
    parser = XTermParser()
    told = [*parser.feed(sent), *parser.feed("")]
    return [each.key for each in told if isinstance(each, Key)]


def test_alt_keys_do_not_have_enter() -> None:
    stock = runpy.run_path(_ansi_sequences.__file__)["ANSI_SEQUENCES_KEYS"]
    assert "\x1b\r" not in stock


def test_alt_keys_have_enter() -> None:
    know_alt_keys()
    assert keys_of("\x1b\r") == ["alt+enter"]
    assert keys_of("\r") == ["enter"]


async def test_early_keys_are_lost() -> None:
    class Early(App[None]):
        def get_default_screen(self) -> Screen[None]:
            return Later()

        def on_load(self) -> None:
            self.post_message(Key("a", "a"))

    async with Early().run_test() as pilot:
        await pilot.press("b")
        assert pilot.app.screen.query_one(Input).value == "b"


async def test_early_keys_go_to_the_view_that_had_the_focus() -> None:
    class Finding(Showing):
        BINDINGS: ClassVar = [("slash", "find", "Find")]

        def action_find(self) -> None:
            self.query_one(Input).focus()

    app = Finding(Plain, Input)
    async with app.run_test() as pilot:
        app.query_one(Plain).focus()
        await pilot.pause()
        for key, character in (("slash", "/"), ("q", "q"), ("z", "z")):
            app.post_message(Key(key, character))
        await pilot.pause()
        await pilot.pause()
        assert app.query_one(Input).value == ""


async def test_fatal_error_tells_the_values_of_variables() -> None:
    app = App[None]()
    async with app.run_test():
        key = "sk-one-of-many"
        try:
            int(key)
        except ValueError:
            app._fatal_error()
        console = Console(width=200, color_system=None)
        with console.capture() as said:
            console.print(*app._exit_renderables)
        assert "key = 'sk-one" in said.get()
        app._exit_renderables.clear()


async def test_first_show_lays_out_again_what_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[Size] = []
    lay_out = Screen._refresh_layout

    def counted(self: Screen[Any], size: Size | None = None, scroll: bool = False) -> None:
        if size is not None:
            laid_out.append(size)
        lay_out(self, size, scroll)

    monkeypatch.setattr(Screen, "_refresh_layout", counted)
    async with Showing(Static).run_test() as pilot:
        await pilot.pause()
        assert len(laid_out) > len(set(laid_out))


async def test_first_theme_has_the_css_parsed_more_than_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[str] = []

    def counted(scope: str, css: str, *arguments: Any, **options: Any) -> Iterable[RuleSet]:
        parsed.append(css)
        return parse(scope, css, *arguments, **options)

    monkeypatch.setattr("textual.css.stylesheet.parse", counted)
    app = Showing(Static)
    app.theme = "nord"
    async with app.run_test():
        assert parsed.count(Showing.CSS) > 1


async def test_growing_lines_are_laid_out_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Showing(Plain).run_test() as pilot:
        view = pilot.app.query_one(Plain)
        view.virtual_size = Size(10, 100)
        await pilot.pause()
        laid_out: list[bool] = []
        monkeypatch.setattr(
            pilot.app.screen, "_refresh_layout", lambda *_, **__: laid_out.append(True)
        )
        view.virtual_size = Size(10, 101)
        await pilot.pause()
        assert laid_out


async def test_growing_lines_paint_all_of_a_scrollbar(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Showing(ScrollBar).run_test() as pilot:
        bar = pilot.app.query_one(ScrollBar)
        bar.window_size, bar.window_virtual_size = 20, 1_000_000
        told = painted(bar, monkeypatch)
        bar.window_virtual_size = 1_000_001
        assert () in told


async def test_painted_lines_are_painted_again_as_they_are() -> None:
    async with Showing(Watched).run_test() as pilot:
        widget = pilot.app.query_one(Watched)
        compositor = pilot.app.screen._compositor
        widget.refresh()
        compositor.update_widgets({widget})
        assert compositor.render_update() is not None


async def test_repainting_a_line_forgets_styles_and_sends_messages() -> None:
    async with Showing(Watched).run_test() as pilot:
        widget = pilot.app.query_one(Watched)
        widget._rich_style_cache[("watched--name",)] = Style.null(), Style.null()
        widget.refresh(Region(0, 0, 4, 1))
        assert not widget._rich_style_cache
        assert widget.message_queue_size


async def test_slices_that_are_called_later_leave_the_loop_no_turn() -> None:
    class Working(Static):
        done = 0

        def work(self) -> None:
            self.done += 1
            if self.done < 200:
                self.call_later(self.work)

    async with Showing(Working).run_test() as pilot:
        widget = pilot.app.query_one(Working)
        widget.call_later(widget.work)
        turns = 0
        while widget.done < 200:
            await asyncio.sleep(0)
            turns += 1
        assert turns < 20


@posix
def test_lasting_driver_writes_no_more_after_one_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.drivers._writer_thread import WriterThread

    class Gone:
        def write(self, _text: str) -> int:
            raise OSError("the terminal is gone")

        def flush(self) -> None:
            """Nothing is left to hand on."""

    monkeypatch.setattr(threading, "excepthook", lambda _failure: None)
    gone: Any = Gone()
    thread = WriterThread(gone)
    thread.start()
    thread.write("anything")
    thread.join(30)
    assert not thread.is_alive()


@posix
async def test_lasting_driver_handles_signals_anywhere() -> None:
    from textual.drivers.linux_driver import LinuxDriver

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    try:
        driver = LinuxDriver(App[None]())
        assert signal.getsignal(signal.SIGTSTP) == driver._sigtstp_application
        assert signal.getsignal(signal.SIGCONT) == driver._sigcont_application
        assert "daemon" not in inspect.getsource(LinuxDriver.start_application_mode)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


async def test_terminal_driver_paints_nothing_anew_on_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Showing(Watched).run_test() as pilot:
        told = [
            painted(each, monkeypatch) for each in (pilot.app.screen, pilot.app.query_one(Watched))
        ]
        pilot.app.post_message(Driver.SignalResume())
        await pilot.pause()
        assert told == [[], []]
