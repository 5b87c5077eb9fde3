"""The keys of the list of streams, apart from it: the help lists them without loading it."""

from __future__ import annotations

from textual.binding import Binding

from codex_tui.tui.widgets.line_view import LineView

LIST_KEY = Binding("ctrl+t", "streams", "Streams of other programs", id="app.streams", show=False)
"""The app's key that leads to the list."""

TABLE_KEYS = [
    *(each for each in LineView.BINDINGS if isinstance(each, Binding)),
    Binding("enter", "open", "Open", id="streams.open"),
]
"""The keys of the rows."""

SCREEN_KEYS = [
    Binding("slash", "filter", "Filter", id="streams.filter", key_display="/"),
    Binding("s", "sort", "Sort", id="streams.sort"),
    Binding("space", "mark", "Mark", id="streams.mark"),
    Binding("equals_sign", "compare", "Compare", id="streams.compare", key_display="="),
    Binding("y", "copy_path", "Copy the path", id="streams.path", show=False),
    Binding("escape,ctrl+t", "back", "Back", id="streams.back", key_display="esc"),
    Binding("question_mark,f1", "help", "Help", id="streams.help", key_display="?"),
]
"""The keys of the whole list; letters are commands until `/` filters."""

FILTER_KEYS = [
    Binding("down,enter", "to_rows", "To the rows", id="streams.rows"),
    Binding("escape", "no_filter", "All again", id="streams.no-filter", key_display="esc"),
]
"""The keys of the line that filters."""
