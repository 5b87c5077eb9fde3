"""The frame that every pane has: a title, a mark while it receives, and one view inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.content import Content

from codex_tui.safe_text import clean_line
from codex_tui.tui.mends.repainting import set_border_subtitle, set_border_title

if TYPE_CHECKING:
    from textual.widget import Widget


class Pane(Container):
    """A bordered pane around one focusable view.

    Focus shows in the border and the title and moves nothing else; a pane that is receiving has a
    mark behind its title, on the frame, so that the title doesn't shift.
    """

    DEFAULT_CSS = """
    Pane {
        border: round $line;
        border-title-color: $quiet;
        border-subtitle-color: $quiet;
        background: $background;
        padding: 0;
        &:focus-within {
            border: round $line-focus;
            border-title-color: $line-focus;
            border-title-style: bold;
        }
    }
    """

    TITLE = ""
    BY_CLOCK: ClassVar = False
    """Whether it is told that time passes, and not of each batch in which one item goes on."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._receiving = False
        self._said: str | None = None
        self._label()

    @property
    def view(self) -> Widget:
        """The view inside, which takes the focus."""
        return self.children[0]

    @property
    def receiving(self) -> bool:
        """Whether what streams now goes into this pane."""
        return self._receiving

    @receiving.setter
    def receiving(self, receiving: bool) -> None:
        if receiving != self._receiving:
            self._receiving = receiving
            self._label()

    def _label(self) -> None:
        mark = " ●" if self._receiving else ""
        set_border_title(self, Content(f"{self.TITLE}{mark}"))

    def say(self, figures: str) -> None:
        """Show figures in the lower border."""
        if figures != self._said:
            self._said = figures
            set_border_subtitle(self, Content(clean_line(figures)))
