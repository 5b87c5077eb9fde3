"""The links of an answer, each with the address that it really leads to.

Nothing is opened by a click alone: what a model wrote as a link's text may say anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from codex_tui.safe_text import clean_line, is_safe
from codex_tui.tui.dialogs.dialog import Box, Dialog
from codex_tui.tui.mends.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.screen import Screen

SCHEMES = ("http", "https", "mailto")
"""What may be opened; a `vscode:` or an `smb:` link starts programs."""


def may_open(url: str) -> bool:
    """Whether an address may be given to the system's browser.

    What has a control character, a blank or an invisible one in it is no address: a browser would
    go elsewhere than what is shown says.
    """
    if not is_safe(url) or any(character.isspace() for character in url):
        return False
    try:
        return urlsplit(url).scheme.lower() in SCHEMES
    except ValueError:
        return False


def show_links(
    screen: Screen[None], links: Sequence[tuple[str, str]], copy: Callable[[str], None]
) -> None:
    """List links, by their texts and targets, to open or to copy one."""

    def follow(choice: tuple[str, str] | None) -> None:
        match choice:
            case ("open", url) if may_open(url):
                screen.app.open_url(url)
            case ("copy", url):
                copy(url)

    if links:
        screen.app.push_screen(LinksDialog(links), follow)
    else:
        screen.notify("there are no links here", markup=False)


class LinksDialog(Dialog[tuple[str, str]]):
    """Lists links; the result is `("open", url)` or `("copy", url)`."""

    DEFAULT_CSS = """
    LinksDialog Choices, LinksDialog Choices:focus {
        height: auto; max-height: 100%; border: none; padding: 0; background: transparent;
        scrollbar-size-vertical: 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy the address", id="links.copy"),
    ]

    def __init__(self, links: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._links = [(text, url) for text, url in links if may_open(url)]

    def compose(self) -> ComposeResult:
        """Show each link's text and, below it, where it leads."""
        with Box("Links", "enter opens · y copies · esc closes"):
            yield Choices(*(_option(text, url) for text, url in self._links))

    @on(Choices.OptionSelected)
    def _chosen(self, event: Choices.OptionSelected) -> None:
        self.dismiss(("open", self._links[event.option_index][1]))

    def action_copy(self) -> None:
        """Copy the address of the link under the cursor."""
        index = self.query_one(Choices).highlighted
        if index is not None:
            self.dismiss(("copy", self._links[index][1]))


def _option(text: str, url: str) -> Option:
    shown = clean_line(url)
    if text in ("", url):
        return Option(Content(shown))
    return Option(Content.assemble((clean_line(text), "bold"), "\n  ", shown))
