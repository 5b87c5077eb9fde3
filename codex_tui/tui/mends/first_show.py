"""A screen that is styled, laid out and painted once when it is first seen.

Textual 8.2.8 styles all that stands on a screen when it is mounted and again when it is shown, then
lays it out three times more for the size that it has, and paints all of it twice more, for each
widget has got a size and the screen is fresh. And it can't wait with the paint for what is there in
a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.events import ScreenResume
    from textual.geometry import Region, Size


class ShownOnce(Screen[ScreenResultType]):
    """A screen that does again what has changed, and nothing else."""

    held = False
    """Whether nothing is painted yet, be it laid out: `show` does, when it has more to show."""

    _seen = False

    def _on_screen_resume(self, event: ScreenResume) -> None:
        event.refresh_styles, self._seen = self._seen, True

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        painted = self._painted
        super()._refresh_layout(size, scroll)
        self._fresh = self._painted and not painted

    def _compositor_refresh(self) -> None:
        if self.held:
            return
        super()._compositor_refresh()
        if not self._painted and self.is_current:
            self._painted = True
            for widget in self.walk_children(Widget, with_self=True):
                widget._repaint_required = False
                widget._repaint_regions.clear()

    _painted = _fresh = False

    async def _invoke_and_clear_callbacks(self) -> None:
        if not self.held:  # what is to be done after a paint is
            await super()._invoke_and_clear_callbacks()

    def show(self) -> None:
        """Paint what was held back, and do then what was to wait for that."""
        self.held = False
        self.call_next(self._invoke_and_clear_callbacks)
        if self._layout_required or self._scroll_required:
            self._on_timer_update()
            self._fresh = False
        else:
            self._compositor_refresh()

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Paint, unless all of it has just been painted: that is how the showing ends."""
        fresh, self._fresh = self._fresh, False
        if fresh and not (regions or layout or recompose):
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _screen_resized(self, size: Size) -> None:
        if size != self._compositor.size:
            super()._screen_resized(size)
