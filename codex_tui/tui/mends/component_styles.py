"""Component styles that are made when they are asked for.

Textual 8.2.8 makes those of all component classes each time that it styles a widget, also for a
class added to its screen. A section view has seventy, of which an empty one needs two: that was
half of what the first paint cost, and a fifth more for the other views.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar

from textual.dom import DOMNode
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.css.styles import RenderStyles


class ComponentsOnDemand(Widget):
    """A widget with such components; their rules may ask for its theme and its focus.

    As a base it stands last: Textual takes styles from the first alone.
    """

    LATE_CSS: ClassVar[str] = ""
    """Rules of components that an empty view does not draw, read when one of them is asked for."""

    @classmethod
    @cache
    def _get_component_classes(cls) -> frozenset[str]:
        return frozenset()  # of which Textual makes the styles at once: none

    def get_component_styles(self, *names: str) -> RenderStyles:
        """Return the styles of components together.

        Raises:
            KeyError: One of them is not in `COMPONENT_CLASSES`.
        """
        known = super()._get_component_classes()
        for name in known.intersection(names) - self._component_styles.keys():
            self._component_styles[name] = self._styles_of(name)
        return super().get_component_styles(*names)

    def _styles_of(self, component: str) -> RenderStyles:
        if f".{component} " in self.LATE_CSS:
            place = ("", f"{self._css_type_name}.LATE_CSS")
            self.app.stylesheet.add_source(self.LATE_CSS, place, is_default_css=True)
        node = DOMNode(classes=component)
        node._attach(self)
        self.app.stylesheet.apply(node)
        return node.styles

    def notify_style_update(self) -> None:
        """Drop the styles of another theme."""
        self._component_styles.clear()
        super().notify_style_update()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Drop the styles that had, or had not, the focus."""
        self._component_styles.clear()
        super().watch_has_focus(has_focus)
        self.refresh()
