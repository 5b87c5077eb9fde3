"""What a server repeats of the user's secrets is told nowhere."""

from __future__ import annotations

import logging

import pytest

from codex_tui.redact import Secret
from codex_tui.sessions.records import ResponseRecord
from tests.servers import (
    COMPLETED,
    EVENT_STREAM,
    Peer,
    event,
    serving,
)
from tests.sources.conftest import KEY, hear, hear_from, provider_of


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
    assert heard.kinds == ["Request", "Response", "Frame", "Comment", "Frame", "Cut", "End"]
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
