"""Everything that goes wrong with a live stream ends in its word, with a sentence."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import socket
import zlib
from typing import TYPE_CHECKING

import pytest

from codex_tui.redact import Secret
from codex_tui.sessions.records import FrameRecord, RequestRecord, ResponseRecord
from codex_tui.sources import answers
from codex_tui.sources.answers import split_detail
from codex_tui.sources.failures import Limits
from codex_tui.sources.live import LiveSource
from tests.servers import (
    COMPLETED,
    CREATED,
    DELTA,
    EVENT_STREAM,
    Peer,
    certificate,
    chunked,
    event,
    serving,
)
from tests.sources.conftest import BODY, KEY, Heard, hear, hear_from, listen, provider_of, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.sessions.records import How
    from tests.servers import Handler

SHORT = 0.05
NAME = "codex-tui exchange"


# --- before an answer


async def test_a_name_that_does_not_exist() -> None:
    heard = await listen(LiveSource(provider_of("http://nowhere.invalid/v1"), BODY))
    assert heard.kinds == ["Request", "End"]
    assert heard.end.how == "connect_error"
    assert "nowhere.invalid can't be resolved" in heard.detail
    assert heard.source.retryable


async def test_a_refused_connection() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        heard = await listen(LiveSource(provider_of(f"http://{host}/v1"), BODY))
    assert heard.end.how == "connect_error"
    assert f"{host} refused the connection" in heard.detail


async def test_a_server_that_does_not_shake_hands_is_left_in_time() -> None:
    async def silent(peer: Peer) -> None:
        await peer.hold()

    async with serving(silent, reads_request=False) as server:
        provider = provider_of(server.url.replace("http:", "https:"))
        heard = await hear_from(server, provider=provider, limits=Limits(connect=SHORT))
    assert heard.end.how == "connect_error"
    assert "within the connect-timeout of 0.05 s" in heard.detail


async def test_a_server_that_speaks_no_tls() -> None:
    async def plain(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with serving(plain, reads_request=False) as server:
        provider = provider_of(server.url.replace("http:", "https:"))
        heard = await hear_from(server, provider=provider)
    assert heard.end.how == "connect_error"
    assert "plain http://" in heard.detail


async def test_a_certificate_that_nobody_vouches_for() -> None:
    async with serving(whole, tls=certificate()) as server:
        heard = await hear_from(server)
        assert not server.requests
    assert heard.end.how == "connect_error"
    assert "is not to be trusted" in heard.detail


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.reply(407)

    async with serving(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("//", "//me:hunter22@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        heard = await listen(LiveSource(provider_of("https://api.example/v1"), BODY))
    assert heard.end.how == "connect_error"
    assert "407" in heard.detail
    assert "hunter22" not in heard.detail


async def test_a_proxy_that_is_silent_is_part_of_connecting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silent(peer: Peer) -> None:
        await peer.hold()

    async with serving(silent) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        monkeypatch.delenv("NO_PROXY", raising=False)
        source = LiveSource(
            provider_of("https://api.example/v1"), BODY, limits=Limits(connect=SHORT)
        )
        heard = await listen(source)
    assert heard.end.how == "connect_error"


async def test_a_request_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(whole) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        monkeypatch.delenv("NO_PROXY", raising=False)
        heard = await listen(LiveSource(provider_of("http://api.example/v1"), BODY))
        assert proxy.requests[0].target == "http://api.example/v1/responses"
    assert heard.end.how == "completed"


@pytest.mark.parametrize("proxy", ["nonsense://me:hunter22@x", "http://[::1"])
async def test_a_proxy_variable_that_is_none(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    heard = await listen(LiveSource(provider_of("http://api.example/v1"), BODY))
    assert heard.end.how == "connect_error"
    assert "all_proxy holds no address" in heard.detail.lower()
    assert "hunter22" not in heard.detail


# --- the words, one by one


async def whole(peer: Peer) -> None:
    await peer.stream(CREATED, DELTA, COMPLETED)


async def closed_at_once(peer: Peer) -> None:
    pass


async def reset_at_once(peer: Peer) -> None:
    peer.reset()


async def no_http(peer: Peer) -> None:
    await peer.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def control_characters(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nX-A: \x00\x01\r\n\r\n")


async def huge_headers(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 200_000)
    await peer.hold()


async def empty_stream(peer: Peer) -> None:
    await peer.stream()


async def ends_between_events(peer: Peer) -> None:
    await peer.stream(CREATED + DELTA)


async def ends_inside_an_event(peer: Peer) -> None:
    await peer.stream(CREATED + DELTA[:-9])


async def ends_inside_a_character(peer: Peer) -> None:
    await peer.stream(CREATED + 'data: {"delta": "ä'.encode()[:-1])


async def reset_in_the_middle(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Length": "100000"})
    await peer.send(CREATED + DELTA)
    await asyncio.sleep(0)
    peer.reset()


async def fewer_bytes_than_promised(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Length": "100000"})
    await peer.send(CREATED + DELTA)


async def chunks_that_stop(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Transfer-Encoding": "chunked"})
    await peer.send(chunked(CREATED) + chunked(DELTA))


async def chunks_that_are_none(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Transfer-Encoding": "chunked"})
    await peer.send(chunked(CREATED) + b"zz\r\nnonsense\r\n")


async def done_without_a_terminal_event(peer: Peer) -> None:
    await peer.stream(CREATED + b"data: [DONE]\n\n")


async def only_keep_alives(peer: Peer) -> None:
    await peer.stream(b": ping\n\n" * 3)


async def an_error_event(peer: Peer) -> None:
    await peer.stream(CREATED + event("error", message="Overloaded", code="busy"))


async def an_error_of_its_own_shape(peer: Peer) -> None:
    await peer.stream(CREATED + b'data: {"error": {"message": "Overloaded", "code": null}}\n\n')


async def an_error_and_a_failure(peer: Peer) -> None:
    await peer.stream(event("error", message="x") + event("response.failed", response={}))


async def not_gzip(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "gzip"})
    await peer.send(CREATED + COMPLETED)


async def unknown_encoding(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "rot13"})
    await peer.send(CREATED + COMPLETED)


async def a_bomb(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "gzip"})
    await peer.send(gzip.compress(bytes(70 << 20), 1))
    await peer.hold()


async def half_of_a_gzip_stream(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "gzip"})
    await peer.send(gzip.compress(CREATED + DELTA * 1000 + COMPLETED)[:-40])


async def a_whole_response(peer: Peer) -> None:
    await peer.reply_json(200, {"id": "resp_1", "status": "completed", "output": []})


async def a_json_error(peer: Peer) -> None:
    await peer.reply_json(200, {"error": {"message": "No such model"}})


async def json_under_the_type_of_events(peer: Peer) -> None:
    await peer.stream(b'{"error": {"message": "No such model"}}')


async def a_page(peer: Peer) -> None:
    await peer.reply(200, {"Content-Type": "text/html"}, b"<html><title>Sign in</title></html>")


async def lines_of_json(peer: Peer) -> None:
    await peer.reply(200, {"Content-Type": "application/x-ndjson"}, b'{"a": 1}\n{"a": 2}\n')


async def nothing(peer: Peer) -> None:
    await peer.reply(200)


async def no_content(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 204 No Content\r\n\r\n")


async def part_of_something(peer: Peer) -> None:
    await peer.reply(206, {"Content-Type": "text/plain"}, b"half a b")


async def an_unknown_status(peer: Peer) -> None:
    await peer.reply(299, {"Content-Type": "text/plain"}, b"odd")


WORDS: list[tuple[Handler, How, str]] = [
    (closed_at_once, "connect_error", "closed the connection without an answer"),
    (reset_at_once, "connect_error", "before it answered: connection reset"),
    (no_http, "protocol_error", "not valid HTTP"),
    (control_characters, "protocol_error", "not valid HTTP"),
    (huge_headers, "protocol_error", "longer than 100 KB"),
    (empty_stream, "interrupted", "without a terminal event, after 0 events, 0 bytes and"),
    (ends_between_events, "interrupted", "ended the stream without a terminal event, after 2 ev"),
    (ends_inside_an_event, "interrupted", "ended the stream inside an event, after 1 event, "),
    (ends_inside_a_character, "interrupted", "inside an event"),
    (reset_in_the_middle, "interrupted", "connection broke: connection reset by peer (after 2"),
    (fewer_bytes_than_promised, "interrupted", "in the middle of the answer (after 2 events"),
    (chunks_that_stop, "interrupted", "in the middle of the answer"),
    (chunks_that_are_none, "protocol_error", "not valid HTTP: illegal chunk header: 'zz"),
    (
        done_without_a_terminal_event,
        "interrupted",
        "said [DONE] without a terminal event, after 1 event,",
    ),
    (only_keep_alives, "interrupted", "after 0 events, 24 bytes"),
    (an_error_event, "api_error", "Overloaded (busy)"),
    (an_error_of_its_own_shape, "api_error", "Overloaded. The stream ended after 2 events"),
    (an_error_and_a_failure, "failed", ""),
    (not_gzip, "protocol_error", "compression is corrupt"),
    (unknown_encoding, "protocol_error", "encoding is not known here: 'rot13'"),
    (a_bomb, "protocol_error", "bomb"),
    (half_of_a_gzip_stream, "interrupted", "ended the stream"),
    (a_whole_response, "not_sse", "200 OK with one whole response instead of"),
    (a_json_error, "not_sse", "instead of a stream of events: No such model"),
    (json_under_the_type_of_events, "not_sse", "instead of a stream of events: No such model"),
    (a_page, "not_sse", "with text/html instead of a stream of events: Sign in"),
    (lines_of_json, "not_sse", "application/x-ndjson instead of"),
    (nothing, "not_sse", "200 OK with nothing"),
    (no_content, "not_sse", "204 No Content with nothing"),
    (part_of_something, "not_sse", "206 Partial Content with text/plain"),
    (an_unknown_status, "not_sse", "answered 299 with"),
]


@pytest.mark.parametrize(
    ("handler", "how", "says"), WORDS, ids=[handler.__name__ for handler, _, _ in WORDS]
)
async def test_each_fault_has_its_word_and_a_sentence(
    handler: Handler, how: How, says: str
) -> None:
    heard = await hear(handler)
    assert heard.end.how == how
    assert says in heard.detail
    assert "\n" not in split_detail(heard.detail)[0]
    assert len(heard.ends) == 1


async def test_a_body_that_is_no_stream_is_kept_beside_the_sentence() -> None:
    heard = await hear(a_whole_response)
    _, body = split_detail(heard.detail)
    assert json.loads(body)["id"] == "resp_1"


async def test_an_event_beyond_64_mb_is_left_and_kept() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(CREATED + b"data: ")
        for _ in range(70):
            await peer.send(b"x" * (1 << 20))
        await peer.hold()

    heard = await hear(answer)
    assert heard.kinds == ["Request", "Response", "Frame", "Cut", "End"]
    assert heard.end.how == "protocol_error"
    assert "an event is larger than 67,108,864 bytes (after 1 event" in heard.detail


# --- errors by status


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            400,
            b'{"error": {"message": "Unsupported value."}}',
            "400 Bad Request: Unsupported value.",
        ),
        (401, b'{"error": {"message": "Incorrect key"}}', "401 Unauthorized: Incorrect key. Check"),
        (
            403,
            b"<html><title>Forbidden</title>",
            "403 Forbidden: Forbidden. The key, or this place",
        ),
        (404, b'{"detail": "Not Found"}', "404 Not Found: Not Found. Check the base URL"),
        (409, b"", "409 Conflict (after"),
        (
            422,
            b'{"detail": [{"loc": ["body"], "msg": "Extra"}]}',
            "body: Extra. The server does not",
        ),
        (429, b"slow down", "429 Too Many Requests: slow down. You can send it again (after"),
        (500, b"Internal Server Error", "500 Internal Server Error"),
        (502, b"<html><h1>502 Bad Gateway</h1>", "502 Bad Gateway: 502 Bad Gateway."),
        (503, b"", "503 Service Unavailable. You can send it again (after"),
        (599, b"odd", "599: odd. You can"),
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
    assert "500 Internal Server Error: Out of memory (oom)." in heard.detail


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


# --- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nothing_is_sent_to_another_origin(status: int) -> None:
    async with serving(whole) as other:

        async def point(peer: Peer) -> None:
            await peer.reply(status, {"Location": f"{other.url}/responses?token=hunter22"})

        heard = await hear(point)
        assert not other.requests
        assert heard.end.how == "http_error"
        assert f"points to {other.url}/responses?token=***" in heard.detail


@pytest.mark.parametrize("status", [307, 308])
async def test_the_same_request_is_sent_again_within_the_origin(status: int) -> None:
    async def point(peer: Peer) -> None:
        if peer.request.target == "/v1/responses":
            await peer.reply(status, {"Location": "/v2/responses"})
        else:
            await whole(peer)

    async with serving(point) as server:
        heard = await hear_from(server)
        assert [request.target for request in server.requests] == ["/v1/responses", "/v2/responses"]
        assert server.requests[1].json == BODY
        assert server.requests[1].headers["authorization"] == f"Bearer {KEY}"
    assert heard.kinds.count("Response") == 1
    assert heard.end.how == "completed"


async def test_a_redirect_in_a_circle_ends() -> None:
    async def point(peer: Peer) -> None:
        await peer.reply(307, {"Location": peer.request.target})

    heard = await hear(point)
    assert heard.end.how == "http_error"
    assert "307" in heard.detail


@pytest.mark.parametrize("location", [b"", b"http://[", b"\xff\xfe", b"//", b"http://x:99999/"])
async def test_a_redirect_to_nowhere_ends(location: bytes) -> None:
    async def point(peer: Peer) -> None:
        head = b"HTTP/1.1 307 X\r\nContent-Length: 0\r\nLocation: " + location
        await peer.send(head + b"\r\n\r\n")

    assert (await hear(point)).end.how in ("http_error", "protocol_error")


# --- silence


async def silent(peer: Peer) -> None:
    await peer.hold()


async def headers_that_never_end(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nX-A: a\r\n")
    await peer.hold()


async def silent_after_its_headers(peer: Peer) -> None:
    await peer.stream()
    await peer.hold()


async def silent_between_events(peer: Peer) -> None:
    await peer.stream(CREATED)
    await peer.hold()


async def silent_inside_an_event(peer: Peer) -> None:
    await peer.stream(CREATED + DELTA[:-4])
    await peer.hold()


@pytest.mark.parametrize(
    ("handler", "limits", "says"),
    [
        (silent, Limits(header=SHORT), "No answer within the header-timeout of 0.05 s"),
        (silent, Limits(header=60, idle=SHORT), "No answer within the idle-timeout of 0.05 s"),
        (headers_that_never_end, Limits(header=SHORT), "the header-timeout"),
        (silent_after_its_headers, Limits(idle=SHORT), "after 0 events"),
        (
            silent_between_events,
            Limits(idle=SHORT),
            "Nothing arrived within the idle-timeout of 0.05 s",
        ),
        (silent_inside_an_event, Limits(idle=SHORT), "after 1 event"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_a_silence_beyond_its_limit_is_a_timeout(
    handler: Handler, limits: Limits, says: str
) -> None:
    heard = await hear(handler, limits=limits)
    assert heard.end.how == "timeout"
    assert says in heard.detail


async def test_what_arrived_before_a_timeout_is_kept() -> None:
    heard = await hear(silent_inside_an_event, limits=Limits(idle=SHORT))
    assert heard.kinds == ["Request", "Response", "Frame", "Cut", "End"]


async def test_keep_alives_are_no_silence() -> None:
    go = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.stream()
        for _ in range(8):
            await go.wait()
            go.clear()
            await peer.send(b": ping\n\n")
        await peer.send(COMPLETED)

    async with serving(answer) as server:
        source = LiveSource(provider_of(server.url), BODY, limits=Limits(idle=4 * SHORT))
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(batch)
            if not isinstance(batch[-1], RequestRecord):
                asyncio.get_running_loop().call_later(SHORT, go.set)
    assert (source.now() or 0) > 8 * SHORT
    assert heard.end.how == "completed"


async def test_after_an_error_event_the_server_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "AFTER_THE_END", SHORT)

    async def answer(peer: Peer) -> None:
        await an_error_event(peer)
        await peer.hold()

    assert (await hear(answer)).end.how == "api_error"


async def test_an_error_event_that_is_not_the_last_is_not_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "AFTER_THE_END", 0.0)

    async def answer(peer: Peer) -> None:
        await peer.stream(event("error", message="hiccup") + DELTA)
        go.set()
        await seen.wait()
        await peer.send(COMPLETED)

    go, seen = asyncio.Event(), asyncio.Event()
    async with serving(answer) as server:
        source = LiveSource(provider_of(server.url), BODY)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(batch)
            if isinstance(batch[0], FrameRecord):
                seen.set()
    assert heard.end.how == "completed"


# --- cancelling


async def cancelled_when(handler: Handler, moment: type) -> Heard:
    async with serving(handler) as server:
        source = LiveSource(provider_of(server.url), BODY)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(batch)
            if isinstance(batch[-1], moment):
                source.cancel()
                source.cancel()
        if server.requests:
            await server.gone.wait()
    return heard


@pytest.mark.parametrize(
    ("handler", "moment", "kinds"),
    [
        (whole, RequestRecord, ["Request", "End"]),
        (silent_between_events, ResponseRecord, ["Request", "Response", "End"]),
        (silent_between_events, FrameRecord, ["Request", "Response", "Frame", "End"]),
        (silent_inside_an_event, FrameRecord, ["Request", "Response", "Frame", "Cut", "End"]),
    ],
    ids=["before it is sent", "after the head", "between events", "inside an event"],
)
async def test_a_cancel_keeps_what_arrived(
    handler: Handler, moment: type, kinds: list[str]
) -> None:
    heard = await cancelled_when(handler, moment)
    if moment is ResponseRecord:
        heard.batches = [b for b in heard.batches if not isinstance(b[0], FrameRecord)]
    assert heard.kinds == kinds
    assert heard.end.how == "cancelled"


async def test_a_cancel_while_connecting() -> None:
    async with serving(silent, reads_request=False) as server:
        source = LiveSource(provider_of(server.url.replace("http:", "https:")), BODY)
        listening = asyncio.create_task(listen(source))
        await until(lambda: source.phase == "connecting")
        source.cancel()
        assert (await listening).end.how == "cancelled"


async def test_a_cancel_while_waiting_for_the_head() -> None:
    async with serving(silent) as server:
        source = LiveSource(provider_of(server.url), BODY)
        listening = asyncio.create_task(listen(source))
        await until(lambda: source.phase == "waiting")
        source.cancel()
        heard = await listening
        await server.gone.wait()
    assert heard.end.how == "cancelled"
    assert "after 0 events" in heard.detail


async def test_a_listener_that_goes_away_leaves_nothing_running() -> None:
    async with serving(silent_between_events) as server:
        source = LiveSource(provider_of(server.url), BODY)
        listening = asyncio.create_task(listen(source))
        await until(lambda: source.phase == "reading")
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await server.gone.wait()
        await until(lambda: not any(t.get_name() == NAME for t in asyncio.all_tasks()))


# --- trying again


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


# --- secrets


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


# --- compressed


@pytest.mark.parametrize(
    ("name", "encode"),
    [("gzip", gzip.compress), ("GZip", gzip.compress), ("deflate", zlib.compress)],
)
async def test_a_compressed_stream_is_read_although_nobody_asked_for_it(
    name: str, encode: Callable[[bytes], bytes]
) -> None:
    async def answer(peer: Peer) -> None:
        await peer.head(200, {**EVENT_STREAM, "Content-Encoding": name})
        await peer.send(encode(CREATED + DELTA + COMPLETED))

    heard = await hear(answer)
    assert len(heard.frames) == 3
    assert heard.end.how == "completed"


async def test_a_compressed_error_is_read() -> None:
    async def answer(peer: Peer) -> None:
        body = gzip.compress(b'{"error": "No such model"}')
        await peer.reply(404, {"Content-Encoding": "gzip"}, body)

    assert "404 Not Found: No such model." in (await hear(answer)).detail
