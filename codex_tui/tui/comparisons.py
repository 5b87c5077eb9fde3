"""Comparisons over one viewer: opened from what is marked, from what is shown, or by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line
from codex_tui.tui.comparison.marks import MarkedFiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.config import Settings
    from codex_tui.tui.comparison.side import ComparedSide
    from codex_tui.tui.viewer import Viewer

NOTHING_SHOWN = "nothing to compare yet: what is shown is in no file"


class Comparisons:
    """Opens comparisons, and keeps what is marked for one.

    Args:
        viewer: Over which they are shown.
        settings: What the user chose.
    """

    def __init__(self, viewer: Viewer, settings: Settings) -> None:
        self.marks = MarkedFiles(self.open)
        """What is marked in the lists."""
        self._viewer = viewer
        self._settings = settings

    def open(
        self, a: Path, b: Path, *, turns: tuple[int | None, int | None] = (None, None)
    ) -> bool:
        """Show two files side by side, as they are and as they grow; False if one can't be read.

        Args:
            a: One.
            b: The other.
            turns: Which turns, from 1; None for the first, or the latest of what grows.
        """
        from codex_tui.tui.comparison.screen import ComparisonScreen
        from codex_tui.tui.comparison_export import ComparisonExport

        here, there = self._opened(a), self._opened(b)
        if here is None or there is None:
            return False
        export, show_help = ComparisonExport(self._settings).ask, self._viewer.action_help
        screen = ComparisonScreen(here, there, turns, export, show_help)
        self._viewer.app.push_screen(screen)
        return True

    def _opened(self, path: Path) -> ComparedSide | None:
        from codex_tui.streams.writer import Writer
        from codex_tui.tui.comparison.side import ComparedSide

        settings, writer = self._settings, Writer(path)
        writing = writer.writes if writer.may_write() else None
        try:
            return ComparedSide(path, settings.rules(), settings.paths.cache / "index", writing)
        except OSError as error:
            self._say(f"{path.name}: {error.strerror or error}")
            return None

    def choose(self, shown: Path | None, show_sessions: Callable[[], None]) -> None:
        """Mark the file that is shown, and have another one chosen in the sessions."""
        if shown is None:
            self._say(NOTHING_SHOWN)
        else:
            self.marks.set(shown)
            show_sessions()

    def _say(self, text: str) -> None:
        self._viewer.app.notify(clean_line(text), severity="error", markup=False)
