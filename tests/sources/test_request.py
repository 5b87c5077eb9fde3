"""The body of a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from codex_tui.sources.providers import Provider
from codex_tui.sources.request import (
    RequestError,
    build_body,
    call_output,
    follow_up,
    merged,
    user_message,
)

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Provider("local", "http://localhost/v1", model="m")
OPENAI = replace(
    PLAIN, reasoning_summary="auto", encrypted_reasoning=True, only_reasoning_models=True
)
HELLO = [user_message("Hello")]
REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"}
CALL = {"type": "function_call", "id": "fc_1", "status": "completed", "call_id": "c1", "name": "f"}


def test_a_request_carries_only_what_is_set() -> None:
    body = build_body(PLAIN, HELLO)
    said = {"role": "user", "content": "Hello"}
    assert body == {"model": "m", "input": [said], "stream": True}


def test_what_is_set_is_carried(tmp_path: Path) -> None:
    (tmp_path / "tools.json").write_text('{"type": "function", "name": "f"}')
    provider = replace(
        PLAIN,
        effort="high",
        instructions="Be brief.",
        store=False,
        tools=tmp_path / "tools.json",
        body={"temperature": 0},
    )
    body = build_body(provider, HELLO, model="other", previous_response_id="resp_1")
    assert body["model"] == "other"
    assert body["reasoning"] == {"effort": "high"}
    assert body["instructions"] == "Be brief."
    assert body["store"] is False
    assert body["tools"] == [{"type": "function", "name": "f"}]
    assert body["temperature"] == 0
    assert body["previous_response_id"] == "resp_1"


@pytest.mark.parametrize(
    "model", ["gpt-5", "gpt-5.1-codex", "o3", "o4-mini", "ft:o4-mini:x", "gpt-12"]
)
def test_summaries_are_asked_of_models_that_reason(model: str) -> None:
    body = build_body(OPENAI, HELLO, model=model)
    assert body["reasoning"] == {"summary": "auto"}
    assert body["include"] == ["reasoning.encrypted_content"]


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1", "gpt-5-chat-latest", "llama", "omni"])
def test_summaries_are_not_asked_of_models_that_reject_the_field(model: str) -> None:
    assert build_body(OPENAI, HELLO, model=model).keys() == {"model", "input", "stream"}


def test_encrypted_reasoning_is_not_asked_for_where_the_server_remembers() -> None:
    provider = replace(OPENAI, conversation="previous_response_id")
    assert "include" not in build_body(provider, HELLO, model="o3")


def test_raw_json_is_laid_over_last_but_it_always_streams(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text(
        '{"model": null, "reasoning": {"effort": "low"}, "stream": false, "metadata": {"a": "b"}}'
    )
    provider = replace(PLAIN, reasoning_summary="auto", overlay=tmp_path / "body.json")
    body = build_body(provider, HELLO)
    assert "model" not in body
    assert body["reasoning"] == {"summary": "auto", "effort": "low"}
    assert body["metadata"] == {"a": "b"}
    assert body["stream"] is True


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_laying_over_is_that_of_rfc_7396(
    base: dict[str, object], over: dict[str, object], result: dict[str, object]
) -> None:
    before = json.dumps(base)
    assert merged(base, over) == result
    assert json.dumps(base) == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[", "body.json:1: not JSON"),
        ("[]", "must be a JSON object"),
        ("\n\n{,}", "body.json:3:"),
        ('{"temperature": NaN}', "body.json: not JSON that can be sent: NaN is no number"),
        ('{"model": "a", "model": "b"}', 'the key "model" stands twice'),
        ('{"a":' * 2000 + "1" + "}" * 2000, "nested too deeply"),
        ('{"seed": ' + "1" * 5000 + "}", "is too large"),
        ("\udcff", "not UTF-8"),
    ],
)
def test_a_body_file_that_is_none_is_a_sentence(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "body.json").write_text(content, errors="surrogateescape")
    with pytest.raises(RequestError, match=says):
        build_body(replace(PLAIN, overlay=tmp_path / "body.json"), HELLO)


@pytest.mark.parametrize("content", ["3", "[3]", '[{"name": "f"}]'])
def test_a_tools_file_that_is_none_says_what_tools_are(tmp_path: Path, content: str) -> None:
    (tmp_path / "tools.json").write_text(content)
    with pytest.raises(RequestError, match='objects with a "type"'):
        build_body(replace(PLAIN, tools=tmp_path / "tools.json"), HELLO)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"gone.json can't be read"):
        build_body(replace(PLAIN, tools=tmp_path / "gone.json"), HELLO)


def test_a_conversation_resends_what_was_said_and_answered() -> None:
    body = build_body(PLAIN, HELLO)
    goes_on = follow_up(PLAIN, body, "resp_1", [REASONING, CALL], [call_output(CALL, "42")])
    output = {"type": "function_call_output", "call_id": "c1", "output": "42"}
    assert goes_on == {"items": [*HELLO, REASONING, CALL, output], "previous_response_id": None}


def test_a_conversation_goes_on_from_an_id_where_the_profile_says_so() -> None:
    provider = replace(PLAIN, conversation="previous_response_id")
    body = build_body(provider, HELLO)
    goes_on = follow_up(provider, body, "resp_1", [CALL], [user_message("And?")])
    assert goes_on == {"items": [user_message("And?")], "previous_response_id": "resp_1"}


def test_without_an_id_to_go_on_from_all_is_sent_again() -> None:
    provider = replace(PLAIN, conversation="previous_response_id")
    body = build_body(provider, HELLO, previous_response_id="resp_0")
    goes_on = follow_up(provider, body, None, [], [user_message("And?")])
    assert goes_on == {"items": [*HELLO, user_message("And?")], "previous_response_id": "resp_0"}


def test_a_server_that_stores_nothing_is_sent_no_ids_and_no_reasoning_it_could_not_read() -> None:
    provider = replace(PLAIN, store=False)
    unreadable = {"type": "reasoning", "id": "rs_2", "summary": []}
    goes_on = follow_up(provider, {"input": "Hello"}, "resp_1", [REASONING, unreadable, CALL], [])
    assert [item.get("type") for item in goes_on["items"]] == [None, "reasoning", "function_call"]
    assert not any({"id", "status"} & item.keys() for item in goes_on["items"])


def test_a_custom_tools_answer_is_of_its_own_type() -> None:
    call = {"type": "custom_tool_call", "call_id": "c2"}
    assert call_output(call, "x")["type"] == "custom_tool_call_output"
