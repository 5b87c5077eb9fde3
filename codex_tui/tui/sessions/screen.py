"""The sessions: all recordings, filtered as one types or searched in full text, with a preview.

Rows come from the index at once, and again as it is brought up to date; everything that touches a
disk is done in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input

from codex_tui.library.filters import conditions_of, passes, today
from codex_tui.tui.comparison.marks import MarkedFiles
from codex_tui.tui.mends.closing import ClosingScreen
from codex_tui.tui.sessions.changes import SessionChanges
from codex_tui.tui.sessions.columns import Sorting
from codex_tui.tui.sessions.index import SessionIndex
from codex_tui.tui.sessions.keys import SESSION_KEYS
from codex_tui.tui.sessions.lines import HeadLine, KeysLine, TypedLine
from codex_tui.tui.sessions.preview import (
    NOTHING_FOUND,
    NOTHING_PASSES,
    NOTHING_YET,
    SessionPreview,
)
from codex_tui.tui.sessions.rows import SessionHeads, SessionList
from codex_tui.tui.sessions.text_search import TextSearch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from codex_tui.library.library import Hit
    from codex_tui.library.saved import SavedSession
    from codex_tui.tui.sessions.changes import Change
    from codex_tui.tui.sessions.index import Rows
    from codex_tui.tui.sessions.shelf import Shelf

_WIDTHS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-wide")]


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """What is to be done with a file."""

    path: Path
    what: Literal["open", "continue"]


class SessionsScreen(ClosingScreen[SessionChoice]):
    """Lists sessions; the result is the one to open or to go on from.

    Args:
        shelf: The library.
        copy: Gives a text to the clipboard.
        show_help: Shows all keys.
        marks: What is marked to be compared.
    """

    DEFAULT_CSS = """
    SessionsScreen {
        background: $background;
        & #sessions-body { height: 1fr; }
        & #sessions-list { width: 3fr; height: 1fr; }
        & #sessions-preview { width: 2fr; height: 1fr; padding: 0 1; border-left: solid $quiet;
            scrollbar-size-vertical: 1; }
        &.-narrow #sessions-body { layout: vertical; }
        &.-narrow #sessions-list { width: 1fr; height: 3fr; }
        &.-narrow #sessions-preview { width: 1fr; height: 2fr; border-left: none;
            border-top: solid $quiet; }
        &.-empty #sessions-list { display: none; }
    }
    """
    # Textual declares this as an instance variable, so it can be no ClassVar here.
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = _WIDTHS
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [*SESSION_KEYS]

    def __init__(
        self,
        shelf: Shelf,
        copy: Callable[[str], None],
        show_help: Callable[[], None],
        marks: MarkedFiles | None = None,
    ) -> None:
        super().__init__()
        self._shelf = shelf
        self._copy = copy
        self._show_help = show_help
        self._rows: Rows = []
        self._state = "reading the index …"
        self._searching = False
        self._index = SessionIndex(self, shelf, self._take)
        self._search = TextSearch(self, shelf, self._show_hits, self._take_trouble)
        self._changes = SessionChanges(self, shelf, self._index)
        self._marks = MarkedFiles() if marks is None else marks
        self._sorting = Sorting()
        self._listed = ""  # what was typed when the rows were found that stand there

    # -- what is shown -----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out the list, its preview, and the line above."""
        yield HeadLine()
        yield TypedLine()
        with Horizontal(id="sessions-body"):
            with Vertical(id="sessions-list"):
                yield SessionHeads()
                yield SessionList()
            yield SessionPreview(self._shelf, self._take_trouble, id="sessions-preview")
        yield KeysLine()

    def on_mount(self) -> None:
        """Show what the index knows, and bring it up to date."""
        self.listing.letter_of = lambda session: self._marks.letter(self._shelf.path(session))
        self._say_keys()
        self._tell("")
        self._index.refresh()

    @property
    def listing(self) -> SessionList:
        """The rows."""
        return self.query_one(SessionList)

    @property
    def preview(self) -> SessionPreview:
        """What the row under the cursor holds."""
        return self.query_one(SessionPreview)

    @property
    def line(self) -> TypedLine:
        """The line in which one types."""
        return self.query_one(TypedLine)

    @property
    def session(self) -> SavedSession | None:
        """The session under the cursor; None while hits are looked for.

        Keys can come in one piece with what was typed before them, and none may mean a session
        that does not match it.
        """
        if self.line.typed != self._listed and not self._searching:
            self._list()
        return self.listing.session if self.line.typed == self._listed else None

    def _say_keys(self) -> None:
        other = "filters" if self._searching else "searches texts"
        self.query_one(KeysLine).offer(other)
        self.line.say("search" if self._searching else "filter")

    def _tell(self, found: str) -> None:
        marked = self._marks.said("ctrl+space", "alt+enter") if self._marks else ""
        self.query_one(HeadLine).tell(self._rows, marked, found, self._state)

    def _take(self, rows: Rows | None, state: str | None) -> None:
        """Show what the index knows; None leaves what is there."""
        if self.is_attached:
            self._rows = self._rows if rows is None else rows
            self._state = self._state if state is None else state
            self._list()

    def _take_trouble(self, trouble: str) -> None:
        if self.is_attached:
            self._state = trouble
            self._tell("")

    # -- filtering and searching ---------------------------------------------------------------

    @on(Input.Changed)
    def _changed(self) -> None:
        self._list()

    def _list(self) -> None:
        """List what passes the filter, or what a search finds."""
        if self._searching and self.line.typed.strip():
            self._search.search(self.line.typed)
            return
        words = [] if self._searching else self.line.typed.casefold().split()
        tests = conditions_of(words, today())
        found = [row for row, said in self._rows if passes(row, said, tests)]
        shown = self._sorting.sorted(found)
        self.listing.show(shown)
        self._listed = self.line.typed
        self._tell(f"{len(shown):,} shown" if words else "")
        self._say_if_empty(shown)

    def _say_if_empty(self, shown: Sequence[object]) -> None:
        self.set_class(not shown, "-empty")
        if not shown:
            nothing = NOTHING_YET if self._index.complete else ""
            missing = NOTHING_FOUND if self._searching else NOTHING_PASSES
            self.preview.say(Content(missing if self._rows else nothing))

    def _show_hits(self, typed: str, hits: list[Hit], total: int) -> None:
        if self.is_attached and self._searching and typed == self.line.typed:
            self.listing.show(hits)
            self._listed = typed
            self._tell(f"found in {total:,}")
            self._say_if_empty(hits)

    def action_search(self) -> None:
        """Search in the texts, or filter the rows again."""
        self._searching = not self._searching
        self._say_keys()
        self._list()

    def action_clear_line(self) -> None:
        """Take away what is typed."""
        self.line.clear()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._sort(self._sorting.next(self.query_one(SessionHeads).columns))

    def action_turn(self) -> None:
        """Sort the other way."""
        self._sort(self._sorting.turned())

    @on(SessionHeads.HeadChosen)
    def _head_chosen(self, event: SessionHeads.HeadChosen) -> None:
        self._sort(self._sorting.by(event.column))

    def _sort(self, sorting: Sorting) -> None:
        self._sorting = sorting
        self.query_one(SessionHeads).show(sorting)
        self._list()

    @on(SessionList.Moved)
    def _moved(self, event: SessionList.Moved) -> None:
        if event.row is not None:
            self.preview.show(event.row)

    # -- keys --------------------------------------------------------------------------------

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self.listing.move(lines)

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.listing.page(pages)

    def action_move_text(self, lines: int) -> None:
        """Scroll the preview by lines."""
        self.preview.move(lines)

    def action_page_text(self, pages: int) -> None:
        """Scroll the preview by pages."""
        self.preview.move(pages * self.preview.size.height)

    def action_back(self) -> None:
        """Take away what is typed, then what is marked, then leave."""
        if self.line.typed:
            self.line.clear()
        elif self._marks.clear():
            self._show_marks()
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        """Show all keys."""
        self._show_help()

    @on(SessionList.RowChosen)
    def action_open(self) -> None:
        """Open the session under the cursor."""
        self._choose("open")

    def action_go_on(self) -> None:
        """Go on from the session under the cursor."""
        self._choose("continue")

    def _choose(self, what: Literal["open", "continue"]) -> None:
        if (session := self.session) is not None:
            self.dismiss(SessionChoice(self._shelf.path(session), what))

    def action_copy_path(self) -> None:
        """Copy the path of the session under the cursor."""
        if (session := self.session) is not None:
            self._copy(str(self._shelf.path(session)))

    def action_mark(self) -> None:
        """Mark the session under the cursor to be compared, or no longer."""
        if (session := self.session) is not None:
            self._marks.toggle(self._shelf.path(session))
            self._show_marks()

    def action_compare(self) -> None:
        """Compare what is marked."""
        session = self.session
        if not self._marks.compare(None if session is None else self._shelf.path(session)):
            self.notify(self._marks.said("ctrl+space", "alt+enter"), markup=False)

    def _show_marks(self) -> None:
        self.listing.refresh_changed()
        self._list()

    def action_change(self, what: Change) -> None:
        """Change the session under the cursor: its star, its title or its tags, or delete it."""
        if (session := self.session) is not None:
            self._changes.make(what, session)

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        self._changes.undo()
