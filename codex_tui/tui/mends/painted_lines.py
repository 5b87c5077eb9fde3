"""What was painted last of each line of a widget, so that only what looks different is painted.

Textual 8.2.8 paints all lines that it is told of, also those that look as they did. That costs it
60 µs a line and the terminal its bytes, looking at one a tenth of that; of what a tick could have
changed, mostly one line did. And it makes each line that it paints anew to put a frame around it,
also where there is none, and so knows of none how it was cut and filtered before.
"""

from __future__ import annotations

import asyncio
from sys import maxsize
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from codex_tui.tui.mends.repainting import repaint

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style
    from textual.widget import Widget


class PaintedLines:
    """The lines of one widget's window; `draw` returns how one of them looks now."""

    def __init__(self, widget: Widget, draw: Callable[[int], Strip]) -> None:
        self._widget = widget
        self._draw = draw
        self._painted: dict[int, Strip] = {}
        self._looking: tuple[int, int] | None = None
        """Between which lines one is going to look, if one is."""
        self._frame = -1, False

    def paint(self, y: int) -> Strip:
        """Return a line that is painted now."""
        strip = self._painted[y] = self._draw(y)
        return strip

    def render(self, crop: Region) -> list[Strip]:
        """Return lines as they go to the screen: Textual's own work where there is a frame."""
        widget = self._widget
        cache, width = widget._styles_cache, widget.outer_size.width
        if self._is_framed():
            return cache.render_widget(widget, crop)
        if width != cache._width:
            cache.clear()
            cache._width = width
        base, background = widget.background_colors
        ground = cache.get_inner_outer(base, background)[0].rich_style
        filters = widget.get_line_filters()
        strips: list[Strip] = []
        for y in crop.line_range:
            if (strip := cache._cache.get(y)) is None or y in cache._dirty_lines:
                strip = cache._cache[y] = self._padded(widget.render_line(y), width, ground)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip)
        cache._dirty_lines.difference_update(crop.line_range)
        x1, x2 = crop.column_span
        return strips if (x1, x2) == (0, width) else [strip.crop(x1, x2) for strip in strips]

    def _padded(self, line: Strip, width: int, ground: Style) -> Strip:
        _, right, _, left = self._widget.styles.padding
        line = line.adjust_cell_length(width - left - right, ground)
        if not (left or right):
            return line
        ends = [Segment(" " * cells, ground) for cells in (left, right)]
        return Strip([segment for segment in (ends[0], *line, ends[1]) if segment.text], width)

    def _is_framed(self) -> bool:
        """Whether more than lines is to be drawn: found out anew where the styles are others."""
        styles = self._widget.styles
        if self._frame[0] != (key := styles._cache_key):
            above, _, below, _ = styles.gutter
            edges = *styles.border, *styles.outline
            faded = styles.text_opacity != 1 or styles.tint.a or styles.has_rule("hatch")
            self._frame = key, bool(above or below or faded or any(kind for kind, _ in edges))
        return self._frame[1] or self._widget.opacity != 1

    def refresh_changed(self, first: int = 0, stop: int | None = None) -> None:
        """Have the lines from `first` to before `stop` painted that look different now."""
        height = self._widget.size.height
        lines = range(max(first, 0), height if stop is None else min(stop, height))
        changed = [y for y in lines if self._looks_different(y)]
        if changed:
            width = self._widget.scrollable_content_region.width  # a scrollbar is another widget
            count = changed[-1] + 1 - changed[0]
            repaint(self._widget, Region(0, changed[0], width, count))

    def _looks_different(self, y: int) -> bool:
        painted = self._painted.get(y)
        return painted is None or painted != self._draw(y)  # what never was is drawn once: then

    def refresh_soon(self, first: int = 0, stop: int = maxsize) -> None:
        """Do so once for all that changes in one message, without waking the widget by another."""
        if not self._widget.is_mounted:
            return
        if self._looking is None:
            self._looking = first, stop
            asyncio.get_running_loop().call_soon(self._look)
        else:
            self._looking = min(first, self._looking[0]), max(stop, self._looking[1])

    def _look(self) -> None:
        if (lines := self._looking) is not None:
            self._looking = None
            self.refresh_changed(*lines)
