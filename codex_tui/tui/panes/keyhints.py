"""The last line: the few keys that matter where the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from codex_tui.tui.key_names import is_typed, say_keys
from codex_tui.tui.mends.component_styles import ComponentsOnDemand

if TYPE_CHECKING:
    from textual.screen import Screen


_FIRST = ("play or pause",)
"""What a replay is opened for: it stands before what the focused pane does."""

_STAY = ("help", "quit", "leave")


class KeyHints(ComponentsOnDemand):
    """Draws the visible bindings of the focused widget and the screen, as many as fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hints--key", "hints--text"}

    DEFAULT_CSS = """
    KeyHints {
        height: 1;
        & > .hints--key { color: $line-focus; }
        & > .hints--text { color: $quiet; text-style: $quiet-style; }
    }
    """

    def on_mount(self) -> None:
        """Draw anew whenever other keys are active."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the hints in one line; what doesn't fit is in the help."""
        segments = [Segment(" ", self.rich_style)]
        key_style = self.get_component_rich_style("hints--key")
        text_style = self.get_component_rich_style("hints--text")
        for keys, text in _fitting(self._hints(), self.size.width - 2):
            segments += [Segment(keys, key_style), Segment(f" {text}   ", text_style)]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _hints(self) -> list[tuple[str, str]]:
        focused = self.screen.focused
        typing = focused is not None and focused.check_consume_key("a", "a")
        hints: dict[str, tuple[str, str]] = {}
        for key, active in self.screen.active_bindings.items():
            binding, said = active.binding, say_keys(key)
            if not (binding.show and active.enabled) or (typing and is_typed(key)):
                continue
            shown = said if typing else binding.key_display or say_keys(binding.key)
            hints.setdefault(binding.action, (shown, binding.description.lower()))
        return sorted(hints.values(), key=lambda hint: hint[1] not in _FIRST)


def _fitting(hints: list[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """Leave out the last hints until the others fit; the way out stays, and the help has all."""
    behind = 3  # blanks, of which the last needs none
    while sum(len(keys) + len(text) + 1 + behind for keys, text in hints) > room + behind:
        least = next((hint for hint in reversed(hints) if hint[1] not in _STAY), hints[-1])
        hints = [hint for hint in hints if hint is not least]
    return hints
