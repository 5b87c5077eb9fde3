"""Textual's command palette, which may be left at any moment.

What it looks for comes late, and is shown in widgets that may be gone by then, or have no line yet:
Textual 8.2.8 fails there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.command import CommandList, CommandPalette
from textual.theme import ThemeProvider

from codex_tui.tui.mends.closing import ClosingScreen

if TYPE_CHECKING:
    from textual.app import App


class Palette(CommandPalette, ClosingScreen[None]):
    """The palette."""

    def _watch__list_visible(self) -> None:
        if self.query(CommandList):
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if self.query(CommandList):
            await super()._watch__show_busy()

    def _action_command_list(self, action: str) -> None:
        with suppress(LookupError):  # what was found just now can't be paged through yet
            super()._action_command_list(action)


def open_palette(app: App[Any]) -> None:
    """Show the commands, where Textual would open its own palette."""
    if app.use_command_palette and not CommandPalette.is_open(app):
        app.push_screen(Palette(id="--command-palette"))


def search_themes(app: App[Any]) -> None:
    """Show the themes."""
    app.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))
