"""A scrolling view of lines that grows at the end: the ground that our line-API views stand on.

Assigning `virtual_size` makes Textual lay out the whole screen and paint twice, for every line that
comes; this is the one place that works around it. The view follows the tail if, and only if, it was
at the tail before it grew. A line that looks as it was painted last is not painted again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget

from codex_tui.tui.widgets.painted_lines import PaintedLines
from codex_tui.tui.widgets.quiet_scroll_bar import QuietScrollBar

if TYPE_CHECKING:
    from textual.strip import Strip


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines that are rendered when they are seen."""

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False, id="view.up"),
        Binding("down,j", "scroll_down", "Down", show=False, id="view.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="view.page_up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="view.page_down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="view.half_up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="view.half_down"),
        Binding("home,g", "scroll_home", "Top", show=False, id="view.top"),
        Binding("end,G", "scroll_end", "Tail", show=False, id="view.tail"),
    ]

    follows = True
    """Whether the view stays at its tail when it grows there."""
    unseen = False
    """Lines came while the view was not at its tail."""
    _at_tail = True

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._painted = PaintedLines(self, self.draw)

    @property
    def vertical_scrollbar(self) -> QuietScrollBar:
        """The scrollbar, made where Textual would make its own."""
        if not isinstance(self._vertical_scrollbar, QuietScrollBar):
            width = self.scrollbar_size_vertical
            self._vertical_scrollbar = QuietScrollBar(name="vertical", thickness=width)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar

    @property
    def width(self) -> int:
        """Cells of a line, the scrollbar left out."""
        return self.scrollable_content_region.width

    @property
    def at_tail(self) -> bool:
        """Whether the last line could be seen when the view was scrolled or grew.

        A window that has just become lower is still at the tail, though it does not show it yet.
        """
        return self._at_tail

    def _sees_tail(self) -> bool:
        return self.scroll_offset.y >= self.max_scroll_y

    def set_height(self, height: int, y: int | None = None) -> None:
        """Set how many lines there are, and scroll to line `y` unless it is None."""
        if height != self.virtual_size.height:
            self.set_reactive(Widget.virtual_size, Size(self.virtual_size.width, height))
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.count(height, self.container_size.height)
        self.go_to(self.scroll_offset.y if y is None else y)
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.show_thumb()
        self._at_tail = self._sees_tail()

    def draw(self, y: int) -> Strip:
        """Return how line `y` of the window looks now."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window."""
        return self._painted.paint(y)

    def refresh_changed(self, first: int = 0) -> None:
        """Have the lines of the window painted that look different now, from `first` on."""
        self._painted.refresh_changed(first)

    def go_to(self, y: int) -> None:
        """Scroll to a line at once."""
        self.scroll_to(y=min(max(y, 0), self.max_scroll_y), animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the mark for unseen lines away at the tail."""
        super().watch_scroll_y(old_value, new_value)
        self._at_tail = self._sees_tail()
        if self.unseen and self.at_tail:
            self.unseen = False
            self.refresh()

    def on_resize(self) -> None:
        """Stay at the tail."""
        if self.follows and self._at_tail:
            self.go_to(self.max_scroll_y)

    # Keys scroll at once: an animation is a dozen frames over ssh, and leaves the tail for a while.

    def action_scroll_up(self) -> None:
        """Scroll one line up."""
        self.go_to(self.scroll_offset.y - 1)

    def action_scroll_down(self) -> None:
        """Scroll one line down."""
        self.go_to(self.scroll_offset.y + 1)

    def action_page_up(self) -> None:
        """Scroll one page up, with a line in common."""
        self.go_to(self.scroll_offset.y - max(self.size.height - 1, 1))

    def action_page_down(self) -> None:
        """Scroll one page down, with a line in common."""
        self.go_to(self.scroll_offset.y + max(self.size.height - 1, 1))

    def action_half_page(self, direction: int) -> None:
        """Scroll half a page up (-1) or down (1)."""
        self.go_to(self.scroll_offset.y + direction * max(self.size.height // 2, 1))

    def action_scroll_home(self) -> None:
        """Go to the first line."""
        self.go_to(0)

    def action_scroll_end(self) -> None:
        """Go to the tail, and follow it from now on."""
        self.go_to(self.max_scroll_y)
