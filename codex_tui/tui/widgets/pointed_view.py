"""A section view whose characters can be pointed at: a cursor, a lit span, and the token view.

It says which character was meant, and shows what it is told; it knows of no event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from codex_tui.documents.styles import CARET, LIT
from codex_tui.tui.widgets import caret as carets
from codex_tui.tui.widgets.caret import Caret
from codex_tui.tui.widgets.overlays import Tokens, flagged, laid_over
from codex_tui.tui.widgets.section_view import SectionView

if TYPE_CHECKING:
    from textual import events

    from codex_tui.documents.lines import Line

TokensOf = Callable[[str], Tokens | None]


class PointedView(SectionView):
    """Sections with a cursor that moves by characters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "begin_caret", "Cursor in the text", show=False, id="cursor.begin"),
        Binding("right,l", "caret(1)", "Next character", show=False, id="cursor.right"),
        Binding("left,h", "caret(-1)", "Previous character", show=False, id="cursor.left"),
    ]

    @dataclass
    class Pointed(Message):
        """A character of a section's document was clicked, or the cursor moved to it."""

        view: PointedView
        key: str
        source: int

    _caret: Caret | None = None
    _column = 0
    _begun: bool | None = None  # whether the view followed its tail before the cursor came
    _last: Caret | None = None  # where the user pointed last
    _span: tuple[str, int, int] | None = None
    _tokens: TokensOf | None = None

    # -- what is laid over the text

    def show_span(self, key: str, start: int, end: int) -> None:
        """Light a part of a section's source."""
        if self._span != (key, start, end):
            self._span = (key, start, end)
            self.refresh()

    def clear_span(self) -> None:
        """Light nothing."""
        if self._span is not None:
            self._span = None
            self.refresh()

    def reveal_span(self) -> None:
        """Scroll to where the lit part begins, if its section is open."""
        if self._span is None:
            return
        key, start, _ = self._span
        y = carets.line_of(self._sections, Caret(key, start))
        if y is not None:
            self._show(y)

    def show_tokens(self, tokens_of: TokensOf | None) -> None:
        """Show the pieces that each section's text came in; None shows the plain text."""
        self._tokens = tokens_of
        self.refresh()

    def overlaid(self, key: str, line: Line) -> Line:
        """Lay tokens, the lit span and the cursor over a line, in this order."""
        if self._tokens is not None and (tokens := self._tokens(key)) is not None:
            line = laid_over(line, tokens.spans)
        if self._span is not None and self._span[0] == key:
            line = laid_over(line, flagged(*self._span[1:], LIT))
        if self._caret is not None and self._caret.key == key:
            source = self._caret.source
            line = laid_over(line, flagged(source, source + 1, CARET))
        return line

    # -- the cursor

    def clear(self) -> None:
        """Take all sections out, and the cursor with them."""
        self.leave_caret()
        self._last = None
        super().clear()

    @property
    def in_cursor_mode(self) -> bool:
        """Whether the arrow keys move the cursor."""
        return self._caret is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take left and right only while there is a cursor to move."""
        if action == "caret":
            return self.in_cursor_mode
        return super().check_action(action, parameters)

    def action_begin_caret(self) -> None:
        """Begin where the user pointed last, or at the first character that can be seen."""
        if self.in_cursor_mode:
            return
        caret = self._place_to_begin()
        if caret is not None:
            self._begun, self.follows = self.follows, False
            self._put(caret)
            self.refresh_bindings()

    def _place_to_begin(self) -> Caret | None:
        top = self.scroll_offset.y
        last = carets.line_of(self._sections, self._last) if self._last is not None else None
        if last is not None and top <= last < top + self.size.height:
            return self._last
        y = carets.nearest(self._sections, top, 1)
        y = y if y is not None else carets.nearest(self._sections, top, -1)
        return None if y is None else carets.at_column(self._sections, y, 0)

    def leave_caret(self) -> bool:
        """Take the cursor away; False if there was none."""
        if self._caret is None:
            return False
        self._caret = None
        if self._begun is not None:
            self.follows, self._begun = self._begun, None
        self.refresh()
        self.refresh_bindings()
        return True

    def _put(self, caret: Caret, *, keep_column: bool = False) -> None:
        self._caret = self._last = caret
        if not keep_column:
            self._column = carets.column_of(self._sections, caret)
        y = carets.line_of(self._sections, caret)
        if y is not None:
            self._bring(y)
        self.refresh()
        self.post_message(self.Pointed(self, *caret))

    def _bring(self, y: int) -> None:
        """Scroll by as little as it takes to see a line."""
        top, height = self.scroll_offset.y, self.size.height
        if y < top:
            self.go_to(y)
        elif y >= top + height:
            self.go_to(y - height + 1)

    def _living(self) -> Caret | None:
        """The cursor, put into sight again where its text has gone, as in a jump back in time."""
        if self._caret is None or carets.line_of(self._sections, self._caret) is not None:
            return self._caret
        self._last = None
        return self._place_to_begin()

    def action_caret(self, step: int) -> None:
        """Move the cursor to the next character (1) or to the one before (-1)."""
        if (caret := self._living()) is not None:
            self._put(carets.stepped(self._sections, caret, step))

    def _move(self, lines: int) -> None:
        if (caret := self._living()) is not None:
            target = carets.moved(self._sections, caret, lines, self._column)
            self._put(target, keep_column=True)

    def _go_to_edge(self, way: int) -> None:
        if (caret := self._living()) is not None:
            self._put(carets.edge(self._sections, caret, way))

    # The keys that scroll move the cursor where there is one.

    def action_scroll_up(self) -> None:
        """Go one line up."""
        self._move(-1) if self.in_cursor_mode else super().action_scroll_up()

    def action_scroll_down(self) -> None:
        """Go one line down."""
        self._move(1) if self.in_cursor_mode else super().action_scroll_down()

    def action_page_up(self) -> None:
        """Go one page up."""
        self._move(1 - self.size.height) if self.in_cursor_mode else super().action_page_up()

    def action_page_down(self) -> None:
        """Go one page down."""
        self._move(self.size.height - 1) if self.in_cursor_mode else super().action_page_down()

    def action_half_page(self, direction: int) -> None:
        """Go half a page up (-1) or down (1)."""
        if self.in_cursor_mode:
            self._move(direction * max(self.size.height // 2, 1))
        else:
            super().action_half_page(direction)

    def action_scroll_home(self) -> None:
        """Go to the first line; the cursor goes to the beginning of its line first."""
        self._go_to_edge(-1) if self.in_cursor_mode else super().action_scroll_home()

    def action_scroll_end(self) -> None:
        """Go to the tail; the cursor goes to the end of its line first."""
        self._go_to_edge(1) if self.in_cursor_mode else super().action_scroll_end()

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        """Point at the character that was clicked; links, titles and selections are the base's."""
        offset = event.get_content_offset(self)
        if offset is None or self.text_selection is not None or self._link_at(offset):
            return
        if (place := self.place_at(offset)) is None:
            return
        caret = Caret(*place)
        if self.in_cursor_mode:
            self._put(caret)
        else:
            self._last = caret
            self.post_message(self.Pointed(self, *caret))
