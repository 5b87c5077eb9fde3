"""One answer beside the one on the screen: it is sent for, recorded, and ended.

What comes is recorded in a file of its own, and the two files are compared while they grow. Where
what is typed begins a conversation, both say that they are a group.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from codex_tui.engine.checking import Check
from codex_tui.engine.keeping import Recordings
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.figures.report import tokens_of
from codex_tui.model.endings import is_failure, words_of_end
from codex_tui.recording.recording import new_id
from codex_tui.sources.providers import ProviderError
from codex_tui.sources.sent_before import SentAgain
from codex_tui.tui.busy import busy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.worker import Worker

    from codex_tui.config import Settings
    from codex_tui.engine.keeping import Keep
    from codex_tui.engine.observer import Arrival
    from codex_tui.model.conversation import Turn
    from codex_tui.sources import Source
    from codex_tui.sources.backend import Backend
    from codex_tui.tui.requests import Requests
    from codex_tui.tui.viewer import Viewer

UNRECORDED = "two answers are compared by their recordings, and this is not recorded"


class Compare(Protocol):
    """Shows two recordings side by side, while they grow."""

    def __call__(self, a: Path, b: Path, *, turns: tuple[int | None, int | None]) -> bool:
        """Show two files, and which turn of each; False where one can't be read."""
        ...


class AskedTwice(NamedTuple):
    """What goes to another model too.

    Attributes:
        prompt: What is typed, and goes to both; None where a turn's request is sent again.
        turn: That turn.
        file: What the turn is recorded in.
    """

    prompt: str | None
    turn: Turn | None = None
    file: Path | None = None

    def request(self, other: Backend) -> SentAgain:
        """The request of the turn, as the other one would get it.

        Raises:
            ProviderError: It can't be sent there.
        """
        return SentAgain(self.turn.request if self.turn is not None else None, other.url)


class BesideStream(Observer):
    """One answer that is recorded and not drawn.

    Args:
        keep: Makes the place where it is recorded.
        check: Makes what checks it.
        begun: Called with each record until it says True: there is something to be seen.
    """

    def __init__(
        self, keep: Keep, check: Callable[[], Check], begun: Callable[[BesideStream], bool]
    ) -> None:
        self.session = Session(keep, self, AtOnce, "codex-tui was closed.", check=check)
        self._begun = begun
        self._is_begun = False

    async def read(self, source: Source) -> None:
        """Read a source to its end."""
        try:
            await self.session.stream(source)
        finally:
            self.session.close()

    def took(self, arrival: Arrival) -> None:
        """Tell of the recording."""
        self._is_begun = self._is_begun or self._begun(self)


class BesideAnswer:
    """Has another model answer too, one request at a time.

    Args:
        viewer: Where it is said how it goes.
        session: The session on the screen.
        requests: What speaks for it.
        backend: Where its prompts go.
        settings: What the user chose.
        renewed: Called when the session begins anew, in a recording that names its group.
        compare: Shows two recordings side by side.

    Attributes:
        name: The model that answers, or did last.
    """

    def __init__(
        self,
        viewer: Viewer,
        session: Session,
        requests: Requests,
        backend: Backend,
        settings: Settings,
        renewed: Callable[[], None],
        compare: Compare,
    ) -> None:
        self.name = ""
        self._viewer = viewer
        self._session = session
        self._requests = requests
        self._backend = backend
        self._settings = settings
        self._renewed = renewed
        self._compare = compare
        self._worker: Worker[None] | None = None
        self._stream: BesideStream | None = None

    # -- sending -----------------------------------------------------------------------------

    def send(self, asked: AskedTwice, other: Backend) -> None:
        """Send a request to another model, and what is typed to this one as ever."""
        self.name = other.model or other.provider
        work = self._send(asked, other)
        self._worker = self._viewer.app.run_worker(work, group="beside", exclusive=True)

    async def _send(self, asked: AskedTwice, other: Backend) -> None:
        try:
            await other.prepare()
            if asked.prompt is not None:
                await self._backend.prepare()
            own, body = self._bodies(asked, other)
        except ProviderError as error:
            self._requests.note(str(error), wrong=True)
            return
        self.name = other.model or other.provider
        if own is not None and (reason := busy(self._session)):
            self._requests.note(reason, wrong=True)  # something else was sent meanwhile
            return
        group = self._send_own(own) if own is not None else None
        stops = "this, then that" if own is not None else "that"
        self._requests.note(f"{self.name} answers beside this: esc stops {stops}")
        try:
            history = self._session.conversation.turns
            await self._read(other.source(body, history=history), asked, group)
        finally:
            await other.close()

    async def _read(self, source: Source, asked: AskedTwice, group: str | None) -> None:
        keep, check = self._keep(group, "2/2"), partial(Check, *self._settings.rules())
        self._stream = BesideStream(keep, check, partial(self._show, asked))
        await self._stream.read(source)
        self._tell(self._stream)

    def _bodies(
        self, asked: AskedTwice, other: Backend
    ) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """The request as this one gets it, where it does, and as the other model gets it.

        To another server goes what was said alone.

        Raises:
            ProviderError: It can't be sent there.
        """
        if asked.prompt is None:
            again = asked.request(other)
            return None, other.again(again.body, elsewhere=again.is_elsewhere)
        turns = self._session.conversation.turns
        own = self._backend.body(turns, asked.prompt)
        if other.provider != self._backend.provider:
            return own, other.body(turns, asked.prompt, conversation="resend")
        return own, other.body(turns, asked.prompt)

    def _send_own(self, body: dict[str, Any]) -> str | None:
        """Send what is typed as ever; give the group where its recording can say that it has one.

        One that has begun already is never written anew.
        """
        group = None
        if not len(self._session.log):
            group = new_id(datetime.now(UTC))
            self._session.renew(self._keep(group, "1/2"))
            self._renewed()
        self._requests.send_made(self._viewer.composer.take(), body)
        return group

    def _keep(self, group: str | None, run: str) -> Keep:
        folder = self._settings.paths.sessions
        return Recordings(folder, group=group, run=run if group else None).open

    def _show(self, asked: AskedTwice, beside: BesideStream) -> bool:
        """Show both, once both are in files; False while the first is not."""
        sent = asked.prompt is not None
        first = self._session.kept.place() if sent else asked.file
        path, trouble = beside.session.kept_at()
        if path is None:
            self._requests.note(f"{self.name} is {trouble}: {UNRECORDED}", wrong=True)
            return True
        if first is None:
            return not busy(self._session)
        turn = self._session.turn if sent else asked.turn
        self._compare(first, path, turns=(turn.number if turn is not None else 1, 1))
        return True

    def _tell(self, beside: BesideStream) -> None:
        turn = beside.session.turn
        if turn is not None:
            said = [f"{self.name}, beside: {words_of_end(turn.how)}", tokens_of(turn)]
            self._requests.note(" · ".join(filter(None, said)), wrong=is_failure(turn.how))

    # -- ending ------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether the other model is asked, or answers."""
        return self._worker is not None and self._worker.is_running

    def stop(self) -> None:
        """End what the other model answers, as a user's cancel does."""
        if self._stream is not None and self._stream.session.running:
            self._stream.session.cancel()
        elif self._worker is not None:
            self._worker.cancel()

    def close(self) -> None:
        """Have everything written: the program ends."""
        if self._stream is not None:
            self._stream.session.close()
