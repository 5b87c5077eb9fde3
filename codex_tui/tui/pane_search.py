"""Searching and filtering: what is typed in the finder, and the view that it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.tui.panes.finder import Finder
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.tui.panes.words import PANES
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.widgets.findings_view import FindingsView
from codex_tui.tui.widgets.timeline_view import TimelineView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from codex_tui.tui.layout import Arrangement

Searchable = SectionView | TimelineView | FindingsView


class PaneSearch:
    """One search at a time, in one view; `go_to` takes what is typed after a colon.

    `tell` is told which match was gone to, when the line in which it was typed is closed.
    """

    def __init__(
        self,
        screen: Screen[None],
        panes: Arrangement,
        go_to: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._panes = panes
        self._go_to = go_to
        self._tell = tell
        self._searched: Searchable | None = None
        self._pane = "output"

    @property
    def _finder(self) -> Finder:
        return self._screen.query_one(Finder)

    def view(self) -> Searchable | None:
        """Return the view of the focused pane, if it is one that can be searched."""
        view = self._panes.pane(self._focused()).view
        return view if isinstance(view, Searchable) else None

    def _focused(self) -> str:
        return self._panes.focused() or self._panes.active

    # -- opening and closing -----------------------------------------------------------------

    def search(self) -> None:
        """Ask what to search for in the focused pane."""
        self._pane = self._focused()
        self._finder.open("search", f"search {PANES[self._pane].lower()}")

    def filter(self) -> None:
        """Ask which types of events to show in the timeline."""
        self._pane = "timeline"
        words = self._screen.query_one(TimelineView).filter_words
        self._finder.open("filter", "filter by type", words)

    def go_to(self) -> None:
        """Ask where to go in the session."""
        self._pane = self._focused()
        self._finder.open("goto", "go to  #1200 · 12.5s · 50%")

    def close(self) -> bool:
        """Close the finder, else take the marks of a search away; False if there was neither."""
        if self._finder.is_open:
            self._finder.close()
            self._panes.focus(self._pane)
        elif self._searched is not None:
            self._searched.search.seek("")
            self._searched = None
            if self._told:
                self._tell("")
                self._told = False
        else:
            return False
        return True

    _told = False

    # -- what was typed ----------------------------------------------------------------------

    def take(self, event: Finder.Asked) -> None:
        """Do what is being typed, or was."""
        match event.purpose:
            case "filter":
                self._screen.query_one(TimelinePane).filter(event.text)
            case "search":
                self._search(event.text)
            case "goto" if event.done:
                self._go_to(event.text)
        if event.done and self._finder.is_open:
            self.close()

    def _search(self, text: str) -> None:
        view = self._panes.pane(self._pane).view
        if not isinstance(view, Searchable):
            return
        if self._searched is not None and self._searched is not view:
            self._searched.search.seek("")
        self._searched = view if text else None
        view.search.seek(text)
        self._finder.say(view.search.matches)

    def counted(self, view: Searchable) -> None:
        """Say how many matches there are by now."""
        if view is self._searched:
            self._say(view.search.matches)

    def _say(self, matches: str) -> None:
        if self._finder.is_open:
            self._finder.say(matches)
        elif self._told:
            self._tell(f"match {matches}")

    def match(self, step: int) -> None:
        """Go to the next match (1) or to the one before (-1)."""
        if self._searched is not None:
            self._searched.search.go(step)
            self._told = True
            self._say(self._searched.search.matches)
