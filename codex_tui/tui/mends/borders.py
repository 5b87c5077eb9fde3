"""Titles in a border that are changed without painting what it is around.

In Textual 8.2.8 another title paints the whole widget: a pane of twenty lines, thirty times a
second while its figures change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region

from codex_tui.tui.mends.repainting import repaint

if TYPE_CHECKING:
    from textual.content import Content
    from textual.widget import Widget


def set_border_title(widget: Widget, title: Content) -> None:
    """Put a title into the upper border."""
    widget._border_title = title
    _refresh(widget, -1)


def set_border_subtitle(widget: Widget, title: Content) -> None:
    """Put a title into the lower border."""
    widget._border_subtitle = title
    _refresh(widget, widget.content_size.height)


def _refresh(widget: Widget, y: int) -> None:
    repaint(widget, Region(-1, y, widget.outer_size.width, 1))
