"""An event of each side, as the inspector shows it, one beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content

from codex_tui.tui.comparison.marks import LETTERS
from codex_tui.tui.mends.closing import ClosingScreen
from codex_tui.tui.messages import EntrySelected
from codex_tui.tui.panes.inspector import InspectorPane
from codex_tui.tui.panes.keyhints import KeyHints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from codex_tui.recording.log import EventLog

BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (92, "-wide")]


class EventScreen(ClosingScreen[None]):
    """The events that stand beside each other, or the one that only one side has.

    Args:
        logs: The whole log of each side.
        numbers: The event of each side; None where it has none.
    """

    DEFAULT_CSS = """
    EventScreen {
        background: $background;
        layout: vertical;
        & #both { height: 1fr; }
        & InspectorPane { width: 1fr; height: 1fr; }
        &.-narrow #both { layout: vertical; }
    }
    """
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = BREAKPOINTS
    AUTO_FOCUS = "SectionView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Other side", id="comparison-event.next"),
        Binding("escape,q", "back", "Leave", id="comparison-event.back", key_display="esc"),
    ]

    def __init__(self, logs: Sequence[EventLog], numbers: Sequence[int | None]) -> None:
        super().__init__()
        self._events = [
            (letter, log, number)
            for letter, log, number in zip(LETTERS, logs, numbers, strict=True)
            if number is not None
        ]

    def compose(self) -> ComposeResult:
        """Lay them out side by side."""
        with Horizontal(id="both"):
            for letter, _, _ in self._events:
                yield InspectorPane(id=f"inspector-{letter}")
        yield KeyHints()

    def on_mount(self) -> None:
        """Show each in its own."""
        for letter, log, number in self._events:
            pane = self.query_one(f"#inspector-{letter}", InspectorPane)
            pane.post_message(EntrySelected(log, log.entry_of(number)))
            pane.border_title = Content(f"{letter} #{number:,}")

    def action_back(self) -> None:
        """Go back to the comparison."""
        self.dismiss(None)
