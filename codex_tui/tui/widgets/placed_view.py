"""Sections with documents, one below the other: where they stand, and how they are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from codex_tui.tui.widgets.anchors import Anchor, anchor_at, line_of
from codex_tui.tui.widgets.on_demand import OnDemandView
from codex_tui.tui.widgets.painter import Painter
from codex_tui.tui.widgets.sections import Section, Sections
from codex_tui.tui.widgets.slices import after_a_breath

if TYPE_CHECKING:
    from textual.strip import Strip

    from codex_tui.documents.lines import Line
    from codex_tui.tui.widgets.search import Search


class PlacedView(OnDemandView):
    """Places the sections, keeps what is read where it is, and paints the lines that are seen."""

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
        self.follows = follow
        self._sections = Sections(spacing)
        self._painter = Painter(self)
        self._search: Search | None = None
        self._cursor: Section | None = None

    @property
    def sections(self) -> list[Section]:
        """The sections from top to bottom; change them with the methods of the view."""
        return list(self._sections)

    def __contains__(self, key: object) -> bool:
        return key in self._sections

    # -- places

    def _changed(self, index: int) -> None:
        """Place the sections from one on again, where sections came, went, opened or closed."""
        anchor = anchor_at(self._sections, self.scroll_offset.y)
        self._place(index, follow=self._follows(), anchor=anchor, soon=True)

    def _follows(self) -> bool:
        return self.follows and self.at_tail

    def _place(
        self,
        index: int,
        *,
        follow: bool,
        anchor: Anchor | None = None,
        changed: int = 0,
        soon: bool = False,
    ) -> None:
        before = self._sections.height
        self._sections.place(index)
        height = self._sections.height
        grew = height > before
        top = self.scroll_offset.y
        if follow and not self.is_vertical_scrollbar_grabbed:
            self.set_height(height, max(height - self.size.height, 0))
        else:
            self.unseen = self.follows and (self.unseen or grew)
            self.set_height(height, line_of(self._sections, anchor))
        if soon:  # another record brings all its sections in one message
            self._painted.refresh_soon()
        elif top == self.scroll_offset.y:
            # The last line of the window may have to say that there are new ones below.
            self.refresh_changed(min(changed - top, self.size.height - 1))

    # -- lines

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window, so that it can be selected from."""
        strip = super().render_line(y)
        return strip.apply_offsets(0, self.scroll_offset.y + y) if self._sections.height else strip

    def draw(self, y: int) -> Strip:
        """Return how a line of the window looks now."""
        width = self.width
        top = self.scroll_offset.y
        if not self._sections.height:
            strips = self._painter.placeholder(self.placeholder, width, self.size.height)
            return strips[y] if y < len(strips) else self._painter.blank(width)
        strip = self._line(top + y, width)
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
        matches = None
        if self._search is not None and index >= 0:
            matches = self._search.spans(section, block, index)
        plain = section.document.line(line)
        drawn = self.overlaid(section.key, plain)
        chosen = self._selected(y, section.indent, drawn)
        return self._painter.line(
            drawn,
            section.indent,
            width,
            selected=chosen,
            matches=matches,
            passing=drawn is not plain,
        )

    def overlaid(self, key: str, line: Line) -> Line:
        """Return a line of a section with what is laid over it, or the very line."""
        return line

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
