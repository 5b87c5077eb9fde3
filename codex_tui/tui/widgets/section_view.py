"""The view that output, reasoning and tool calls are made of, as the user handles it.

Opening and closing, links, search, copying. It opens no link and writes no clipboard: it says what
was asked for, and the app decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from codex_tui.documents.lines import index_at, run_at
from codex_tui.tui.widgets import palette
from codex_tui.tui.widgets.copying import selected_source
from codex_tui.tui.widgets.growing_view import SLICE, GrowingView
from codex_tui.tui.widgets.search import Search
from codex_tui.tui.widgets.sections import Section

__all__ = ["Section", "SectionView"]

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Offset
    from textual.selection import Selection

    from codex_tui.documents.lines import Run


class SectionView(GrowingView):
    """Sections with growing documents, one below the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "toggle_section", "Open or close", id="view.toggle"),
        Binding("O", "toggle_all", "Open or close all", show=False, id="view.toggle_all"),
        Binding("left_curly_bracket", "section(-1)", "Section above", show=False, id="view.above"),
        Binding("right_curly_bracket", "section(1)", "Section below", show=False, id="view.below"),
    ]
    COMPONENTS: ClassVar[set[str]] = palette.COMPONENTS
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

    _step = 0
    """The way to a match that is still looked for: 1, -1, or 0 for none."""

    def search(self, pattern: str) -> int:
        """Mark all matches and jump to the first from the top of the window on; return how many.

        Blanks match line breaks; case matters if there is a capital. In a very long text the count
        goes on growing, and `SearchCounted` tells.
        """
        self._search = Search(pattern, self._sections) if pattern.strip() else None
        self._step = 0
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
        self._search, self._step = None, 0
        self.refresh()

    @property
    def match_position(self) -> int:
        """The number of the match that was jumped to, from 1 on; 0 for none."""
        return self._search.position if self._search else 0

    def _jump(self, step: int) -> bool:
        if self._search is None:
            return False
        top, deadline = self.scroll_offset.y, perf_counter() + SLICE
        go = self._search.next if step > 0 else self._search.previous
        place = go(top, deadline)
        self._step = step if self._search.pending else 0
        if place is not None:
            self._show(self._search.y_of(place))
            self.refresh()
        elif self._step:
            self._schedule()
        return place is not None

    def advance(self, deadline: float) -> bool:
        """Draw what is new, and count its matches; True if there is more to do."""
        more = super().advance(deadline)
        self._count(deadline)
        if self._step:
            self._jump(self._step)
        return more or bool(self._step) or not (self._search is None or self._search.complete)

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
            found += block.links
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
