"""The view of one part of a comparison: its lines, drawn where they are seen, under a cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from codex_tui.tui.comparison.keys import PART_KEYS
from codex_tui.tui.comparison.lines import ListedLines, cut_cells
from codex_tui.tui.widgets.families import family_components, family_rules
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from codex_tui.comparison import Discrepancy
    from codex_tui.tui.comparison.lines import PartLines, ShownLine

_LOOKS = (
    *("text", "title", "quiet", "good", "changed", "removed", "added"),
    *("minus", "plus", "slower", "faster"),
)
_MARGIN = 2  # cells: the cursor's, and one before the scrollbar


class PartView(LineView):
    """One part, with a cursor on a line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "part--cursor",
        *(f"part--{name}" for name in _LOOKS),
        *family_components("part"),
    }

    DEFAULT_CSS = (
        """
    PartView {
        & > .part--cursor { background: $row-selected; text-style: $row-selected-style; }
        &:focus > .part--cursor { background: $row-selected; text-style: bold; }
        & > .part--text { color: $foreground; }
        & > .part--title { color: $line-focus; text-style: bold; }
        & > .part--quiet { color: $quiet; text-style: $quiet-style; }
        & > .part--good { color: $good; }
        & > .part--changed { color: $stall; text-style: bold; }
        & > .part--removed { color: $event-error; background: $event-error 12%; }
        & > .part--added { color: $good; background: $good 12%; }
        &:ansi > .part--removed { background: transparent; }
        &:ansi > .part--added { background: transparent; }
        &:nocolor > .part--removed { background: transparent; text-style: strike; }
        &:nocolor > .part--added { background: transparent; text-style: underline; }
        & > .part--minus { color: $event-error; text-style: bold; }
        & > .part--plus { color: $good; text-style: bold; }
        & > .part--slower { color: $stall; text-style: bold; }
        & > .part--faster { color: $good; text-style: bold; }
"""
        + family_rules("part")
        + "}"
    )

    BINDINGS: ClassVar[list[BindingType]] = [*PART_KEYS]

    @dataclass
    class LinePointed(Message):
        """Another line is under the cursor; `go` says that its events are to be shown."""

        line: ShownLine
        go: bool = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(follow=False, id=id)
        self._lines: PartLines = ListedLines(())
        self._cursor = 0
        self._known: dict[str, Style] = {}

    @property
    def cursor(self) -> int:
        """The line under the cursor."""
        return self._cursor

    def show(self, lines: PartLines, cursor: int = 0) -> None:
        """Show other lines, the cursor on one of them."""
        self._lines = lines
        lines.lay_out(self.room)
        self._cursor = max(0, min(cursor, len(lines) - 1))
        self.set_height(len(lines))
        self.reveal(self._cursor)
        self.refresh_changed()
        self.refresh_bindings()

    def find(self, difference: Discrepancy) -> None:
        """Go to where a difference stands."""
        self._go(self._lines.find(difference))

    @property
    def room(self) -> int:
        """Cells that a line has."""
        return max(self.width - _MARGIN, 1)

    def on_resize(self) -> None:
        """Lay out for another width; the cursor stays about where it was in the text."""
        count = len(self._lines)
        share = self._cursor / count if count else 0.0
        self._lines.lay_out(self.room)
        same = len(self._lines) == count
        self.show(self._lines, self._cursor if same else round(share * len(self._lines)))

    # -- the cursor --------------------------------------------------------------------------

    def action_go_by(self, lines: int) -> None:
        """Move the cursor by lines."""
        self._go(self._cursor + lines)

    def action_go_by_pages(self, pages: int) -> None:
        """Move the cursor by the lines that are in view."""
        self._go(self._cursor + pages * max(1, self.size.height - 1))

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half of them."""
        self._go(self._cursor + direction * max(1, self.size.height // 2))

    def action_go_to_edge(self, way: int) -> None:
        """Go to the first line (-1) or to the last (1)."""
        self._go(len(self._lines) if way > 0 else 0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Open only what has an event."""
        line = self._line_here
        return action != "open" or (line is not None and (line.a or line.b) is not None)

    @property
    def _line_here(self) -> ShownLine | None:
        here = self._cursor < len(self._lines)
        return self._lines.line(self._cursor) if here else None

    def action_open(self) -> None:
        """Show the events of the line under the cursor."""
        self._point(go=True)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line that was clicked; a second click shows its events."""
        line = event.y + self.scroll_offset.y
        if line < len(self._lines):
            self._go(line)
            if event.chain == 2:
                self.action_open()

    def _go(self, line: int) -> None:
        self._cursor = max(0, min(line, len(self._lines) - 1))
        self.reveal(self._cursor)
        self.refresh_changed()
        self._point()

    def _point(self, *, go: bool = False) -> None:
        if (line := self._line_here) is not None:
            self.post_message(self.LinePointed(line, go))
            self.refresh_bindings()

    # -- drawing -----------------------------------------------------------------------------

    def draw(self, y: int) -> Strip:
        """Draw the line that stands in line `y` of the view."""
        number, width = y + self.scroll_offset.y, self.width
        if number >= len(self._lines):
            return Strip.blank(width, self._look(""))
        chosen = number == self._cursor
        base = self._look("cursor") if chosen else self._look("")
        said = cut_cells(self._lines.line(number).cells, width - 1)
        cells = [("▌" if chosen else " ", "title"), *said]
        segments = [Segment(text, base + self._look(name, part=True)) for text, name in cells]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _look(self, name: str, *, part: bool = False) -> Style:
        """What a name of ours looks like now; asking Textual costs more than drawing."""
        key = f"{name}{part}"
        if (known := self._known.get(key)) is None:
            known = self._part(name) if part else self.rich_style
            if name and not part:
                known += self._part(name)
            self._known[key] = known
        return known

    def _part(self, name: str) -> Style:
        """Only what a component changes; its ground is blended with the view's."""
        part = self.get_component_rich_style(f"part--{name}", partial=True)
        if part.bgcolor is None:
            return part
        return part + Style(bgcolor=self.get_component_rich_style(f"part--{name}").bgcolor)

    def on_focus(self) -> None:
        """Look focused."""
        self._known = {}

    def on_blur(self) -> None:
        """Don't."""
        self._known = {}

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._known = {}
