"""What is copied leaves the program: to the terminal, and to a file; without the user's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.screen import Screen

from codex_tui.redact import KnownSecrets, Secret
from codex_tui.tui.clipboard import Clipboard

if TYPE_CHECKING:
    from pathlib import Path

KEY = "own-key-of-the-user-0123456789abcdef"


class Copying(App[None]):
    """An app that notes what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def notify(self, message: str, **_options: object) -> None:
        self.said.append(message)


async def test_a_secret_is_copied_nowhere_and_that_is_said(tmp_path: Path) -> None:
    app, file = Copying(), tmp_path / "copied.txt"
    screen = Screen[None]()
    async with app.run_test():
        await app.push_screen(screen)
        clipboard = Clipboard(screen, file, KnownSecrets([Secret(KEY)]).masked)
        clipboard.copy(f"the key is {KEY}.")
        assert app.clipboard == "the key is ***."
        assert file.read_text() == "the key is ***."
        assert app.said == [f"copied 15 characters, your secrets masked; also in {file}"]


async def test_what_holds_no_secret_is_copied_as_it_is(tmp_path: Path) -> None:
    app, file = Copying(), tmp_path / "copied.txt"
    screen = Screen[None]()
    async with app.run_test():
        await app.push_screen(screen)
        clipboard = Clipboard(screen, file, KnownSecrets([Secret(KEY)]).masked)
        clipboard.copy("red \x1b[31m")
        assert app.clipboard == file.read_text() == "red \x1b[31m"
        clipboard.copy("")
        assert app.said == [f"copied 9 characters; also in {file}", "nothing to copy here yet"]
