"""Which pane is shown and which comes next: the viewer's arrangement, apart from what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.panes.tabs import PaneTabs
from codex_tui.tui.panes.words import PANES

if TYPE_CHECKING:
    from textual.screen import Screen

    from codex_tui.model.conversation import Conversation

_RECEIVERS = {"writing": "output", "reasoning": "reasoning", "calling": "tools"}
"""The phases of a turn, and the panes that grow in them."""

_BESIDE = {"inspector": "-inspecting", "metrics": "-measuring", "wrong": "-judging"}
"""Panes that share a place beside the timeline, with the classes that show them there; the last
stands before the others as long as it is shown."""

_SINGLE = ("-narrow", "-low", "-zoomed")


class Arrangement:
    """Shows panes side by side, or the active one alone where there is no room for more."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self.active = "output"

    @property
    def single(self) -> bool:
        """Whether one pane is shown at a time."""
        return any(self._screen.has_class(name) for name in _SINGLE)

    def pane(self, name: str) -> Pane:
        """Return a pane by its id."""
        return self._screen.query_one(f"#{name}", Pane)

    def activate(self, name: str) -> None:
        """Make a pane the active one; in a single arrangement that shows it."""
        self.active = name
        for other in PANES:
            self.pane(other).set_class(other == name, "-active")
        pane = self.pane(name)
        around = set(pane.ancestors)
        for box in ("upper", "lower", "side"):
            node = self._screen.query_one(f"#{box}")
            node.set_class(node in around, "-active")
        self._screen.query_one(PaneTabs).show(name)

    def focus(self, name: str) -> None:
        """Show a pane and give it the focus."""
        self.activate(name)
        self.pane(name).view.focus()

    def go(self, name: str) -> None:
        """Go to a pane from wherever the focus is, and show it if it stands beside another."""
        if name in _BESIDE and not self.single:
            for pane, shown in _BESIDE.items():
                self._screen.set_class(pane == name, shown)
        self.focus(name)

    def toggle(self, name: str) -> None:
        """Show a pane beside the timeline, or hide it; in a single arrangement go to it."""
        self._screen.remove_class(_BESIDE["wrong"])
        self._screen.toggle_class(_BESIDE[name])
        if self.single:
            self.focus(name)

    def cover(self, name: str) -> None:
        """Show a pane before what stands beside the timeline, and go there."""
        self._screen.remove_class(_BESIDE["metrics"])
        self._screen.add_class(_BESIDE[name])
        self.focus(name)

    def uncover(self) -> None:
        """Show again what stood there, and go back to the timeline."""
        self._screen.remove_class(_BESIDE["wrong"])
        self.focus("timeline")

    def shown(self) -> list[str]:
        """Return the panes that can be gone to, in order."""
        return [name for name in PANES if self.single or self.pane(name).display]

    def focused(self) -> str | None:
        """Return the pane that has the focus."""
        focused = self._screen.focused
        if focused is None:
            return None
        around = {node.id for node in focused.ancestors_with_self}
        return next((name for name in PANES if name in around), None)

    def following(self, step: int, *, stops: list[str]) -> str:
        """Return the place that comes after the focused one among panes and other stops."""
        places = [*self.shown(), *stops]
        here = self.focused() or (stops[0] if stops else places[0])
        return places[(places.index(here) + step) % len(places)] if here in places else places[0]

    def zoom(self) -> None:
        """Show the active pane alone, or all of them again."""
        self._screen.toggle_class("-zoomed")

    def mark_receiving(self, conversation: Conversation) -> None:
        """Mark the pane that what streams now goes into."""
        turn = conversation.turn
        streaming = turn is not None and not turn.ended
        receiver = _RECEIVERS.get(turn.transcript.phase, "") if turn and streaming else ""
        for name in _RECEIVERS.values():
            self.pane(name).receiving = name == receiver
        self._screen.query_one(PaneTabs).show(self.active, receiver)
