"""The ids that an event says, whoever sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.model.event_ids import brief, ids_of
from codex_tui.wire import items as wi
from codex_tui.wire.app_server import AppServerMessage
from codex_tui.wire.codex_events import ItemCompletedEvent, ResponseItemLine
from tests.model.streams import added, decoded, delta, ended, function_call

if TYPE_CHECKING:
    from codex_tui.wire.base import ResponseStreamEvent


@pytest.mark.parametrize(
    ("event", "ids"),
    [
        (delta("output_text", "a", item_id="msg_1"), ["msg_1"]),
        (added(function_call("")), ["fc_1", "call_1"]),
        (added({"type": "function_call", "call_id": "call_2"}), ["call_2"]),
        (ended(), ["resp_1"]),
        ({"type": "vendor.note", "item_id": "x_1", "response_id": "resp_2"}, ["x_1", "resp_2"]),
        ({"type": "response.vendor.item", "item": {"id": "x_1", "call_id": 7}}, ["x_1"]),
        ({"type": "response.queued", "response": {"id": ""}}, []),
        ({"type": "keepalive"}, []),
    ],
)
def test_an_event_says_the_ids_of(event: dict[str, Any], ids: list[str]) -> None:
    assert ids_of(decoded(event)) == ids


@pytest.mark.parametrize(
    ("event", "ids"),
    [
        (ResponseItemLine(wi.ResponseFunctionToolCall(call_id="call_1")), ["call_1"]),
        (ItemCompletedEvent(item={"id": "item_3"}), ["item_3"]),
        (AppServerMessage(params={"threadId": "t", "item": {"id": "i"}}), ["t", "i"]),
    ],
)
def test_a_line_of_the_codex_cli_says_the_ids_of(
    event: ResponseStreamEvent, ids: list[str]
) -> None:
    assert ids_of(event) == ids


def test_an_id_that_changes_with_every_event_is_said_of_each() -> None:
    said = [ids_of(decoded(delta("output_text", "a", item_id=f"msg_{n}"))) for n in range(3)]
    assert said == [["msg_0"], ["msg_1"], ["msg_2"]]


def test_a_long_id_keeps_its_beginning_and_its_end() -> None:
    assert brief("msg_0123456789abcdef0123") == "msg_012…ef0123"
    assert brief("call_0123456789a") == "call_0123456789a"
