"""The view that output, reasoning and tool calls are made of: sections with growing documents.

A line-API view: one widget whatever the length, work in slices of a few milliseconds, and nothing
is laid out again for what is out of sight. It opens no link and writes no clipboard: it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from codex_tui.tui.widgets import palette
from codex_tui.tui.widgets.copying import selected_source
from codex_tui.tui.widgets.line_view import LineView
from codex_tui.tui.widgets.lines import index_at, links_in, run_at
from codex_tui.tui.widgets.painter import Painter
from codex_tui.tui.widgets.search import Search
from codex_tui.tui.widgets.sections import Section, Sections, State

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Offset
    from textual.selection import Selection
    from textual.strip import Strip

    from codex_tui.tui.widgets.lines import Line, Run

SLICE = 0.008
"""Seconds of work at a time; then the keys have their turn."""

_LOOK_AHEAD = 12
"""Lines that are looked at for one with a place in the source."""


class _Anchor(NamedTuple):
    """What stands at the top of the window, so that it stays there."""

    section: Section
    source: int
    """Its place in the document; -1 for a header."""
    below: int
    """Lines between the top of the window and it."""


class SectionView(LineView):
    """Sections with growing documents, one below the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,o", "toggle_section", "Open or close", id="view.toggle"),
        Binding("O", "toggle_all", "Open or close all", show=False, id="view.toggle_all"),
        Binding("left_curly_bracket", "section(-1)", "Section above", show=False, id="view.above"),
        Binding("right_curly_bracket", "section(1)", "Section below", show=False, id="view.below"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = palette.COMPONENTS
    DEFAULT_CSS = palette.CSS

    @dataclass
    class LinkActivated(Message):
        """A link was clicked; its target is http, https or mailto. Nothing was opened."""

        view: SectionView
        url: str

    @dataclass
    class Toggled(Message):
        """A section was opened or closed by the user."""

        view: SectionView
        key: str
        open: bool

    @dataclass
    class SearchCounted(Message):
        """The number of matches, as far as the text was looked through."""

        view: SectionView
        count: int
        complete: bool

    def __init__(
        self,
        placeholder: Content | None = None,
        *,
        follow: bool = True,
        spacing: int = 1,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.placeholder = placeholder or Content()
        self._follow = follow
        self._sections = Sections(spacing)
        self._painter = Painter(self)
        self._search: Search | None = None
        self._busy: dict[str, Section] = {}
        self._cursor: Section | None = None
        self._scheduled = False

    # -- sections

    @property
    def sections(self) -> list[Section]:
        """The sections from top to bottom; change them with the methods of the view."""
        return list(self._sections)

    def __contains__(self, key: object) -> bool:
        return key in self._sections

    def add(
        self, section: Section, *, before: str | None = None, after: str | None = None
    ) -> Section:
        """Add a section, at the end unless a neighbour is named.

        Raises:
            ValueError: There is a section with this key.
            KeyError: There is no such neighbour.
        """
        index = len(self._sections)
        if before is not None:
            index = self._sections[before].index
        elif after is not None:
            index = self._sections[after].index + 1
        self._sections.insert(section, index)
        self._mark_busy(section)
        self._changed(index)
        return section

    def discard(self, key: str) -> None:
        """Take a section out."""
        section = self._sections[key]
        self._sections.discard(key)
        self._busy.pop(key, None)
        if self._cursor is section:
            self._cursor = None
        self._changed(section.index)

    def clear(self) -> None:
        """Take all sections out."""
        self._sections.clear()
        self._busy.clear()
        self._cursor = None
        self.unseen = False
        self._place(0, follow=False)

    def update(
        self,
        key: str,
        *,
        title: Content | None = None,
        meta: Content | None = None,
        state: State | None = None,
    ) -> None:
        """Change what the header of a section shows; None leaves a part as it is."""
        section = self._sections[key]
        had_header = section.header
        section.title = section.title if title is None else title
        section.meta = section.meta if meta is None else meta
        section.state = section.state if state is None else state
        if section.header != had_header:
            self._changed(section.index)
        else:
            self.refresh_lines(section.top, section.header)

    def append(self, key: str, text: str) -> None:
        """Add text to the end of a section's document."""
        section = self._sections[key]
        if section.document is not None and text:
            section.document.append(text)
            self._mark_busy(section)

    def replace(self, key: str, text: str) -> None:
        """Put another text into a section's document."""
        section = self._sections[key]
        if section.document is not None:
            section.document.replace(text)
            self._mark_busy(section)

    def finish(self, key: str) -> None:
        """Say that a section's text is complete: table columns get their final widths."""
        section = self._sections[key]
        if section.document is not None:
            section.document.finish()
            self._mark_busy(section)

    def set_open(self, key: str, is_open: bool) -> None:
        """Show or hide the document of a section."""
        section = self._sections[key]
        if section.open != is_open:
            section.open = is_open
            self._mark_busy(section)
            self._changed(section.index)

    # -- work

    def on_mount(self) -> None:
        """Begin with what was added before."""
        self._schedule()

    def on_resize(self) -> None:
        """Wrap again for a new width: what can be seen at once, the rest in slices."""
        self._lay_out()

    def _mark_busy(self, section: Section) -> None:
        self._busy[section.key] = section
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and self.is_mounted:
            self._scheduled = True
            self.call_next(self._work)

    def _work(self) -> None:
        self._scheduled = False
        if self.advance(perf_counter() + SLICE):
            self._scheduled = True
            # Behind whatever else waits, so that keys and paints come between two slices.
            self.call_later(self._work)

    def advance(self, deadline: float) -> bool:
        """Draw what is new until the `perf_counter` deadline; True if there is more to do."""
        if not self.width:
            return False
        follow, anchor = self._follows(), self._anchor()
        first = len(self._sections)
        changed = self._sections.height
        for section in list(self._busy.values()):
            done, line = self._advance(section, deadline)
            if done:
                del self._busy[section.key]
            if line is not None:
                first = min(first, section.index)
                changed = min(changed, self._sections.y_of(section, line))
            if perf_counter() >= deadline:
                break
        if first < len(self._sections):
            self._place(first, follow=follow, anchor=anchor, changed=changed)
        self._count(deadline)
        return bool(self._busy) or not (self._search is None or self._search.complete)

    def _advance(self, section: Section, deadline: float) -> tuple[bool, int | None]:
        """Work on one section; return whether it is done, and the first line that changed."""
        document = section.document
        if document is None or not section.open:
            return True, None
        document.layout(self._room(section), self.scroll_offset.y - section.top)
        more = document.advance(deadline)
        return not more, document.take_changed()

    def _room(self, section: Section) -> int:
        return max(self.width - section.indent, 1)

    def _lay_out(self) -> None:
        """Give all documents the width, and draw again what can be seen."""
        follow, anchor = self._follows(), self._anchor()
        top = self.scroll_offset.y
        for section in self._sections:
            if section.document is not None and section.open:
                section.document.layout(self._room(section), top - section.top)
                self._busy[section.key] = section
        self._settle(top)
        self._place(0, follow=follow, anchor=anchor)
        self._schedule()

    def _settle(self, top: int) -> None:
        bottom = top + self.size.height
        for section in self._sections:
            body = self._sections.y_of(section, 0)
            if section.document and body < bottom and body + section.body > top:
                section.document.settle(top - body, bottom - body)

    def _changed(self, index: int) -> None:
        """Place the sections from one on again, where sections came, went, opened or closed."""
        self._place(index, follow=self._follows(), anchor=self._anchor())

    def _follows(self) -> bool:
        return self._follow and self.at_tail

    def _place(
        self, index: int, *, follow: bool, anchor: _Anchor | None = None, changed: int = 0
    ) -> None:
        before = self._sections.height
        self._sections.place(index)
        height = self._sections.height
        grew = height > before
        top = self.scroll_offset.y
        if follow and not self.is_vertical_scrollbar_grabbed:
            self.set_height(height, max(height - self.size.height, 0))
        else:
            self.unseen = self.unseen or grew
            self.set_height(height, self._y_of(anchor))
        if top == self.scroll_offset.y:
            self._refresh_from(changed)

    def _refresh_from(self, y: int) -> None:
        """Paint the lines from one on again, as far as they can be seen."""
        first = max(y - self.scroll_offset.y, 0)
        height = self.size.height
        if first < height:
            self.refresh(Region(0, first, self.size.width, height - first))
        elif self.unseen:
            self.refresh(Region(0, height - 1, self.size.width, 1))

    # -- what stands at the top of the window

    def _anchor(self) -> _Anchor | None:
        top = self.scroll_offset.y
        for below in range(_LOOK_AHEAD):
            spot = self._sections.at(top + below)
            if spot is None:
                continue
            if spot.line < 0:
                return _Anchor(spot.section, -1, below)
            line = self._sections.line(top + below)
            source = next((run.source for run in line if run.source >= 0), None)
            if source is not None:
                return _Anchor(spot.section, source, below)
        return None

    def _y_of(self, anchor: _Anchor | None) -> int | None:
        """Return where the window has to begin for an anchor to stay where it is."""
        if anchor is None:
            return None
        section, source, below = anchor
        if source < 0:
            return section.top - below
        position = section.document.position_of(source) if section.document else None
        return None if position is None else self._sections.y_of(section, position[0]) - below

    # -- lines

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window."""
        width = self.width
        top = self.scroll_offset.y
        if not self._sections.height:
            strips = self._painter.placeholder(self.placeholder, width, self.size.height)
            return strips[y] if y < len(strips) else self._painter.blank(width)
        strip = self._line(top + y, width).apply_offsets(0, top + y)
        if self.unseen and y == self.size.height - 1 and not self.at_tail:
            return self._painter.with_new_mark(strip, width)
        return strip

    def _line(self, y: int, width: int) -> Strip:
        spot = self._sections.at(y)
        if spot is None:
            return self._painter.blank(width)
        section, line = spot
        if line < 0 or section.document is None:
            return self._painter.header(section, width, cursor=section is self._cursor)
        block, index = section.document.block_at(line)
        matches = self._search.spans(block, index) if self._search and index >= 0 else None
        drawn = section.document.line(line)
        chosen = self._selected(y, section.indent, drawn)
        return self._painter.line(drawn, section.indent, width, selected=chosen, matches=matches)

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
        """Drop what was painted in other styles."""
        self._painter.forget()
        super().notify_style_update()

    # -- the user

    def on_click(self, event: events.Click) -> None:
        """Open or close a section by its header; tell of a link."""
        offset = event.get_content_offset(self)
        spot = None if offset is None else self._sections.at(offset.y + self.scroll_offset.y)
        if offset is None or spot is None:
            return
        if spot.line < 0:
            self._toggle(spot.section)
        elif (url := self._link_at(offset)) and not self.text_selection:
            event.stop()
            self.post_message(self.LinkActivated(self, url))

    def _link_at(self, offset: Offset) -> str:
        run = self._run_at(offset)
        return run.link if run is not None else ""

    def _run_at(self, offset: Offset) -> Run | None:
        y = offset.y + self.scroll_offset.y
        spot = self._sections.at(y)
        if spot is None or spot.line < 0:
            return None
        line = self._sections.line(y)
        index = index_at(line, offset.x - spot.section.indent)
        return None if index is None else run_at(line, index)

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
        """Close all sections, or open all if none is open."""
        sections = [section for section in self._sections if section.collapsible]
        is_open = not any(section.open for section in sections)
        for section in sections:
            self.set_open(section.key, is_open)

    def action_section(self, step: int) -> None:
        """Move the cursor to the next header below (1) or above (-1), and into sight."""
        headed = [section for section in self._sections if section.header]
        if not headed:
            return
        if self._cursor in headed:
            index = min(max(headed.index(self._cursor) + step, 0), len(headed) - 1)
            self._cursor = headed[index]
        else:
            self._cursor = self._section_in_sight() or headed[-1]
        self._show(self._cursor.top)
        self.refresh()

    def _section_in_sight(self) -> Section | None:
        top = self.scroll_offset.y
        headed = [section for section in self._sections if section.header]
        below = (section for section in headed if section.top >= top)
        return next(below, headed[-1] if headed else None)

    def _show(self, y: int) -> None:
        """Scroll as little as it takes for a line to be seen."""
        top, height = self.scroll_offset.y, self.size.height
        if not top <= y < top + height:
            self.go_to(y - height // 3)

    # -- search

    def search(self, pattern: str) -> int:
        """Mark all matches and jump to the first from the top of the window on; return how many.

        Blanks match line breaks; case matters if there is a capital. In a very long text the count
        goes on growing, and `SearchCounted` tells.
        """
        self._search = Search(pattern, self._sections) if pattern.strip() else None
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

    def clear_search(self) -> None:
        """Take the marks away."""
        self._search = None
        self.refresh()

    @property
    def match_position(self) -> int:
        """The number of the match that was jumped to, from 1 on; 0 for none."""
        return self._search.position if self._search else 0

    def _jump(self, step: int) -> bool:
        if self._search is None:
            return False
        top = self.scroll_offset.y
        place = self._search.next(top) if step > 0 else self._search.previous(top)
        if place is not None:
            self._show(self._search.y_of(place))
            self.refresh()
        return place is not None

    def _count(self, deadline: float) -> None:
        search = self._search
        if search is None:
            return
        before = search.count, search.complete
        search.run(deadline)
        if (search.count, search.complete) != before:
            self.post_message(self.SearchCounted(self, search.count, search.complete))

    # -- copying

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the source of what is selected."""
        text = selected_source(self._sections, selection)
        return (text, "\n") if text else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        self.refresh()

    def copy_source(self) -> str:
        """Return the source of the selection, else of the section under the cursor, else of all."""
        if (selection := self.text_selection) is not None:
            return selected_source(self._sections, selection)
        sections = [self._cursor] if self._cursor is not None else list(self._sections)
        documents = (section.document for section in sections)
        return "\n\n".join(document.source for document in documents if document is not None)

    # -- places

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links that are drawn, in order: text and target."""
        found: list[tuple[str, str]] = []
        for _, block in self._sections.blocks():
            found += links_in(block.lines)
        return found

    def place_at(self, offset: Offset) -> tuple[str, int] | None:
        """Return section and source offset of what is drawn at a place of the window."""
        y = offset.y + self.scroll_offset.y
        spot = self._sections.at(y)
        if spot is None or spot.section.document is None or spot.line < 0:
            return None
        index = index_at(self._sections.line(y), offset.x - spot.section.indent)
        source = None if index is None else spot.section.document.source_at(spot.line, index)
        return None if source is None else (spot.section.key, source)

    def reveal(self, key: str, source: int) -> None:
        """Open a section and scroll to a place of its source."""
        self.set_open(key, True)
        section = self._sections[key]
        position = section.document.position_of(source) if section.document else None
        if position is not None:
            self._show(self._sections.y_of(section, position[0]))
