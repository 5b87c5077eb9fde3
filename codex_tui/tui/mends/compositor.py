"""Textual's compositor, for a screen on which little changes often.

Textual 8.2.8 finds the box around all that is to be painted, and has every widget in it rendered
for all its lines, those that lie behind others too. Panes all over the screen change with each
tick, so the box is the screen: 23 widgets for 5 that changed, a third of what a stream of 50 events
a second cost. Here a widget renders its changed lines, and only where nothing lies before them.
And it tells a widget of its new size only where the last map of the screen still has the old one:
whoever asks for a place between the change and the layout takes the resize from it, and a view that
follows its tail stayed a line short of it. This is the one place that knows; without the names that
it needs, Textual's own way is taken.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from textual import _compositor
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.geometry import Size
    from textual.screen import Screen
    from textual.strip import Strip
    from textual.widget import Widget

Compositor = _compositor.Compositor
_NEEDED = ("_dirty_regions", "_regions_to_spans", "cuts", "visible_widgets")


def paint_sparingly(screen: Screen[Any]) -> None:
    """Give a screen that has not been composed yet such a compositor."""
    stock = getattr(screen, "_compositor", None)
    known = all(hasattr(stock, name) for name in _NEEDED) and hasattr(_compositor, "ChopsUpdate")
    if type(stock) is Compositor and known:
        screen._compositor = SparingCompositor()


class SparingCompositor(Compositor):
    """Renders what is seen of what changed, and nothing else."""

    def reflow(self, parent: Widget, size: Size) -> _compositor.ReflowResult:
        """Lay out, and name all widgets that have another size than they were told last."""
        found = super().reflow(parent, size)
        late = {each for each, place in self.full_map.items() if each._size != place.region.size}
        return found._replace(resized=found.resized | (late - found.shown))

    def render_partial_update(self) -> _compositor.ChopsUpdate | None:
        """Render the regions that changed; None where nothing did."""
        spans = list(self._regions_to_spans(self._dirty_regions))
        self._dirty_regions.clear()
        if not spans:
            return None
        ends = [cuts[1:] for cuts in self.cuts]
        return _compositor.ChopsUpdate(self._chops(spans), spans, ends)

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> list[dict[int, Strip]]:
        """Render all of the screen, of which the containers are seen nowhere."""
        lines = filter(is_rendered_line, crop.line_range)
        chops = self._chops([(y, crop.x, crop.right) for y in lines])
        return [{x: piece for x, piece in line.items() if piece is not None} for line in chops]

    def _chops(self, spans: Sequence[tuple[int, int, int]]) -> list[dict[int, Strip | None]]:
        """Return the pieces of the lines between two cuts; None for what no span touches."""
        chops: list[dict[int, Strip | None]] = [{} for _ in self.cuts]
        wanted: dict[int, set[int]] = {}
        for y, x1, x2 in spans:
            chops[y] = dict.fromkeys(self.cuts[y][:-1])
            touched = {x for x, end in pairwise(self.cuts[y]) if x < x2 and end > x1}
            wanted.setdefault(y, set()).update(touched)
        for widget, (region, clip) in self.visible_widgets.items():  # from front to back
            seen = region.intersection(clip)
            lines = [y for y in wanted if seen.y <= y < seen.bottom and _within(seen, wanted[y])]
            if lines:
                self._render(widget, region, seen, lines, chops)
                for y in lines:
                    if not (left := {x for x in wanted[y] if chops[y][x] is None}):
                        del wanted[y]
                    else:
                        wanted[y] = left
                if not wanted:
                    break
        return chops

    def _render(
        self,
        widget: Widget,
        region: Region,
        seen: Region,
        lines: Sequence[int],
        chops: Sequence[dict[int, Strip | None]],
    ) -> None:
        """Fill the pieces of some lines that a widget shows and none before it did."""
        first, last = lines[0], lines[-1]
        corner = seen.x - region.x, first - region.y
        strips = widget.render_lines(Region(*corner, seen.width, last + 1 - first))
        for y in lines:
            line = chops[y]
            cuts = [x for x in self.cuts[y] if seen.x <= x <= seen.right]
            pieces = strips[y - first].divide([x - seen.x for x in cuts[1:]])
            for x, piece in zip(cuts, pieces, strict=False):
                if line[x] is None:
                    line[x] = piece


def _within(seen: Region, cuts: set[int]) -> bool:
    return any(seen.x <= x < seen.right for x in cuts)
