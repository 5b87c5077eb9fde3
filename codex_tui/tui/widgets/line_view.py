"""A scrolling view of lines that grows at the end: the ground that our line-API views stand on.

It follows the tail if, and only if, it was at the tail before it grew. A line that looks as it was
painted last is not painted again.
"""

from __future__ import annotations

from sys import maxsize
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.scroll_view import ScrollView

from codex_tui.tui.mends.component_styles import ComponentsOnDemand
from codex_tui.tui.mends.growing_lines import QuietScrollBar, quiet_scroll_bar, set_line_count
from codex_tui.tui.mends.painted_lines import PaintedLines

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.strip import Strip


class LineView(ScrollView, ComponentsOnDemand, can_focus=True, inherit_bindings=False):
    """Lines that are rendered when they are seen.

    Args:
        follow: Whether the view stays at its tail when it grows there.
    """

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    LineView { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "go_by(-1)", "Up", show=False, id="view.up"),
        Binding("down,j", "go_by(1)", "Down", show=False, id="view.down"),
        Binding("pageup", "go_by_pages(-1)", "Page up", show=False, id="view.page_up"),
        Binding("pagedown", "go_by_pages(1)", "Page down", show=False, id="view.page_down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="view.half_up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="view.half_down"),
        Binding("home,g", "go_to_edge(-1)", "Top", show=False, id="view.top"),
        Binding("end,G", "go_to_edge(1)", "Tail", show=False, id="view.tail"),
    ]

    unseen = False
    """Lines came while the view was not at its tail."""

    def __init__(
        self, *, follow: bool = True, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._follow = follow
        self._at_tail = True
        self._painted = PaintedLines(self, self.draw)
        self._measured: tuple[object, int] = (None, 0)

    @property
    def vertical_scrollbar(self) -> QuietScrollBar:
        """The scrollbar."""
        return quiet_scroll_bar(self)

    @property
    def width(self) -> int:
        """Cells of a line, the scrollbar left out; kept, for each line that is drawn asks."""
        depends_on = self._size, self._container_size, self.show_vertical_scrollbar
        if self._measured[0] != depends_on:
            self._measured = depends_on, self.scrollable_content_region.width
        return self._measured[1]

    # -- the tail

    @property
    def follows(self) -> bool:
        """Whether the view stays at its tail when it grows there."""
        return self._follow

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
        set_line_count(self, height)
        self.go_to(self.scroll_offset.y if y is None else y)
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.show_thumb()
        self._at_tail = self._sees_tail()

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

    # -- lines

    def draw(self, y: int) -> Strip:
        """Return how line `y` of the window looks now."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window."""
        return self._painted.paint(y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint some lines of the window."""
        return self._painted.render(crop)

    def refresh_changed(self, first: int = 0, stop: int | None = None) -> None:
        """Have the lines from `first` to before `stop` painted that look different now."""
        self._painted.refresh_changed(first, stop)

    def refresh_soon(self, first: int = 0, stop: int = maxsize) -> None:
        """Have them painted once for all that changes in one message."""
        self._painted.refresh_soon(first, stop)

    # -- where the window stands. It goes there at once: an animation is a dozen frames over ssh,
    # -- and leaves the tail for a while.

    def go_to(self, y: int) -> None:
        """Scroll to a line."""
        y = min(max(y, 0), self.max_scroll_y)
        if not y == self.scroll_y == self.scroll_target_y:
            self.scroll_to(y=y, animate=False, force=True)

    def reveal(self, y: int) -> None:
        """Scroll by as little as it takes to see a line."""
        top, height = self.scroll_offset.y, max(self.scrollable_content_region.height, 1)
        if y < top:
            self.go_to(y)
        elif y >= top + height:
            self.go_to(y - height + 1)

    def action_go_by(self, lines: int) -> None:
        """Go some lines down, or up."""
        self.go_to(self.scroll_offset.y + lines)

    def action_go_by_pages(self, pages: int) -> None:
        """Go by pages, with a line in common."""
        self.action_go_by(pages * max(self.size.height - 1, 1))

    def action_half_page(self, direction: int) -> None:
        """Go half a page up (-1) or down (1)."""
        self.action_go_by(direction * max(self.size.height // 2, 1))

    def action_go_to_edge(self, way: int) -> None:
        """Go to the first line (-1), or to the tail (1), which is followed from now on."""
        self.go_to(self.max_scroll_y if way > 0 else 0)
