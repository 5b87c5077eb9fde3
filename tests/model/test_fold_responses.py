"""What is known of one response as a whole, event by event, without the items of a stream."""

from __future__ import annotations

from typing import Any

import pytest

from codex_tui.model.fold_responses import HANDLERS, begins_another, miss_creation
from codex_tui.model.forgiven import Forgiving
from codex_tui.model.items import ResponseState
from codex_tui.model.slots import Slots
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.events import LifecycleEvent
from tests.model.streams import created, decoded, ended, message, reasoning


def of_response(type_: str, id_: str = "resp_1", **more: Any) -> dict[str, Any]:
    return {"type": f"response.{type_}", "response": {"id": id_, "output": [], **more}}


def fold(slots: Slots, state: ResponseState, *events: dict[str, Any]) -> ResponseState:
    for event in map(decoded, events):
        cls = type(event)
        HANDLERS.get(cls, HANDLERS[LifecycleEvent])(slots, state, event)
    return state


@pytest.fixture
def slots() -> Slots:
    return Slots(Forgiving())


def test_the_first_word_of_an_end_stands(slots: Slots) -> None:
    state = fold(slots, ResponseState(), created(), ended("completed"), ended("failed"))
    assert (state.terminal_type, state.status) == ("response.completed", "completed")
    assert slots.forgiving.counts == {"order.second-terminal": 1}


def test_the_first_output_that_is_listed_stands(slots: Slots) -> None:
    first, second = [message("one", id="msg_1")], [message("two", id="msg_2")]
    fold(slots, ResponseState(), created(), ended(output=first), ended(output=second))
    assert [item.item_id for item in slots.items] == ["msg_1"]


def test_an_id_that_changes_is_told_once_and_the_last_one_stays(slots: Slots) -> None:
    ids = [of_response("in_progress", id_) for id_ in ("resp_1", "resp_2", "resp_3")]
    state = fold(slots, ResponseState(created=True), *ids)
    assert state.id == "resp_3"
    assert slots.forgiving.counts == {"id.changes": 1}


def test_what_comes_of_a_response_that_nobody_created_is_told_once(slots: Slots) -> None:
    state = ResponseState()
    miss_creation(slots, state, "message")
    fold(slots, state, of_response("in_progress"), ended())
    assert [each.seen for each in slots.forgiving.of("order.no-created")] == ["message"]


@pytest.mark.parametrize(
    ("state", "event", "another"),
    [
        (ResponseState(), created("resp_2"), False),
        (ResponseState(created=True, saw_error=True), created("resp_2"), True),
        (ResponseState(terminal_type="response.failed"), created("resp_2"), True),
        (ResponseState(terminal_type="response.failed", id="a"), of_response("queued", "b"), True),
        (ResponseState(terminal_type="response.failed", id="a"), of_response("queued", "a"), False),
        (ResponseState(terminal_type="response.failed", id="a"), of_response("queued", ""), False),
        (ResponseState(created=True, id="a"), of_response("in_progress", "b"), False),
        (ResponseState(terminal_type="response.failed", id="a"), ended("completed"), False),
        (ResponseState(terminal_type="response.failed"), {"type": "error", "message": "no"}, False),
    ],
)
def test_another_response_begins_where_the_one_before_is_over(
    slots: Slots, state: ResponseState, event: dict[str, Any], another: bool
) -> None:
    assert begins_another(slots, state, decoded(event)) is another
    assert slots.forgiving.count("order.second-created") == another


def test_another_response_begins_where_the_one_before_has_items(slots: Slots) -> None:
    slots.message(NOT_SENT, None)
    assert not begins_another(slots, ResponseState(), decoded(created()))
    assert begins_another(slots, ResponseState(created=True), decoded(created()))


def test_a_completed_response_that_lists_none_of_its_items_is_told_of(slots: Slots) -> None:
    slots.reasoning(0, "rs_1")
    fold(slots, ResponseState(created=True), ended(output=[]))
    assert [each.seen for each in slots.forgiving.of("output.differs")] == ["no item"]


def test_what_an_end_lists_completes_what_streamed(slots: Slots) -> None:
    opened = slots.reasoning(0, "rs_1")
    fold(slots, ResponseState(created=True), ended(output=[reasoning("seen", id="rs_1")]))
    assert (opened.done, [str(text) for text in opened.texts()]) == (True, ["seen"])
