"""The way to the server: TLS that is verified, and the proxies of the environment."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.relay.rig import GET, between, relaying
from tests.servers import CERTIFICATE, EXPIRED, Peer, certificate, chunked, serving

if TYPE_CHECKING:
    from pathlib import Path

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
STREAM = HEAD + chunked(b"data: 1\n\n") + b"0\r\n\r\n"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def stream(peer: Peer) -> None:
    await peer.send(STREAM)
    await peer.hold()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


async def passed_through(peer: Peer, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await asyncio.gather(pump(peer.reader, writer), pump(reader, peer.writer))
    finally:
        writer.close()


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_a_server_with_tls_is_verified(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(CERTIFICATE if variable.endswith("FILE") else "/nowhere"))
    async with between(stream, tls=certificate()) as relay:
        client = await relay.connect()
        client.write(GET)
        if variable == "SSL_CERT_FILE":
            assert await client.reader.readexactly(len(STREAM)) == STREAM
        else:
            assert b"is not to be trusted" in await client.read()


@pytest.mark.parametrize(("file", "why"), [(CERTIFICATE, "self-signed"), (EXPIRED, "expired")])
async def test_a_server_that_nobody_vouches_for_is_not_asked(
    file: Path, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if file is EXPIRED:
        monkeypatch.setenv("SSL_CERT_FILE", str(EXPIRED))
    async with between(stream, tls=certificate(file)) as relay:
        got = await relay.ask(GET)
        copy = await relay.copies.ended()
    assert got.startswith(b"HTTP/1.1 502 ")
    assert why in copy.end.detail
    assert relay.server.requests == []


async def test_certificates_that_cannot_be_loaded_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    async with relaying("https://api.example/v1") as relay:
        await relay.ask(GET)
        assert "SSL_CERT_FILE" in (await relay.copies.ended()).end.detail


async def test_tls_with_a_server_that_has_none_is_said() -> None:
    async with serving(stream, reads_request=False) as server:
        url = server.url.replace("http:", "https:")
        async with relaying(url) as relay:
            got = await relay.ask(GET)
            copy = await relay.copies.ended()
    assert got.startswith(b"HTTP/1.1 502 ")
    assert "http://" in copy.end.detail


async def test_a_half_close_goes_through_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS knows none: the connection under it does."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    gone = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.send(HEAD + chunked(b"data: 1\n\n"))
        await peer.hold()
        gone.set()

    async with between(answer, tls=certificate()) as relay:
        client = await relay.connect()
        client.write(GET)
        await client.heads()
        client.writer.close()
        await gone.wait()
        assert (await relay.copies.ended()).end.by == "program"


async def test_a_half_close_waits_for_what_is_still_to_be_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    body = b"0123456789abcdef" * 500_000
    head = b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def answer(peer: Peer) -> None:
        got = b""
        await peer.reader.readuntil(b"\r\n\r\n")
        while piece := await peer.reader.read(10_000):
            got += piece
            await asyncio.sleep(0)
        heard.set_result(got)

    async with between(answer, reads_request=False, tls=certificate()) as relay:
        client = await relay.connect()
        client.write(head + body)
        client.finish()
        assert await heard == body


async def test_a_cut_of_a_server_with_tls_is_a_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))

    async def answer(peer: Peer) -> None:
        await peer.send(HEAD + chunked(b"data: 1\n\n"))

    async with between(answer, tls=certificate()) as relay:
        client = await relay.connect()
        client.write(GET)
        assert await client.read() == HEAD + chunked(b"data: 1\n\n")
        assert (await relay.copies.ended()).ending == ("server", "closed")


async def test_a_request_for_plain_http_is_put_to_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(stream) as proxy, relaying("http://api.example/v1") as relay:
        address = f"http://me:p%40ss@127.0.0.1:{proxy.port}"
        monkeypatch.setenv("HTTP_PROXY", address)
        client = await relay.connect()
        client.write(GET)
        assert await client.reader.readexactly(len(STREAM)) == STREAM
    (request,) = proxy.requests
    assert request.target == "http://api.example/v1/models"
    assert request.headers["host"] == "api.example"
    assert request.headers["proxy-authorization"] == "Basic " + b64encode(b"me:p@ss").decode()


@pytest.mark.parametrize("secure_proxy", [False, True])
async def test_tls_goes_through_the_proxy(
    secure_proxy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 Connected\r\nX: y\r\n\r\n")
        await passed_through(peer, server.port)

    tls = certificate() if secure_proxy else None
    async with serving(stream, tls=certificate()) as server, serving(connect, tls=tls) as proxy:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("://", "://me:pw@"))
        async with relaying(server.url) as relay:
            client = await relay.connect()
            client.write(GET)
            assert await client.reader.readexactly(len(STREAM)) == STREAM
            client.write(GET)
    assert proxy.requests[0].method == "CONNECT"
    assert proxy.requests[0].target == f"127.0.0.1:{server.port}"
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic bWU6cHc="


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407 Proxy Authentication"),
        (b"HTTP/1.1 502\r\n\r\n", "502"),
        (b"nonsense\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\n", "closed the connection"),
        (b"x" * 100_000, "no HTTP"),
    ],
)
async def test_a_proxy_that_gives_no_connection_is_said(
    answer: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.send(answer)

    async with serving(refuse) as proxy, relaying("https://api.example/v1") as relay:
        monkeypatch.setenv("ALL_PROXY", f"http://me:hunter22@127.0.0.1:{proxy.port}")
        got = await relay.ask(GET)
        copy = await relay.copies.ended()
    assert got.startswith(b"HTTP/1.1 502 ")
    assert why in copy.end.detail
    assert b"hunter22" not in got


async def test_no_proxy_is_asked_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with between(stream) as relay:
        client = await relay.connect()
        client.write(GET)
        assert await client.reader.readexactly(len(STREAM)) == STREAM


@pytest.mark.parametrize("proxy", ["nonsense://x", "http://[::1", "socks4://x:1"])
async def test_a_variable_that_names_no_proxy_is_said(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    async with relaying("http://api.example/v1") as relay:
        assert b" 502 " in await relay.ask(GET)
        assert "no address of a proxy" in (await relay.copies.ended()).end.detail


@pytest.mark.parametrize("user", ["", "me:pw@"])
async def test_a_proxy_of_socks_is_spoken_to(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = list[bytes]()

    async def socks(peer: Peer) -> None:
        await peer.reader.readexactly(4 if user else 3)
        await peer.send(b"\x05\x02" if user else b"\x05\x00")
        if user:
            said.append(await peer.reader.readexactly(7))
            await peer.send(b"\x01\x00")
        said.append(await peer.reader.readexactly(5 + len("api.example") + 2))
        for byte in b"\x05\x00\x00\x03\x04home\x00\x50":
            await peer.send(bytes([byte]))
        await passed_through(peer, server.port)

    async with serving(stream) as server, serving(socks, reads_request=False) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://{user}127.0.0.1:{proxy.port}")
        async with relaying("http://api.example/v1") as relay:
            client = await relay.connect()
            client.write(GET)
            assert await client.reader.readexactly(len(STREAM)) == STREAM
    assert said[-1] == b"\x05\x01\x00\x03\x0bapi.example\x00\x50"
    assert said[:-1] == ([b"\x01\x02me\x02pw"] if user else [])
    assert server.requests[0].target == "/v1/models"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([b"\x05\xff"], "log in"),
        ([b"HT"], "SOCKS 5"),
        ([b"\x05\x00", b"\x05\x05\x00\x01"], "refused"),
        ([b"\x05\x00", b""], "closed"),
    ],
)
async def test_a_proxy_of_socks_that_refuses_is_said(
    answers: list[bytes], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def socks(peer: Peer) -> None:
        for answer in answers:
            await peer.reader.read(1000)
            await peer.send(answer)

    async with serving(socks, reads_request=False) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        async with relaying("http://api.example/v1") as relay:
            assert b" 502 " in await relay.ask(GET)
            assert why in (await relay.copies.ended()).end.detail
