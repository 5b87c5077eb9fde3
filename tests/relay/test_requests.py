"""What a program asks for reaches its server, with another target and `Host`; some are refused."""

from __future__ import annotations

import asyncio
import json
import socket
from ipaddress import IPv4Address
from typing import Any

import pytest

from codex_tui.redact import Secret
from codex_tui.relay.hosts import Gate
from tests.relay.rig import GET, Copies, Copy, between, relaying, until
from tests.servers import Peer, chunked

ANYWHERE = str(IPv4Address(0))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HEADERS = (
    b"hOST:\t 127.0.0.1:1234 \r\nAuthorization:Bearer sk-1\r\nX-a: 1\r\nx-A:  2  \r\n"
    b"Accept-Encoding: gzip, br\r\nConnection: keep-alive\r\nTE: trailers\r\n"
)


class Raw:
    """A server that keeps the bytes of what it is asked, and says ok."""

    def __init__(self, until: bytes = b"\r\n\r\n") -> None:
        self.got = b""
        self.until = until

    async def __call__(self, peer: Peer) -> None:
        self.got += await peer.reader.readuntil(self.until)
        await peer.send(OK)
        await peer.hold()


async def test_a_head_changes_in_target_and_host_alone() -> None:
    raw = Raw()
    async with between(raw, reads_request=False, path="/x") as relay:
        await relay.ask(b"POST /v1/responses?a=%2F HTTP/1.1\r\n" + HEADERS + b"\r\n")
        copy = await relay.copies.ended()
    netloc = f"127.0.0.1:{relay.server.port}".encode()
    changed = HEADERS.replace(b"127.0.0.1:1234 ", netloc)
    assert raw.got == b"POST /v1/x/responses?a=%2F HTTP/1.1\r\n" + changed + b"\r\n"
    assert copy.head.target == "/v1/responses?a=%2F"
    assert copy.head.url == f"{relay.server.url}/x/responses?a=%2F"
    assert copy.head.headers[:4] == (
        ("hOST", "127.0.0.1:1234"),
        ("Authorization", "Bearer sk-1"),
        ("X-a", "1"),
        ("x-A", "2"),
    )


async def test_a_request_of_http_1_0_gets_a_host() -> None:
    raw = Raw()
    async with between(raw, reads_request=False) as relay:
        await relay.ask(b"GET /v1/models HTTP/1.0\r\nAccept: */*\r\n\r\n")
    first = f"GET /v1/models HTTP/1.0\r\nHost: 127.0.0.1:{relay.server.port}\r\n"
    assert raw.got == first.encode() + b"Accept: */*\r\n\r\n"


async def test_a_body_keeps_its_framing() -> None:
    body = chunked(b'{"a"') + b"3;x=y\r\n:1}\r\n" + b"0\r\nX-T: 1\r\n\r\n"
    raw = Raw(until=b"X-T: 1\r\n\r\n")
    head = b"POST /v1/responses HTTP/1.1\r\nHost: ::1\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with between(raw, reads_request=False) as relay:
        client = await relay.connect()
        for byte in head.replace(b"::1", b"[::1]:80") + body:
            client.write(bytes([byte]))
            await asyncio.sleep(0)
        await client.heads()
        copy = await relay.copies.ended()
    assert raw.got.partition(b"\r\n\r\n")[2] == body
    assert copy.bytes("asked") == b'{"a":1}'
    assert copy.names.count("asked all") == 1


async def test_a_body_whose_framing_is_broken_is_the_servers_to_judge() -> None:
    async def answer(peer: Peer) -> None:
        got = (await peer.reader.readuntil(b"END")).partition(b"\r\n\r\n")[2]
        await peer.send(b"HTTP/1.1 400 What\r\nConnection: close\r\n\r\n" + got)

    head = b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with between(answer, reads_request=False) as relay:
        client = await relay.connect()
        client.write(head + b"zz\r\nno chunk\r\nEND")
        assert (await client.read()).endswith(b"zz\r\nno chunk\r\nEND")
        copy = await relay.copies.ended()
    assert copy.statuses == [400]


async def test_a_pipelined_request_waits_for_the_answer_before_it() -> None:
    order = list[str]()

    async def answer(peer: Peer) -> None:
        for name in ("first", "second", "third"):
            head = await peer.reader.readuntil(b"\r\n\r\n")
            order.append(head.split()[1].decode())
            assert not peer.reader._buffer  # type: ignore[attr-defined]
            await peer.send(
                b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + name[:6].ljust(6).encode()
            )

    async with between(answer, reads_request=False) as relay:
        client = await relay.connect()
        client.write(b"".join(GET.replace(b"models", b"%d" % n) for n in range(3)))
        got = await client.read()
    assert order == ["/v1/0", "/v1/1", "/v1/2"]
    assert [part[-6:].strip() for part in got.split(b"HTTP/1.1 200")[1:]] == [
        b"first",
        b"second",
        b"third",
    ]
    assert [copy.ending for copy in relay.copies.all] == [("server", "whole")] * 3


async def refused(data: bytes, **how: Any) -> tuple[int, dict[str, Any], list[Copy]]:
    async def never(peer: Peer) -> None:
        pytest.fail("it was passed on")

    async with between(never, **how) as relay:
        got = await relay.ask(data)
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"], relay.copies.all


@pytest.mark.parametrize(
    ("line", "type_"),
    [
        (b"Host: evil.example", "forbidden_host"),
        (b"Host: 127.0.0.1.evil.example:80", "forbidden_host"),
        (b"Host: localhost\r\nOrigin: https://evil.example", "forbidden_origin"),
        (b"Host: localhost\r\nOrigin: null", "forbidden_origin"),
    ],
)
async def test_strangers_are_refused(line: bytes, type_: str) -> None:
    status, error, (copy,) = await refused(b"GET /v1/models HTTP/1.1\r\n" + line + b"\r\n\r\n")
    assert (status, error["type"]) == (403, type_)
    assert copy.ending == ("relay", "refused")
    assert copy.end.detail == error["message"]
    assert copy.end.status == 403
    assert copy.head.url == ""


@pytest.mark.parametrize(
    "host", [b"localhost:1", b"127.0.0.1", b"[::1]:8787", b"LOCALHOST", b"box", b"[FE80::1]"]
)
async def test_own_names_and_allowed_ones_are_let_through(host: bytes) -> None:
    gate = Gate(hosts=["BOX:8787", "[fe80::1]:1"], origins=["APP://x/"])
    async with between(Raw(), reads_request=False, gate=gate) as relay:
        line = b"Host: " + host + b"\r\nOrigin: app://x\r\n\r\n"
        assert (await relay.ask(b"GET /v1/models HTTP/1.1\r\n" + line)) == OK


async def test_a_request_for_a_proxy_is_refused() -> None:
    for first in (b"GET http://api.example/ HTTP/1.1", b"CONNECT api.example:443 HTTP/1.1"):
        status, error, _ = await refused(first + b"\r\nHost: localhost\r\n\r\n")
        assert (status, error["type"]) == (400, "not_a_proxy")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /v1/models HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/models HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 300_000, 431),
    ],
)
async def test_what_is_no_request_is_answered(data: bytes, status: int) -> None:
    got, error, copies = await refused(data)
    assert (got, error["type"], copies) == (status, "invalid_http", [])


@pytest.mark.parametrize(
    "line", [b"X-Api-Key : sk-odd", b"sk-odd", b"X: sk-odd\x00", b"\x7f: sk-odd"]
)
async def test_of_a_request_that_is_none_nothing_is_quoted(line: bytes) -> None:
    data = b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n" + line + b"\r\n\r\n"
    _, error, _ = await refused(data)
    assert error["message"].startswith("This is no request in HTTP/1.1: ")
    assert not any(part in error["message"] for part in ("sk-odd", "bytearray", "b'"))


async def test_a_token_is_the_first_part_of_the_path_and_goes_no_further() -> None:
    raw = Raw()
    gate = Gate(token=Secret("s3cret-token"))
    async with between(raw, reads_request=False, host=ANYWHERE, gate=gate) as relay:
        assert relay.urls[0].endswith("/s3cret-token/v1")
        asked = GET.replace(b"/v1", b"/s3cret-token/v1").replace(b"127.0.0.1", b"box.example")
        assert await relay.ask(asked) == OK
        copy = await relay.copies.ended()
    assert b"s3cret" not in raw.got
    assert "s3cret" not in repr(copy)
    assert copy.head.target == "/v1/models"


@pytest.mark.parametrize("path", [b"/v1/models", b"/s3cret-tokeX/v1/models", b"/", b"/%ff/v1"])
async def test_without_the_token_nothing_passes(path: bytes) -> None:
    gate = Gate(token=Secret("s3cret-token"))
    status, error, (copy,) = await refused(GET.replace(b"/v1/models", path), gate=gate)
    assert (status, error["type"]) == (403, "missing_token")
    assert "s3cret" not in repr(copy)


def test_other_machines_are_not_listened_to_without_a_token() -> None:
    from codex_tui.relay.destination import Destination
    from codex_tui.relay.proxy import Relay

    with pytest.raises(ValueError, match="token"):
        Relay(Copies(), Destination(None, {}), host=ANYWHERE)


async def test_it_listens_on_both_loopbacks() -> None:
    async with between(Raw(), reads_request=False) as relay:
        if len(relay.urls) == 1:
            pytest.skip("there is no ::1 here")
        assert relay.urls[1] == f"http://[::1]:{relay.port}/v1"
        client = await relay.connect("::1")
        client.write(GET)
        client.finish()
        assert await client.read() == OK


async def test_a_relay_does_not_ask_itself() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with relaying(f"http://localhost:{port}/v1", port=port) as relay:
        got = await relay.ask(GET)
        copy = await relay.copies.ended()
    assert got.startswith(b"HTTP/1.1 508 ")
    assert len(relay.copies.all) == 1
    assert "--to" in copy.end.detail


async def test_a_connection_too_many_is_answered_and_told() -> None:
    async with between(Raw(), reads_request=False, most=1) as relay:
        first = await relay.connect()
        first.write(GET)
        await first.heads()
        assert (await relay.ask(GET)).startswith(b"HTTP/1.1 503 ")
        assert (await relay.copies.ended(2)).ending == ("relay", "refused")
        first.writer.close()
        await first.writer.wait_closed()
        await until(lambda: not relay.relay.connections)
        assert await relay.ask(GET) == OK


async def test_a_server_that_is_not_there_is_said_in_the_apis_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        async with relaying(url) as relay:
            client = await relay.connect()
            client.write(
                b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n"
            )
            client.write(b"x" * 900_000)
            got = await client.read()
            copy = await relay.copies.ended()
    head, _, body = got.partition(b"\r\n\r\n")
    error = json.loads(body)["error"]
    assert head.startswith(b"HTTP/1.1 502 ")
    assert error["type"] == "upstream_unreachable"
    assert "127.0.0.1 refused the connection." in error["message"]
    assert (copy.ending, copy.end.status) == (("relay", "unreachable"), 502)
    assert copy.all("head") == []


async def test_a_copy_that_fails_costs_nothing() -> None:
    class Bad(Copy):
        def response_body(self, data: bytes, t: float) -> None:
            raise OSError("no room")

    class BadCopies(Copies):
        def begin(self, head: Any) -> Copy:
            if self.all:
                raise ValueError("nor this")
            self.all.append(Bad(head))
            return self.all[-1]

    async with between(Raw(), reads_request=False, copies=BadCopies()) as relay:
        assert await relay.ask(GET) == OK
        assert await relay.ask(GET) == OK
    assert [str(error) for error in relay.faults] == ["no room", "nor this"]
