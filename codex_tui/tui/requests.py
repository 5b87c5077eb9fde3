"""What is said to the provider: prompts, outputs of calls, the same request again.

It turns what the user did into a request and hands its stream to whoever shows it; it keeps no
conversation of its own.
"""

from __future__ import annotations

import contextlib
from functools import cached_property, partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from codex_tui.sources.providers import ProviderError
from codex_tui.state import remember_prompt
from codex_tui.tui.busy import LATER, PREPARING, busy
from codex_tui.tui.call_outputs import CallOutputs
from codex_tui.tui.messages import Connection, ConnectionChanged, Noted
from codex_tui.tui.resend_offer import ResendOffer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from textual.worker import Worker

    from codex_tui.engine.session import Session
    from codex_tui.model.conversation import Turn
    from codex_tui.sources import Source
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.live import LiveSource
    from codex_tui.tui.dialogs.connection import ConnectionChoice
    from codex_tui.tui.request_editor import RequestEditor
    from codex_tui.tui.viewer import Viewer

    Stream = Callable[[Source], None]

LEFT = "not sent: it was left while it was being prepared"
_LEAVING = {
    "branch": "{calls} stays unanswered: the next prompt goes on from before it; esc asks again",
    "answer": "{calls} stays unanswered: the next prompt says that it was not run; esc asks again",
}


class Requests:
    """Speaks to one backend within one session.

    Args:
        backend: Whom it speaks to.
        session: What is said so far.
        viewer: Where it is said what can be done.
        stream: Called with each request's source.
        state: Where prompts are remembered.

    Attributes:
        outputs: What is typed as the outputs of calls.
    """

    def __init__(
        self, backend: Backend, session: Session, viewer: Viewer, stream: Stream, state: Path
    ) -> None:
        self.outputs = CallOutputs(session, viewer)
        self._backend = backend
        self._session = session
        self._viewer = viewer
        self._stream = stream
        self._state = state
        self._resend_offer = ResendOffer()
        self._offered = ""
        self._source: LiveSource | None = None
        self._last_body: dict[str, Any] | None = None

    @cached_property
    def editor(self) -> RequestEditor:
        """Shows requests to be edited."""
        from codex_tui.tui.request_editor import RequestEditor

        asked = self._backend, self._session, self._viewer
        return RequestEditor(*asked, self._send_body, partial(self.note, wrong=True))

    # -- sending -----------------------------------------------------------------------------

    def submit(self, text: str) -> None:
        """Take what was typed: the output of a call that waits for one, or else a prompt."""
        if self._session.running:
            self._remember(text)
            self._viewer.run_worker(self._steer(text), group="steer")
        elif self._session.preparing:
            self.note(PREPARING, wrong=True)
            self._viewer.composer.restore(text)
        elif self.outputs.take(text):
            if not self.outputs.ask():
                self.send(None, self.outputs.typed)
        else:
            self._remember(text)
            self.send(text, self.outputs.typed)

    def _remember(self, prompt: str) -> None:
        with contextlib.suppress(OSError):
            remember_prompt(self._state, prompt)

    async def _steer(self, text: str) -> None:
        """Say something to the response that streams, where it can hear that."""
        if self._source is not None and await self._source.steer(text):
            self.note("said to the running response: it goes on with that, if it can be steered")
            return
        self.note("a response is streaming: esc stops it, then enter sends", wrong=True)
        self._viewer.composer.restore(text)

    def _take_back(self) -> None:
        """Give a text back that a response was not steered by."""
        if self._source is not None and (returned := self._source.returned()) is not None:
            text, why = returned
            self._offered = ""
            self.note(f"not steered: {why}", wrong=True)
            self._viewer.composer.restore(text)

    def send_made(self, prompt: str, body: dict[str, Any]) -> None:
        """Send a prompt whose request is made already."""
        self._remember(prompt)
        self._send_body(body)

    def send(self, prompt: str | None, outputs: Mapping[str, str] | None = None) -> None:
        """Continue the conversation with a prompt, or with nothing but outputs."""
        self._session.preparing = True
        work = self._prepare(prompt, outputs or {})
        worker = self._viewer.run_worker(work, group="stream", exclusive=True)
        self._preparing = worker, prompt

    _preparing: tuple[Worker[None], str | None] | None = None

    def leave(self) -> None:
        """Send nothing of what is being prepared: a server may never tell which models it has."""
        if self._preparing is not None:
            worker, prompt = self._preparing
            worker.cancel()
            self._give_back(prompt, LEFT)

    async def _prepare(self, prompt: str | None, outputs: Mapping[str, str]) -> None:
        try:
            await self._backend.prepare()
            body = self._backend.body(self._session.conversation.turns, prompt, outputs)
        except ProviderError as error:
            self._give_back(prompt, str(error))
            return
        self._send_body(body)

    def _give_back(self, prompt: str | None, why: str) -> None:
        self._preparing = None
        self._session.preparing = False
        self._offered = ""
        self.note(why, wrong=True)
        if prompt is None:
            self.outputs.give_back()
        else:
            self._viewer.composer.restore(prompt)

    def _send_body(self, body: dict[str, Any]) -> None:
        self._preparing = None
        self._session.preparing = True  # the stream begins some turns of the loop later
        turns = self._session.conversation.turns
        source = self._backend.source(body, turn=len(turns) + 1, history=turns)
        self._source = source
        self._resend_offer.watch(source)
        self._offered = ""
        self._last_body = body
        self.outputs.sent()
        self._sent_to = None
        self.show_connection()
        self.note("")
        self._stream(source)

    def send_again(self) -> None:
        """Ask whether to send the last request as it was."""
        if reason := busy(self._session):
            self.note(reason, wrong=True)
        elif self._last_body is None:
            self.note("there is no request to send again yet", wrong=True)
        else:
            from codex_tui.tui.dialogs.resend import ResendDialog

            self._viewer.app.push_screen(ResendDialog(self._told_again()), self._resend)

    def _told_again(self) -> list[str]:
        """What is sent again where, and what it took the last time."""
        backend, turn = self._backend, self._session.turn
        from codex_tui.figures.report import tokens_of

        before = tokens_of(turn) if turn is not None else ""
        what = "response.create" if backend.on_socket else "POST"
        told = [f"{what} {backend.url}", f"{backend.model} · {backend.provider}"]
        return [*told, f"the last time {before}"] if before else told

    def _resend(self, wanted: bool | None) -> None:
        body = self._last_body
        if not wanted or body is None:
            return
        if busy(self._session):  # it began while the question stood there
            self.note(LATER, wrong=True)
        elif self._sent_to is None:
            self._send_body(body)
        else:
            self._session.preparing = True
            work = self._prepare_again(body, elsewhere=self._sent_to != self._backend.provider)
            worker = self._viewer.run_worker(work, group="stream", exclusive=True)
            self._preparing = worker, None

    async def _prepare_again(self, body: dict[str, Any], *, elsewhere: bool) -> None:
        """Send the last request over a connection that was chosen since."""
        try:
            await self._backend.prepare()
            body = self._backend.again(body, elsewhere=elsewhere)
        except ProviderError as error:
            self._give_back(None, str(error))
        else:
            self._send_body(body)

    _sent_to: str | None = None
    """The provider that the last request went to, where another connection was chosen since."""

    def offer(self) -> None:
        """Say what takes long; offer to send again where that may help, and count the wait down."""
        self._take_back()
        running, key = self._session.running, self._viewer.key_of("app.resend")
        words = self._resend_offer.words(monotonic(), running=running, key=key)
        words = PREPARING if self._session.preparing else words
        if words != self._offered:
            self._offered = words
            self.note(words)

    def forget(self) -> None:
        """Offer nothing of the session before, since another one is shown."""
        self._resend_offer.forget()
        self._offered = ""
        self.go_on_from(None)

    def ended(self) -> None:
        """Say what follows from how a response ended: what is offered, asked for, left behind."""
        self.offer()
        turn, source = self._session.turn, self._source
        behind = source.left_behind() if source is not None else None
        if turn is not None and not self._offered and (behind := behind or _left_behind(turn)):
            self.note(behind)
        self.outputs.ask()

    def go_on_from(self, body: dict[str, Any] | None) -> None:
        """Take a request for the last one that was sent."""
        self._last_body = body
        self.outputs.forget()

    def leave_calls(self) -> None:
        """Ask for no outputs of the calls that wait, and say what becomes of them."""
        calls = self.outputs.leave()
        self.note(_LEAVING[self._backend.unanswered_calls].format(calls=calls))

    def take_up_calls(self) -> None:
        """Ask for the outputs that were left after all."""
        self.note("")
        self.outputs.take_up()

    # -- whom it is said to ------------------------------------------------------------------

    def choose_connection(self) -> None:
        """Choose provider, model and effort."""
        from codex_tui.tui.dialogs.connection import ConnectionDialog

        self._viewer.app.push_screen(ConnectionDialog.over(self._backend), self._connect)

    def _connect(self, choice: ConnectionChoice | None) -> None:
        if choice is None:
            return
        backend, before = self._backend, self._backend.provider
        try:
            backend.switch(choice.profile, choice.model, choice.effort, choice.transport)
        except ProviderError as error:
            self.note(str(error), wrong=True)
            return
        self._sent_to = self._sent_to or before
        self.show_connection(chosen=True)
        over = "WebSocket" if backend.on_socket else ""
        to = " · ".join(filter(None, (backend.model, backend.provider, backend.effort, over)))
        self.note(f"from the next request on: {to}")

    def note(self, text: str, *, wrong: bool = False) -> None:
        """Say something in the status line."""
        self._viewer.broadcast(lambda: Noted(text, wrong))

    def show_connection(self, *, chosen: bool = False) -> None:
        """Say where prompts go; `chosen` if what is shown came from somewhere else."""
        it = self._backend
        connection = Connection(it.provider, it.model, it.effort, it.hint, chosen)
        self._viewer.broadcast(lambda: ConnectionChanged(connection))


def _left_behind(turn: Turn) -> str:
    from codex_tui.sources.going_on import left_behind

    return left_behind(turn)
