"""The view that output, reasoning, tool calls, a record and the metrics are shown in.

One widget whatever the length: what is out of sight is neither painted nor laid out by Textual, and
no piece of work takes longer than a slice. It opens no link, writes no clipboard and knows of no
event: it says what was asked for or pointed at, and shows what it is told.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.message import Message

from codex_tui import units
from codex_tui.tui.mends.slices import after_a_breath
from codex_tui.tui.section_view import palette
from codex_tui.tui.section_view.painter import Painter
from codex_tui.tui.section_view.pointer import Caret, Pointer
from codex_tui.tui.section_view.search import Search
from codex_tui.tui.section_view.selection import selected_source
from codex_tui.tui.section_view.stack import SectionStack
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.geometry import Offset
    from textual.selection import Selection
    from textual.strip import Strip

    from codex_tui.documents.lines import Line
    from codex_tui.tui.section_view.pointer import TokensOf
    from codex_tui.tui.section_view.ranks import Section, State
    from codex_tui.tui.section_view.stack import Anchor

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


class _Hold(NamedTuple):
    """What a window showed before a change."""

    top: int
    height: int
    """Lines of the stack."""
    tail: bool
    anchor: Anchor | None


class SectionView(LineView):
    """Sections with growing documents, one below the other.

    Args:
        placeholder: What an empty view says.
        follow: Whether the view stays at its tail when it grows there.
        pointing: Whether characters can be pointed at, with the mouse and with a cursor.
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
        self._stack = SectionStack(spacing=1)
        self._painter = Painter(self)
        self._pointer = Pointer(self._stack)
        self._search: Search | None = None
        self._cursor: Section | None = None
        self._scheduled = False
        self._changing = False
        self._held: _Hold | None = None
        """What was shown before the first of several changes."""

    # -- sections

    @property
    def sections(self) -> list[Section]:
        """The sections from top to bottom; change them with the methods of the view."""
        return list(self._stack)

    @property
    def first(self) -> str | None:
        """The key of the first section."""
        return next((section.key for section in self._stack), None)

    def __contains__(self, key: object) -> bool:
        return key in self._stack

    def add(
        self, section: Section, *, before: str | None = None, after: str | None = None
    ) -> Section:
        """Add a section, at the end unless a neighbour is named.

        Raises:
            ValueError: There is a section with this key.
            KeyError: There is no such neighbour.
        """
        with self._change():
            self._stack.add(section, before=before, after=after)
        self._schedule()
        return section

    def discard(self, key: str) -> None:
        """Take a section out."""
        with self._change():
            if self._stack.discard(key) is self._cursor:
                self._cursor = None

    def clear(self) -> None:
        """Take all sections out, and the cursor with them."""
        self.leave_caret()
        self._pointer.forget()
        self._stack.clear()
        self._cursor = None
        self.unseen = False
        self.set_height(0)
        self._painted.refresh_soon()

    def update(
        self,
        key: str,
        *,
        title: str | None = None,
        meta: str | None = None,
        state: State | None = None,
    ) -> None:
        """Change what the header of a section shows; None leaves a part as it is."""
        section = self._stack[key]
        if title is not None and not section.header:
            with self._change():
                self._stack.retitle(section, title, meta, state)
        elif self._stack.retitle(section, title, meta, state):
            top = section.top - self.scroll_offset.y
            self._painted.refresh_soon(top, top + section.header)

    def set_open(self, key: str, is_open: bool) -> None:
        """Show or hide the document of a section."""
        if self._stack[key].open != is_open:
            with self._change():
                self._stack.set_open(key, is_open)
            self._schedule()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Show what is added, taken out, opened and closed within at once, in the end."""
        self._changing = True
        try:
            with self._stack.changing():
                yield
        finally:
            self._changing = False
            hold, self._held = self._held, None
            if hold is not None:
                self._stand(hold, soon=True)

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Hold what is shown where sections come and go; of several changes, before the first."""
        hold = self._held or self._hold()
        if self._changing:
            self._held = hold
        yield
        if not self._changing:
            self._stand(hold, soon=True)

    def append(self, key: str, text: str) -> None:
        """Add text to the end of a section's document."""
        if text and (document := self._stack.document(key)) is not None:
            document.append(text)
            self._schedule()

    def replace(self, key: str, text: str, *, preface: str = "") -> None:
        """Put another text into a section's document; the preface is said by its title."""
        self._stack[key].preface = preface
        if (document := self._stack.document(key)) is not None:
            document.replace(text)
            self._schedule()

    # -- work

    def on_mount(self) -> None:
        """Begin with what was added before."""
        self._schedule()

    def on_resize(self) -> None:
        """Wrap again for a new width: what can be seen at once, the rest in slices."""
        hold = self._hold()
        self._stack.layout(self.width, self._window)
        self._stand(hold)
        self._schedule()

    @property
    def busy(self) -> bool:
        """Whether something is still to be drawn."""
        return bool(self._stack.busy)

    def _schedule(self) -> None:
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
        hold = self._hold()
        changed = self._stack.advance(self.width, self._window, deadline)
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

    def _hold(self) -> _Hold:
        """Note what is shown, so that it still is after a change: the tail, or what is read."""
        top = self.scroll_offset.y
        tail = self.follows and self.at_tail and not self.is_vertical_scrollbar_grabbed
        anchor = None if tail else self._stack.anchor(top)
        return _Hold(top, self._stack.height, tail, anchor)

    def _stand(self, hold: _Hold, changed: int = 0, *, soon: bool = False) -> None:
        """Show what was held after a change, which has other lines from `changed` on."""
        height = self._stack.height
        if hold.tail:
            self.set_height(height, max(height - self.size.height, 0))
        else:
            self.unseen = self.follows and (self.unseen or height > hold.height)
            self.set_height(height, self._stack.top_for(hold.anchor))
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
        return strip.apply_offsets(0, self.scroll_offset.y + y) if self._stack.height else strip

    def draw(self, y: int) -> Strip:
        """Return how a line of the window looks now."""
        width = self.width
        if not self._stack.height:
            return self._painter.placeholder(self.placeholder, y, width, self.size.height)
        strip = self._line(self.scroll_offset.y + y, width)
        if self.unseen and not self.at_tail and y == self.size.height - 1:
            return self._painter.with_new_mark(strip, width)
        return strip

    def _line(self, y: int, width: int) -> Strip:
        spot = self._stack.at(y)
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
        spot, run = self._stack.at(y), self._stack.run_at(y, x)
        if spot is not None and spot.line < 0:
            self._toggle(spot.section)
        elif self.text_selection is not None:
            return
        elif run is not None and run.link:
            event.stop()
            self.post_message(self.LinkActivated(self, run.link))
        elif self.can_point and (place := self._stack.source_at(y, x)) is not None:
            self._point_at(Caret(*place))

    def _toggle(self, section: Section) -> None:
        self._cursor = section
        if section.collapsible and section.document is not None:
            self.set_open(section.key, not section.open)
            self.post_message(self.Toggled(self, section.key, section.open))
        self.refresh()

    def action_toggle_section(self) -> None:
        """Open or close the section under the cursor, else the first whose header can be seen."""
        section = self._cursor or self._section_in_sight()
        if section is not None:
            self._toggle(section)

    def action_toggle_all(self) -> None:
        """Close all sections, or open all if none is open; very many a slice at a time."""
        sections = [section for section in self._stack if section.collapsible]
        self._open_all(iter(sections), not any(section.open for section in sections))

    def _open_all(self, sections: Iterator[Section], is_open: bool) -> None:
        deadline = perf_counter() + SLICE
        with self.changing():
            for section in sections:
                if section.key in self._stack:
                    self.set_open(section.key, is_open)
                if perf_counter() >= deadline:
                    after_a_breath(self, partial(self._open_all, sections, is_open))
                    return

    def action_section(self, step: int) -> None:
        """Move the cursor to the next header below (1) or above (-1), and into sight."""
        if self._cursor is None or not self._cursor.header:
            self._cursor = self._section_in_sight()
        else:
            self._cursor = self._stack.headed(self._cursor, step) or self._cursor
        if self._cursor is not None:
            self._show(self._cursor.top)
            self.refresh()

    def _section_in_sight(self) -> Section | None:
        return self._stack.header_from(self.scroll_offset.y)

    def _show(self, y: int) -> None:
        """Scroll so that a line stands in the upper third, unless it can be seen."""
        if y not in self._window:
            self.go_to(y - self.size.height // 3)

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links that are drawn, in order: text and target."""
        return [link for _, block in self._stack.blocks() for link in block.links]

    def place_at(self, offset: Offset) -> tuple[str, int] | None:
        """Return section and source offset of what is drawn at a place of the window."""
        return self._stack.source_at(offset.y + self.scroll_offset.y, offset.x)

    # -- search

    def search(self, pattern: str) -> int:
        """Mark all matches and jump to the first from the top of the window on; return how many.

        Blanks match line breaks; case matters if there is a capital. In a very long text the count
        goes on growing, and `SearchCounted` tells.
        """
        self._search = Search(pattern, self._stack) if pattern.strip() else None
        self.refresh()
        if self._search is None:
            return 0
        self._search.run(perf_counter() + SLICE)
        self.next_match()
        self._schedule()
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
            self._schedule()
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
        text = selected_source(self._stack, selection)
        return (text, "\n") if text else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        self.refresh()

    def copy_source(self) -> str:
        """Return the source of the selection, else of the section under the cursor, else of all."""
        if (selection := self.text_selection) is not None:
            return selected_source(self._stack, selection)
        if self._cursor is None and self.whole:
            return self.whole
        sections = self._stack if self._cursor is None else [self._cursor]
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
