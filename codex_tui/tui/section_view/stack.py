"""Sections one below the other: where their lines stand, and the work on them.

No widget and no Textual: whoever shows a stack watches it. Places are right after every method, and
after all of them that are called within `changing`, so whoever asks needs to know nothing of what
came before; texts are only drawn in `layout` and `advance`.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from codex_tui.documents.lines import index_at, run_at
from codex_tui.tui.section_view.ranks import Ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.documents.block import Block
    from codex_tui.documents.lines import Line, Run
    from codex_tui.tui.section_view.ranks import Section, State

_NEAR = 256
"""Sections in and above a window that are drawn before all others; those without lines count."""


class Spot(NamedTuple):
    """A line of a stack: of which section, and which line of its document (-1: the header)."""

    section: Section
    line: int


class StackWatcher(Protocol):
    """The window that a stack is seen in, as the stack needs to know it."""

    def about_to_change(self) -> None:
        """Lines will come, go or move: what is shown now can be noted."""

    def changed(self) -> None:
        """They have, and all have their places."""

    def retitled(self, section: Section, /) -> None:
        """A header says another thing, on the line that it had."""


class SectionStack:
    """An ordered list of sections.

    Args:
        spacing: Blank lines after a section whose document is shown, and before one without a
            title.
        work_came: Called when there is something to be drawn.

    Attributes:
        work: The work on their documents.
        watcher: Who is told of lines that come and go.
    """

    def __init__(self, spacing: int = 0, work_came: Callable[[], None] | None = None) -> None:
        self.watcher: StackWatcher | None = None
        self._work_came = work_came
        self._ranks = Ranks(spacing)
        self.work = StackWork(self._ranks)
        self._by_key: dict[str, Section] = {}
        self._together = False  # what changes is told in the end
        self._begun = False  # the watcher knows that something changes, and not yet what

    @property
    def height(self) -> int:
        """Lines in all."""
        return self._ranks.height

    def __iter__(self) -> Iterator[Section]:
        return iter(self._ranks)

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def holds(self, section: Section | None) -> bool:
        """Whether this very section stands in it, and no other of its key."""
        return section is not None and self._by_key.get(section.key) is section

    def __getitem__(self, key: str) -> Section:
        return self._by_key[key]

    @property
    def first(self) -> str | None:
        """The key of the first section."""
        return next((section.key for section in self), None)

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
        beside = None if neighbour is None else self._by_key[neighbour]
        with self._change():
            self._ranks.add(section, beside, below=after is not None)
            self._by_key[section.key] = section
        self._begin_work(section)
        return section

    def discard(self, key: str) -> Section:
        """Take a section out."""
        section = self._by_key[key]
        with self._change():
            del self._by_key[key]
            self.work.busy.pop(key, None)
            self._ranks.discard(section)
        return section

    def clear(self) -> None:
        """Take all sections out."""
        with self._change():
            self._ranks.clear()
            self._by_key.clear()
            self.work.busy.clear()

    def update(
        self,
        key: str,
        *,
        title: str | None = None,
        meta: str | None = None,
        state: State | None = None,
    ) -> None:
        """Change what the header of a section says; None leaves a part as it is."""
        section = self._by_key[key]
        says = (
            section.title if title is None else title,
            section.meta if meta is None else meta,
            section.state if state is None else state,
        )
        if says == (section.title, section.meta, section.state):
            return
        if section.title is None and title is not None:
            with self._change():
                section.title, section.meta, section.state = says
                self._ranks.place(section.rank)
            return
        section.title, section.meta, section.state = says
        if self.watcher is not None:
            self.watcher.retitled(section)

    def set_open(self, key: str, is_open: bool) -> None:
        """Show or hide the document of a section."""
        section = self._by_key[key]
        if section.open != is_open:
            with self._change():
                section.open = is_open
                self._ranks.place(section.rank)
            self._begin_work(section)

    def append(self, key: str, text: str) -> None:
        """Add text to the end of a section's document."""
        section = self._by_key[key]
        if text and section.document is not None:
            section.document.append(text)
            self._begin_work(section)

    def replace(self, key: str, text: str, *, preface: str = "") -> None:
        """Put another text into a section's document; the preface is said by its title."""
        section = self._by_key[key]
        section.preface = preface
        if section.document is not None:
            section.document.replace(text)
            self._begin_work(section)

    def _begin_work(self, section: Section) -> None:
        self.work.busy[section.key] = section
        if self._work_came is not None:
            self._work_came()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Show what changes within at once, in the end: many changes cost as one does."""
        self._together = True
        try:
            with self._ranks.changing():
                yield
        finally:
            self._together = False
            if self._begun:
                self._end_change()

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Tell before lines come and go and after it; of several changes, around them all."""
        if not self._begun and self.watcher is not None:
            self._begun = True
            self.watcher.about_to_change()
        yield
        if self._begun and not self._together:
            self._end_change()

    def _end_change(self) -> None:
        self._begun = False
        if self.watcher is not None:
            self.watcher.changed()

    # -- places

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
        return self._ranks.above(y)

    def beside(self, section: Section, step: int) -> Section | None:
        """Return the section below one (1) or above it (-1); None for none."""
        return self._ranks.before(section) if step < 0 else self._ranks.after(section)

    @property
    def last(self) -> Section | None:
        """The last section."""
        return self._ranks.last

    def line(self, y: int) -> Line:
        """Return a line of a document, without its indent; empty for headers and blank lines."""
        spot = self.at(y)
        if spot is None or spot.line < 0 or spot.section.document is None:
            return ()
        return spot.section.document.line(spot.line)

    def y_of(self, section: Section, line: int) -> int:
        """Return where a line of a document stands."""
        return section.top + section.header + line

    def y_of_source(self, key: str, source: int) -> int | None:
        """Return the line that shows a place of a section's source; None if none does."""
        section = self._by_key.get(key)
        if section is None or section.document is None or not section.body:
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

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links that are drawn, in order: text and target."""
        return [link for _, block in self.blocks() for link in block.links]

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Go through what is shown, from top to bottom."""
        for section in self:
            if section.document is not None and section.open:
                for block in section.document.blocks:
                    yield section, block


# -- the work on their documents


class StackWork:
    """What is to be drawn of a stack: what stands in the window first, the rest in slices.

    Attributes:
        busy: The sections whose documents have more to draw, by their keys.
    """

    def __init__(self, ranks: Ranks) -> None:
        self._ranks = ranks
        self.busy: dict[str, Section] = {}

    def layout(self, width: int, window: range) -> None:
        """Give all documents the width: what stands in the window at once, the rest is busy."""
        near = self._near(window)
        for section in near:
            if section.document is not None and section.open:
                section.document.layout(max(width - section.indent, 1), window.start - section.top)
        for section in near:
            self._settle(section, window)
            self._ranks.place(section.rank)
        self.busy = {section.key: section for section in self._ranks}

    def _near(self, window: range) -> list[Section]:
        """The sections of a window, from the bottom: what is above them may have no lines yet."""
        section = self._ranks.above(window.stop - 1)
        found: list[Section] = []
        while section is not None and len(found) < _NEAR and section.end > window.start:
            found.append(section)
            section = self._ranks.before(section)
        return found

    def _settle(self, section: Section, window: range) -> None:
        body = section.top + section.header
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
                y = section.top + section.header + line
                self._ranks.unplace(section.rank)
                changed = y if changed is None else min(changed, y)
            if perf_counter() >= deadline:
                break
        self._ranks.place_all()
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
