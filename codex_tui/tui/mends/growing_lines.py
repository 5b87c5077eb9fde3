"""A view whose lines grow in number, without a layout and a scrollbar for each of them.

In Textual 8.2.8 assigning `virtual_size` lays the whole screen out and paints twice, and a
scrollbar paints all its lines whenever one of its numbers changes: that is with each line that
comes, while the thumb of a long view changes by an eighth of a cell now and then.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scrollbar import ScrollBar
from textual.widget import Widget

from codex_tui.tui.mends.repainting import repaint

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.scroll_view import ScrollView

_EIGHTHS = 8  # of a cell, in which thumbs are drawn


class QuietScrollBar(ScrollBar):
    """A vertical scrollbar, for a view whose lines grow in number all the time."""

    window_virtual_size: Reactive[int] = Reactive(100, repaint=False)
    window_size: Reactive[int] = Reactive(0, repaint=False)
    position: Reactive[float] = Reactive(0, repaint=False)

    _painted = (0, 0)

    def render(self) -> RenderableType:
        """Draw all of it, and remember where the thumb stood."""
        self._painted = self._thumb()
        return super().render()

    def _thumb(self) -> tuple[int, int]:
        """Return where the thumb begins and ends, as `ScrollBarRender.render_bar` draws it."""
        size, lines, window = self.size.height, self.window_virtual_size, self.window_size
        if not size or not 0 < window < lines or size == lines:
            return 0, 0
        thumb = max(1, window * size / lines)
        start = int((size - thumb) * self.position / (lines - window) * _EIGHTHS)
        return start, start + ceil(thumb * _EIGHTHS)

    def count(self, lines: int, window: int) -> None:
        """Set how many lines there are and how many are seen; `show_thumb` paints that."""
        self.set_reactive(QuietScrollBar.window_virtual_size, lines)
        self.set_reactive(QuietScrollBar.window_size, window)

    def show_thumb(self) -> None:
        """Have the cells painted in which the thumb looks different now."""
        before, self._painted = self._painted, self._thumb()
        if self._painted != before:
            self._layout_cache.clear()  # of what `render` returned
            for ends in zip(before, self._painted, strict=True):
                first, last = (end // _EIGHTHS for end in sorted(ends))
                repaint(self, Region(0, first, self.size.width, last + 1 - first))

    def watch_window_virtual_size(self) -> None:
        """Follow the number of lines."""
        self.show_thumb()

    def watch_window_size(self) -> None:
        """Follow the size of the window."""
        self.show_thumb()

    def watch_position(self) -> None:
        """Follow the window."""
        self.show_thumb()


def quiet_scroll_bar(view: ScrollView) -> QuietScrollBar:
    """Return a view's vertical scrollbar, made where Textual would make its own."""
    if not isinstance(view._vertical_scrollbar, QuietScrollBar):
        width = view.scrollbar_size_vertical
        view._vertical_scrollbar = QuietScrollBar(name="vertical", thickness=width)
        view._vertical_scrollbar.display = False
        view.app._start_widget(view, view._vertical_scrollbar)
    return view._vertical_scrollbar


def set_line_count(view: ScrollView, count: int) -> None:
    """Set how many lines a view has; to be painted is what the caller says."""
    if count != view.virtual_size.height:
        view.set_reactive(Widget.virtual_size, Size(view.virtual_size.width, count))
        if view.show_vertical_scrollbar:
            quiet_scroll_bar(view).count(count, view.container_size.height)
