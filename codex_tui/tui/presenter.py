"""The session and the viewer, in step: begun, streamed into, played, gone on with, left.

It says when what happens; what is said to a provider is `requests`, what is shown the viewer's and
the panes'.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codex_tui.config.paths import with_tilde
from codex_tui.tui.backstage import Backstage
from codex_tui.tui.messages import (
    Connection,
    ConnectionChanged,
    Noted,
    RecordingChanged,
    SessionsRecalled,
)
from codex_tui.tui.panes.first_page import RECENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import App
    from textual.worker import WorkType

    from codex_tui.config import Settings
    from codex_tui.sources import Source
    from codex_tui.sources.backend import Backend
    from codex_tui.tui.launch import Launch
    from codex_tui.tui.viewer import Viewer


class Presenter:
    """Shows one session in one viewer.

    Args:
        app: Runs what takes its time, and is left at the end of what is to leave.
        viewer: Where the session is shown.
        settings: What the user chose.
        opening: With what it begins; where nothing stands on it yet, a function that says so.
        backend: Where prompts go; None where nobody is asked.

    Attributes:
        begun: Whether the session is shown; what is behind the panes is there then.
    """

    def __init__(
        self,
        app: App[int],
        viewer: Viewer,
        settings: Settings,
        opening: Launch | Callable[[], Launch],
        backend: Backend | None,
    ) -> None:
        self.begun = False
        self.backstage = Backstage(viewer, settings, opening, backend, self)
        self._app = app
        self._viewer = viewer
        self._settings = settings
        self._kept_at: tuple[Path | None, str] | None = None

    # -- from its beginning to its end -------------------------------------------------------

    def begin(self) -> None:
        """Show the session, and begin what was asked for, if that is still to be done."""
        if self.begun:
            return
        self.begun = True
        self.open()
        behind, requests = self.backstage, self.backstage.requests
        opening = behind.opening
        if requests is not None:
            requests.show_connection()
        else:
            connection = Connection(opening.name)
            self._viewer.broadcast(lambda: ConnectionChanged(connection))
        if opening.file is not None:
            if self._viewer.held:
                behind.replay.shown.clear()  # until it is painted
            behind.opener.play(opening.file)
        elif opening.source is not None:
            self._viewer.broadcast(lambda: Noted(opening.note))
            self.stream(opening.source)
        elif requests is not None and opening.prompt:
            requests.send(opening.prompt)

    def open(self) -> None:
        """Show the session, which is another one now."""
        session, viewer = self.backstage.session, self._viewer
        if (requests := self.backstage.requests) is not None:
            requests.forget()
        viewer.open_session(session.conversation, session.log, session.folds.timing)
        viewer.provenance.open(session.folds)
        self._show_recording()

    def stream(self, source: Source) -> None:
        """Show what a source brings, as it comes."""
        self._app.run_worker(self._follow(source), group="stream", exclusive=True)

    async def _follow(self, source: Source) -> None:
        behind = self.backstage
        behind.replay.stop()
        await behind.session.stream(source)
        self._show_recording()
        if remarks := behind.opening.remarks():
            self._viewer.broadcast(lambda: Noted(" ".join(remarks), of=len(remarks)))
        if behind.opening.exit_at_end:
            self._app.exit(0)
        behind.replay.offer()
        self.check()  # what went on from a file whose check was behind
        if behind.requests is not None:
            behind.requests.ended()

    def over(self) -> None:
        """What is played has come to its end."""
        file = self.backstage.replay.file
        if file is not None and file.exit:
            self._app.exit(0)

    def check(self) -> None:
        """Check the file that is shown, as far as it is there; a stream is checked as it comes."""
        replay = self.backstage.replay
        if replay.file_check.allowed:
            # Not its coroutine, which nobody would await where the app is left by then.
            work: WorkType[None] = replay.check
            self._app.run_worker(work, group="check", exclusive=True)

    def tick(self) -> None:
        """Look at the clock."""
        if not self.begun:
            return
        session = self.backstage.session
        if session.running:
            self._viewer.tick(session.now())
        elif (present := self.backstage.replay.present()) is not None:
            self._viewer.tick(present)  # what another program is having answered
        self._show_recording()  # after the end as well: it may have been recorded only now
        self.offer()

    def _show_recording(self) -> None:
        kept_at = place, trouble = self.backstage.session.kept_at()
        if kept_at != self._kept_at:
            self._kept_at = kept_at
            path = None if place is None else with_tilde(place)
            self._viewer.broadcast(lambda: RecordingChanged(path, trouble))

    async def recall(self) -> None:
        """Name the newest sessions, where nothing was asked yet."""
        if self.backstage.requests is None or self.backstage.session.conversation.turns:
            return
        from codex_tui.tui.sessions.recent import recent_lines

        paths, masked = self._settings.paths, self._viewer.clipboard.masked
        lines = await asyncio.to_thread(recent_lines, paths, masked, RECENT)
        self._viewer.broadcast(lambda: SessionsRecalled(lines))

    def close(self) -> None:
        """Have everything written, if there is anything."""
        if self.begun:
            self.backstage.session.close()
            self.backstage.hang_up()
        if (beside := self.backstage.answering_beside) is not None:
            beside.close()

    # -- what the user does ------------------------------------------------------------------

    @property
    def _replaying(self) -> bool:
        return self._viewer.has_class("-replaying")

    @property
    def replays(self) -> bool:
        """Whether a replay is shown, and nothing that is still coming."""
        return self._replaying and not (self.begun and self.backstage.session.running)

    @property
    def is_from_the_list(self) -> bool:
        """Whether what is shown was opened from the list of streams."""
        return self._replaying and self.backstage.has_listed

    def submit(self, text: str) -> None:
        """Send what was typed."""
        if (requests := self.backstage.requests) is not None:
            requests.submit(text)

    def offer(self) -> None:
        """Say what can be done now, and name keys that work where the focus is."""
        if self.begun and (requests := self.backstage.requests) is not None:
            requests.offer()

    def stop(self) -> None:
        """Stop what was asked for, or leave what is asked."""
        if not self.begun:
            return
        session, requests = self.backstage.session, self.backstage.requests
        if session.running:
            session.cancel()
        elif (beside := self.backstage.answering_beside) is not None:
            beside.stop()
        elif requests is not None and session.preparing:
            requests.leave()
        elif requests is not None and requests.outputs.unanswered():
            requests.leave_calls()
        elif requests is not None and requests.outputs.left():
            requests.take_up_calls()
        elif self.is_from_the_list:
            self.backstage.foreign.show_list()

    def leave(self) -> bool:
        """Leave a replay: for the list that it is from, or a new conversation; False if neither."""
        if self.is_from_the_list:
            self.backstage.foreign.show_list()
        elif self.backstage.requests is None:
            return False
        else:
            self.renew()
            self._viewer.composer.focus()
        return True

    def renew(self) -> None:
        """Begin another conversation, in a recording of its own."""
        if (requests := self.backstage.requests) is None:
            return
        from codex_tui.tui.busy import busy

        if reason := busy(self.backstage.session):
            requests.note(reason, wrong=True)
            return
        self.backstage.replay.stop()
        self.backstage.session.renew()
        self._viewer.remove_class("-replaying")
        self.open()
        requests.show_connection()
        requests.outputs.ask()

    def resend(self) -> None:
        """Send the last request again, as it was; where none may follow, that is said."""
        if (requests := self.backstage.requests) is None:
            return
        if self._replaying:
            from codex_tui.tui.files import REPLAYED

            requests.note(REPLAYED, wrong=True)
        else:
            requests.send_again()

    def edit_request(self) -> None:
        """Show the request that would be sent now, or that a file has, to be edited and sent."""
        if (requests := self.backstage.requests) is None:
            return
        if self._replaying:
            turn = self.backstage.replay.turn
            request = turn.request if turn is not None else None
            requests.editor.edit_recorded(request, self.renew)
        else:
            requests.editor.edit_next(requests.outputs.typed)

    def compare(self) -> None:
        """Choose what the file that is shown is compared with."""
        behind = self.backstage
        behind.comparisons.choose(behind.shown_file, behind.chooser.show_sessions)

    def ask_another_model(self) -> None:
        """Send what is typed, or the request that is shown, to another model too."""
        behind = self.backstage
        if (another := behind.another_model) is None:
            from codex_tui.tui.files import NO_PROVIDER

            self._viewer.broadcast(lambda: Noted(NO_PROVIDER, wrong=True))
            return
        turn = behind.replay.turn if self._replaying else behind.session.turn
        another.ask(turn, behind.shown_file)

    def choose_connection(self) -> None:
        """Choose provider, model and effort."""
        if (requests := self.backstage.requests) is not None:
            requests.choose_connection()
