"""Lines of a widget painted with the next frame, without a message for each step on the way.

In Textual 8.2.8 a refresh wakes the widget by a message, which by another one tells the screen,
which wakes itself by a third; and it drops what the widget knows of its styles and size, as if more
than lines had changed. With each tick a few lines change in five widgets: that was a third of what
a stream of 50 events a second cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.widget import Widget


def repaint(widget: Widget, *regions: Region) -> None:
    """Have regions painted in which a widget by the line API has other lines, or another title.

    What has not been painted since the last layout goes Textual's way: it may not be there.
    """
    screen = widget.screen if widget.is_attached else None
    shown = None if screen is None else screen._compositor._visible_widgets
    if screen is None or shown is None or widget not in shown:
        widget.refresh(*regions)
        return
    widget._set_dirty(*regions)
    screen._dirty_widgets.add(widget)
    screen.check_idle()  # whoever else has a turn now is painted with it
