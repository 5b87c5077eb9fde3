"""Phases, agents and callers: whose a text is, and nothing that an item holds is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from codex_tui.model.items import MessageItem, OtherItem
from tests.model.streams import Json, added, done, ended, fold, message, text_delta

ROOT, HELPER = {"agent_name": "/root"}, {"agent_name": "/root/helper"}


def output(type_: str, **more: Any) -> Json:
    return {"type": type_, "id": f"{type_}_1", "call_id": "call_1", **more}


def test_messages_carry_the_agent_of_their_item_or_of_their_event() -> None:
    transcript = fold(
        added({**message(id="a"), "agent": ROOT}, 0),
        added(message(id="b"), 1),
        {**text_delta("Hm", 1, item_id="b"), "agent": HELPER},
        {**added(message(id="c"), 2), "agent": "/root/third"},
    )
    assert [item.agent for item in transcript.items] == ["/root", "/root/helper", "/root/third"]
    assert isinstance(transcript.items[0], MessageItem)
    assert transcript.items[0].label == "/root"


def test_what_agents_ask_of_each_other_is_a_call_with_its_output() -> None:
    said = [{"type": "output_text", "text": "started"}]
    transcript = fold(
        added(output("multi_agent_call", action="spawn_agent", arguments=""), 0),
        done(output("multi_agent_call", action="spawn_agent", arguments='{"task":1}'), 0),
        done(output("multi_agent_call_output", action="spawn_agent", output=said), 1),
        ended(),
    )
    (call,) = transcript.tool_calls
    assert (call.name, str(call.arguments), str(call.output)) == (
        "spawn_agent",
        '{"task":1}',
        "started",
    )
    assert transcript.open_calls == []


def test_a_letter_between_agents_is_told_and_is_no_answer() -> None:
    content = [{"type": "input_text", "text": "Port 80 is closed."}]
    letter = output("agent_message", author="/root/helper", recipient="/root", content=content)
    transcript = fold(done(letter, 0))
    (item,) = transcript.items
    assert isinstance(item, OtherItem)
    assert item.note == "/root/helper → /root: Port 80 is closed."
    assert transcript.output_text == ""


@pytest.mark.parametrize(
    ("caller", "said"),
    [
        ({"type": "program", "caller_id": "call_9"}, "program call_9"),
        ({"type": "direct"}, ""),
        (None, ""),
        ("odd", ""),
    ],
)
def test_a_call_says_who_called_it_where_that_was_not_the_model(caller: Any, said: str) -> None:
    (call,) = fold(done(output("function_call", name="f", caller=caller), 0)).tool_calls
    assert call.caller == said


def test_programs_show_their_code_and_their_result() -> None:
    transcript = fold(
        done(output("program", code="f()"), 0), done(output("program_output", result="5"), 1)
    )
    (call,) = transcript.tool_calls
    assert (str(call.arguments), str(call.output)) == ("f()", "5")


def test_an_item_of_an_unknown_type_shows_all_text_that_it_holds_with_its_path() -> None:
    item = {
        "type": "vendor_thing",
        "id": "v",
        "title": "T",
        "parts": [{"text": "one"}, {"deep": {"text": "two", "n": 3}}],
        "image": "data:image/png;base64," + "A" * 4000,
    }
    (found,) = fold(done(item, 0)).items
    assert isinstance(found, OtherItem)
    assert found.note.splitlines() == [
        "title: T",
        "parts[0].text: one",
        "parts[1].deep.text: two",
        "parts[1].deep.n: 3",
        "image: data: 3.0 kB",
    ]


def test_an_unknown_call_and_its_output_are_linked_and_keep_lists() -> None:
    said = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    transcript = fold(
        done(output("vendor_call", arguments=["a"]), 0),
        done(output("vendor_call_output", output=said), 1),
        done({"type": "other_call", "queries": ["x"]}, 2),
    )
    first, second = transcript.tool_calls
    assert (str(first.arguments), str(first.output)) == ('["a"]', "one\ntwo")
    assert second.action == {"queries": ["x"]}
