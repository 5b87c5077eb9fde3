"""Sections one below the other: where their lines stand, what holds the window, the work on them.

No widget and no Textual. Places are right after every method, and after all of them that are called
within `changing`, so whoever asks needs to know nothing of what came before; texts are only drawn
in `layout` and `advance`.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct

from codex_tui.documents.lines import index_at, run_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.documents.block import Block
    from codex_tui.documents.document import Document
    from codex_tui.documents.lines import Line, Run

State = Literal["", "running", "failed", "warning", "muted", "prompt"]

_LOOK_AHEAD = 12
"""Lines of a window that are looked at for one with a place in the source."""


class Section(Struct, eq=False):
    """A header, which may be missing, and a document below it."""

    key: str
    """Names the section in its stack; never from the wire."""
    title: str | None = None
    """One clean line; without it the section is its document alone."""
    meta: str = ""
    """Stands at the right of the title and is never cut."""
    document: Document | None = None
    open: bool = True
    collapsible: bool = False
    indent: int = 0
    """Cells to the left of the document."""
    state: State = ""
    preface: str = ""
    """What of the text the title says already; it is copied with the rest."""
    top: int = 0
    """The line of the stack that the section begins at."""
    index: int = 0

    @property
    def header(self) -> int:
        """Lines of the header."""
        return int(self.title is not None)

    @property
    def body(self) -> int:
        """Lines of the document that are shown."""
        return self.document.height if self.document is not None and self.open else 0

    @property
    def source(self) -> str:
        """The whole text as it came."""
        return self.preface + self.document.source if self.document is not None else ""


class Spot(NamedTuple):
    """A line of a stack: of which section, and which line of its document (-1: the header)."""

    section: Section
    line: int


class Anchor(NamedTuple):
    """A header or a place in a source that stands a few lines below the top of a window."""

    section: Section
    source: int
    """Its place in the document; -1 for a header."""
    below: int


class SectionStack:
    """An ordered list of sections.

    Attributes:
        height: Lines in all.
        busy: Those whose documents have more to draw, by their keys.
    """

    def __init__(self, spacing: int = 0) -> None:
        self.spacing = spacing
        """Blank lines after a section whose document is shown, and before one without a title."""
        self.height = 0
        self.busy: dict[str, Section] = {}
        self._list: list[Section] = []
        self._by_key: dict[str, Section] = {}
        self._held = False  # nothing is given its place for now
        self._unplaced: int | None = None  # the first section that is to be given one then

    def __iter__(self) -> Iterator[Section]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> Section:
        return self._by_key[key]

    # -- what stands in it

    def add(
        self, section: Section, *, before: str | None = None, after: str | None = None
    ) -> Section:
        """Add a section, at the end unless a neighbour is named.

        Raises:
            ValueError: There is a section with this key.
            KeyError: There is no such neighbour.
        """
        index = len(self._list)
        if before is not None:
            index = self._index_of(self._by_key[before])
        elif after is not None:
            index = self._index_of(self._by_key[after]) + 1
        if section.key in self._by_key:
            raise ValueError(f"there is a section {section.key!r}")
        section.index = index
        self._list.insert(index, section)
        self._by_key[section.key] = section
        self.busy[section.key] = section
        self._place(index)
        return section

    def discard(self, key: str) -> Section:
        """Take a section out."""
        section = self._by_key.pop(key)
        self.busy.pop(key, None)
        index = self._index_of(section)
        del self._list[index]
        self._place(index)
        return section

    def clear(self) -> None:
        """Take all sections out."""
        self._list.clear()
        self._by_key.clear()
        self.busy.clear()
        self.height = 0
        self._unplaced = None

    def retitle(
        self, section: Section, title: str | None, meta: str | None, state: State | None
    ) -> bool:
        """Change what a header says, but for what is None; return whether it says another thing."""
        before = section.title, section.meta, section.state
        section.title = section.title if title is None else title
        section.meta = section.meta if meta is None else meta
        section.state = section.state if state is None else state
        if before[0] is None and title is not None:
            self._place(self._index_of(section))
        return before != (section.title, section.meta, section.state)

    def set_open(self, key: str, is_open: bool) -> bool:
        """Show or hide the document of a section; return whether that changed."""
        section = self._by_key[key]
        if section.open == is_open:
            return False
        section.open = is_open
        self.busy[key] = section
        self._place(self._index_of(section))
        return True

    def document(self, key: str) -> Document | None:
        """Return a section's document to be changed: it will be busy then."""
        section = self._by_key[key]
        if section.document is not None:
            self.busy[key] = section
        return section.document

    # -- places

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Give what changes within its place once, in the end: many changes cost as one does."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            first, self._unplaced = self._unplaced, None
            if first is not None:
                self._place(first)

    def _index_of(self, section: Section) -> int:
        """Return where a section stands, be others in or out that have no places yet."""
        known = section.index
        if known < len(self._list) and self._list[known] is section:
            return known
        return self._list.index(section)

    def _place(self, index: int) -> None:
        """Give the sections from one on their places."""
        if self._held:
            self._unplaced = min(
                index, len(self._list) if self._unplaced is None else self._unplaced
            )
            return
        before = self._list[index - 1] if index else None
        for number in range(index, len(self._list)):
            section = self._list[number]
            section.index = number
            section.top = self._end(before) + self._gap(before, section)
            before = section
        self.height = self._end(before)

    def _end(self, section: Section | None) -> int:
        return 0 if section is None else section.top + section.header + section.body

    def _gap(self, before: Section | None, section: Section) -> int:
        apart = before is not None and (before.body or (section.body and not section.header))
        return self.spacing if apart else 0

    def at(self, y: int) -> Spot | None:
        """Return what stands on a line, or None for blank ones."""
        if not 0 <= y < self.height:
            return None
        index = max(bisect_right(self._list, y, key=_top) - 1, 0)
        while index and not self._list[index].header + self._list[index].body:
            index -= 1
        section = self._list[index]
        line = y - section.top - section.header
        return Spot(section, line) if line < section.body else None

    def line(self, y: int) -> Line:
        """Return a line of a document, without its indent; empty for headers and blank lines."""
        spot = self.at(y)
        if spot is None or spot.line < 0 or spot.section.document is None:
            return ()
        return spot.section.document.line(spot.line)

    def y_of(self, section: Section, line: int) -> int:
        """Return where a line of a document stands."""
        return section.top + section.header + line

    def y_of_source(self, section: Section, source: int) -> int | None:
        """Return the line that shows a place of a section's source; None if none does."""
        if section.document is None or not section.body:
            return None
        position = section.document.position_of(source)
        return None if position is None else self.y_of(section, position[0])

    def run_at(self, y: int, cell: int) -> Run | None:
        """Return the run that is drawn on a cell."""
        spot = self.at(y)
        if spot is None:
            return None
        line = self.line(y)
        index = index_at(line, cell - spot.section.indent)
        return None if index is None else run_at(line, index)

    def source_at(self, y: int, cell: int) -> tuple[str, int] | None:
        """Return section and place in its source of what is drawn on a cell."""
        spot = self.at(y)
        if spot is None or spot.section.document is None or spot.line < 0:
            return None
        index = index_at(self.line(y), cell - spot.section.indent)
        source = None if index is None else spot.section.document.source_at(spot.line, index)
        return None if source is None else (spot.section.key, source)

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Go through what is shown, from top to bottom."""
        for section in self._list:
            if section.document is not None and section.open:
                for block in section.document.blocks:
                    yield section, block

    # -- what a window holds on to, while lines come and go above it

    def anchor(self, top: int) -> Anchor | None:
        """Return what can be held on to in a window that begins at a line."""
        for below in range(_LOOK_AHEAD):
            spot = self.at(top + below)
            if spot is None:
                continue
            if spot.line < 0:
                return Anchor(spot.section, -1, below)
            line = self.line(top + below)
            source = next((run.source for run in line if run.source >= 0), None)
            if source is not None:
                return Anchor(spot.section, source, below)
        return None

    def top_for(self, anchor: Anchor | None) -> int | None:
        """Return where the window has to begin now, or None if what it held on to is gone."""
        if anchor is None:
            return None
        section, source, below = anchor
        y = section.top if source < 0 else self.y_of_source(section, source)
        return None if y is None else y - below

    # -- work

    def layout(self, width: int, window: range) -> None:
        """Give all documents the width: what stands in the window at once, the rest is busy."""
        for section in self._list:
            if section.document is not None and section.open:
                section.document.layout(max(width - section.indent, 1), window.start - section.top)
                self.busy[section.key] = section
        for section in self._list:
            self._settle(section, window)
        self._place(0)

    def _settle(self, section: Section, window: range) -> None:
        body = self.y_of(section, 0)
        seen = body < window.stop and body + section.body > window.start
        if section.document is not None and seen:
            section.document.settle(window.start - body, window.stop - body)

    def advance(self, width: int, top: int, deadline: float) -> int | None:
        """Draw what is new until the `perf_counter` deadline; return the first line that changed.

        What stands around the line `top` is drawn first.
        """
        first, changed = len(self._list), None
        for section in list(self.busy.values()):
            line = self._advance(section, width, top, deadline)
            if line is not None:
                y = self.y_of(section, line)
                first = min(first, section.index)
                changed = y if changed is None else min(changed, y)
            if perf_counter() >= deadline:
                break
        if changed is not None:
            self._place(first)
        return changed

    def _advance(self, section: Section, width: int, top: int, deadline: float) -> int | None:
        """Work on one section; return the first line of its document that changed."""
        document = section.document
        if document is None or not section.open:
            del self.busy[section.key]
            return None
        document.layout(max(width - section.indent, 1), top - section.top)
        if not document.advance(deadline):
            del self.busy[section.key]
        return document.take_changed()


def _top(section: Section) -> int:
    return section.top
