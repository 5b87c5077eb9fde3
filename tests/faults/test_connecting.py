"""Faults before a connection stands: names, ports, TLS and proxies; and what other origins see."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from codex_tui.sources.failures import Limits
from codex_tui.sources.live import LiveSource
from tests.faults.case import SHORT, sends
from tests.faults.test_sources import ADVICE, AFTER
from tests.servers import CERTIFICATE, EXPIRED, Peer, certificate, serving
from tests.sources.conftest import BODY, KEY, Heard, listen, provider_of
from tests.sources.faulty import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.case import Then

PATIENT = Limits(connect=5)
HASTY = Limits(connect=SHORT)


async def heard_from(url: str, limits: Limits = PATIENT, **options: object) -> Heard:
    """What a source says that can't connect: a request and an end."""
    client = options.get("client")
    assert client is None or isinstance(client, httpx.AsyncClient)
    async with asyncio.timeout(10):
        heard = await listen(LiveSource(provider_of(url), BODY, limits=limits, client=client))
    assert heard.kinds == ["Request", "End"]
    assert heard.end.how == "connect_error"
    assert AFTER.search(heard.detail)
    assert ADVICE.search(heard.detail) or "SSL_CERT_FILE" in heard.detail
    assert KEY not in repr(heard.records)
    return heard


def secure(url: str) -> str:
    return url.replace("http:", "https:")


@pytest.mark.parametrize(
    "name", ["nowhere.invalid", "a" * 64 + ".example", "x..example", "-.invalid", "\u2603.invalid"]
)
async def test_a_name_that_can_t_be_resolved(name: str) -> None:
    heard = await heard_from(f"http://{name}/v1")
    assert "resolve" in heard.detail or "address" in heard.detail or "No connection" in heard.detail


@contextmanager
def deaf() -> Iterator[str]:
    """A port whose queue is full: what knocks waits for ever."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for knocking in (first, second):
            knocking.setblocking(False)
            knocking.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


async def test_a_port_that_does_not_answer() -> None:
    with deaf() as url:
        heard = await heard_from(url, HASTY)
    assert "within the connect-timeout of 0.05 s" in heard.detail


async def test_a_port_where_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        for scheme in ("http", "https"):
            heard = await heard_from(f"{scheme}://127.0.0.1:{port}/v1")
            assert f"127.0.0.1:{port} refused the connection" in heard.detail


@pytest.mark.parametrize(
    ("sent", "then", "says"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "close", "Does it speak plain http"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "close", "TLS with"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "hold", "TLS with"),
        (b"\x16\x03\x03\x40\x00" + bytes(16384), "hold", "connect-timeout"),
        (b"", "close", "127.0.0.1"),
        (b"", "reset", "127.0.0.1"),
        (b"\x16\x03\x03", "reset", "127.0.0.1"),
        (b"", "hold", "connect-timeout"),
        (b"\x16\x03\x03\x40", "hold", "connect-timeout"),
    ],
    ids=[
        *("plain http", "an alert", "a wrong version", "nonsense", "closed", "reset"),
        *("reset within", "silent", "silent within"),
    ],
)
async def test_a_handshake_that_fails(sent: bytes, then: Then, says: str) -> None:
    limits = HASTY if says == "connect-timeout" else PATIENT
    async with serving(sends(sent, then=then), reads_request=False) as server:
        heard = await heard_from(secure(server.url), limits)
    assert says in heard.detail


async def test_a_certificate_that_nobody_vouches_for() -> None:
    async with serving(whole, tls=certificate()) as server:
        heard = await heard_from(server.url)
        assert not server.requests
    assert "is not to be trusted" in heard.detail
    assert "SSL_CERT_FILE" in heard.detail


@pytest.fixture
def stranger(tmp_path: Path) -> ssl.SSLContext:
    """A server whose certificate, made on the spot, is for another name; it has its own word."""
    key, made = tmp_path / "key.pem", tmp_path / "made.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other.example"
    names = ["-addext", "subjectAltName=DNS:other.example"]
    files = ["-keyout", str(key), "-out", str(made)]
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl, to make a certificate")
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


async def test_a_certificate_for_another_name(stranger: ssl.SSLContext, tmp_path: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(tmp_path / "made.pem"))
    async with (
        serving(whole, tls=stranger) as server,
        httpx.AsyncClient(verify=trusting) as client,
    ):
        heard = await heard_from(server.url, client=client)
        assert not server.requests
    assert "is not to be trusted: IP address mismatch" in heard.detail


async def test_a_certificate_that_has_expired() -> None:
    trusting = ssl.create_default_context(cafile=str(EXPIRED))
    async with (
        serving(whole, tls=certificate(EXPIRED)) as server,
        httpx.AsyncClient(verify=trusting) as client,
    ):
        heard = await heard_from(server.url, client=client)
        assert not server.requests
    assert "is not to be trusted: certificate has expired" in heard.detail


async def test_a_server_of_other_times() -> None:
    old = certificate()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    modern = ssl.create_default_context(cafile=str(CERTIFICATE))
    modern.minimum_version = ssl.TLSVersion.TLSv1_3
    async with serving(whole, tls=old) as server, httpx.AsyncClient(verify=modern) as client:
        heard = await heard_from(server.url, client=client)
    assert "TLS with" in heard.detail


# -- proxies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "then", "says"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "close",
            "407",
        ),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "close", "403"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "close", "502"),
        (b"HTTP/1.1 301 X\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n", "close", "301"),
        (b"HTTP/1.1 200 OK\r\n\r\nnothing like TLS at all\r\n", "close", "TLS with"),
        (b"", "close", "closed the connection"),
        (b"", "reset", "api.example"),
        (b"", "hold", "connect-timeout"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "hold", "connect-timeout"),
    ],
    ids=["407", "403", "502", "301", "no TLS", "closed", "reset", "silent", "silent behind"],
)
async def test_a_proxy_that_fails(
    sent: bytes, then: Then, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = HASTY if says == "connect-timeout" else PATIENT
    async with serving(sends(sent, then=then)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("//", "//me:hunter22@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        heard = await heard_from("https://api.example/v1", limits)
        assert [request.method for request in proxy.requests] == ["CONNECT"]
        assert all(KEY not in repr(request) for request in proxy.requests)
    assert says in heard.detail
    assert "hunter22" not in heard.detail


async def test_a_proxy_that_speaks_no_http(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(sends(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        monkeypatch.delenv("NO_PROXY", raising=False)
        source = LiveSource(provider_of("https://api.example/v1"), BODY, limits=PATIENT)
        heard = await listen(source)
    assert heard.end.how in ("connect_error", "protocol_error")
    assert AFTER.search(heard.detail)


@pytest.mark.parametrize(
    "sent",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x05", b"\x05\xff", b"\x05\x00", b"\x05\x02\x01"]
    + [b"\x05\x00" + reply for reply in (b"\x05", b"\x05\x05\x00\x01" + bytes(6), bytes(40))],
)
async def test_a_socks_proxy_that_fails(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(sends(sent[:2], sent[2:]), reads_request=False) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.origin.replace("http:", "socks5:"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        heard = await heard_from("https://api.example/v1")
    assert "api.example" in heard.detail


# -- redirects ---------------------------------------------------------------------------------

ELSEWHERE = (
    "{other}/v1/responses?token=hunter22",
    "//{authority}/v1/responses",
    "https://{here}/v1/responses",
    "http://me:hunter22@{authority}/v1/responses",
    "ftp://{here}/x",
    "javascript:alert(1)",
    "file:///etc/passwd",
)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 306, 307, 308])
@pytest.mark.parametrize("where", ELSEWHERE)
async def test_nothing_is_sent_to_another_origin(status: int, where: str) -> None:
    async with serving(whole) as other:

        async def point(peer: Peer) -> None:
            here = peer.request.headers["host"]
            authority = other.origin.partition("//")[2]
            target = where.format(other=other.origin, authority=authority, here=here)
            await peer.reply(status, {"Location": target})

        async with serving(point) as server, asyncio.timeout(5):
            heard = await listen(LiveSource(provider_of(server.url), BODY))
            assert len(server.requests) == 1
        assert not other.requests
    assert heard.end.how == "http_error"
    assert f"answered {status}" in heard.detail
    assert AFTER.search(heard.detail)
    assert ADVICE.search(heard.detail) or "base URL" in heard.detail
    assert "hunter22" not in repr(heard.records)


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_would_drop_the_body_is_not_followed(status: int) -> None:
    async def point(peer: Peer) -> None:
        await peer.reply(status, {"Location": "/v2/responses"})

    async with serving(point) as server:
        heard = await listen(LiveSource(provider_of(server.url), BODY))
        assert len(server.requests) == 1
    assert heard.end.how == "http_error"
    assert "/v2/responses" in heard.detail
