"""From the library and the open dialog to the session on the screen.

Nothing of the library is loaded before it is asked for: starting the app touches none of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codex_tui.tui.dialogs.opening import OpenDialog

if TYPE_CHECKING:
    from codex_tui.config import Paths
    from codex_tui.tui.opener import Opener
    from codex_tui.tui.requests import Requests
    from codex_tui.tui.sessions.screen import SessionChoice
    from codex_tui.tui.sessions.shelf import Shelf
    from codex_tui.tui.viewer import Viewer


class Shelving:
    """Shows sessions and opens files, for one viewer.

    `requests` is what speaks to whom a session is gone on with; None where nobody is asked.
    """

    def __init__(
        self, viewer: Viewer, opener: Opener, paths: Paths, requests: Requests | None
    ) -> None:
        self._viewer = viewer
        self._opener = opener
        self._paths = paths
        self._requests = requests
        self._shelf: Shelf | None = None

    def show_sessions(self) -> None:
        """Show the sessions screen, and do what is chosen there."""
        from codex_tui.tui.sessions.screen import SessionsScreen
        from codex_tui.tui.sessions.shelf import Shelf

        self._shelf = self._shelf or Shelf(self._paths)
        viewer = self._viewer
        screen = SessionsScreen(self._shelf, viewer.taking.copy, viewer.action_help)
        viewer.app.push_screen(screen, self._chosen)

    def _chosen(self, choice: SessionChoice | None) -> None:
        if choice is None:
            return
        if choice.what == "open":
            self._opener.open(choice.path)
        else:
            self._opener.continue_from(choice.path, self._requests)

    def ask_for_file(self) -> None:
        """Ask for a file, and open it."""
        dialog = OpenDialog(self._opener.refusal, Path.cwd())
        self._viewer.app.push_screen(dialog, self._asked)

    def _asked(self, path: Path | None) -> None:
        if path is not None:
            self._opener.open(path)
