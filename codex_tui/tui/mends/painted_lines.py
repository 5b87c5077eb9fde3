"""What was painted last of each line of a widget, so that only what looks different is painted.

Textual 8.2.8 paints all lines that it is told of, also those that look as they did. That costs it
60 µs a line and the terminal its bytes, looking at one a tenth of that; of what a tick could have
changed, mostly one line did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region

from codex_tui.tui.mends.repainting import repaint

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.strip import Strip
    from textual.widget import Widget


class PaintedLines:
    """The lines of one widget's window; `draw` returns how one of them looks now."""

    def __init__(self, widget: Widget, draw: Callable[[int], Strip]) -> None:
        self._widget = widget
        self._draw = draw
        self._painted: dict[int, Strip] = {}
        self._looking = False

    def paint(self, y: int) -> Strip:
        """Return a line that is painted now."""
        strip = self._painted[y] = self._draw(y)
        return strip

    def refresh_changed(self, first: int = 0, stop: int | None = None) -> None:
        """Have the lines from `first` to before `stop` painted that look different now."""
        height = self._widget.size.height
        lines = range(max(first, 0), height if stop is None else min(stop, height))
        changed = [y for y in lines if self._painted.get(y) != self._draw(y)]
        if changed:
            width = self._widget.scrollable_content_region.width  # a scrollbar is another widget
            count = changed[-1] + 1 - changed[0]
            repaint(self._widget, Region(0, changed[0], width, count))

    def refresh_soon(self) -> None:
        """Do so once for all that changes in one message."""
        if self._widget.is_mounted and not self._looking:
            self._looking = True
            self._widget.call_next(self._look)

    def _look(self) -> None:
        self._looking = False
        self.refresh_changed()
