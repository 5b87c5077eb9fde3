"""Lines and titles of a widget painted with the next frame, and nothing beside them.

In Textual 8.2.8 a refresh wakes the widget by a message, which by another one tells the screen,
which wakes itself by a third; and it drops what the widget knows of its styles and size, as if more
than lines had changed. With each tick a few lines change in five widgets: that was a third of what
a stream of 50 events a second cost. Another title in a border paints the whole widget: a pane of
twenty lines, thirty times a second while its figures change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region

if TYPE_CHECKING:
    from textual.content import Content
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


def set_border_title(widget: Widget, title: Content) -> None:
    """Put a title into the upper border."""
    widget._border_title = title
    _repaint_border(widget, -1)


def set_border_subtitle(widget: Widget, title: Content) -> None:
    """Put a title into the lower border."""
    widget._border_subtitle = title
    _repaint_border(widget, widget.content_size.height)


def _repaint_border(widget: Widget, y: int) -> None:
    repaint(widget, Region(-1, y, widget.outer_size.width, 1))
