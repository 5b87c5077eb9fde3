"""The view that output, reasoning, tool calls, a record and the metrics are shown in.

One widget whatever the length: what is out of sight is neither painted nor laid out by Textual, and
no piece of work takes longer than a slice. It opens no link, writes no clipboard and knows of no
event: it says what was asked for or pointed at, and shows what it is told.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from codex_tui.tui.mends.slices import SLICE, after_a_breath
from codex_tui.tui.section_view import palette
from codex_tui.tui.section_view.headers import Headers
from codex_tui.tui.section_view.overlays import Overlays
from codex_tui.tui.section_view.painter import Painter, StackPainter
from codex_tui.tui.section_view.pointer import Caret, Pointer
from codex_tui.tui.section_view.search import SectionSearch
from codex_tui.tui.section_view.selection import selected_source
from codex_tui.tui.section_view.stack import SectionStack
from codex_tui.tui.section_view.window import StackWindow
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.selection import Selection
    from textual.strip import Strip

    from codex_tui.tui.section_view.ranks import Section

SECTION_KEYS: list[BindingType] = [
    Binding("enter", "toggle_section", "Open or close", id="view.toggle"),
    Binding("O", "toggle_all", "Open or close all", show=False, id="view.toggle_all"),
    Binding("left_curly_bracket", "section(-1)", "Section above", show=False, id="view.above"),
    Binding("right_curly_bracket", "section(1)", "Section below", show=False, id="view.below"),
]
POINTER_KEYS: list[BindingType] = [
    Binding("c", "begin_caret", "Cursor in the text", show=False, id="cursor.begin"),
    Binding("right,l", "caret(1)", "Next character", show=False, id="cursor.right"),
    Binding("left,h", "caret(-1)", "Previous character", show=False, id="cursor.left"),
]
"""The keys of a view that can be pointed at."""


class SectionView(LineView):
    """Sections with growing documents, one below the other.

    Args:
        placeholder: What an empty view says.
        follow: Whether the view stays at its tail when it grows there.
        pointing: Whether characters can be pointed at, with the mouse and with a cursor.

    Attributes:
        stack: The sections; what is changed there is seen here.
        headers: Which section is under the cursor, and what opens and closes them.
        pointer: The cursor in the texts.
        overlays: What of the texts is lit, and whether their pieces are shown.
        search: What is searched for in them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*SECTION_KEYS, *POINTER_KEYS]
    COMPONENT_CLASSES: ClassVar[set[str]] = palette.COMPONENTS
    DEFAULT_CSS = palette.CSS
    LATE_CSS = palette.LATE_CSS

    @dataclass(eq=False, repr=False)
    class LinkActivated(Message):
        """A link was clicked; its target is http, https or mailto. Nothing was opened."""

        view: SectionView
        url: str

    @dataclass(eq=False, repr=False)
    class Toggled(Message):
        """A section was opened or closed by the user."""

        view: SectionView
        key: str
        open: bool

    @dataclass(eq=False, repr=False)
    class SearchCounted(Message):
        """The number of matches, as far as the text was looked through."""

        view: SectionView
        count: int
        complete: bool

    @dataclass(eq=False, repr=False)
    class Pointed(Message):
        """A character of a section's document was clicked, or the cursor moved to it."""

        view: SectionView
        key: str
        source: int

    whole = ""
    """What is copied where nothing is chosen, if it is other than the sections' texts."""

    def __init__(
        self,
        placeholder: str = "",
        *,
        follow: bool = True,
        pointing: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(follow=follow, id=id, classes=classes)
        self.placeholder = placeholder
        self._can_point = pointing
        self.stack = SectionStack(spacing=1, work_came=self._begin_work)
        self._window = StackWindow(self, self.stack)
        self.headers = Headers(self.stack, self._window, self._toggled)
        self.pointer = Pointer(self.stack, self._window, self._pointed)
        self.overlays = Overlays(self.stack, self._window)
        self.search = SectionSearch(self.stack, self._window, self._begin_work, self._counted)
        self._painter = Painter(self)
        self._lines = StackPainter(
            self._painter, self.stack, self.headers, self.overlays, self.pointer, self.search
        )
        self._scheduled = False

    def clear(self) -> None:
        """Take all sections out, and the cursors with them."""
        self.pointer.forget()
        self.headers.section = None
        self.stack.clear()

    @property
    def follows(self) -> bool:
        """Whether the view stays at its tail: what is pointed at is not to be carried away."""
        return super().follows and self.pointer.caret is None

    # -- work

    def on_mount(self) -> None:
        """Begin with what was added before."""
        self._begin_work()

    def on_resize(self) -> None:
        """Wrap again for a new width."""
        self._window.lay_out()
        self._begin_work()

    def _begin_work(self) -> None:
        """Draw what is new, a slice at a time."""
        if not self._scheduled and self.is_mounted:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        self._scheduled = False
        if self.advance(perf_counter() + SLICE):
            self._scheduled = True
            after_a_breath(self, self._work)

    def advance(self, deadline: float) -> bool:
        """Draw and count what is new until the `perf_counter` deadline; True if more is to do."""
        if not self.width:
            return False
        searching = self.search.pattern is not None
        drawn = self._window.draw(deadline, all_looks_new=searching)  # what is found goes on
        more = searching and self.search.advance(deadline, stale=drawn)
        return more or bool(self.stack.work.busy)

    # -- lines

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window, so that it can be selected from."""
        strip = super().render_line(y)
        return strip.apply_offsets(0, self.scroll_offset.y + y) if self.stack.height else strip

    def draw(self, y: int) -> Strip:
        """Return how a line of the window looks now."""
        width = self.width
        if not self.stack.height:
            return self._painter.placeholder(self.placeholder, y, width, self.size.height)
        strip = self._lines.line(self.scroll_offset.y + y, width, self.text_selection)
        if self.unseen and not self.at_tail and y == self.size.height - 1:
            return self._painter.with_new_mark(strip, width)
        return strip

    def notify_style_update(self) -> None:
        """Drop what was painted in other styles, and work them out if they had been."""
        if self._painter.forget():
            self.prepare()
        super().notify_style_update()

    def prepare(self) -> None:
        """Work out the styles of text soon, while what is to be shown is still on its way."""
        after_a_breath(self, self._painter.prepare)

    # -- the user

    def on_click(self, event: events.Click) -> None:
        """Point at a character, open or close a section by its header, or tell of a link."""
        if (offset := event.get_content_offset(self)) is None:
            return
        y, x = offset.y + self.scroll_offset.y, offset.x
        spot, run = self.stack.at(y), self.stack.run_at(y, x)
        if spot is not None and spot.line < 0:
            self.headers.toggle(spot.section)
        elif self.text_selection is not None:
            return
        elif run is not None and run.link:
            event.stop()
            self.post_message(self.LinkActivated(self, run.link))
        elif self._can_point and (place := self.stack.source_at(y, x)) is not None:
            self.pointer.point_at(Caret(*place))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take the pointer's keys only where one can point, left and right while there is a cursor.

        Elsewhere they are free for the screen.
        """
        taken = {"begin_caret": self._can_point, "caret": self.pointer.caret is not None}
        return taken.get(action, True)

    def action_toggle_section(self) -> None:
        """Open or close the section under the cursor, else the first whose header can be seen."""
        self.headers.toggle_here()

    def action_toggle_all(self) -> None:
        """Close all sections, or open all if none is open."""
        self._go_through(self.headers.toggle_all())

    def _go_through(self, steps: Iterator[None]) -> None:
        """Take the steps of a change, very many a slice at a time."""
        deadline = perf_counter() + SLICE
        with self.stack.changing():
            for _ in steps:
                if perf_counter() >= deadline:
                    after_a_breath(self, partial(self._go_through, steps))
                    return

    def action_section(self, step: int) -> None:
        """Move the cursor to the next header below (1) or above (-1), and into sight."""
        self.headers.move(step)

    def action_begin_caret(self) -> None:
        """Begin where the user pointed last, or at the first character that can be seen."""
        self.pointer.begin()

    def action_caret(self, step: int) -> None:
        """Move the cursor to the next character (1) or to the one before (-1)."""
        self.pointer.step(step)

    def action_go_by(self, lines: int) -> None:
        """Go some lines down, or up: the cursor, where there is one."""
        go = super().action_go_by if self.pointer.caret is None else self.pointer.move
        go(lines)

    def action_go_to_edge(self, way: int) -> None:
        """Go to the first line or to the tail; the cursor to the end of its line first."""
        go = super().action_go_to_edge if self.pointer.caret is None else self.pointer.go_to_edge
        go(way)

    # -- what is told

    def _toggled(self, section: Section) -> None:
        self.post_message(self.Toggled(self, section.key, section.open))

    def _pointed(self, caret: Caret) -> None:
        self.post_message(self.Pointed(self, *caret))

    def _counted(self, count: int, complete: bool) -> None:
        self.post_message(self.SearchCounted(self, count, complete))

    # -- copying

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the source of what is selected."""
        text = selected_source(self.stack, selection)
        return (text, "\n") if text else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        self.refresh()

    def copy_source(self) -> str:
        """Return the source of the selection, else of the section under the cursor, else of all."""
        if (selection := self.text_selection) is not None:
            return selected_source(self.stack, selection)
        chosen = self.headers.section
        if chosen is not None and self.stack.holds(chosen):
            return chosen.source
        drawn = (section for section in self.stack if section.document is not None)
        return self.whole or "\n\n".join(section.source for section in drawn)
