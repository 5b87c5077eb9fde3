"""The question to which other model a request goes too: which, and again before anything is sent.

It is a second request, and that is said.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from codex_tui.figures.report import tokens_of
from codex_tui.sources.providers import ProviderError
from codex_tui.tui.beside import UNRECORDED, AskedTwice
from codex_tui.tui.busy import busy
from codex_tui.tui.dialogs.connection import ConnectionChoice, ConnectionDialog
from codex_tui.tui.dialogs.resend import ResendDialog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codex_tui.engine.session import Session
    from codex_tui.model.conversation import Turn
    from codex_tui.sources.backend import Backend
    from codex_tui.tui.beside import BesideAnswer
    from codex_tui.tui.requests import Requests
    from codex_tui.tui.viewer import Viewer

TITLE = "Send to another model"
NOTHING = "there is no request yet: type a prompt, or open a recording"
DEMO_FREE = "the demo answers: nothing is paid"


class AnotherModel:
    """Asks which model is to get what a viewer shows, or what is typed in it, too.

    Args:
        viewer: Where it is asked and said.
        session: The session on the screen.
        requests: What speaks for it.
        backend: Where its prompts go.
        records: Whether streams are recorded.
        beside: What has the other model answer.
    """

    def __init__(
        self,
        viewer: Viewer,
        session: Session,
        requests: Requests,
        backend: Backend,
        beside: BesideAnswer,
        *,
        records: bool,
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._requests = requests
        self._backend = backend
        self._beside = beside
        self._records = records

    def ask(self, turn: Turn | None, file: Path | None) -> None:
        """Ask which model, for what is typed, or else for the request of a turn.

        Args:
            turn: The turn that is shown.
            file: What it is recorded in.
        """
        asked = AskedTwice(self._typed(), turn, file)
        if reason := self._refusal(asked):
            self._requests.note(reason, wrong=True)
            return
        dialog = ConnectionDialog.over(self._backend, TITLE)
        self._viewer.app.push_screen(dialog, partial(self._chosen, asked))

    def _typed(self) -> str | None:
        """The prompt that is typed; None for nothing, or for the output of a call."""
        replaying = self._viewer.has_class("-replaying")
        if replaying or self._requests.outputs.unanswered():
            return None
        text = self._viewer.composer.text
        return text if text.strip() else None

    def _refusal(self, asked: AskedTwice) -> str:
        if self._beside.running:
            return f"{self._beside.name} is still answering beside this: esc stops it"
        if not self._records:
            return f"{UNRECORDED} (--no-record)"
        if asked.prompt is not None:
            return busy(self._session)
        if asked.turn is None or asked.turn.request is None:
            return NOTHING
        return UNRECORDED if asked.file is None else ""

    def _chosen(self, asked: AskedTwice, choice: ConnectionChoice | None) -> None:
        """Say what would be sent, and what it costs, before it is."""
        if choice is None:
            return
        try:
            chosen = choice.model, choice.effort, choice.transport
            other = self._backend.beside(choice.profile, *chosen)
            told = [*self._told(asked, other)]
        except ProviderError as error:
            self._requests.note(str(error), wrong=True)
            return
        dialog = ResendDialog(told, f"{TITLE}?")
        self._viewer.app.push_screen(dialog, partial(self._decided, asked, other))

    def _told(self, asked: AskedTwice, other: Backend) -> Iterator[str]:
        if asked.prompt is not None:
            yield f"{self._named(self._backend)}, as ever"
            yield f"{self._named(other)}, beside it"
            paid = "two requests: each is paid as one is"
        else:
            warning = asked.request(other).warning(other.provider)
            number, before = 0, ""
            if asked.turn is not None:
                number, before = asked.turn.number, tokens_of(asked.turn)
            yield f"{self._named(other)}, with the request of turn {number}"
            paid = "a second request, paid as the first was"
            paid += f": that had {before}" if before else ""
            yield from filter(None, (warning,))
        yield DEMO_FREE if other.is_demo and self._backend.is_demo else paid
        yield "esc leaves the comparison, then stops the answer on the screen, then the other"

    @staticmethod
    def _named(backend: Backend) -> str:
        return f"{backend.model or 'its first model'} · {backend.provider} · POST {backend.url}"

    def _decided(self, asked: AskedTwice, other: Backend, wanted: bool | None) -> None:
        if not wanted:
            return
        if reason := self._refusal(asked):  # it began while the question stood there
            self._requests.note(reason, wrong=True)
        else:
            self._beside.send(asked, other)
