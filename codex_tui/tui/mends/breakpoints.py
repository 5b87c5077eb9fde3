"""The classes that a screen has by its size, before anything of it is painted.

Textual 8.2.8 sets them when the screen is resized, which is after a first paint: that would be one
of a large size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen


def set_breakpoint_classes(screen: Screen[Any]) -> None:
    """Give a screen that is being composed the classes of its tables."""
    width, height = screen.app.size
    tables = (screen.HORIZONTAL_BREAKPOINTS, width), (screen.VERTICAL_BREAKPOINTS, height)
    for table, cells in tables:
        reached = [name for least, name in table or () if cells >= least]
        screen.add_class(*reached[-1:], update=False)  # it is styled when it is shown
