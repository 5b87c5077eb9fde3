"""Events of another API than Responses, as far as all of them are alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.findings.finding import Findings
from codex_tui.findings.frames import FrameCheck
from codex_tui.findings.other_apis import OtherApiCheck
from codex_tui.findings.tools import ToolCheck
from codex_tui.model.conversation import Conversation
from codex_tui.recording.records import FrameRecord, RequestRecord
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
from tests import other_answers as oa

if TYPE_CHECKING:
    from codex_tui.wire.base import ProtocolWord

URLS: dict[ProtocolWord, str] = {
    "": "http://127.0.0.1/ask",
    "responses": "http://127.0.0.1/v1/responses",
    "chat_completions": "http://127.0.0.1/v1/chat/completions",
    "messages": "http://127.0.0.1/v1/messages",
}


def checked(
    sent: list[Any], word: ProtocolWord, asked: ProtocolWord
) -> tuple[Findings, list[bool], OtherApiCheck]:
    """What was found of the events of a stream, and which of them it may have."""
    conversation, findings = Conversation(), Findings()
    conversation.apply(RequestRecord(1, "", url=URLS[asked]))
    turn = conversation.current
    frames = FrameCheck(findings, turn, on_socket=False)
    check = OtherApiCheck(findings, turn, ToolCheck(findings, None), frames, asked)
    taken = []
    for number, each in enumerate(sent, 1):
        frame = ServerSentEvent(data=each if isinstance(each, str) else json.dumps(each))
        event = decode_event(frame)
        conversation.apply(FrameRecord(None, None, frame), event)
        taken.append(check.take(event, frame, number, word))
    check.finish(len(sent))
    frames.finish(len(sent), streamed=check.begun)
    return findings, taken, check


@pytest.mark.parametrize(
    ("events", "word"), [(oa.chat(), "chat_completions"), (oa.messages(), "messages")]
)
def test_a_stream_of_the_api_that_was_asked_has_no_foreign_event(
    events: list[Any], word: ProtocolWord
) -> None:
    findings, taken, check = checked(events, word, word)
    assert all(taken)
    assert check.begun
    assert "wire.other-protocol" not in findings.rules


def test_each_event_of_another_api_than_was_asked_is_foreign() -> None:
    sent = oa.messages()
    findings, taken, _ = checked(sent, "messages", "responses")
    assert all(taken)
    assert [each.entries for each in findings.kept if each.rule == "wire.other-protocol"] == [
        [*range(1, len(sent) + 1)]
    ]


def test_an_event_of_a_third_api_is_none_of_the_stream() -> None:
    chunk = oa.chat()[0]
    findings, taken, _ = checked([*oa.messages(), chunk], "messages", "messages")
    assert taken[-1] is False
    assert findings.rules["wire.other-protocol"] == 1


def test_what_is_no_event_of_any_api_loads_no_rules() -> None:
    _, _, check = checked(["no JSON"], "messages", "messages")
    assert not check.begun
