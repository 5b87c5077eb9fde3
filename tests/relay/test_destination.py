"""Where requests go: what `--to` says, else what the request is, else the variables."""

from __future__ import annotations

from urllib.parse import urlsplit

import h11
import pytest

from codex_tui.relay.destination import Destination, DestinationError, joined
from codex_tui.relay.pair import outgoing
from codex_tui.relay.refusals import NotPassedError
from codex_tui.relay.upstream import Way


def asked(**headers: str) -> h11.Request:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return h11.Request(method="POST", target="/", headers=[("host", "localhost"), *named])


@pytest.mark.parametrize(
    ("base", "target", "url"),
    [
        ("https://api.openai.com/v1", "/v1/responses", "https://api.openai.com/v1/responses"),
        ("https://host/x/v1", "/v1/responses", "https://host/x/v1/responses"),
        ("https://host/x/v1/", "/v1/responses?a=1&b", "https://host/x/v1/responses?a=1&b"),
        ("https://host/x/v1", "/responses", "https://host/x/v1/responses"),
        ("https://host/x/v1", "/v1", "https://host/x/v1"),
        ("https://host/x/v1", "/v1beta/models", "https://host/x/v1/v1beta/models"),
        ("http://localhost:8000", "/v1/responses", "http://localhost:8000/v1/responses"),
        ("http://localhost:8000", "/", "http://localhost:8000/"),
        ("http://[::1]:8000/v1", "/v1/a%2Fb/../c", "http://[::1]:8000/v1/a%2Fb/../c"),
        (
            "https://x.azure.com/openai?v=1",
            "/v1/responses",
            "https://x.azure.com/openai/responses?v=1",
        ),
        ("https://x.azure.com/openai?v=1", "/v1/r?b=2", "https://x.azure.com/openai/r?v=1&b=2"),
        ("https://host/v1", "/v1/responses?", "https://host/v1/responses?"),
    ],
)
def test_what_follows_v1_is_added_to_the_base_url(base: str, target: str, url: str) -> None:
    assert joined(base, target) == url
    assert Destination(base, {}).url_of(target, asked()) == url


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://gateway/anthropic", "https://gateway/anthropic/v1/messages"),
        ("https://gateway/anthropic/v1", "https://gateway/anthropic/v1/messages"),
    ],
)
def test_clients_of_anthropic_add_v1_themselves(base: str, url: str) -> None:
    request = asked(anthropic_version="2023-06-01")
    assert Destination(base, {}).url_of("/v1/messages", request) == url


@pytest.mark.parametrize("host", ["http", "p", "s:1", "api"])
def test_a_server_may_have_a_name_that_stands_in_its_address_before(host: str) -> None:
    url = f"http://{host}/api/v1/responses?host=http"
    head = outgoing(b"GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n", url, Way(urlsplit(url)))
    asked_for = b"GET /api/v1/responses?host=http HTTP/1.1"
    assert head == asked_for + f"\r\nHost: {host}\r\n\r\n".encode()


ENVIRON = {"OPENAI_BASE_URL": "https://mine/v1", "ANTHROPIC_BASE_URL": "https://theirs"}


@pytest.mark.parametrize(
    ("headers", "environ", "base"),
    [
        ({}, {}, "https://api.openai.com/v1"),
        ({}, ENVIRON, "https://mine/v1"),
        ({"anthropic_version": "1"}, ENVIRON, "https://theirs"),
        ({"anthropic_version": "1"}, {}, "https://api.anthropic.com"),
        ({"chatgpt_account_id": "a"}, ENVIRON, "https://chatgpt.com/backend-api/codex"),
        ({}, {"OPENAI_BASE_URL": " "}, "https://api.openai.com/v1"),
    ],
)
def test_without_to_the_first_request_says_it(
    headers: dict[str, str], environ: dict[str, str], base: str
) -> None:
    said = list[str]()
    destination = Destination(None, environ, said.append)
    assert destination.base is None
    destination.url_of("/v1/responses", asked(**headers))
    destination.url_of("/v1/responses", asked(chatgpt_account_id="b"))
    assert said == [base]
    assert str(destination.base) == base


def test_the_login_of_chatgpt_has_no_v1() -> None:
    url = Destination(None, {}).url_of("/v1/responses", asked(chatgpt_account_id="a"))
    assert url == "https://chatgpt.com/backend-api/codex/responses"


@pytest.mark.parametrize(
    "to",
    [
        "host/v1",
        "ftp://host/v1",
        "https:///v1",
        "https://a b/v1",
        "https://höst/v1",
        "http://[::1",
        "https://me:hunter22@host/v1",
        "https://host/v1#x",
        "https://host:0/v1",
        "https://host:x/",
    ],
)
def test_what_is_no_address_is_said(to: str) -> None:
    with pytest.raises(DestinationError, match="--to") as raised:
        Destination(to, {})
    assert "hunter22" not in str(raised.value)


def test_a_variable_that_is_no_address_is_said_to_the_program() -> None:
    with pytest.raises(NotPassedError, match="OPENAI_BASE_URL"):
        Destination(None, {"OPENAI_BASE_URL": "nonsense"}).url_of("/v1/x", asked())
