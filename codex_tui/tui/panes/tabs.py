"""The row of tabs that a narrow terminal has above its one pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from codex_tui.tui.mends.component_styles import ComponentsOnDemand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events


class PaneTabs(ComponentsOnDemand):
    """Names of panes, the shown one marked; a click shows another."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--tab", "tabs--active", "tabs--receiving"}

    DEFAULT_CSS = """
    PaneTabs {
        height: 1;
        & > .tabs--tab { color: $quiet; text-style: $quiet-style; }
        & > .tabs--active { color: $line-focus; text-style: bold reverse; }
        & > .tabs--receiving { color: $event-output; }
    }
    """

    @dataclass(eq=False, repr=False)
    class Chosen(Message):
        """A tab was clicked."""

        pane: str

    def __init__(
        self, titles: Mapping[str, str], short: Mapping[str, str], *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._titles = [[f" {title} " for title in each.values()] for each in (titles, short)]
        self._titles += [[f" {title}" for title in short.values()]]
        self._panes = list(titles)
        self._active = self._panes[0]
        self._receiving = ""

    def show(self, active: str, receiving: str = "") -> None:
        """Mark a tab as the one that is shown, and one as receiving."""
        if (active, receiving) != (self._active, self._receiving):
            self._active, self._receiving = active, receiving
            self.refresh()

    def _places(self) -> list[tuple[str, str]]:
        """Panes with what stands on their tabs: the longest words that fit in the line, whole.

        Where not all of them do, those around the one that is shown.
        """
        fitting = (titles for titles in self._titles if _room(titles) <= self.size.width)
        titles = next(fitting, self._titles[-1])
        tabs = list(zip(self._panes, titles, strict=True))
        here, first, last = self._panes.index(self._active), 0, len(tabs)
        while _room(titles[first:last]) > self.size.width and last - first > 1:
            if here - first > last - 1 - here:
                first += 1
            else:
                last -= 1
        return tabs[first:last]

    def render_line(self, y: int) -> Strip:
        """Draw the tabs in one line; the one that receives has a mark behind it."""
        segments = []
        for pane, text in self._places():
            active = self.get_component_rich_style(
                "tabs--active" if pane == self._active else "tabs--tab"
            )
            mark = "●" if pane == self._receiving else " "
            segments += [
                Segment(text, active),
                Segment(mark, self.get_component_rich_style("tabs--receiving")),
            ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Show the pane whose tab was clicked."""
        x = 0
        for pane, text in self._places():
            x += len(text) + 1
            if event.x < x:
                self.post_message(self.Chosen(pane))
                return


def _room(titles: Sequence[str]) -> int:
    """Return the cells that tabs take, each with the one of its mark."""
    return sum(map(len, titles)) + len(titles)
