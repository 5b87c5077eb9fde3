"""The keys of a comparison, apart from it: the help lists them without loading it."""

from __future__ import annotations

from textual.binding import Binding

from codex_tui.tui.widgets.line_view import LineView

PART_KEYS = [
    *(each for each in LineView.BINDINGS if isinstance(each, Binding)),
    Binding("enter", "open", "Event", id="comparison.open", tooltip="Show the line's events"),
]
"""The keys of the lines of a part."""


def _key(
    keys: str, action: str, hint: str, said: str, name: str, shown: str = "", *, show: bool = True
) -> Binding:
    """A key with the word for the last line, and what the help and the palette say of it."""
    return Binding(
        keys,
        action,
        hint,
        show=show,
        key_display=shown or None,
        id=f"comparison.{name}",
        tooltip=said,
    )


COMPARISON_KEYS = [
    _key("right_square_bracket", "difference(1)", "Next", "Next difference", "next", "]"),
    _key("left_square_bracket", "difference(-1)", "Previous", "Difference before", "previous", "["),
    _key("tab", "part(1)", "Question", "Next question", "part"),
    _key("shift+tab", "part(-1)", "Before", "Question before", "part-back", show=False),
    _key("right_curly_bracket", "turn(1)", "Turn", "Next turn", "turn", "}"),
    _key("left_curly_bracket", "turn(-1)", "Before", "Turn before", "turn-back", "{", show=False),
    _key("x", "export_comparison", "Export", "Export the comparison", "export"),
    _key("escape,q", "back", "Leave", "Leave the comparison", "back", "esc"),
    _key("question_mark,f1", "help", "Help", "All keys", "help", "?"),
]
"""The keys of the whole comparison."""
