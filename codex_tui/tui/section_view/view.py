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

from codex_tui import units
from codex_tui.tui.mends.slices import after_a_breath
from codex_tui.tui.section_view import palette
from codex_tui.tui.section_view.painter import Painter
from codex_tui.tui.section_view.pointer import Caret, Pointer
from codex_tui.tui.section_view.search import Search
from codex_tui.tui.section_view.selection import selected_source
from codex_tui.tui.section_view.stack import Hold, SectionStack
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.selection import Selection
    from textual.strip import Strip

    from codex_tui.documents.lines import Line
    from codex_tui.tui.section_view.pointer import TokensOf
    from codex_tui.tui.section_view.ranks import Section

SLICE = 0.008
"""Seconds of work at a time; then the keys have their turn."""

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
        self.can_point = pointing
        self.stack = SectionStack(spacing=1, watcher=self)
        self._painter = Painter(self)
        self._pointer = Pointer(self.stack)
        self._search: Search | None = None
        self._cursor: Section | None = None
        self._scheduled = False
        self._held: Hold

    # -- the stack

    def clear(self) -> None:
        """Take all sections out, and the cursor with them."""
        self.leave_caret()
        self._pointer.forget()
        self._cursor = None
        self.stack.clear()

    def about_to_change(self) -> None:
        """Hold what is shown where sections come and go."""
        self._held = self._hold()

    def changed(self) -> None:
        """Show it again where it stands now."""
        if self._cursor is not None and self._cursor.key not in self.stack:
            self._cursor = None
        self._stand(self._held, soon=True)

    def retitled(self, section: Section) -> None:
        """Paint a header."""
        top = section.top - self.scroll_offset.y
        self._painted.refresh_soon(top, top + section.header)

    def work_came(self) -> None:
        """Draw what is new, a slice at a time."""
        if not self._scheduled and self.is_mounted:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._work)

    # -- work

    def on_mount(self) -> None:
        """Begin with what was added before."""
        self.work_came()

    def on_resize(self) -> None:
        """Wrap again for a new width: what can be seen at once, the rest in slices."""
        hold = self._hold()
        self.stack.layout(self.width, self._window)
        self._stand(hold)
        self.work_came()

    @property
    def busy(self) -> bool:
        """Whether something is still to be drawn."""
        return bool(self.stack.busy)

    def _work(self) -> None:
        self._scheduled = False
        if self.advance(perf_counter() + SLICE):
            self._scheduled = True
            after_a_breath(self, self._work)

    def advance(self, deadline: float) -> bool:
        """Draw and count what is new until the `perf_counter` deadline; True if more is to do."""
        if not self.width:
            return False
        hold = self._hold()
        changed = self.stack.advance(self.width, self._window, deadline)
        if self._search is not None:
            self._search.stale = self._search.stale or changed is not None
        if changed is not None:  # what is found goes on from lines that are the same
            self._stand(hold, changed if self._search is None else 0)
        return self._go_on_searching(deadline) or self.busy

    # -- places

    @property
    def _window(self) -> range:
        top = self.scroll_offset.y
        return range(top, top + self.size.height)

    def _hold(self) -> Hold:
        """Note what is shown, so that it still is after a change: the tail, or what is read."""
        tail = self.follows and self.at_tail and not self.is_vertical_scrollbar_grabbed
        return Hold(self.stack, self.scroll_offset.y, tail=tail)

    def _stand(self, hold: Hold, changed: int = 0, *, soon: bool = False) -> None:
        """Show what was held after a change, which has other lines from `changed` on."""
        height = self.stack.height
        if not hold.tail:
            self.unseen = self.follows and bool(height) and (self.unseen or height > hold.height)
        self.set_height(height, hold.top_now(self.size.height))
        if bool(height) != bool(hold.height):
            self.refresh()  # lines that look as before have places now, or none
        elif soon:  # another record brings all its sections in one message
            self._painted.refresh_soon()
        elif hold.top == self.scroll_offset.y:
            # The last line of the window may have to say that there are new ones below.
            stop = None if self.unseen else max(height, hold.height) - hold.top
            self.refresh_changed(min(changed - hold.top, self.size.height - 1), stop)

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
        strip = self._line(self.scroll_offset.y + y, width)
        if self.unseen and not self.at_tail and y == self.size.height - 1:
            return self._painter.with_new_mark(strip, width)
        return strip

    def _line(self, y: int, width: int) -> Strip:
        spot = self.stack.at(y)
        if spot is None:
            return self._painter.blank(width)
        section, line = spot
        if line < 0 or section.document is None:
            return self._painter.header(section, width, cursor=section is self._cursor)
        matches = None
        if self._search is not None:
            matches = self._search.spans(section, *section.document.block_at(line))
        plain = section.document.line(line)
        drawn = self._pointer.overlaid(section.key, plain)
        return self._painter.line(
            drawn,
            section.indent,
            width,
            selected=self._selected(y, section.indent, drawn),
            matches=matches,
            passing=drawn is not plain,
        )

    def _selected(self, y: int, indent: int, line: Line) -> tuple[int, int] | None:
        """Return which characters of a line are selected."""
        selection = self.text_selection
        span = selection.get_span(y) if selection is not None else None
        if span is None:
            return None
        start, end = span
        stop = sum(len(run.text) for run in line) if end < 0 else end - indent
        return max(start - indent, 0), max(stop, 0)

    def notify_style_update(self) -> None:
        """Drop what was painted in other styles, and work them out if they had been."""
        if self._painter.forget():
            self.prepare()
        super().notify_style_update()

    def prepare(self) -> None:
        """Work out the styles of text soon, while what is to be shown is still on its way."""
        after_a_breath(self, self._painter.prepare)

    # -- the user: headers and links

    def on_click(self, event: events.Click) -> None:
        """Point at a character, open or close a section by its header, or tell of a link."""
        if (offset := event.get_content_offset(self)) is None:
            return
        y, x = offset.y + self.scroll_offset.y, offset.x
        spot, run = self.stack.at(y), self.stack.run_at(y, x)
        if spot is not None and spot.line < 0:
            self._toggle(spot.section)
        elif self.text_selection is not None:
            return
        elif run is not None and run.link:
            event.stop()
            self.post_message(self.LinkActivated(self, run.link))
        elif self.can_point and (place := self.stack.source_at(y, x)) is not None:
            self._point_at(Caret(*place))

    def _toggle(self, section: Section) -> None:
        self._cursor = section
        if section.collapsible and section.document is not None:
            self.stack.set_open(section.key, not section.open)
            self.post_message(self.Toggled(self, section.key, section.open))
        self.refresh()

    def action_toggle_section(self) -> None:
        """Open or close the section under the cursor, else the first whose header can be seen."""
        section = self._cursor or self._section_in_sight()
        if section is not None:
            self._toggle(section)

    def action_toggle_all(self) -> None:
        """Close all sections, or open all if none is open; very many a slice at a time."""
        sections = [section for section in self.stack if section.collapsible]
        self._open_all(iter(sections), not any(section.open for section in sections))

    def _open_all(self, sections: Iterator[Section], is_open: bool) -> None:
        deadline = perf_counter() + SLICE
        with self.stack.changing():
            for section in sections:
                if section.key in self.stack:
                    self.stack.set_open(section.key, is_open)
                if perf_counter() >= deadline:
                    after_a_breath(self, partial(self._open_all, sections, is_open))
                    return

    def action_section(self, step: int) -> None:
        """Move the cursor to the next header below (1) or above (-1), and into sight."""
        if self._cursor is None or not self._cursor.header:
            self._cursor = self._section_in_sight()
        else:
            self._cursor = self.stack.headed(self._cursor, step) or self._cursor
        if self._cursor is not None:
            self._show(self._cursor.top)
            self.refresh()

    def _section_in_sight(self) -> Section | None:
        return self.stack.header_from(self.scroll_offset.y)

    def _show(self, y: int) -> None:
        """Scroll so that a line stands in the upper third, unless it can be seen."""
        if y not in self._window:
            self.go_to(y - self.size.height // 3)

    # -- search

    def search(self, pattern: str) -> int:
        """Mark all matches and jump to the first from the top of the window on; return how many.

        Blanks match line breaks; case matters if there is a capital. In a very long text the count
        goes on growing, and `SearchCounted` tells.
        """
        self._search = Search(pattern, self.stack) if pattern.strip() else None
        self.refresh()
        if self._search is None:
            return 0
        self._search.run(perf_counter() + SLICE)
        self.next_match()
        self.work_came()
        return self._search.count

    def next_match(self) -> bool:
        """Jump to the next match; False if there is none."""
        return self._jump(1)

    def previous_match(self) -> bool:
        """Jump to the match before; False if there is none."""
        return self._jump(-1)

    @property
    def matches(self) -> str:
        """Which match is shown of how many, `3/22`, or how many there are; "" without a search."""
        if (search := self._search) is None:
            return ""
        return units.place_among(search.place, search.count, more=not search.complete)

    def clear_search(self) -> None:
        """Take the marks away."""
        self._search = None
        self.refresh()

    def _jump(self, step: int) -> bool:
        if (search := self._search) is None:
            return False
        place = search.jump(step, self.scroll_offset.y, perf_counter() + SLICE)
        if place is not None:
            self._show(search.y_of(place))
            self.refresh()
        elif search.pending:
            self.work_came()
        return place is not None

    def _go_on_searching(self, deadline: float) -> bool:
        """Count the matches of what is new, and go on with a jump; True if more is to do."""
        if (search := self._search) is None:
            return False
        before = search.count, search.complete
        search.run(deadline)
        if (search.count, search.complete) != before:
            self.post_message(self.SearchCounted(self, search.count, search.complete))
        if search.pending:
            self._jump(search.pending)
        return bool(search.pending) or not search.complete

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
        if self._cursor is None and self.whole:
            return self.whole
        sections = self.stack if self._cursor is None else [self._cursor]
        return "\n\n".join(each.source for each in sections if each.document is not None)

    # -- the pointer

    def show_span(self, key: str, start: int, end: int) -> None:
        """Light a part of a section's source."""
        self._light((key, start, end))

    def clear_span(self) -> None:
        """Light nothing."""
        self._light(None)

    def _light(self, span: tuple[str, int, int] | None) -> None:
        if self._pointer.span != span:
            self._pointer.span = span
            self.refresh()

    def reveal_span(self) -> None:
        """Scroll to where the lit part begins, if its section is open."""
        if (y := self._pointer.lit_line) is not None:
            self._show(y)

    def show_tokens(self, tokens_of: TokensOf | None) -> None:
        """Show the pieces that each section's text came in; None shows the plain text."""
        self._pointer.tokens = tokens_of
        self.refresh()

    @property
    def in_cursor_mode(self) -> bool:
        """Whether the arrow keys move the cursor."""
        return self._pointer.caret is not None

    @property
    def follows(self) -> bool:
        """Whether the view stays at its tail: what is pointed at is not to be carried away."""
        return super().follows and not self.in_cursor_mode

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take the pointer's keys only where one can point, left and right while there is a cursor.

        Elsewhere they are free for the screen.
        """
        match action:
            case "begin_caret":
                return self.can_point
            case "caret":
                return self.in_cursor_mode
        return super().check_action(action, parameters)

    def action_begin_caret(self) -> None:
        """Begin where the user pointed last, or at the first character that can be seen."""
        if not self.in_cursor_mode and self._pointer.begin(self._window):
            self._tell()
            self.refresh_bindings()

    def leave_caret(self) -> bool:
        """Take the cursor away; False if there was none."""
        if not self._pointer.leave():
            return False
        self.refresh()
        self.refresh_bindings()
        return True

    def _point_at(self, caret: Caret) -> None:
        if self.in_cursor_mode:
            self._pointer.put(caret)
            self._tell()
        else:
            self._pointer.note(caret)
            self.post_message(self.Pointed(self, *caret))

    def _tell(self) -> None:
        """Show where the cursor stands now, and say so."""
        if (caret := self._pointer.caret) is None:
            return
        if (y := self._pointer.line) is not None:
            self.reveal(y)
        self.refresh()
        self.post_message(self.Pointed(self, *caret))

    def action_caret(self, step: int) -> None:
        """Move the cursor to the next character (1) or to the one before (-1)."""
        if self._pointer.step(step, self._window):
            self._tell()

    # The keys that scroll move the cursor where there is one.

    def action_go_by(self, lines: int) -> None:
        """Go some lines down, or up."""
        if not self.in_cursor_mode:
            super().action_go_by(lines)
        elif self._pointer.move(lines, self._window):
            self._tell()

    def action_go_to_edge(self, way: int) -> None:
        """Go to the first line or to the tail; the cursor to the end of its line first."""
        if not self.in_cursor_mode:
            super().action_go_to_edge(way)
        elif self._pointer.go_to_edge(way, self._window):
            self._tell()
