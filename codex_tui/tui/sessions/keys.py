"""The keys of the sessions screen, apart from it: the help lists them without loading a library."""

from __future__ import annotations

from textual.binding import Binding

LIBRARY_KEYS = [
    Binding("ctrl+r", "sessions", "Sessions", id="app.sessions", show=False),
    Binding("o", "open_file", "Open a file", id="app.open", show=False),
]
"""The app's keys that lead to files."""

# With priority: the line that is typed in would take some of them for itself.
SESSION_KEYS = [
    Binding("up", "move(-1)", "Up", id="sessions.up", priority=True),
    Binding("down", "move(1)", "Down", id="sessions.down", priority=True),
    Binding("pageup", "page(-1)", "Page up", id="sessions.page-up", priority=True),
    Binding("pagedown", "page(1)", "Page down", id="sessions.page-down", priority=True),
    Binding("shift+up", "move_text(-1)", "Preview up", id="sessions.text-up", priority=True),
    Binding("shift+down", "move_text(1)", "Preview down", id="sessions.text-down", priority=True),
    Binding(
        "shift+pageup",
        "page_text(-1)",
        "Preview a page up",
        id="sessions.text-page-up",
        priority=True,
    ),
    Binding(
        "shift+pagedown",
        "page_text(1)",
        "Preview a page down",
        id="sessions.text-page-down",
        priority=True,
    ),
    Binding("enter", "open", "Open: replay it", id="sessions.open", priority=True),
    Binding("ctrl+g", "go_on", "Go on from it", id="sessions.continue", priority=True),
    Binding("ctrl+f,tab", "search", "Filter or full text", id="sessions.search", priority=True),
    Binding("ctrl+e", "change('rename')", "Give it a title", id="sessions.rename", priority=True),
    Binding("ctrl+t", "change('tag')", "Tag it", id="sessions.tag", priority=True),
    Binding("ctrl+s", "change('star')", "Star it", id="sessions.star", priority=True),
    Binding("ctrl+d", "change('delete')", "To the trash", id="sessions.delete", priority=True),
    Binding("ctrl+x", "undo", "Back from the trash", id="sessions.undo", priority=True),
    Binding("ctrl+u", "clear_line", "Clear the line", id="sessions.clear", priority=True),
    Binding("f6,alt+s", "sort", "Sort by the next column", id="sessions.sort", priority=True),
    Binding("f7,alt+r", "turn", "Sort the other way", id="sessions.turn", priority=True),
    Binding("ctrl+y", "copy_path", "Copy the path", id="sessions.path", priority=True),
    # Terminals say ctrl+space by a NUL, which Textual calls ctrl+@.
    Binding("ctrl+space,ctrl+@", "mark", "Mark it", id="sessions.mark", priority=True),
    Binding("alt+enter", "compare", "Compare what is marked", id="sessions.compare", priority=True),
    Binding("f1", "help", "Help", id="sessions.help", priority=True),
    Binding("escape", "back", "Back", id="sessions.back", priority=True),
]
"""The keys of the sessions screen; letters are typed into its line."""
