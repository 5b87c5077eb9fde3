"""Errors by their status, and trying again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.records import RequestRecord
from codex_tui.sources import answers
from codex_tui.sources.live import LiveSource
from tests.servers import (
    EVENT_STREAM,
    Peer,
    event,
    serving,
)
from tests.sources.conftest import BODY, hear, hear_from, listen, provider_of, split_detail, until
from tests.sources.faulty import a_whole_response, closed_at_once, ends_between_events, whole

if TYPE_CHECKING:
    from tests.servers import Handler

SHORT = 0.05


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            400,
            b'{"error": {"message": "Unsupported value."}}',
            "400 Bad Request: Unsupported value (after",
        ),
        (401, b'{"error": {"message": "Incorrect key"}}', "401 Unauthorized: Incorrect key (after"),
        (
            403,
            b"<html><title>Forbidden</title>",
            "403 Forbidden: Forbidden (after",
        ),
        (404, b'{"detail": "Not Found"}', "404 Not Found: Not Found (after"),
        (409, b"", "409 Conflict (after"),
        (
            422,
            b'{"detail": [{"loc": ["body"], "msg": "Extra"}]}',
            "body: Extra (after",
        ),
        (429, b"slow down", "429 Too Many Requests: slow down (after"),
        (500, b"Internal Server Error", "500 Internal Server Error"),
        (502, b"<html><h1>502 Bad Gateway</h1>", "502 Bad Gateway: 502 Bad Gateway ("),
        (503, b"", "503 Service Unavailable (after"),
        (599, b"odd", "599: odd (after 0 events, 3 bytes and"),
    ],
)
async def test_an_error_says_what_the_server_says_and_what_to_do(
    status: int, body: bytes, says: str
) -> None:
    async def answer(peer: Peer) -> None:
        await peer.reply(status, {"Content-Type": "x/y"}, body)

    heard = await hear(answer)
    assert heard.kinds == ["Request", "Response", "End"]
    assert heard.end.how == "http_error"
    assert says in heard.detail
    assert split_detail(heard.detail)[1] == body.decode()
    assert heard.source.retryable == (status == 429 or status >= 500)


async def test_an_errors_body_is_read_for_a_while_though_it_stalls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "ERROR_SECONDS", SHORT)

    async def answer(peer: Peer) -> None:
        await peer.head(500, {"Content-Type": "text/plain"})
        await peer.send(b"I am about to")
        await peer.hold()

    heard = await hear(answer)
    assert heard.end.how == "http_error"
    assert "I am about to" in heard.detail


async def test_an_errors_body_is_kept_to_64_kb() -> None:
    async def answer(peer: Peer) -> None:
        await peer.head(500, {"Content-Type": "text/plain"})
        await peer.send(b"x" * 1_000_000)
        await peer.hold()

    _, body = split_detail((await hear(answer)).detail)
    assert len(body) == 64 << 10


async def test_a_stream_of_events_in_an_error_is_shown_and_is_an_error() -> None:
    async def answer(peer: Peer) -> None:
        await peer.head(500, EVENT_STREAM)
        await peer.send(event("error", message="Out of memory", code="oom"))

    heard = await hear(answer)
    assert heard.kinds == ["Request", "Response", "Frame", "End"]
    assert heard.end.how == "http_error"
    assert "500 Internal Server Error: Out of memory (oom) (after 1 event" in heard.detail


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "7"}, 7.0), ({"Retry-After": "x"}, None), ({}, None)]
)
async def test_the_wait_that_the_server_asks_for_is_offered(
    headers: dict[str, str], seconds: float | None
) -> None:
    async def answer(peer: Peer) -> None:
        await peer.reply(429, headers)

    assert (await hear(answer)).source.retry_after == seconds


async def test_the_wait_that_a_failure_speaks_of_is_offered() -> None:
    async def answer(peer: Peer) -> None:
        error = {"code": "rate_limit_exceeded", "message": "Please try again in 2.5s."}
        await peer.stream(event("response.failed", response={"error": error}))

    heard = await hear(answer)
    assert heard.source.retry_after == 2.5


def failing(times: int, status: int = 503, **headers: str) -> Handler:
    failures = iter(range(times))

    async def answer(peer: Peer) -> None:
        if next(failures, None) is None:
            await whole(peer)
        else:
            await peer.reply_json(status, {"error": "busy"}, **headers)

    return answer


async def test_a_request_is_sent_once() -> None:
    async with serving(failing(1)) as server:
        heard = await hear_from(server)
        assert len(server.requests) == 1
    assert heard.end.how == "http_error"


async def test_each_try_is_a_turn_of_its_own() -> None:
    heard = await hear(failing(2), retries=3, back_off=0.0)
    assert [end.how for end in heard.ends] == ["http_error", "http_error", "completed"]
    assert [end.turn for end in heard.ends] == [1, 2, 3]
    turns = [record.turn for record in heard.records if isinstance(record, RequestRecord)]
    assert turns == [1, 2, 3]
    assert heard.source.turn == 3


async def test_tries_come_to_an_end() -> None:
    async with serving(failing(9)) as server:
        heard = await hear_from(server, retries=2, back_off=0.0)
        assert len(server.requests) == 3
    assert heard.end.how == "http_error"
    assert heard.source.retryable


async def test_the_servers_wait_is_waited() -> None:
    heard = await hear(failing(1, Retry_After="0"), retries=1, back_off=1000.0)
    assert heard.end.how == "completed"


@pytest.mark.parametrize("handler", [ends_between_events, failing(1, 400), a_whole_response])
async def test_what_would_not_help_is_not_tried(handler: Handler) -> None:
    heard = await hear(handler, retries=3, back_off=0.0)
    assert len(heard.ends) == 1


async def test_a_connection_that_failed_is_tried_again() -> None:
    heard = await hear(closed_at_once, retries=1, back_off=0.0)
    assert [end.how for end in heard.ends] == ["connect_error", "connect_error"]


async def test_a_cancel_ends_the_wait_for_the_next_try() -> None:
    async with serving(failing(9)) as server:
        source = LiveSource(provider_of(server.url), BODY, retries=5, back_off=1000.0)
        listening = asyncio.create_task(listen(source))
        await until(lambda: source.resends_in is not None)
        source.cancel()
        heard = await listening
    assert [end.how for end in heard.ends] == ["http_error"]
    assert source.resends_in is None
