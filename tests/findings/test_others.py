"""Streams of Chat Completions and of Messages are checked by rules of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codex_tui.findings.finding import told
from codex_tui.recording.records import EndRecord
from tests import other_answers as oa
from tests.findings.other_pairs import chat_asked, framed
from tests.findings.streams import asked, check, clean, end, frame


def broken(records: list[Any]) -> dict[str, int | str]:
    """The rules that some records break, and the first event of each."""
    found: dict[str, int | str] = {}
    for finding in check(records).findings.kept:
        found.setdefault(finding.rule, finding.entries[0] if finding.entries else 0)
    return found


@pytest.mark.parametrize("events", [oa.chat(), oa.messages()], ids=["chat", "messages"])
def test_a_clean_stream_has_nothing_wrong(events: list[Any]) -> None:
    checker = check(framed(events))
    assert [told(each) for each in checker.findings.kept] == []
    assert checker.checked == len(events)


def test_two_answers_in_one_dump_are_checked_each_for_itself() -> None:
    second = [each | {"id": "chatcmpl-2"} for each in oa.chat() if isinstance(each, dict)]
    assert broken([*framed(oa.chat()), *framed([*second, oa.DONE])]) == {}
    assert broken([*framed(oa.messages()), *framed(oa.messages())]) == {}
    unfinished = [each for each in oa.chat() if each != oa.finished()]
    assert set(broken([*framed(unfinished), *framed(second)])) == {
        *("chat.no-finish", "chat.done-marker"),
    }


def test_what_a_client_did_not_wait_for_is_nobodys_fault() -> None:
    started = framed(oa.chat()[:4])
    assert broken([chat_asked(), *started, end("cancelled")]) == {}
    assert broken([chat_asked(), *started, end("interrupted")]) == {
        "chat.no-finish": 4,
        "chat.done-marker": 4,
    }
    begun = framed(oa.messages()[:4])
    request = asked({"messages": []}, oa.MESSAGES_URL)
    assert broken([request, *begun, EndRecord(1, None, "cancelled")]) == {}
    assert broken([request, *begun, EndRecord(1, None, "interrupted")]) == {"messages.no-stop": 4}


def test_an_error_ends_a_stream() -> None:
    error = {"error": {"message": "No worker", "type": "server_error"}}
    assert broken(framed([*oa.chat()[:4], error])) == {}
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    assert broken(framed([*oa.messages()[:4], overloaded])) == {}


def test_another_api_than_was_asked_for_is_said() -> None:
    assert broken([asked(), *framed(oa.chat())])["wire.other-protocol"] == 1
    request = chat_asked(tools=[oa.MESSAGES_TOOL])
    (finding,) = check([request, *framed(oa.messages())]).findings.kept
    assert finding.message == "Messages event in a Chat Completions stream"


def test_events_of_two_apis_in_one_stream_are_said() -> None:
    stray = {"type": "message_stop"}
    assert broken(framed([*oa.chat()[:4], stray, *oa.chat()[4:]])) == {"wire.other-protocol": 5}
    chunk = frame(json.dumps(oa.said(content="x")))
    whole = clean()
    found = broken([*whole[:4], chunk, *whole[4:]])
    assert found == {"wire.other-protocol": 5}


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [('{"city": 3}', "tool.schema"), ('{"city"', "tool.arguments-json")],
)
def test_calls_are_checked_against_what_was_offered(arguments: str, rule: str) -> None:
    chat = framed(oa.chat(arguments=(arguments,)))
    assert set(broken([chat_asked(tools=[oa.CHAT_TOOL]), *chat])) == {rule}
    events = [oa.message_start(), *oa.tool_use(0, (arguments,))]
    stream = framed([*events, oa.message_delta("tool_use"), oa.STOP])
    request = asked({"messages": [], "tools": [oa.MESSAGES_TOOL]}, oa.MESSAGES_URL)
    assert set(broken([request, *stream])) == {rule}


def test_arguments_that_are_no_text_are_said_once() -> None:
    piece = oa.tool_piece(0, id="call_1", name="get_weather")
    piece["function"]["arguments"] = {"city": "Oslo"}
    events: list[Any] = [
        oa.said(role="assistant"),
        *[oa.said(tool_calls=[piece])] * 2,
        oa.finished(),
        oa.DONE,
    ]
    (fault,) = [each for each in check(framed(events)).findings.kept if each.rule == "field.type"]
    assert (fault.entries, fault.level) == ([2, 3], "error")


def test_a_tool_that_the_api_defines_is_offered_by_its_name() -> None:
    bash = {"type": "bash_20250124", "name": "get_weather"}
    request = asked({"messages": [], "tools": [bash]}, oa.MESSAGES_URL)
    assert broken([request, *framed(oa.messages())]) == {}


def test_a_call_of_a_tool_that_was_not_offered_is_said() -> None:
    tool = {"type": "function", "function": {"name": "other", "parameters": {}}}
    assert set(broken([chat_asked(tools=[tool]), *framed(oa.chat())])) == {"tool.unknown"}
