"""The smallest Textual apps that there are."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("a bare Textual app")


class Clock(App[None]):
    """One line of text, which is another every second."""

    def compose(self) -> ComposeResult:
        yield Static("0 s")

    def on_mount(self) -> None:
        self.seconds = 0
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        self.seconds += 1
        self.query_one(Static).update(f"{self.seconds} s")


if __name__ == "__main__":
    Bare().run()
