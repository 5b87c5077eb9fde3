"""The rows of the list, drawn only where they are seen, under a cursor that stays on its stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from codex_tui.tui.streams.cells import head_cells, row_cells
from codex_tui.tui.streams.keys import TABLE_KEYS
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from codex_tui.streams.arrangement import ListRow
    from codex_tui.streams.stream import Stream
    from codex_tui.tui.sessions.rows import Cells

_STYLES = (
    *("title", "quiet", "runs", "wrong", "stall", "long-stall", "good"),
    *("lifecycle", "reasoning", "output", "tool", "mark"),
)


_MOST_DRAWN = 4_000  # rows that are kept as they were drawn


class StreamTable(LineView):
    """One row a stream, below the heads of the columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "streams--cursor",
        *(f"streams--{name}" for name in _STYLES),
    }

    DEFAULT_CSS = """
    StreamTable {
        overflow-y: auto;
        & > .streams--cursor { background: $row-selected; text-style: bold; }
        & > .streams--mark { color: $line-focus; text-style: bold reverse; }
        & > .streams--title { color: $foreground; }
        & > .streams--quiet { color: $quiet; text-style: $quiet-style; }
        & > .streams--runs { color: $event-output; text-style: bold; }
        & > .streams--wrong { color: $event-error; }
        & > .streams--good { color: $good; }
        & > .streams--stall { color: $stall; text-style: bold; }
        & > .streams--long-stall { color: $stall; text-style: bold reverse; }
        & > .streams--lifecycle { color: $event-lifecycle; }
        & > .streams--reasoning { color: $event-reasoning; }
        & > .streams--output { color: $event-output; }
        & > .streams--tool { color: $event-tool; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*TABLE_KEYS]

    @dataclass
    class StreamChosen(Message):
        """A stream is to be opened."""

        stream: Stream

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(follow=False, id=id)
        self._rows: Sequence[ListRow] = ()
        self._line = 0
        self._on = ""  # the name of the stream under the cursor
        self._now = 0.0
        self._known_styles: dict[str, Style] = {}
        self._drawn: dict[str, tuple[tuple[object, ...], Strip]] = {}
        self.letter_of: Callable[[Path | None], str] = lambda _: ""
        """What stands before a row that is marked, by its file."""

    @property
    def stream(self) -> Stream | None:
        """The stream under the cursor."""
        return self._rows[self._line].stream if self._line < len(self._rows) else None

    def show(self, rows: Sequence[ListRow], now: float) -> None:
        """Show other rows, at a time of day; the cursor stays on its stream while that is there."""
        count, self._rows, self._now = len(self._rows), rows, now
        place = next((at for at, row in enumerate(rows) if row.stream.name == self._on), None)
        moved = 0 if place is None else place - self._line
        self._line = min(self._line, max(0, len(rows) - 1)) if place is None else place
        top = self.scroll_offset.y
        if len(self._drawn) > _MOST_DRAWN:
            self._drawn = {}
        if len(rows) != count:
            self.set_height(len(rows))
        if moved and top:  # what stands before the eye stays there
            self.go_to(top + moved)
        self.reveal(self._line)
        self.refresh_changed()

    def put_cursor(self, name: str) -> None:
        """Put the cursor on a stream, as soon as that is there."""
        self._on = name

    def tick(self, now: float) -> None:
        """Let time pass."""
        self._now = now
        self.refresh_changed()

    # -- the cursor --------------------------------------------------------------------------

    def action_go_by(self, lines: int) -> None:
        """Move the cursor by lines."""
        self._go(self._line + lines)

    def action_go_by_pages(self, pages: int) -> None:
        """Move the cursor by the lines that are in view."""
        self._go(self._line + pages * max(1, self.scrollable_content_region.height - 1))

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half of them."""
        self._go(self._line + direction * max(1, self.scrollable_content_region.height // 2))

    def action_go_to_edge(self, way: int) -> None:
        """Go to the first row (-1) or to the last (1)."""
        self._go(len(self._rows) if way > 0 else 0)

    def _go(self, line: int) -> None:
        before, self._line = self._line, max(0, min(line, len(self._rows) - 1))
        self._note()
        self.reveal(self._line)
        for moved in (before, self._line):
            y = moved - self.scroll_offset.y
            self.refresh_changed(y, y + 1)

    def _note(self) -> None:
        # At the top it stays there: what is new comes above all else, and is to be seen.
        stream = self.stream
        self._on = stream.name if stream is not None and self._line else ""

    def action_open(self) -> None:
        """Open the stream under the cursor."""
        if (stream := self.stream) is not None:
            self.post_message(self.StreamChosen(stream))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked; a second click opens it."""
        line = event.y + self.scroll_offset.y
        if line < len(self._rows):
            self._go(line)
            if event.chain == 2:
                self.action_open()

    # -- drawing -----------------------------------------------------------------------------

    def draw(self, y: int) -> Strip:
        """Draw the row that stands in line `y` of the view."""
        line, width = y + self.scroll_offset.y, self.width
        if line >= len(self._rows):
            return Strip.blank(width, self._style(""))
        row, chosen = self._rows[line], line == self._line
        mark = self.letter_of(row.stream.path)
        said = row.stream, row.follows, chosen, mark, width, self._now if row.stream.alive else 0.0
        drawn = self._drawn.get(row.stream.name)
        if drawn is None or drawn[0] != said:
            cells = row_cells(row, max(width - 2, 0), self._now)
            first = (mark, "mark") if mark else ("▌" if chosen else " ", "title")
            strip = self._strip([first, *cells], width, chosen=chosen)
            drawn = self._drawn[row.stream.name] = said, strip
        return drawn[1]

    def heads(self, width: int) -> Strip:
        """Draw the heads of the columns."""
        return self._strip([(" ", "quiet"), *head_cells(max(width - 2, 0))], width)

    def _strip(self, cells: Cells, width: int, *, chosen: bool = False) -> Strip:
        base = self._style("cursor") if chosen else self._style("")
        segments = [Segment(text, base + self._style(name, part=True)) for text, name in cells]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _style(self, name: str, *, part: bool = False) -> Style:
        """What a name of ours looks like now; asking Textual costs more than drawing."""
        key = f"{name}{part}"
        if (known := self._known_styles.get(key)) is None:
            known = self.rich_style if not part else self._part(name)
            if name and not part:
                known += self._part(name)
            self._known_styles[key] = known
        return known

    def look(self, name: str) -> Style:
        """How one of our names looks, for what stands above the rows."""
        return self._style(name, part=True)

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"streams--{name}", partial=True)

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._known_styles, self._drawn = {}, {}
