"""A line-API view that grows at its end, and follows its tail only while it is at the tail.

It owns the one thing that must be worked around in Textual: assigning `virtual_size` lays out the
whole screen and paints twice, which at thirty batches a second costs more than all the rest.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


class TailView(ScrollView, can_focus=True):
    """A `ScrollView` whose height is set by `grow_to`.

    The scrollbar's column is always there, so that nothing is wrapped anew when it comes.
    """

    DEFAULT_CSS = """
    TailView {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    @property
    def at_tail(self) -> bool:
        """Whether the last line is in view."""
        return self.scroll_offset.y >= self.max_scroll_y

    @property
    def line_width(self) -> int:
        """How many cells a line has."""
        return self.scrollable_content_region.width

    def grow_to(self, height: int) -> None:
        """Set the number of lines; a view that was at its tail stays there."""
        follow = self.at_tail
        size = Size(self.line_width, height)
        # Not `self.virtual_size = size`: see the head of this file.
        self.set_reactive(Widget.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = height
        if follow or self.scroll_y > self.max_scroll_y:
            self.go_to_tail()
        self.refresh()

    def go_to_tail(self) -> None:
        """Show the last line."""
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def reveal_line(self, line: int) -> None:
        """Scroll as little as it takes to show a line."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if line < top:
            self.scroll_to(y=line, animate=False)
        elif line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False)
