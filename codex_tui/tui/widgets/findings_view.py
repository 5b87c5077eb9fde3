"""The list of what is wrong: one row a finding, in the order that they are given in.

Rows are drawn where they are seen and never change their height: what a finding says in full
stands below the list. What comes later than the moment that is shown is paler.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.strip import Strip

from codex_tui import units
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.tui.messages import FindingPointed
from codex_tui.tui.widgets.flags import LOOKS
from codex_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from codex_tui.findings import Finding, FoundBy

Cells = list[tuple[str, str]]
"""Texts and the names of their styles, from left to right."""

_NAMED = 8  # events of a finding that are named
_NARROW = 60  # cells below which a level is its first letter
_WIDE = 90  # cells from which on the rule is named
_RULE = 22


class FindingsView(LineView):
    """Rows of findings with a cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "findings--cursor",
        *(f"findings--{name}" for name in ("text", *LOOKS.values())),
    }

    DEFAULT_CSS = """
    FindingsView {
        & > .findings--cursor { background: $row-selected; text-style: $row-selected-style; }
        &:focus > .findings--cursor { background: $row-selected; text-style: bold; }
        & > .findings--text { color: $foreground; }
        & > .findings--error { color: $event-error; text-style: bold; }
        & > .findings--stall { color: $stall; text-style: bold; }
        & > .findings--muted { color: $quiet; text-style: $quiet-style; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", id="wrong.down", show=False),
        Binding("k,up", "move(-1)", "Previous", id="wrong.up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="wrong.page-down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="wrong.page-up", show=False),
        Binding("g,home", "go(0)", "First", id="wrong.first", show=False),
        Binding("G,end", "go(-1)", "Last", id="wrong.last", show=False),
        Binding("enter", "choose", "Go to its event", id="wrong.choose"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(follow=False, id=id)
        self._rows: Sequence[Finding] = ()
        self._count = 0
        self._line = 0
        self._moved = False  # whether the cursor was, by the user
        self._moment: FoundBy | None = None
        self._missing = ""
        self.search = FindingsSearch(self)

    def on_focus(self) -> None:
        """Say which finding is looked at, now that the list is."""
        self.point()

    @property
    def finding(self) -> Finding | None:
        """The finding under the cursor."""
        return self._rows[self._line] if self._line < self._count else None

    # -- what is shown -----------------------------------------------------------------------

    def show(self, rows: Sequence[Finding], moment: FoundBy | None, missing: str) -> None:
        """Show findings; a cursor that was moved stays on its own.

        Args:
            rows: What was found, in the order in which it is to stand.
            moment: The moment that is shown; None for the end.
            missing: What is said where there is none.
        """
        chosen, first = self.finding if self._moved else None, not self._count and bool(rows)
        if rows is not self._rows:
            places = (line for line, each in enumerate(rows) if each is chosen)
            self._line = 0 if chosen is None else next(places, 0)
        self._rows, self._moment, self._missing = rows, moment, missing
        self._count = len(rows)
        self.set_height(self._count)
        self.refresh_changed()
        self._moved = self._moved and bool(rows)
        if first and self.has_focus:
            self.point()

    # -- moving ------------------------------------------------------------------------------

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self.go(self._line + lines)

    def action_page(self, pages: int) -> None:
        """Move the cursor by the lines that are in view."""
        self.go(self._line + pages * max(1, self.scrollable_content_region.height - 1))

    def action_go(self, line: int) -> None:
        """Go to a line, counted from the end if it is below 0."""
        self.go(line if line >= 0 else self._count + line)

    def go(self, line: int) -> None:
        """Put the cursor on a line, or on the nearest that there is."""
        self._line = max(0, min(line, self._count - 1))
        self._moved = True
        self.reveal(self._line)
        self.refresh_changed()
        self.point()

    def point(self, *, go: bool = False) -> None:
        """Say which finding is looked at."""
        self.post_message(FindingPointed(self.finding, go))

    def action_choose(self) -> None:
        """Go to the event of the finding."""
        if self.finding is not None:
            self.point(go=True)

    def on_click(self, event: events.Click) -> None:
        """Select the row that was clicked; a second click goes to its event."""
        line = event.y + self.scroll_offset.y
        if line < self._count:
            self.go(line)
            if event.chain == 2:
                self.action_choose()

    @property
    def line(self) -> int:
        """The line under the cursor."""
        return self._line

    def says(self) -> list[str]:
        """Return what each row says, to be searched and pasted."""
        return list(map(line_of, self._rows[: self._count]))

    def copy_source(self) -> str:
        """Return the finding under the cursor as one line."""
        return line_of(self.finding) if self.finding is not None else ""

    # -- drawing -----------------------------------------------------------------------------

    def draw(self, y: int) -> Strip:
        """Draw the row that stands in line `y` of the window."""
        line = y + self.scroll_offset.y
        if line >= self._count:
            return self._draw_missing(y)
        base, chosen, finding = self.rich_style, line == self._line, self._rows[line]
        if chosen:
            base += self.get_component_rich_style("findings--cursor")
        come = finding.had_come(self._moment)
        cells = [("▌" if chosen else " ", LOOKS[finding.level]), *cells_of(finding, self.width - 1)]
        looks = ((text, name if come else "muted") for text, name in cells)
        segments = [Segment(text, base + self._style(name)) for text, name in looks]
        return Strip(segments).adjust_cell_length(self.width, base).crop(0, self.width)

    def _draw_missing(self, y: int) -> Strip:
        style = self.rich_style + self._style("muted")
        lines = wrap(self._missing, max(1, self.width - 4)) if not self._count else []
        line = y - (self.scrollable_content_region.height - len(lines)) // 2
        said = lines[line] if 0 <= line < len(lines) else ""
        return Strip([Segment(said.center(self.width), style)]).crop_extend(0, self.width, style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"findings--{name}", partial=True)


class FindingsSearch:
    """What is searched for in a list of findings, in either case."""

    def __init__(self, view: FindingsView) -> None:
        self._view = view
        self._text = ""

    def seek(self, text: str) -> None:
        """Go to the first finding from the cursor on that says a text; "" searches for nothing."""
        self._text = text.casefold()
        self._look(self._view.line, 1)

    def go(self, step: int) -> None:
        """Go to the next finding that says it (1), or to the one before (-1)."""
        self._look(self._view.line + step, step)

    @property
    def matches(self) -> str:
        """Which match the cursor is on, of how many: `3/22`; "" without a search."""
        if not self._text:
            return ""
        found, here = self._found(), self._view.line
        return units.place_among(found.index(here) + 1 if here in found else 0, len(found))

    def _found(self) -> list[int]:
        says = enumerate(self._view.says())
        return [line for line, text in says if self._text in text.casefold()]

    def _look(self, line: int, step: int) -> None:
        """Go to the nearest match from a line on, on a way that goes round."""
        if self._text and (found := self._found()):
            onward = [each for each in found if (each - line) * step >= 0] or found
            self._view.go(onward[0 if step > 0 else -1])


def place_of(finding: Finding) -> str:
    """Return where a finding stands: at an event, at a line without a number, or nowhere."""
    first = finding.entries[0] if finding.entries else ""
    return f"#{first:,}" if isinstance(first, int) else first


def events_of(finding: Finding) -> list[str]:
    """Say which event is at fault, and what it contradicts or where it was found again."""
    named = [each if isinstance(each, str) else f"#{each:,}" for each in finding.entries]
    others = ", ".join(named[1:_NAMED]) + (" …" if len(named) > _NAMED else "")
    return [*named[:1], *([f"with {others}"] if others else [])]


def cells_of(finding: Finding, width: int) -> Cells:
    """Return what a row says in so many cells."""
    level = finding.level.ljust(8) if width >= _NARROW else f"{finding.level[0].upper()} "
    times = f" ×{finding.count:,}" if finding.count > 1 else ""
    head: Cells = [
        (level, LOOKS[finding.level]),
        (f"{place_of(finding):>6}  ", "muted"),
    ]
    if width >= _WIDE:
        head.append((finding.rule.ljust(_RULE), "muted"))
    room = width - sum(cell_len(text) for text, _ in head) - len(times)
    message = set_cell_size(cut_to_width(clean_line(finding.message), room), max(0, room))
    return [*head, (message, "text"), (times, "muted")]


def line_of(finding: Finding) -> str:
    """Return a finding as one line, to be pasted."""
    place = place_of(finding)
    return clean_line(" ".join(filter(None, (finding.level, finding.rule, place, finding.message))))
