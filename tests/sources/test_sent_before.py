"""A recorded request sent again from here: what is sent, what is said before, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from codex_tui.recording.records import RequestRecord
from codex_tui.sources.providers import ProviderError
from codex_tui.sources.sent_before import SentAgain

URL = "https://api.openai.com/v1/responses"
BODY = {"model": "m", "input": "Why?", "stream": True}
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "3"}


def again(body: Any, url: str = URL, to: str = URL) -> SentAgain:
    return SentAgain(RequestRecord(1, "", url=url, body=body), to)


def test_to_its_own_server_it_goes_as_it_was() -> None:
    request = again({**BODY, "previous_response_id": "resp_1"})
    assert request.body == {**BODY, "previous_response_id": "resp_1"}
    assert request.warning("openai") == ""


def test_to_another_server_it_goes_only_after_that_is_said() -> None:
    request = again(BODY, "https://chatgpt.com/backend-api/codex/responses")
    assert request.warning("openai") == (
        "it was sent to chatgpt.com; this sends it to api.openai.com, with the key of openai"
    )
    assert "nobody knows whom" in again(BODY, "").warning("openai")
    assert again(
        BODY, "http://localhost:1/v1/responses", "http://localhost:2/v1/responses"
    ).warning("local")


def test_a_message_of_a_socket_becomes_a_request() -> None:
    said = {**BODY, "type": "response.create", "stream_id": "s", "event_id": "e", "generate": True}
    assert again(said).body == BODY
    assert again({"type": "response.create", "response": {"model": "m", "input": []}}).body == {
        "model": "m",
        "input": [],
        "stream": True,
    }


def test_what_only_a_socket_had_is_not_gone_on_from_without_it() -> None:
    said = {**BODY, "type": "response.create", "previous_response_id": "r"}
    assert again({**said, "store": True}).body["previous_response_id"] == "r"
    with pytest.raises(ProviderError, match="only its socket had"):
        again({**said, "store": False})


def test_outputs_go_with_their_calls() -> None:
    assert again({**BODY, "input": [CALL, OUTPUT]}).body["input"] == [CALL, OUTPUT]
    assert again({**BODY, "input": [OUTPUT], "previous_response_id": "r"}).body["input"] == [OUTPUT]


@pytest.mark.parametrize(
    ("body", "url", "said"),
    [
        (None, URL, "not kept whole"),
        ([], URL, "not kept whole"),
        ({}, URL, "not kept whole"),
        ("words", URL, "not kept whole"),
        (BODY, "https://api.openai.com/v1/chat/completions", "another API"),
        ({**BODY, "previous_response_id": "r"}, "https://a.example/v1/responses", "only a.example"),
        ({**BODY, "input": [OUTPUT]}, URL, "lacks the call c1"),
    ],
)
def test_what_another_server_could_not_answer_is_not_sent(body: Any, url: str, said: str) -> None:
    with pytest.raises(ProviderError, match=said):
        again(body, url)


def test_no_request_at_all_is_not_sent() -> None:
    with pytest.raises(ProviderError, match="not kept whole"):
        SentAgain(None, URL)


def test_a_masked_credential_is_said() -> None:
    tool = {"type": "mcp", "server_url": "https://x.example", "authorization": "***"}
    assert "is masked" in again({**BODY, "tools": [tool]}).warning("openai")
