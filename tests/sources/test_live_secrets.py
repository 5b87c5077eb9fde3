"""What a server repeats of the user's secrets is told nowhere."""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.recording.records import ResponseRecord
from codex_tui.redact import Secret
from codex_tui.sources.models import NoListError, list_models
from tests.servers import COMPLETED, EVENT_STREAM, Peer, Server, event, serving
from tests.sources.conftest import KEY, hear, hear_from, provider_of

if TYPE_CHECKING:
    from codex_tui.sources.providers import Provider


USER_INFO = b64encode(b"me:hunter22").decode()


async def test_the_key_is_nowhere_in_what_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def echo(peer: Peer) -> None:
        key = peer.request.headers["authorization"].removeprefix("Bearer ")
        headers = {**EVENT_STREAM, "X-Request-Id": "r-1", "X-Echo": key, "Set-Cookie": f"a={key}"}
        await peer.head(200, headers)
        await peer.send(event("response.output_text.delta", delta=f"It is {key}!"))
        await peer.send(f": {key}\n\nid: {key}\nevent: {key}\ndata: {key}\nodd: {key}\n\n".encode())
        await peer.send(f"data: {key}".encode())

    url_secret = "hunter22-hunter22"
    async with serving(echo) as server:
        provider = provider_of(server.url, query={"sig": url_secret})
        heard = await hear_from(server, provider=provider)
        assert url_secret in server.requests[0].target
    assert heard.kinds == [
        *("Request", "Response", "Frame", "Comment", "Frame", "Foreign", "Cut", "End")
    ]
    assert KEY not in repr(heard.records)
    assert url_secret not in repr(heard.records)
    assert "It is ***!" in heard.frames[0].frame.data
    assert KEY not in caplog.text
    assert url_secret not in caplog.text
    assert not [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))]


@pytest.mark.parametrize("status", [200, 401])
async def test_the_key_in_a_body_that_is_no_stream_is_masked(status: int) -> None:
    async def echo(peer: Peer) -> None:
        await peer.reply_json(status, {"error": {"message": f"Incorrect API key: {KEY}"}})

    heard = await hear(echo)
    assert "Incorrect API key: ***" in heard.detail
    assert KEY not in heard.detail


async def test_headers_that_are_told_are_those_of_the_allow_list() -> None:
    async def answer(peer: Peer) -> None:
        await peer.reply(500, {"X-Request-Id": "r-1", "Set-Cookie": "a=b", "X-Other": "c"})

    head = (await hear(answer)).records[1]
    assert isinstance(head, ResponseRecord)
    assert head.headers == {"x-request-id": "r-1", "content-length": "0", "connection": "close"}


@pytest.mark.parametrize("key", ["Hello", "lm-studio"])
async def test_a_key_that_is_no_secret_masks_nothing(key: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(event("response.output_text.delta", delta=key) + COMPLETED)

    async with serving(answer) as server:
        heard = await hear_from(server, provider=provider_of(server.url, key=Secret(key)))
    assert key in heard.frames[0].frame.data


def with_user_info(server: Server, **fields: Any) -> Provider:
    return provider_of(server.url.replace("//", "//me:hunter22@"), **fields)


async def repeat_authorization(peer: Peer) -> None:
    said = peer.request.headers.get("authorization", "nothing")
    await peer.stream(event("response.output_text.delta", delta=f"It is {said}!") + COMPLETED)


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"key": Secret(KEY)}, f"Bearer {KEY}"),
        ({"key": None}, f"Basic {USER_INFO}"),
        ({"key": Secret(KEY), "auth_header": "api-key"}, f"Basic {USER_INFO}"),
        ({"key": None, "headers": {"authorization": "Token of-mine-22"}}, "Token of-mine-22"),
    ],
    ids=["a key", "none", "a key in another header", "a header of the profile"],
)
async def test_user_info_is_sent_where_nothing_else_authorizes_and_told_nowhere(
    fields: dict[str, Any], sent: str
) -> None:
    async with serving(repeat_authorization) as server:
        provider = with_user_info(server, **fields)
        heard = await hear_from(server, provider=provider)
        with pytest.raises(NoListError) as told:
            await list_models(provider)
        assert [request.headers["authorization"] for request in server.requests] == [sent] * 2
        assert server.requests[0].headers["host"] == server.origin.partition("//")[2]
    assert heard.end.how == "completed"
    said = repr(heard.records) + str(told.value)
    assert not [each for each in ("hunter22", USER_INFO, KEY, "of-mine-22") if each in said]
