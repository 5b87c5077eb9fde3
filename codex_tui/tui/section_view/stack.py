"""Sections one below the other: where their lines stand, what holds the window, the work on them.

No widget and no Textual. Places are right after every method, and after all of them that are called
within `changing`, so whoever asks needs to know nothing of what came before; texts are only drawn
in `layout` and `advance`.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from itertools import chain
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

_RANK = 256
"""Sections of a rank, about."""

_NEAR = 256
"""Sections in and above a window that are drawn before all others; those without lines count."""

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
    rank: Rank | None = None
    """The sections that it is placed with; its own place is `place` among them, and `below` their
    first line."""
    place: int = 0
    below: int = 0

    @property
    def top(self) -> int:
        """The line of the stack that the section begins at."""
        return self.below if self.rank is None else self.rank.top + self.below

    @property
    def index(self) -> int:
        """How many sections stand above it."""
        return self.place if self.rank is None else self.rank.start + self.place

    @property
    def header(self) -> int:
        """Lines of the header."""
        return int(self.title is not None)

    @property
    def body(self) -> int:
        """Lines of the document that are shown."""
        return self.document.height if self.document is not None and self.open else 0

    @property
    def end(self) -> int:
        """The line behind it."""
        return self.top + self.header + self.body

    @property
    def source(self) -> str:
        """The whole text as it came."""
        return self.preface + self.document.source if self.document is not None else ""


class Rank(Struct, eq=False):
    """Some sections that follow each other: where one changes, only they are placed anew.

    `number` counts the ranks, `start` the sections above it; `top` and `height` are lines.
    """

    sections: list[Section]
    number: int = 0
    start: int = 0
    top: int = 0
    height: int = 0

    @property
    def end(self) -> int:
        """The line behind it."""
        return self.top + self.height


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
        self._ranks: list[Rank] = []
        self._by_key: dict[str, Section] = {}
        self._held = False  # nothing is given its place for now
        self._unplaced: dict[int, Rank] = {}  # the ranks that are to be placed then

    def __iter__(self) -> Iterator[Section]:
        return (section for rank in self._ranks for section in rank.sections)

    def __len__(self) -> int:
        return len(self._by_key)

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
        if section.key in self._by_key:
            raise ValueError(f"there is a section {section.key!r}")
        neighbour = before if after is None else after
        if neighbour is None:
            rank, place = self._end_of_all()
        else:
            rank, place = self._found(self._by_key[neighbour])
            place += after is not None
        section.rank, section.place = rank, place
        rank.sections.insert(place, section)
        self._by_key[section.key] = section
        self.busy[section.key] = section
        self._place(rank)
        return section

    def discard(self, key: str) -> Section:
        """Take a section out."""
        section = self._by_key.pop(key)
        self.busy.pop(key, None)
        rank, place = self._found(section)
        del rank.sections[place]
        section.rank = None
        self._place(rank)
        return section

    def clear(self) -> None:
        """Take all sections out."""
        for rank in self._ranks:
            rank.sections.clear()  # they and their sections would wait for the collector
        self._ranks.clear()
        self._by_key.clear()
        self.busy.clear()
        self.height = 0
        self._unplaced.clear()

    def retitle(
        self, section: Section, title: str | None, meta: str | None, state: State | None
    ) -> bool:
        """Change what a header says, but for what is None; return whether it says another thing."""
        before = section.title, section.meta, section.state
        section.title = section.title if title is None else title
        section.meta = section.meta if meta is None else meta
        section.state = section.state if state is None else state
        if before[0] is None and title is not None:
            self._place(section.rank)
        return before != (section.title, section.meta, section.state)

    def set_open(self, key: str, is_open: bool) -> bool:
        """Show or hide the document of a section; return whether that changed."""
        section = self._by_key[key]
        if section.open == is_open:
            return False
        section.open = is_open
        self.busy[key] = section
        self._place(section.rank)
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
            self._place_all()

    def _end_of_all(self) -> tuple[Rank, int]:
        """Where a section stands that is added at the end."""
        if not self._ranks or len(self._ranks[-1].sections) >= _RANK:
            self._ranks.append(Rank([], len(self._ranks)))
        return self._ranks[-1], len(self._ranks[-1].sections)

    @staticmethod
    def _found(section: Section) -> tuple[Rank, int]:
        """Return where a section stands, be others in or out that have no places yet."""
        rank, place = section.rank, section.place
        if rank is None:
            raise KeyError(section.key)
        sections = rank.sections
        known = place < len(sections) and sections[place] is section
        return rank, place if known else sections.index(section)

    def _place(self, rank: Rank | None) -> None:
        """Give the sections of a rank their places, and those below it."""
        self._unplace(rank)
        if not self._held:
            self._place_all()

    def _unplace(self, rank: Rank | None) -> None:
        if rank is not None:
            self._unplaced[id(rank)] = rank

    def _place_all(self) -> None:
        ranks, self._unplaced = list(self._unplaced.values()), {}
        if not ranks:
            return
        first = min(rank.number for rank in ranks)
        for rank in ranks:
            self._place_within(rank)
        if any(not 0 < len(rank.sections) <= 2 * _RANK for rank in ranks):
            self._deal_out(first)
        self._stack_up(first)

    def _place_within(self, rank: Rank) -> None:
        before, below = None, 0
        for place, section in enumerate(rank.sections):
            section.rank, section.place = rank, place
            below += self._gap(before, section) if before is not None else 0
            section.below = below
            below += section.header + section.body
            before = section
        rank.height = below

    def _deal_out(self, first: int) -> None:
        """Make several ranks of each that has become too long from one on, and none of empty ones.

        The sections of one that was cut are placed anew.
        """
        for rank in self._ranks[first:]:
            if len(rank.sections) > 2 * _RANK:
                rest, rank.sections = rank.sections[_RANK:], rank.sections[:_RANK]
                parts = [rest[at : at + _RANK] for at in range(0, len(rest), _RANK)]
                more = [Rank(part) for part in parts]
                at = self._ranks.index(rank, first) + 1
                self._ranks[at:at] = more
                for each in (rank, *more):
                    self._place_within(each)
        self._ranks[first:] = [rank for rank in self._ranks[first:] if rank.sections]

    def _stack_up(self, first: int) -> None:
        """Put the ranks from one on below those above it."""
        before = self._ranks[first - 1] if first else None
        start, end = (before.start + len(before.sections), before.end) if before else (0, 0)
        last = before.sections[-1] if before else None
        for number, rank in enumerate(self._ranks[first:], first):
            rank.number, rank.start = number, start
            rank.top = end + self._gap(last, rank.sections[0])
            start, end, last = start + len(rank.sections), rank.end, rank.sections[-1]
        self.height = end

    def _gap(self, before: Section | None, section: Section) -> int:
        apart = before is not None and (before.body or (section.body and not section.header))
        return self.spacing if apart else 0

    def at(self, y: int) -> Spot | None:
        """Return what stands on a line, or None for blank ones."""
        if not 0 <= y < self.height:
            return None
        section = self.at_or_above(y)
        if section is None or not section.header + section.body:
            return None  # what has no lines stands behind all that has
        line = y - section.top - section.header
        return Spot(section, line) if line < section.body else None

    def at_or_above(self, y: int) -> Section | None:
        """Return the last section that begins on a line or above it."""
        number = bisect_right(self._ranks, y, key=_rank_top) - 1
        if number < 0:
            return None
        rank = self._ranks[number]
        return rank.sections[bisect_right(rank.sections, y - rank.top, key=_below) - 1]

    def headed(self, section: Section | None, step: int) -> Section | None:
        """Return the next section with a header below one (1) or above it (-1); None for none."""
        while section is not None:
            section = self._before(section) if step < 0 else self._after(section)
            if section is not None and section.header:
                return section
        return None

    def header_from(self, y: int) -> Section | None:
        """Return the first section with a header on a line or below, else the last of all."""
        section = self.at_or_above(y)
        if section is None:
            section = next(iter(self), None)
        if section is not None and (not section.header or section.top < y):
            section = self.headed(section, 1)
        if section is None and self._ranks:
            last = self._ranks[-1].sections[-1]
            section = last if last.header else self.headed(last, -1)
        return section

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
        for section in self:
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
        near = self._near(window)
        for section in near:
            if section.document is not None and section.open:
                section.document.layout(max(width - section.indent, 1), window.start - section.top)
        for section in near:
            self._settle(section, window)
            self._place(section.rank)
        self.busy = self._by_key.copy()

    def _near(self, window: range) -> list[Section]:
        """The sections of a window, from the bottom: what is above them may have no lines yet."""
        section = self.at_or_above(window.stop - 1)
        found: list[Section] = []
        while section is not None and len(found) < _NEAR and section.end > window.start:
            found.append(section)
            section = self._before(section)
        return found

    def _before(self, section: Section) -> Section | None:
        """Return the section above one."""
        rank, place = self._found(section)
        if place:
            return rank.sections[place - 1]
        return self._ranks[rank.number - 1].sections[-1] if rank.number else None

    def _after(self, section: Section) -> Section | None:
        """Return the section below one."""
        rank, place = self._found(section)
        if place + 1 < len(rank.sections):
            return rank.sections[place + 1]
        below = self._ranks[rank.number + 1 : rank.number + 2]
        return below[0].sections[0] if below else None

    def _settle(self, section: Section, window: range) -> None:
        body = self.y_of(section, 0)
        seen = body < window.stop and body + section.body > window.start
        if section.document is not None and seen:
            section.document.settle(window.start - body, window.stop - body)

    def advance(self, width: int, window: range, deadline: float) -> int | None:
        """Draw what is new until the `perf_counter` deadline; return the first line that changed.

        What stands in the window is drawn first.
        """
        changed = None
        near = [section for section in self._near(window) if section.key in self.busy]
        others = (section for section in list(self.busy.values()) if section.key in self.busy)
        for section in chain(near, others):
            line = self._advance(section, width, window.start, deadline)
            if line is not None:
                y = self.y_of(section, line)
                self._unplace(section.rank)
                changed = y if changed is None else min(changed, y)
            if perf_counter() >= deadline:
                break
        self._place_all()
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


def _rank_top(rank: Rank) -> int:
    return rank.top


def _below(section: Section) -> int:
    return section.below
