"""The streams of other programs, for one viewer: their list, and the one that is opened from it.

What is opened is a replay of the file: one that grows is followed as it does, and one that its
writer has left says so.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from codex_tui.sources.codex_auth import codex_home
from codex_tui.streams.watch import StreamsAsked, StreamWatch, watched_places
from codex_tui.streams.writer import Writer
from codex_tui.tui.messages import Noted
from codex_tui.tui.sessions.columns import local_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.worker import WorkType

    from codex_tui.config import Paths
    from codex_tui.streams.stream import Stream
    from codex_tui.tui.comparison.marks import MarkedFiles
    from codex_tui.tui.files import Opener
    from codex_tui.tui.viewer import Viewer

AGAIN, BACK = "ctrl+g sends the same request from here", "esc: the list"
"""What can be done with a stream that has ended."""

_END = "100%"


class ForeignStreams:
    """Lists streams and opens them.

    Args:
        viewer: Where one is shown.
        opener: What opens it.
        paths: Where recordings lie.
        asked: Which streams are listed.
        sendable: Whether the request that is shown can be sent from here.
        marks: What is marked to be compared.
    """

    def __init__(
        self,
        viewer: Viewer,
        opener: Opener,
        paths: Paths,
        asked: StreamsAsked | None = None,
        sendable: Callable[[], bool] = lambda: False,
        marks: MarkedFiles | None = None,
    ) -> None:
        self.shown: Path | None = None
        """The file that was opened from the list, as long as the viewer shows it."""
        self._viewer = viewer
        self._opener = opener
        self._sendable = sendable
        self._marks = marks
        self._asked = asked = asked or StreamsAsked()
        places = watched_places(paths.sessions, codex_home(os.environ), asked.place, asked.tap)
        taps = None if asked.place is not None else paths.data / "taps"
        self._watch = StreamWatch(
            places, taps, **({"lately": None} if asked.place is not None else {}), tap=asked.tap
        )
        self._cursor, self._typed = "", asked.words

    def go_home(self) -> None:
        """Show what one begins with: the list, or the file that was asked for."""
        if self._asked.file is None:
            self.show_list()
        else:
            self.open(self._asked.file)

    def show_list(self) -> None:
        """Show the list, its cursor where it was."""
        from codex_tui.tui.streams.screen import StreamsScreen

        viewer = self._viewer
        self._screen = StreamsScreen(
            self._watch,
            self._asked.tap,
            viewer.clipboard.copy,
            viewer.action_help,
            self._cursor,
            self._typed,
            marks=self._marks,
        )
        viewer.app.push_screen(self._screen, self._chosen)

    def _chosen(self, stream: Stream | None) -> None:
        self._typed = self._screen.typed
        if stream is not None and stream.path is not None:
            self._cursor = stream.name
            self.open(stream.path)

    def open(self, path: Path) -> None:
        """Show a file as it is now, and as it goes on if somebody writes it."""
        writer = Writer(path)
        writing = writer.writes if writer.may_write() else None

        def ended() -> None:
            work: WorkType[None] = partial(self._ask, writer)
            self._viewer.run_worker(work, thread=True, group="writer", exclusive=True)

        if self._opener.open(path, at=_END, writing=writing, ended=ended):
            self.shown = path

    def _ask(self, writer: Writer) -> None:
        """Ask, in a thread, how the writer of a file has left it."""
        last, app = writer.left_at(), self._viewer.app
        if not get_current_worker().is_cancelled:
            app.call_from_thread(self._tell, last)

    def _tell(self, last: float | None) -> None:
        """Say that a stream has no end because its writer went, or else what can be done now."""
        gone = "" if last is None else f"the last event came at {local_time(last, '%H:%M:%S')}"
        can = f"{AGAIN}; {BACK}" if self._sendable() else BACK
        said = f"writer gone: {gone}" if gone else can
        self._viewer.broadcast(lambda: Noted(said, wrong=bool(gone)))
