"""Sections in their order: on which line each begins.

They are dealt out to ranks, so that a change among very many costs what stands beside it: only the
ranks that changed are placed anew, and those below them moved. Places are right after each change,
and after all of them that are made within `changing`.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.documents.document import Document

State = Literal["", "running", "failed", "warning", "muted", "prompt"]

_RANK = 256
"""Sections of a rank, about."""


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


class Ranks:
    """All sections of a stack.

    Attributes:
        spacing: Blank lines after a section whose document is shown, and before one without a
            title.
        height: Lines in all.
    """

    def __init__(self, spacing: int = 0) -> None:
        self.spacing = spacing
        self.height = 0
        self._ranks: list[Rank] = []
        self._held = False  # nothing is given its place for now
        self._unplaced: dict[int, Rank] = {}  # the ranks that are to be placed then

    def __iter__(self) -> Iterator[Section]:
        return (section for rank in self._ranks for section in rank.sections)

    @property
    def last(self) -> Section | None:
        """The last section."""
        return self._ranks[-1].sections[-1] if self._ranks else None

    def add(
        self, section: Section, neighbour: Section | None = None, *, below: bool = False
    ) -> None:
        """Add a section above a neighbour, or below it; at the end without one."""
        if neighbour is None:
            rank, place = self._end_of_all()
        else:
            rank, place = self._found(neighbour)
            place += below
        section.rank, section.place = rank, place
        rank.sections.insert(place, section)
        self.place(rank)

    def discard(self, section: Section) -> None:
        """Take a section out."""
        rank, place = self._found(section)
        del rank.sections[place]
        section.rank = None
        self.place(rank)

    def clear(self) -> None:
        """Take all sections out."""
        for rank in self._ranks:
            rank.sections.clear()  # they and their sections would wait for the collector
        self._ranks.clear()
        self.height = 0
        self._unplaced.clear()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Give what changes within its place once, in the end: many changes cost as one does."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self.place_all()

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

    def place(self, rank: Rank | None) -> None:
        """Give the sections of a rank their places, and those below it."""
        self.unplace(rank)
        if not self._held:
            self.place_all()

    def unplace(self, rank: Rank | None) -> None:
        """Note that a rank is to be placed anew."""
        if rank is not None:
            self._unplaced[id(rank)] = rank

    def place_all(self) -> None:
        """Give all that is not placed its place."""
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

    def above(self, y: int) -> Section | None:
        """Return the last section that begins on a line or above it."""
        number = bisect_right(self._ranks, y, key=_rank_top) - 1
        if number < 0:
            return None
        rank = self._ranks[number]
        return rank.sections[bisect_right(rank.sections, y - rank.top, key=_below) - 1]

    def before(self, section: Section) -> Section | None:
        """Return the section above one."""
        rank, place = self._found(section)
        if place:
            return rank.sections[place - 1]
        return self._ranks[rank.number - 1].sections[-1] if rank.number else None

    def after(self, section: Section) -> Section | None:
        """Return the section below one."""
        rank, place = self._found(section)
        if place + 1 < len(rank.sections):
            return rank.sections[place + 1]
        below = self._ranks[rank.number + 1 : rank.number + 2]
        return below[0].sections[0] if below else None


def _rank_top(rank: Rank) -> int:
    return rank.top


def _below(section: Section) -> int:
    return section.below
