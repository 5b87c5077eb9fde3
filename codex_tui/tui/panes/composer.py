"""Where prompts are typed: a text area that sends on enter and remembers what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import TextArea

from codex_tui.safe_text import clean_line, one_for_one
from codex_tui.tui.mends.component_styles import ComponentsOnDemand
from codex_tui.tui.messages import PromptSubmitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

_ASK = "Ask, or paste"  # while nothing is typed


class Composer(TextArea, ComponentsOnDemand):
    """A multi-line prompt. Up and down at its edges go through the prompts of the past."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        max-height: 10;
        min-height: 1;
        border: none;
        padding: 0;
        background: transparent;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $quiet; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", id="composer.send"),
        Binding(
            "ctrl+j,shift+enter,alt+enter",
            "newline",
            "Newline",
            id="composer.newline",
            key_display="^j",
        ),
        Binding("up", "earlier", "Earlier prompt", id="composer.earlier", show=False),
        Binding("down", "later", "Later prompt", id="composer.later", show=False),
    ]

    def __init__(self, history: Sequence[str] = (), *, id: str | None = None) -> None:
        super().__init__(
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder=Content(_ASK),
        )
        self.cursor_blink = False  # each blink is a paint, also when nothing happens
        self._history = list(history)
        self._at = len(self._history)
        self._draft = ""

    async def _on_key(self, event: events.Key) -> None:
        # The text area takes enter and ctrl+j for itself before any binding is looked at; and as
        # priority bindings they would overtake the characters that were typed just before.
        if event.is_printable or (active := self.screen.active_bindings.get(event.key)) is None:
            return
        if active.node is self and active.binding.action in ("send", "newline"):
            event.stop()
            event.prevent_default()
            await self.run_action(active.binding.action)

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn: what was pasted may hold what must not be."""
        return Text(one_for_one(self.document.get_line(line_index)), end="", no_wrap=True)

    def ask(self, what: str) -> None:
        """Say what is to be typed now, where it isn't a prompt."""
        self.placeholder = Content(clean_line(what) or _ASK)

    def restore(self, text: str) -> None:
        """Put back what could not be sent, unless something else is being typed already."""
        if not self.text:
            self.load_text(text)
            self.move_cursor(self.document.end)

    def action_send(self) -> None:
        """Send what was typed; nothing but white space is not a prompt."""
        if self.text.strip():
            self.post_message(PromptSubmitted(self.take()))

    def take(self) -> str:
        """Take away what was typed, and remember it."""
        text = self.text
        self._remember(text)
        self.clear()
        return text

    def action_newline(self) -> None:
        """Break the line at the cursor."""
        self.insert("\n")

    def _remember(self, text: str) -> None:
        if not self._history or self._history[-1] != text:
            self._history.append(text)
        self._at, self._draft = len(self._history), ""

    def action_earlier(self) -> None:
        """Go up a line; at the first line, to the prompt before."""
        if self.cursor_location[0] > 0:
            self.action_cursor_up()
        else:
            self._recall(self._at - 1)

    def action_later(self) -> None:
        """Go down a line; at the last line, to the prompt after."""
        if self.cursor_location[0] < self.document.line_count - 1:
            self.action_cursor_down()
        else:
            self._recall(self._at + 1)

    def _recall(self, at: int) -> None:
        if not 0 <= at <= len(self._history):
            return
        if self._at == len(self._history):
            self._draft = self.text
        self._at = at
        self.load_text(self._history[at] if at < len(self._history) else self._draft)
        self.move_cursor(self.document.end)
