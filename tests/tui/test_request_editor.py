"""Requests that are edited before they are sent, without a screen that shows them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from codex_tui.recording.records import RequestRecord
from codex_tui.sources.providers import ProviderError
from codex_tui.tui.busy import BUSY, LATER, PREPARING
from codex_tui.tui.request_editor import RequestEditor

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.tui.dialogs.request import RequestDialog

URL = "http://a.example/v1/responses"
BODY = {"model": "m", "input": "Why?"}


class Composer:
    def __init__(self, text: str) -> None:
        self.text = text

    def clear(self) -> None:
        self.text = ""


class Edited:
    """An editor, and all that it speaks to."""

    def __init__(self, typed: str = "", trouble: str = "") -> None:
        self.sent: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.asked: list[tuple[str | None, dict[str, str]]] = []
        self.dialog: RequestDialog | None = None
        self.close: Callable[[dict[str, Any] | None], None] = lambda _: None
        self._trouble = trouble
        self.session = SimpleNamespace(
            running=False, preparing=False, conversation=SimpleNamespace(turns=[])
        )
        self.composer = Composer(typed)
        app = SimpleNamespace(push_screen=self._show)
        viewer = SimpleNamespace(composer=self.composer, app=app)
        backend = SimpleNamespace(body=self._body, url=URL, provider="theirs")
        around = cast("Any", backend), cast("Any", self.session), cast("Any", viewer)
        self.editor = RequestEditor(*around, self.sent.append, self.refused.append)

    def _body(self, _: object, prompt: str | None, outputs: dict[str, str]) -> dict[str, Any]:
        if self._trouble:
            raise ProviderError(self._trouble)
        self.asked.append((prompt, outputs))
        return BODY

    def _show(self, dialog: RequestDialog, close: Callable[[dict[str, Any] | None], None]) -> None:
        self.dialog, self.close = dialog, close


def test_the_next_request_is_of_what_is_typed_and_is_sent_as_it_was_edited() -> None:
    edited = Edited("Why?")
    edited.editor.edit_next({"call_1": "42"})
    assert edited.asked == [("Why?", {"call_1": "42"})]
    edited.close({"model": "other"})
    assert (edited.sent, edited.composer.text) == ([{"model": "other"}], "")


def test_what_was_typed_meanwhile_stays() -> None:
    edited = Edited("Why?")
    edited.editor.edit_next({})
    edited.composer.text = "Another question"
    edited.close(BODY)
    assert edited.composer.text == "Another question"


def test_who_leaves_sends_nothing() -> None:
    edited = Edited("Why?")
    edited.editor.edit_next({})
    edited.close(None)
    assert (edited.sent, edited.composer.text) == ([], "Why?")


@pytest.mark.parametrize(("state", "reason"), [("running", BUSY), ("preparing", PREPARING)])
def test_while_something_is_on_its_way_there_is_no_next_request(state: str, reason: str) -> None:
    edited = Edited("Why?")
    setattr(edited.session, state, True)
    edited.editor.edit_next({})
    assert (edited.dialog, edited.refused) == (None, [reason])


def test_a_request_that_can_not_be_made_is_not_shown() -> None:
    edited = Edited("Why?", trouble="no such file of tools")
    edited.editor.edit_next({})
    assert (edited.dialog, edited.refused) == (None, ["no such file of tools"])


def test_a_recorded_request_is_sent_once_what_is_shown_was_left() -> None:
    edited, left = Edited(), []
    edited.editor.edit_recorded(RequestRecord(1, "", url=URL, body=BODY), lambda: left.append(1))
    assert left == []
    edited.close(BODY)
    assert (left, edited.sent) == ([1], [BODY])


def test_a_recorded_request_waits_for_what_began_meanwhile() -> None:
    edited, left = Edited(), []
    edited.editor.edit_recorded(RequestRecord(1, "", url=URL, body=BODY), lambda: left.append(1))
    edited.session.running = True
    assert edited.dialog is not None
    assert edited.dialog._refusal() == LATER
    edited.close(BODY)
    assert (left, edited.sent) == ([], [])


def test_a_request_that_was_not_kept_is_not_shown() -> None:
    edited = Edited()
    edited.editor.edit_recorded(None, lambda: None)
    assert edited.dialog is None
    assert "not kept whole" in edited.refused[0]
