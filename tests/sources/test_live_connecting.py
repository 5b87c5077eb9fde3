"""What goes wrong before an answer, and where a request may go."""

from __future__ import annotations

import socket

import pytest

from codex_tui.network import proxy_of
from codex_tui.sources.failures import Limits
from codex_tui.sources.live import LiveSource
from tests.servers import (
    Peer,
    certificate,
    serving,
)
from tests.sources.conftest import BODY, KEY, hear, hear_from, listen, provider_of
from tests.sources.faulty import whole

SHORT = 0.05


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


async def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        proxy = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("HTTP_PROXY", f"http://me:hunter22@{proxy}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        heard = await listen(LiveSource(provider_of("http://api.example/v1"), BODY))
    assert heard.end.how == "connect_error"
    assert f"api.example (through the proxy {proxy}) refused" in heard.detail
    assert "hunter22" not in heard.detail


async def test_a_proxy_that_takes_the_request_and_goes_away_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nothing(_: Peer) -> None:
        return

    async with serving(nothing) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        monkeypatch.delenv("NO_PROXY", raising=False)
        heard = await listen(LiveSource(provider_of("http://api.example/v1"), BODY))
    named = f"api.example (through the proxy {proxy.origin.partition('//')[2]})"
    assert heard.detail.startswith(f"{named} closed the connection without an answer")


def test_a_proxy_is_not_blamed_where_none_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert proxy_of("http://api.example/v1") == "proxy.example:3128"
    assert proxy_of("http://localhost:8000/v1") == ""
    assert proxy_of("https://api.example/v1") == ""


@pytest.mark.parametrize("proxy", ["nonsense://me:hunter22@x", "http://[::1"])
async def test_a_proxy_variable_that_is_none(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    heard = await listen(LiveSource(provider_of("http://api.example/v1"), BODY))
    assert heard.end.how == "connect_error"
    assert "all_proxy holds no address" in heard.detail.lower()
    assert "hunter22" not in heard.detail


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
