"""A screen that is styled and laid out once before it is seen.

Textual 8.2.8 styles all that stands on a screen when it is mounted and again when it is shown, and
then lays it out three times more for the size that it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen, ScreenResultType

if TYPE_CHECKING:
    from textual.events import ScreenResume
    from textual.geometry import Size


class ShownOnce(Screen[ScreenResultType]):
    """A screen that does again what has changed, and nothing else."""

    _seen = False

    def _on_screen_resume(self, event: ScreenResume) -> None:
        event.refresh_styles, self._seen = self._seen, True

    def _screen_resized(self, size: Size) -> None:
        if size != self._compositor.size:
            super()._screen_resized(size)
