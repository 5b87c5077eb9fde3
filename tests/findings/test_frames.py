"""What carried the events, checked alone: no response has to stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.findings.finding import Findings
from codex_tui.findings.frames import FrameCheck
from codex_tui.model.conversation import Conversation
from codex_tui.recording.records import ForeignRecord, RequestRecord, ResponseRecord
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from codex_tui.findings import Spec

TYPE = "response.in_progress"
DATA = f'{{"type": "{TYPE}", "sequence_number": 1, "response": {{"id": "r", "output": []}}}}'
URL = "http://127.0.0.1/v1/responses"


def checked(*, on_socket: bool = False, spec: Spec = "openai") -> tuple[Findings, FrameCheck]:
    conversation = Conversation()
    conversation.apply(RequestRecord(1, "", url=URL))
    findings = Findings(spec)
    return findings, FrameCheck(findings, conversation.current, on_socket=on_socket)


def take(check: FrameCheck, frame: ServerSentEvent) -> None:
    check.take(decode_event(frame), frame, 1)


def rules(findings: Findings) -> list[str]:
    return [each.rule for each in findings.kept]


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        (ServerSentEvent(TYPE, DATA), []),
        (ServerSentEvent(data=DATA), ["wire.no-event-name"]),
        (ServerSentEvent("response.created", DATA), ["wire.event-name"]),
        (ServerSentEvent(TYPE, DATA, id="7"), ["wire.id-field"]),
    ],
    ids=["right", "no_name", "another_name", "an_id"],
)
def test_a_frame_is_named_as_its_event_and_has_no_id(
    frame: ServerSentEvent, rule: list[str]
) -> None:
    findings, check = checked()
    take(check, frame)
    assert rules(findings) == rule


def test_messages_of_a_socket_need_no_name() -> None:
    findings, check = checked(on_socket=True)
    take(check, ServerSentEvent(data=DATA))
    assert rules(findings) == []


def test_an_event_stream_is_called_one() -> None:
    for streamed in (True, False):
        findings, check = checked()
        check.take_head(ResponseRecord(1, 0.1, 200, {"Content-Type": "text/plain"}))
        check.finish(1, streamed=streamed)
        assert rules(findings) == ["wire.content-type"] * streamed


def test_a_line_that_is_no_field_is_told_with_its_place() -> None:
    findings, check = checked()
    check.take_line(ForeignRecord(0.1, 1, b"retry later"))
    assert rules(findings) == ["wire.foreign-line"]


@pytest.mark.parametrize("on_socket", [False, True])
def test_a_marker_is_missed_where_one_is_to_come(on_socket: bool) -> None:
    findings, check = checked(on_socket=on_socket, spec="open-responses")
    check.check_marker(None)
    assert rules(findings) == []
    check.check_marker(5)
    assert rules(findings) == ["wire.done-marker"] * (not on_socket)
