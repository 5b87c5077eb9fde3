"""The smallest Textual app that there is."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("a bare Textual app")


if __name__ == "__main__":
    Bare().run()
