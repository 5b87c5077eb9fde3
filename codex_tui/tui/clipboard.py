"""What the user copies: to the terminal's clipboard, and to a file beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.atomic_files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.screen import Screen


class Clipboard:
    """Copies for one screen.

    Args:
        screen: The screen.
        copies: The file that has the latest one too.
        masked: Takes the user's secrets out of what is copied.
    """

    def __init__(
        self,
        screen: Screen[Any],
        copies: Path | None,
        masked: Callable[[str], str] = str,
    ) -> None:
        self.masked = masked
        self._screen = screen
        self._copies = copies

    def copy(self, text: str) -> None:
        """Give a text to the terminal's clipboard, and to a file for terminals that take none.

        It leaves the program by both, so the user's secrets are masked, also where a server spelled
        them one character an event.
        """
        if not text:
            self._say("nothing to copy here yet")
            return
        masked = self.masked(text)
        self._screen.app.copy_to_clipboard(masked)
        without = "" if masked == text else ", your secrets masked"
        self._say(f"copied {len(masked):,} characters{without}{self._also_kept(masked)}")

    def _also_kept(self, text: str) -> str:
        # A terminal that ignores OSC 52 doesn't say so; so the file is always written.
        if self._copies is None:
            return ""
        try:
            write_atomically(self._copies, text)
        except (OSError, ValueError):
            return ""
        return f"; also in {self._copies}"

    def _say(self, text: str) -> None:
        self._screen.notify(text, markup=False)
