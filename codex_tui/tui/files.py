"""Files opened while the app runs: to be replayed, and to be gone on from; and how they are chosen.

Nothing of the library is loaded before it is asked for: starting the app touches none of it.
"""

from __future__ import annotations

import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import ContinuedRecording, Recordings, borrowed
from codex_tui.formats.open_file import OpenFile
from codex_tui.formats.sniffing import RECORDING
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.records import over_http
from codex_tui.tui.launch import replay_name
from codex_tui.tui.messages import Connection, ConnectionChanged, Noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.worker import WorkType

    from codex_tui.config import Paths
    from codex_tui.engine.keeping import Keep
    from codex_tui.engine.replay import Replay
    from codex_tui.engine.session import Session
    from codex_tui.tui.comparison.marks import MarkedFiles
    from codex_tui.tui.requests import Requests
    from codex_tui.tui.sessions.screen import SessionChoice
    from codex_tui.tui.sessions.shelf import Shelf
    from codex_tui.tui.viewer import Viewer

NO_REQUEST = "it can't be gone on from: it holds no request that was answered"
NO_PROVIDER = "there is nobody to ask: begin with `codex-tui`, not with `replay`"
REPLAYED = "this is a replay: ctrl+r, then ctrl+g goes on from it; ctrl+n begins anew"

UNRECORDED = "this is not recorded and would be lost: x exports it, opening again leaves it"


class Opener:
    """Opens files in a viewer, in the place of the session that is there.

    Args:
        viewer: Where they are shown.
        session: What takes them in.
        replay: What plays them.
        folder: Where new recordings go; None records nothing.
        show: Called when another session is there.
        loaded: Called when all of a file is there.
    """

    def __init__(
        self,
        viewer: Viewer,
        session: Session,
        replay: Replay,
        folder: Path | None,
        show: Callable[[], None],
        loaded: Callable[[], None],
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._replay = replay
        self._folder = folder
        self._show = show
        self._loaded = loaded
        self._warned: tuple[object, int] | None = None

    def refusal(self, path: Path) -> str:
        """Why a file can't be opened now, in one line; "" where it can."""
        if reason := self._busy():
            return reason
        try:
            if stat.S_ISDIR(mode := path.stat().st_mode):
                return "this is a folder"
            if not stat.S_ISREG(mode):
                return "not a regular file"
            OpenFile(path)
        except OSError as error:
            return f"{error.strerror or error}"
        except ValueError:  # a NUL, half a character
            return "no file has such a name"
        return ""

    def open(
        self,
        path: Path,
        then: Callable[[], None] | None = None,
        *,
        at: str = "",
        writing: Callable[[], bool] | None = None,
        ended: Callable[[], None] | None = None,
    ) -> bool:
        """Show a file and play it; False if it can't be, and then the status says why.

        Args:
            path: The file.
            then: Called when all of it is there; it is shown at once then, and not played.
            at: Where to begin.
            writing: Says whether somebody still writes it; then it is followed as long as that.
            ended: Called when all of it is there, however it is shown.
        """
        if reason := self.refusal(path):
            self._note(self._busy() or f"{path.name}: {reason}")
            return False
        if self._would_lose():
            self._note(UNRECORDED)
            return False
        opened = OpenFile(path)
        self._replay.stop()
        self._session.kept.close()
        self._session.renew(self._keep(opened))
        self._viewer.add_class("-replaying")
        self._show()
        connection = Connection(replay_name(opened, growing=writing is not None))
        self._viewer.broadcast(lambda: ConnectionChanged(connection))
        arrangement, growing = self._viewer.arrangement, writing is not None
        arrangement.focus("output" if growing and arrangement.single else "timeline")
        if isinstance(kept := self._session.kept, ContinuedRecording):
            kept.log = self._session.log
        speed, follow = 1.0 if then is None else None, writing is not None
        self.play(
            Replayed(opened, speed=speed, at=at, follow=follow, writing=writing), then or ended
        )
        return True

    def play(self, file: Replayed, then: Callable[[], None] | None = None) -> None:
        """Play what the session shows; `then` is called when all of it is there."""
        self._replay.open(file)
        # Not its coroutine, which nobody would await where the app is left by then.
        work: WorkType[None] = partial(self._load, file, then)
        self._viewer.run_worker(work, group="stream", exclusive=True)

    async def _load(self, file: Replayed, then: Callable[[], None] | None) -> None:
        await self._replay.load(file)
        if then is not None:
            then()
        self._loaded()

    def _would_lose(self) -> bool:
        """Whether what is here lasts nowhere else; once it was said, the same is let go."""
        now = (self._session.log, len(self._session.log))
        if not len(self._session.log) or self._session.kept.lasts() or now == self._warned:
            return False
        self._warned = now
        return True

    def _keep(self, opened: OpenFile) -> Keep:
        """Where a session is kept that begins with a file: what goes on stands in another one."""
        file = opened.keeper
        if opened.format is not RECORDING or not isinstance(file, ReplayedFile):
            return borrowed(file)
        new = Recordings(self._folder) if self._folder is not None else None
        return lambda wake: ContinuedRecording(file, new, self._title, wake)

    def _title(self) -> str:
        prompts = (turn.prompt for turn in self._session.conversation.turns)
        return next(filter(None, prompts), "")

    # -- going on ----------------------------------------------------------------------------

    def _busy(self) -> str:
        from codex_tui.tui.busy import busy

        return busy(self._session)

    def continue_from(self, path: Path, requests: Requests | None) -> None:
        """Open a recording, and take it for the beginning of a conversation when it is there."""
        if requests is None:
            self._note(NO_PROVIDER)
        else:
            self.open(path, lambda: self._go_on(requests))

    def _go_on(self, requests: Requests) -> None:
        turns = self._session.conversation.turns
        answered = [turn for turn in turns if turn.request is not None and turn.transcript.items]
        if not answered or not isinstance(self._session.kept, ContinuedRecording):
            self._note(NO_REQUEST)
            return
        self._replay.offer()
        request = answered[-1].request
        requests.go_on_from(over_http(request).body if request is not None else None)
        self._viewer.remove_class("-replaying")
        self._viewer.composer.focus()
        requests.show_connection()
        requests.outputs.ask()

    def _note(self, text: str) -> None:
        self._viewer.broadcast(lambda: Noted(text, wrong=True))


class FileChooser:
    """Shows sessions and opens files, for one viewer.

    Args:
        viewer: Over which they are shown.
        opener: What opens them.
        paths: Where sessions lie.
        requests: What speaks to whom a session is gone on with; None where nobody is asked.
        marks: What is marked to be compared.
    """

    def __init__(
        self,
        viewer: Viewer,
        opener: Opener,
        paths: Paths,
        requests: Requests | None,
        marks: MarkedFiles | None = None,
    ) -> None:
        self._viewer = viewer
        self._opener = opener
        self._paths = paths
        self._requests = requests
        self._marks = marks
        self._shelf: Shelf | None = None

    def show_sessions(self) -> None:
        """Show the sessions screen, and do what is chosen there."""
        from codex_tui.tui.sessions.screen import SessionsScreen
        from codex_tui.tui.sessions.shelf import Shelf

        self._shelf = self._shelf or Shelf(self._paths, self._viewer.clipboard.masked)
        viewer = self._viewer
        copy, show_help = viewer.clipboard.copy, viewer.action_help
        screen = SessionsScreen(self._shelf, copy, show_help, self._marks)
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
        from codex_tui.tui.dialogs.open_file import OpenDialog

        dialog = OpenDialog(self._opener.refusal, Path.cwd())
        self._viewer.app.push_screen(dialog, self._asked)

    def _asked(self, path: Path | None) -> None:
        if path is not None:
            self._opener.open(path)
