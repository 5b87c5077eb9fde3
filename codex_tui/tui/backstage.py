"""What stands behind the panes: the session, what plays it, what speaks to a provider, what opens.

Each is made when it is asked for first, and what it is made of is imported then: the first paint
waits for none of them.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.config import Settings
    from codex_tui.engine.replay import Replay
    from codex_tui.engine.session import Session
    from codex_tui.sources import Source
    from codex_tui.sources.backend import Backend
    from codex_tui.tui.another_model import AnotherModel
    from codex_tui.tui.beside import BesideAnswer
    from codex_tui.tui.comparisons import Comparisons
    from codex_tui.tui.files import FileChooser, Opener
    from codex_tui.tui.foreign import ForeignStreams
    from codex_tui.tui.launch import Launch
    from codex_tui.tui.requests import Requests
    from codex_tui.tui.session_export import SessionExport
    from codex_tui.tui.viewer import Viewer

_FRAME = 1 / 30  # seconds between two moments of a replay


class Stage(Protocol):
    """Whoever shows what these do."""

    def open(self) -> None:
        """Show the session, which is another one now."""

    def stream(self, source: Source) -> None:
        """Show what a source brings, as it comes."""

    def check(self) -> None:
        """Check the file that is there."""

    def over(self) -> None:
        """What is played has come to its end."""


class Backstage:
    """Makes what stands behind one viewer.

    Args:
        viewer: Where it is shown.
        settings: What the user chose.
        opening: With what the app opens; where nothing stands on it yet, a function that says so.
        backend: Where prompts go; None where nobody is asked.
        stage: What is told of what they do.
    """

    def __init__(
        self,
        viewer: Viewer,
        settings: Settings,
        opening: Launch | Callable[[], Launch],
        backend: Backend | None,
        stage: Stage,
    ) -> None:
        self._viewer = viewer
        self._settings = settings
        self._opens_with = opening
        self._backend = backend
        self._stage = stage

    @cached_property
    def opening(self) -> Launch:
        """With what the app opens."""
        return self._opens_with() if callable(self._opens_with) else self._opens_with

    @cached_property
    def session(self) -> Session:
        """The session on the screen."""
        from codex_tui.engine.checking import Check
        from codex_tui.engine.pace import ScreenPace
        from codex_tui.engine.session import Session
        from codex_tui.tui.screen_observer import ScreenObserver

        observer = ScreenObserver(self._viewer, self._stage.over)
        left = "codex-tui was closed."
        check = partial(Check, *self._settings.rules())
        return Session(self.opening.keep, observer, ScreenPace, left, check=check)

    @cached_property
    def replay(self) -> Replay:
        """Plays a file, or what has streamed."""
        from codex_tui.engine.replay import Replay

        return Replay(self.session, self._settings.paths.cache / "index", tick=_FRAME)

    @cached_property
    def session_export(self) -> SessionExport:
        """Writes the session to a file."""
        from codex_tui.tui.session_export import SessionExport

        called = self.opening.called or self.opening.name
        place = self.replay.place
        return SessionExport(self._viewer, self.session, self._settings, called, place)

    @cached_property
    def requests(self) -> Requests | None:
        """Speaks to the provider; None where nobody is asked."""
        if self._backend is None:
            return None
        from codex_tui.tui.requests import Requests

        state = self._settings.paths.state
        return Requests(self._backend, self.session, self._viewer, self._stage.stream, state)

    @cached_property
    def beside(self) -> BesideAnswer | None:
        """Has another model answer too; None where nobody is asked."""
        if self._backend is None or self.requests is None:
            return None
        from codex_tui.tui.beside import BesideAnswer

        asked = self._viewer, self.session, self.requests, self._backend, self._settings
        return BesideAnswer(*asked, self._stage.open, self.comparisons.open)

    @cached_property
    def another_model(self) -> AnotherModel | None:
        """Asks which model is to answer too; None where nobody is asked."""
        if self._backend is None or self.requests is None or self.beside is None:
            return None
        from codex_tui.tui.another_model import AnotherModel

        asked = self._viewer, self.session, self.requests, self._backend
        return AnotherModel(*asked, self.beside, records=self._settings.record)

    @property
    def answering_beside(self) -> BesideAnswer | None:
        """The other model while it answers; to ask that makes nothing of it."""
        beside: BesideAnswer | None = vars(self).get("beside")
        return beside if beside is not None and beside.running else None

    @cached_property
    def opener(self) -> Opener:
        """Opens files in the place of the session that is there."""
        from codex_tui.tui.files import Opener

        stage, folder = self._stage, self._settings.paths.sessions
        new = folder if self._settings.record else None
        return Opener(self._viewer, self.session, self.replay, new, stage.open, stage.check)

    @cached_property
    def chooser(self) -> FileChooser:
        """Asks which of them."""
        from codex_tui.tui.files import FileChooser

        marks, paths = self.comparisons.marks, self._settings.paths
        return FileChooser(self._viewer, self.opener, paths, self.requests, marks)

    @cached_property
    def foreign(self) -> ForeignStreams:
        """Lists the streams of other programs."""
        from codex_tui.tui.foreign import ForeignStreams

        paths, streams, marks = self._settings.paths, self.opening.streams, self.comparisons.marks
        return ForeignStreams(self._viewer, self.opener, paths, streams, self._is_sendable, marks)

    @cached_property
    def comparisons(self) -> Comparisons:
        """Shows two files side by side."""
        from codex_tui.tui.comparisons import Comparisons

        return Comparisons(self._viewer, self._settings)

    @property
    def shown_file(self) -> Path | None:
        """The file that is replayed, or that the session is recorded in."""
        file = self.replay.file
        path: Path | None = getattr(file.opened, "path", None) if file is not None else None
        return path or self.session.kept.place()

    def _is_sendable(self) -> bool:
        """Whether the request that is shown can be sent from here."""
        if self._backend is None or (turn := self.replay.turn) is None:
            return False
        from codex_tui.sources.sent_before import is_sendable

        return is_sendable(turn.request, self._backend.url)

    def hang_up(self) -> None:
        """Leave the socket of a conversation, if there is one."""
        if self._backend is not None:
            self._backend.hang_up()

    @property
    def has_listed(self) -> bool:
        """Whether what is shown is from the list; to ask that makes nothing of it."""
        return "foreign" in vars(self) and self.foreign.shown is not None
