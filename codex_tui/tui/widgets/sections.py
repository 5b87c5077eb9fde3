"""The sections of a view and where their lines stand: pure arithmetic, no widget."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.content import Content

    from codex_tui.documents.block import Block
    from codex_tui.documents.document import Document
    from codex_tui.documents.lines import Line

State = Literal["", "running", "failed", "warning", "muted", "prompt"]


@dataclass(slots=True, eq=False)
class Section:
    """A header, which may be missing, and a document below it."""

    key: str
    """Names the section in its view; never from the wire."""
    title: Content | None = None
    """One line; without it the section is its document alone."""
    meta: Content | None = None
    """Stands at the right of the title and is never cut."""
    document: Document | None = None
    open: bool = True
    collapsible: bool = False
    indent: int = 0
    """Cells to the left of the document."""
    state: State = ""
    top: int = 0
    """The line of the view that the section begins at."""
    index: int = 0

    @property
    def header(self) -> int:
        """Lines of the header."""
        return int(self.title is not None)

    @property
    def body(self) -> int:
        """Lines of the document that are shown."""
        return self.document.height if self.document is not None and self.open else 0


class Spot(NamedTuple):
    """A line of a view: of which section, and which line of its document (-1: the header)."""

    section: Section
    line: int


class Sections:
    """An ordered list of sections, one below the other.

    Attributes:
        busy: Those whose documents have more to draw, by their keys.
    """

    def __init__(self, spacing: int = 0) -> None:
        self.spacing = spacing
        """Blank lines after a section whose document is shown, and before one without a title."""
        self.height = 0
        self.busy: dict[str, Section] = {}
        self._list: list[Section] = []
        self._by_key: dict[str, Section] = {}

    def __iter__(self) -> Iterator[Section]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> Section:
        return self._by_key[key]

    def at_index(self, index: int) -> Section:
        """Return a section by its place."""
        return self._list[index]

    def insert(self, section: Section, index: int) -> None:
        """Add a section.

        Raises:
            ValueError: There is one with this key.
        """
        if section.key in self._by_key:
            raise ValueError(f"there is a section {section.key!r}")
        self._list.insert(index, section)
        self._by_key[section.key] = section
        self.place(index)

    def discard(self, key: str) -> None:
        """Take a section out."""
        section = self._by_key.pop(key)
        self.busy.pop(key, None)
        self._list.remove(section)
        self.place(section.index)

    def clear(self) -> None:
        """Take all sections out."""
        self._list.clear()
        self._by_key.clear()
        self.busy.clear()
        self.height = 0

    def place(self, index: int = 0) -> None:
        """Give the sections from one on their places."""
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

    def settle(self, top: int, bottom: int) -> None:
        """Have the documents draw what stands between two lines at once, for it is to be seen."""
        for section in self._list:
            body = self.y_of(section, 0)
            if section.document is not None and body < bottom and body + section.body > top:
                section.document.settle(top - body, bottom - body)

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Go through what is shown, from top to bottom."""
        for section in self._list:
            if section.document is not None and section.open:
                for block in section.document.blocks:
                    yield section, block


def _top(section: Section) -> int:
    return section.top
