"""The headers of a stack: the cursor that goes from one to the next, and what is opened and closed.

What of it is seen is the view's, and what the user opened or closed is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.tui.section_view.ranks import Section
    from codex_tui.tui.section_view.stack import SectionStack
    from codex_tui.tui.section_view.window import Window


class Headers:
    """What the user does with the headers of a stack.

    Args:
        stack: The stack.
        window: What it is seen in.
        toggled: Called with a section that was opened or closed.

    Attributes:
        section: What the cursor was put on last: it may be gone since. None for no cursor.
    """

    def __init__(
        self, stack: SectionStack, window: Window, toggled: Callable[[Section], None]
    ) -> None:
        self._stack = stack
        self._window = window
        self._toggled = toggled
        self.section: Section | None = None

    def move(self, step: int) -> None:
        """Move the cursor to the next header below (1) or above (-1), and into sight."""
        here = self._living()
        if here is None or not here.header:
            self.section = self._in_sight()
        else:
            self.section = self._headed(here, step) or here
        if self.section is not None:
            self._window.show(self.section.top)
            self._window.refresh()

    def toggle_here(self) -> None:
        """Open or close the section under the cursor, else the first whose header can be seen."""
        section = self._living() or self._in_sight()
        if section is not None:
            self.toggle(section)

    def toggle(self, section: Section) -> None:
        """Put the cursor on a section, and open or close it if that can be."""
        self.section = section
        if section.collapsible and section.document is not None:
            self._stack.set_open(section.key, not section.open)
            self._toggled(section)
        self._window.refresh()

    def toggle_all(self) -> Iterator[None]:
        """Close all sections, or open all if none is open: a step for each of them."""
        sections = [section for section in self._stack if section.collapsible]
        is_open = not any(section.open for section in sections)
        for section in sections:
            if self._stack.holds(section):
                self._stack.set_open(section.key, is_open)
            yield

    def _living(self) -> Section | None:
        return self.section if self._stack.holds(self.section) else None

    def _in_sight(self) -> Section | None:
        """Return the first section whose header can be seen or stands below, else the last."""
        top, stack = self._window.seen.start, self._stack
        section = stack.at_or_above(top)
        if section is None:
            section = next(iter(stack), None)
        if section is not None and (not section.header or section.top < top):
            section = self._headed(section, 1)
        if section is None and (last := stack.last) is not None:
            section = last if last.header else self._headed(last, -1)
        return section

    def _headed(self, section: Section, step: int) -> Section | None:
        """Return the next section with a header below one (1) or above it (-1)."""
        following = self._stack.beside(section, step)
        while following is not None and not following.header:
            following = self._stack.beside(following, step)
        return following
