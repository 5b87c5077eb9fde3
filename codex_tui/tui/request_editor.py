"""Requests shown as they would be sent, to be edited first: the next one, or one that was recorded.

What is shown is not sent while something else is on its way, and is never sent by itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from codex_tui.sources.providers import ProviderError
from codex_tui.tui.busy import LATER, busy
from codex_tui.tui.dialogs.request import RequestDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codex_tui.engine.session import Session
    from codex_tui.recording.records import RequestRecord
    from codex_tui.sources.backend import Backend
    from codex_tui.tui.viewer import Viewer


class RequestEditor:
    """Shows the requests of one session.

    Args:
        backend: Where they go.
        session: What is said so far.
        viewer: Where they are shown.
        send: Sends the JSON of a request.
        refuse: Says why there is none to show.
    """

    def __init__(
        self,
        backend: Backend,
        session: Session,
        viewer: Viewer,
        send: Callable[[dict[str, Any]], None],
        refuse: Callable[[str], None],
    ) -> None:
        self._backend = backend
        self._session = session
        self._viewer = viewer
        self._send = send
        self._refuse = refuse

    def edit_next(self, outputs: Mapping[str, str]) -> None:
        """Show the request that would be sent now.

        Args:
            outputs: What is typed as the outputs of calls.
        """
        if reason := busy(self._session):
            self._refuse(reason)
            return
        prompt = self._viewer.composer.text or None
        try:
            body = self._backend.body(self._session.conversation.turns, prompt, outputs)
        except ProviderError as error:
            self._refuse(str(error))
        else:
            self._show(body, partial(self._send_next, prompt))

    def _send_next(self, prompt: str | None, body: dict[str, Any] | None) -> None:
        if body is None:
            return
        if self._viewer.composer.text == prompt:  # else a prompt came back that wasn't sent
            self._viewer.composer.clear()
        self._send(body)

    def edit_recorded(self, request: RequestRecord | None, leave: Callable[[], None]) -> None:
        """Show a request that was recorded, to be sent from here.

        Args:
            request: The request.
            leave: Called before it is sent: what it answers is a conversation of its own.
        """
        from codex_tui.sources.sent_before import SentAgain

        try:
            again = SentAgain(request, self._backend.url)
        except ProviderError as error:
            self._refuse(str(error))
            return
        warning = again.warning(self._backend.provider)
        self._show(again.body, partial(self._send_recorded, leave), warning)

    def _send_recorded(self, leave: Callable[[], None], body: dict[str, Any] | None) -> None:
        if body is not None and not busy(self._session):
            leave()
            self._send(body)

    def _show(
        self,
        body: dict[str, Any],
        sent: Callable[[dict[str, Any] | None], None],
        warning: str = "",
    ) -> None:
        dialog = RequestDialog(body, self._backend.url, self._not_now, warning)
        self._viewer.app.push_screen(dialog, sent)

    def _not_now(self) -> str:
        return LATER if busy(self._session) else ""
