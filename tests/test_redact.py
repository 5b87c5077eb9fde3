"""Secrets reach neither a file nor a screen."""

from __future__ import annotations

import json
import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.records import (
    RequestRecord,
    ResponseRecord,
    recordable_request,
    recordable_response,
)
from codex_tui.redact import MASK, Private, Secret, key_shapes, mask_keys, mask_secrets, mask_url

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


LETTERS = string.ascii_letters + string.digits
HEX, URL_SAFE = "0123456789abcdef", f"{LETTERS}-_"
ISSUED = (
    *(("sk-", LETTERS, 48), ("sk-proj-", URL_SAFE, 150), ("sk-ant-api03-", URL_SAFE, 95)),
    *(("sk-or-v1-", HEX, 64), ("sk-svcacct-", URL_SAFE, 120), ("sess-", LETTERS, 40)),
    *(("glpat-", LETTERS, 20), ("pplx-", LETTERS, 48), ("tvly-", LETTERS, 32)),
    *(("csk-", LETTERS, 48), ("xai-", LETTERS, 80), ("gsk_", LETTERS, 52), ("hf_", LETTERS, 34)),
    *(("ghp_", LETTERS, 36), ("gho_", LETTERS, 36), ("npm_", LETTERS, 36), ("r8_", LETTERS, 37)),
    *(("github_pat_", LETTERS, 60), ("sk_live_", LETTERS, 24), ("pk_test_", LETTERS, 24)),
    *(("xoxb-", LETTERS, 40), ("AIza", URL_SAFE, 35), ("ya29.", URL_SAFE, 100)),
    *(("AKIA", string.ascii_uppercase + "234567", 16), ("eyJhbGciOiJIUzI1NiJ9.eyJ", URL_SAFE, 80)),
)
"""What issuers write before their keys, what of, and how long."""

FRONTS = (
    *("key", "tok", "token", "value", "my", "OPENAI_KEY_", "x9", "api", "Bearer", "e", "é", "_"),
    *("the_secret_is", "KEY", "über", "9", "pass-", "n"),
)
BEHINDS = ("", "key", "_and", "9", "-x", "Z", "é", ".", '"', "\\n", ",more", "==")


@st.composite
def issued_keys(draw: st.DrawFn) -> str:
    """A key as somebody issues it: random, so that letters of both cases and figures are in it."""
    prefix, alphabet, size = draw(st.sampled_from(ISSUED))
    body = draw(st.text(alphabet, min_size=size - 6, max_size=size - 6))
    mixed = "a7" if alphabet == HEX else "B7Q2" if "a" not in alphabet else "aB7qX2"
    return (prefix + mixed + body + mixed)[: len(prefix) + size]


@given(st.sampled_from(FRONTS), issued_keys(), st.sampled_from(BEHINDS))
def test_keys_that_hang_on_words_are_known(front: str, key: str, behind: str) -> None:
    shown = mask_keys(f"it said {front}{key}{behind} then")
    assert shown.startswith(f"it said {front}***")
    assert shown.endswith(" then")
    assert len(shown) <= len(f"it said {front}***{behind} then")


WORDS = (
    *("task", "disk", "risk", "desk", "mask", "flask", "kiosk", "dusk", "brisk", "work", "network"),
    *("park", "framework", "assess", "possess", "half", "highs", "laughs", "buffer", "monkey"),
    *("apiKeyJson", "privateKeyJwk", "force", "oriented", "assessment", "interface", "statistics"),
    *("internationalization", "Abstract", "Singleton", "Provider", "x86", "v2", "eth0", "release"),
    *("EURASIA", "SLOVAKIA", "live", "test", "report", "2024", "and", "proj", "3f2504e04f89", "12"),
    *("forbearer", "bearer", "cookies", "2024-11-30", "41d39a0c0305e82c3301", "deserialize"),
)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.sampled_from("-_. /"))
def test_words_that_are_tied_together_are_no_keys(words: list[str], tie: str) -> None:
    assert key_shapes().search(tie.join(words)) is None


@pytest.mark.parametrize(
    "text",
    [
        "task-3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "disk_test_0123456789abcdef0123",
        "privateKeyJwkThumbprint.calculateThumbprint.sha256",
        "buffer8_0123456789abcdef0123",
        "EURASIA2024SALESREPORT",
        "gAAAAAB" + "keysk-aB3dE6gH9jK2mN5pQ8sT_" * 40,
        "data:image/png;base64," + "iVBORw0KGgoAIzaSyAKIAIOSFODNN7EXAMPLE" * 40,
    ],
    ids=lambda text: text[:12],
)
def test_ids_names_and_blobs_are_no_keys(text: str) -> None:
    assert Private("/home/ada").find(text) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("6:cookie,32:session=abcdefghijklmnopqrstuvw;,", "6:cookie,32:***"),
        ("9:x-api-key,20:abcdefghijklmnopqrst,", "9:x-api-key,20:***,"),
        ("13:authorization,27:Bearer abcdefghijklmnopqrst,", "13:authorization,27:Bearer ***,"),
        ('["Cookie", "a=b; session=abcdefgh"]', '["Cookie", "***"]'),
        ('"name":"Cookie","value":"a=b; s=abcdefgh"', '"name":"Cookie","value":"***"'),
        ("Set-Cookie: sid=abc; session=abcdefgh\r\n", "Set-Cookie: ***\r\n"),
        ("X-Goog-Api-Key: abcdefgh1234", "X-Goog-Api-Key: ***"),
        ('{"OPENAI_API_KEY": "whatever it is"}', '{"OPENAI_API_KEY": "***"}'),
        ("OPENAI_API_KEY=abcdef0123456789\n", "OPENAI_API_KEY=***\n"),
        ("AWS_SECRET_ACCESS_KEY='abcdef0123456789'", "AWS_SECRET_ACCESS_KEY='***'"),
        ("password: abcdef0123456789\nuser: me", "password: ***\nuser: me"),
        ("https://h/p?api_key=abcdef&token=ghijkl&n=1", "https://h/p?api_key=***&token=***&n=1"),
        ("https://h/cb#access_token=abcdef&x=1", "https://h/cb#access_token=***&x=1"),
        ("https://h/o?X-Amz-Signature=0123abcd", "https://h/o?X-Amz-Signature=***"),
        ("https://h/v?key=abcdefghijklmnop", "https://h/v?key=***"),
        ("Authorization, authentication and cookies", None),
        ("api_key = os.environ['OPENAI_API_KEY']", None),
        ("api_key=$KEY2; password: <8 or more letters>", None),
        ("max_output_tokens=4096, next_token: 12345678", None),
        ("https://h/p?key=F12&tokens=12345678&page=2", None),
    ],
)
def test_headers_are_known_however_a_proxy_writes_them(text: str, kept: str | None) -> None:
    shown = text
    for found in reversed(Private("/home/ada").find(text)):
        shown = shown[: found.start] + found.mask + shown[found.end :]
    assert shown == (text if kept is None else kept)


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


def test_what_groups_the_requests_of_the_codex_cli_is_kept_and_nothing_beside_it() -> None:
    said = {
        "thread_id": "t-1",
        "agent_name": "/root",
        "request_kind": "turn",
        "workspaces": {"/home/ada/secret-project": {"associated_remote_urls": {"origin": "x"}}},
        "turn_id": 7,
    }
    headers = {"X-Codex-Turn-Metadata": json.dumps(said), "thread-id": "t-1", "session-id": "s-1"}
    record = recordable_request(RequestRecord(turn=1, wall="", headers=headers))
    assert record.headers == {
        "x-codex-turn-metadata": '{"thread_id":"t-1","agent_name":"/root","request_kind":"turn"}',
        "thread-id": "t-1",
        "session-id": "s-1",
    }


@pytest.mark.parametrize("said", ["", "no JSON", "[1]", '"text"', "[" * 100_000])
def test_words_on_a_turn_that_are_no_object_are_not_kept(said: str) -> None:
    record = RequestRecord(turn=1, wall="", headers={"x-codex-turn-metadata": said})
    assert recordable_request(record).headers == {"x-codex-turn-metadata": MASK}


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
