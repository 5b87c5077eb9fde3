"""An app whose first theme is there before its CSS is parsed.

Textual 8.2.8 parses the CSS of app and screen for its own theme, again for the theme that is put
on, and a third time with that of the first widgets: that was a tenth of our start.
"""

from __future__ import annotations

from textual.app import App, ReturnType


class FirstThemeApp(App[ReturnType]):
    """An app that parses its CSS once; `begin_with` is to be called when it loads."""

    _first_theme: str | None = None

    def begin_with(self, theme: str) -> None:
        """Put on the first theme; it is registered."""
        self.set_reactive(App.theme, theme)
        self._first_theme = theme
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """Return those of the theme; none before there is one: nothing is parsed by then."""
        return {} if self._first_theme is None else super().get_css_variables()

    def refresh_css(self, animate: bool = True) -> None:
        """Parse anew, unless it is for the first theme."""
        first, self._first_theme = self._first_theme, ""
        if first and first == self.theme:
            self.stylesheet.update(self, animate=animate)
        else:
            super().refresh_css(animate)
