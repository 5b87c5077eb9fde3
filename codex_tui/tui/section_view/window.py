"""The window of a view on its stack: what is seen stays in sight while lines come and go.

That is the tail where the view follows it, else what is read: a header, or a place in a source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from codex_tui.tui.section_view.ranks import Section
    from codex_tui.tui.section_view.stack import SectionStack
    from codex_tui.tui.widgets.line_view import LineView

_LOOK_AHEAD = 12
"""Lines of a window that are looked at for one with a place in the source."""


class Window(Protocol):
    """A window, as the parts of a view need to know it."""

    @property
    def seen(self) -> range:
        """The lines of the stack that can be seen, or could be if there were so many."""

    def show(self, y: int, /) -> None:
        """Scroll so that a line stands in the upper third, unless it can be seen."""

    def reveal(self, y: int, /) -> None:
        """Scroll by as little as it takes to see a line."""

    def refresh(self) -> None:
        """Paint what can be seen: something else is to be seen on the same lines."""

    def refresh_bindings(self) -> None:
        """Look which keys are taken: they are others now."""


class StackWindow:
    """The lines of a stack that a view shows.

    Args:
        view: The view, which scrolls and paints.
        stack: The stack: it is watched.
    """

    def __init__(self, view: LineView, stack: SectionStack) -> None:
        self._view = view
        self._stack = stack
        self._held: Hold | None = None
        stack.watcher = self

    @property
    def seen(self) -> range:
        """The lines of the stack that can be seen, or could be if there were so many."""
        top = self._view.scroll_offset.y
        return range(top, top + self._view.size.height)

    # -- where it goes

    def show(self, y: int) -> None:
        """Scroll so that a line stands in the upper third, unless it can be seen."""
        if y not in self.seen:
            self._view.go_to(y - self._view.size.height // 3)

    def reveal(self, y: int) -> None:
        """Scroll by as little as it takes to see a line."""
        self._view.reveal(y)

    def refresh(self) -> None:
        """Paint what can be seen: something else is to be seen on the same lines."""
        self._view.refresh()

    def refresh_bindings(self) -> None:
        """Look which keys are taken: they are others now."""
        self._view.refresh_bindings()

    # -- what it stays at

    def about_to_change(self) -> None:
        """Hold what is seen where sections come and go."""
        self._held = self._hold()

    def changed(self) -> None:
        """Show it again where it stands now."""
        if (hold := self._held) is not None and not self._stand(hold):
            self._view.refresh_soon()  # another record brings all its sections in one message

    def retitled(self, section: Section) -> None:
        """Paint a header."""
        top = section.top - self.seen.start
        self._view.refresh_soon(top, top + section.header)

    def lay_out(self) -> None:
        """Wrap again for a new width: what can be seen at once, the rest is work."""
        hold = self._hold()
        self._stack.work.layout(self._view.width, self.seen)
        self._go_on(hold, 0)

    def draw(self, deadline: float, *, all_looks_new: bool = False) -> bool:
        """Draw what is new until the `perf_counter` deadline; return whether that changed lines.

        Only lines from the first that changed on are looked at, unless all may look new.
        """
        hold = self._hold()
        changed = self._stack.work.advance(self._view.width, self.seen, deadline)
        if changed is not None:
            self._go_on(hold, 0 if all_looks_new else changed)
        return changed is not None

    def _hold(self) -> Hold:
        view = self._view
        tail = view.follows and view.at_tail and not view.is_vertical_scrollbar_grabbed
        return Hold(self._stack, view.scroll_offset.y, tail=tail)

    def _stand(self, hold: Hold) -> bool:
        """Scroll to where what was held stands now; True if that painted all that is seen."""
        view, height = self._view, self._stack.height
        if not hold.tail:
            view.unseen = view.follows and bool(height) and (view.unseen or height > hold.height)
        view.set_height(height, hold.top_now(view.size.height))
        if bool(height) == bool(hold.height):
            return False
        view.refresh()  # lines that look as before have places now, or none
        return True

    def _go_on(self, hold: Hold, changed: int) -> None:
        """Show what was held after a change, which has other lines from `changed` on."""
        view, top = self._view, hold.top
        if not self._stand(hold) and top == view.scroll_offset.y:
            # The last line of the window may have to say that there are new ones below.
            stop = None if view.unseen else max(self._stack.height, hold.height) - top
            view.refresh_changed(min(changed - top, view.size.height - 1), stop)


class Anchor(NamedTuple):
    """A header or a place in a source that stands a few lines below the top of a window."""

    section: Section
    source: int
    """Its place in the document; -1 for a header."""
    below: int


class Hold:
    """What a window shows before its stack changes, and where that stands after it.

    Args:
        stack: The stack.
        top: The line that the window begins at.
        tail: Whether it is to stay at the tail, rather than at what is read.

    Attributes:
        height: How many lines the stack had.
    """

    def __init__(self, stack: SectionStack, top: int, *, tail: bool) -> None:
        self._stack = stack
        self.top, self.tail = top, tail
        self.height = stack.height
        self.anchor = None if tail else anchor_at(stack, top)

    def top_now(self, rows: int) -> int | None:
        """Return where a window of so many rows has to begin now; None if what it showed is gone.

        Spaces that a line ended with may be shown no more: then its section's first line stands
        for them.
        """
        if self.tail:
            return max(self._stack.height - rows, 0)
        if self.anchor is None or not self._stack.holds(self.anchor.section):
            return None
        section, source, below = self.anchor
        y = section.top if source < 0 else self._stack.y_of_source(section.key, source)
        if y is None and section.body:
            y = self._stack.y_of(section, 0)
        return None if y is None else y - below


def anchor_at(stack: SectionStack, top: int) -> Anchor | None:
    """Return what can be held on to in a window that begins at a line."""
    for below in range(_LOOK_AHEAD):
        spot = stack.at(top + below)
        if spot is None:
            continue
        if spot.line < 0:
            return Anchor(spot.section, -1, below)
        line = stack.line(top + below)
        source = next((run.source for run in line if run.source >= 0), None)
        if source is not None:
            return Anchor(spot.section, source, below)
    return None
