"""Sections whose documents grow: the work on them, in slices.

One widget whatever the length: what is out of sight is neither painted nor laid out by Textual, and
no piece of work takes longer than a slice.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.tui.widgets.anchors import anchor_at
from codex_tui.tui.widgets.placed_view import PlacedView
from codex_tui.tui.widgets.slices import after_a_breath

if TYPE_CHECKING:
    from textual.content import Content

    from codex_tui.tui.widgets.sections import Section, State

SLICE = 0.008
"""Seconds of work at a time; then the keys have their turn."""


class GrowingView(PlacedView):
    """Holds the sections, draws what comes in and keeps what is read where it is."""

    _scheduled = False

    # -- sections

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
        if self._cursor is section:
            self._cursor = None
        self._changed(section.index)

    def clear(self) -> None:
        """Take all sections out."""
        self._sections.clear()
        self._cursor = None
        self.unseen = False
        self._place(0, follow=False, soon=True)

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

    @property
    def busy(self) -> bool:
        """Whether something is still to be drawn."""
        return bool(self._sections.busy)

    def _mark_busy(self, section: Section) -> None:
        self._sections.busy[section.key] = section
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and self.is_mounted:
            self._scheduled = True
            self.call_next(self._work)

    def _work(self) -> None:
        self._scheduled = False
        if self.advance(perf_counter() + SLICE):
            self._scheduled = True
            after_a_breath(self, self._work)

    def advance(self, deadline: float) -> bool:
        """Draw what is new until the `perf_counter` deadline; True if there is more to do."""
        if not self.width:
            return False
        follow, anchor = self._follows(), anchor_at(self._sections, self.scroll_offset.y)
        first = len(self._sections)
        changed = self._sections.height
        for section in list(self._sections.busy.values()):
            done, line = self._advance(section, deadline)
            if done:
                del self._sections.busy[section.key]
            if line is not None:
                first = min(first, section.index)
                changed = min(changed, self._sections.y_of(section, line))
            if perf_counter() >= deadline:
                break
        if first < len(self._sections):
            self._place(first, follow=follow, anchor=anchor, changed=changed)
        return bool(self._sections.busy)

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
        follow, anchor = self._follows(), anchor_at(self._sections, self.scroll_offset.y)
        top = self.scroll_offset.y
        for section in self._sections:
            if section.document is not None and section.open:
                section.document.layout(self._room(section), top - section.top)
                self._sections.busy[section.key] = section
        self._sections.settle(top, top + self.size.height)
        self._place(0, follow=follow, anchor=anchor)
        self._schedule()
