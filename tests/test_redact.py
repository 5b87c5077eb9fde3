"""Secrets reach neither a file nor a screen."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.records import (
    RequestRecord,
    ResponseRecord,
    recordable_request,
    recordable_response,
)
from codex_tui.redact import MASK, Secret, key_shapes, mask_keys, mask_secrets, mask_url

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"


def test_a_secret_prints_a_mask() -> None:
    secret = Secret(KEY)
    assert repr(secret) == "Secret('***')"
    assert str(secret) == f"{secret}" == MASK
    assert KEY not in repr({"key": secret})
    assert secret.reveal() == KEY


def test_a_secret_compares_by_its_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(KEY))


@pytest.mark.parametrize(
    "key",
    [KEY, JWT, "gsk_" + "a1" * 20, "hf_" + "b2" * 15, "xai-" + "c3" * 20, "AKIAIOSFODNN7EXAMPLE"],
)
def test_keys_are_known_by_their_form(key: str) -> None:
    assert mask_keys(f"Incorrect API key provided: {key}.") == (
        f"Incorrect API key provided: {MASK}."
    )


def test_a_bearer_token_of_any_form_is_masked() -> None:
    assert mask_keys("Authorization: Bearer " + "q" * 30) == f"Authorization: Bearer {MASK}"


@pytest.mark.parametrize(
    "text", ["task-oriented", "the bearer of news", "risk-free-and-more-words"]
)
def test_prose_is_left_alone(text: str) -> None:
    assert key_shapes().search(text) is None


def test_known_secrets_are_masked_whatever_their_form() -> None:
    secrets = [Secret("short"), Secret("shorter"), Secret("")]
    assert mask_secrets("a short, a shorter", secrets) == f"a {MASK}, a {MASK}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.openai.com/v1/responses", "https://api.openai.com/v1/responses"),
        ("https://me:pw@host:8080/v1", "https://***@host:8080/v1"),
        ("http://p@ss@host/v1", "http://***@host/v1"),
        ("user:pw@host/v1", "***@host/v1"),
        ("https://host/ai/run/@cf/meta", "https://host/ai/run/@cf/meta"),
        (
            "https://h/r?api-version=2025-04-01&sig=abc",
            "https://h/r?api-version=2025-04-01&sig=***",
        ),
        ("https://h/r?token", "https://h/r?***"),
        ("https://h/r#access_token=1", "https://h/r#***"),
        (f"https://h/{KEY}/r", "https://h/***/r"),
        ("https://[::1/", "https://[::1/"),
        ("", ""),
    ],
)
def test_urls_lose_what_could_be_a_credential(url: str, shown: str) -> None:
    assert mask_url(url) == shown


@given(st.text())
def test_any_text_passes_for_a_url(text: str) -> None:
    assert isinstance(mask_url(text), str)


@given(st.text(st.characters(exclude_characters="/?#\\@"), min_size=1).map("zz".__add__))
def test_user_info_never_survives(password: str) -> None:
    assert password not in mask_url(f"https://user:{password}@example.com/")


def test_request_headers_are_kept_by_the_allow_list() -> None:
    headers = {
        "Authorization": f"Bearer {KEY}",
        "api-key": KEY,
        "Cookie": "session=1",
        "ChatGPT-Account-Id": "acct_1",
        "OpenAI-Organization": "org_1",
        "User-Agent": "codex-tui/0.1.0",
        "Accept": "text/event-stream",
    }
    record = recordable_request(RequestRecord(1, "now", headers=headers))
    assert record.headers == {"user-agent": "codex-tui/0.1.0", "accept": "text/event-stream"}


def test_response_headers_are_kept_by_the_allow_list() -> None:
    headers = {
        "Set-Cookie": "__cf_bm=1",
        "openai-organization": "user-1",
        "X-Request-Id": "req_1",
        "x-ratelimit-remaining-tokens": "12",
        "Location": "https://u:p@elsewhere/?code=1",
        "server": f"echo {KEY}",
    }
    record = recordable_response(ResponseRecord(1, 0.1, 200, headers))
    assert record.headers == {
        "x-request-id": "req_1",
        "x-ratelimit-remaining-tokens": "12",
        "location": "https://***@elsewhere/?code=***",
        "server": "echo ***",
    }


def test_credentials_of_mcp_servers_are_masked_in_the_body() -> None:
    tool = {
        "type": "mcp",
        "server_url": "https://u:p@mcp.example/sse?key=1",
        "authorization": "token-1",
        "headers": {"X-Key": "token-2"},
    }
    loaded = {"type": "tool_search_output", "tools": [tool]}
    body = {"model": "m", "tools": [tool, {"type": "web_search"}], "input": ["hi", loaded]}
    record = recordable_request(RequestRecord(1, "now", body=body))
    masked = {
        "type": "mcp",
        "server_url": "https://***@mcp.example/sse?key=***",
        "authorization": MASK,
        "headers": {"X-Key": MASK},
    }
    assert record.body == {
        "model": "m",
        "tools": [masked, {"type": "web_search"}],
        "input": ["hi", {"type": "tool_search_output", "tools": [masked]}],
    }
    assert tool["authorization"] == "token-1", "what is sent is not touched"


def test_recording_twice_changes_nothing_more() -> None:
    record = RequestRecord(1, "now", url="https://u:p@h/?a=1", headers={"Accept": "x"}, body="text")
    once = recordable_request(record)
    assert recordable_request(once) == once
